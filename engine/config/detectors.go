package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// DetectorDecl is what the configuration needs to know about a detector.
type DetectorDecl struct {
	Name    string
	Doc     string // one sentence, for schema and reference
	Main    string // the metric that a bare min_ratio or max_difference means, without its suffix
	Metrics []MetricDecl
	Tables  []string // ids, or what ids begin with, of the tables that a pack may ask for; none: any
	Params  any      // a struct value whose tags declare the parameters; nil if there are none
	Needs   []string // roles: decision, label, score, time, groups
	Unasked []string // further ones, without which it runs only where it is listed: reference
}

// MetricDecl is a metric of a detector and the limits it can be held to.
type MetricDecl struct {
	Name  string
	Doc   string
	Gates []string // min_ratio, max_difference, min, max
	Scale string   // rate, difference, ratio, odds, distance or number: what values are possible
	Gap   bool     // max is about the size of the value, whatever its sign

	Low, High string // what values of a number are possible; empty is no end
}

// gateKeys are the keys that set a limit.
func gateKeys() []string { return []string{"min_ratio", "max_difference", "min", "max"} }

// suffix is what a limit adds to the name of a rate: min_ratio of
// selection_rate is a limit on selection_rate_ratio.
func suffix(key string) string {
	switch key {
	case "min_ratio":
		return "_ratio"
	case "max_difference":
		return "_difference"
	}
	return ""
}

func (d DetectorDecl) metric(name string) (MetricDecl, bool) {
	i := slices.IndexFunc(d.Metrics, func(m MetricDecl) bool { return m.Name == name })
	if i < 0 {
		return MetricDecl{}, false
	}
	return d.Metrics[i], true
}

// gated finds the metric that a limit under a name is about: the metric
// itself, or its ratio or difference.
func (d DetectorDecl) gated(name, key string) (MetricDecl, bool) {
	if s := suffix(key); s != "" {
		if m, ok := d.metric(name + s); ok && slices.Contains(m.Gates, key) {
			return m, true
		}
	}
	m, ok := d.metric(name)
	return m, ok && slices.Contains(m.Gates, key)
}

// params returns a new, defaulted value of the detector's parameters.
func (d *decoder) params(decl DetectorDecl) reflect.Value {
	if decl.Params == nil {
		return reflect.New(reflect.TypeFor[struct{}]()).Elem()
	}
	v := reflect.New(reflect.TypeOf(decl.Params)).Elem()
	d.defaults(v)
	return v
}

// decode keeps the node: which detectors can run, and what a bare limit means,
// depends on the columns, which may come later in the file.
func (*Detectors) decode(d *decoder, n *yaml.Node, _ field, _ string) { d.listed = n }

// setDetectors decodes what stands under detectors:, or chooses the defaults.
func (d *decoder) setDetectors(a *Audit, kindDefaults func(kind string) []string) {
	if d.listed == nil {
		for _, name := range kindDefaults(a.Kind) {
			decl, ok := d.declared(name)
			if ok && len(d.lacking(a, slices.Concat(decl.Needs, decl.Unasked))) == 0 {
				a.Detectors = append(a.Detectors, Detector{Name: name, Params: paramsOf(decl, d.params(decl))})
			}
		}
		return
	}
	pairs, ok := d.pairs(d.listed, `"detectors"`, "detectors")
	if !ok {
		return
	}
	if len(d.listed.Content) == 0 {
		d.mistakeAt("detectors", `"detectors" lists none`, "remove the key for those that suit kind: "+a.Kind)
	}
	for _, p := range pairs {
		d.detector(a, p)
	}
}

func (d *decoder) declared(name string) (DetectorDecl, bool) {
	i := slices.IndexFunc(d.detectors, func(x DetectorDecl) bool { return x.Name == name })
	if i < 0 {
		return DetectorDecl{}, false
	}
	return d.detectors[i], true
}

// lacking lists the keys of roles that the configuration does not give. A key
// with a mistake in it counts as given.
func (d *decoder) lacking(a *Audit, roles []string) []string {
	given := map[string]bool{
		"decision": a.Columns.Decision != nil,
		"label":    a.Columns.Label != nil,
		"score":    a.Columns.Score != nil,
		"time":     a.Columns.Time != nil,
		"groups":   len(a.Columns.Known()) > 0,
		"strata":   len(a.Columns.Strata) > 0,
		"inferred": len(a.Columns.Inferred()) > 0,
		"slate":    a.Columns.Slate != nil,
		"item":     a.Columns.Slate != nil && a.Columns.Slate.ItemColumn() != "",

		"reference": a.Windows.Reference != (Baseline{}),
	}
	var out []string
	for _, role := range roles {
		key := "columns." + role
		switch role {
		case "reference":
			key = "windows.reference"
		case "item":
			key = "columns.slate.item"
		}
		if !given[role] && !d.faulty[key] {
			out = append(out, key)
		}
	}
	return out
}

func paramsOf(decl DetectorDecl, v reflect.Value) any {
	if decl.Params == nil {
		return nil
	}
	return v.Interface()
}

// detector decodes one entry under detectors:.
func (d *decoder) detector(a *Audit, p pair) {
	path := join("detectors", p.name)
	d.enter(p, path)
	decl, ok := d.declared(p.name)
	if !ok {
		var known []string
		for _, x := range d.detectors {
			known = append(known, x.Name)
		}
		hint := didYouMean(p.name, known)
		if hint == "" && len(known) > 0 {
			hint = "known detectors: " + strings.Join(known, ", ")
		}
		d.mistake(p.key, path, "unknown detector "+quote(p.name), hint)
		return
	}
	if lacking := d.lacking(a, decl.Needs); len(lacking) > 0 && !d.standalone {
		message := fmt.Sprintf("detector %s needs %s", decl.Name, strings.Join(lacking, " and "))
		d.mistake(p.key, path, message, "give the key or leave the detector out")
	}
	g := gating{d: d, decl: decl, main: mainMetric(a, decl)}
	if len(a.Columns.Known()) == 0 {
		for _, group := range a.Columns.Inferred() {
			g.inferred = append(g.inferred, group.Name)
		}
	}
	out := Detector{Name: decl.Name}
	v := d.params(decl)
	if !isNull(p.value) {
		g.entries(p.value, v, path)
	}
	out.Params, out.Gates = paramsOf(decl, v), g.gates
	if c, ok := out.Params.(interface{ Check() error }); ok && !d.faulty[path] {
		if err := c.Check(); err != nil {
			d.mistake(p.key, path, decl.Name+": "+err.Error(), "")
		}
	}
	a.Detectors = append(a.Detectors, out)
}

// mainMetric is what a bare limit is about. Where a positive decision is bad
// for the person, selection-rate gates look at the favorable rate.
func mainMetric(a *Audit, decl DetectorDecl) string {
	if dec := a.Columns.Decision; dec != nil && !dec.Favorable && decl.Main == "selection_rate" {
		return "favorable_rate"
	}
	return decl.Main
}
