package cli

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/detect"
)

// catalog is the detectors as their declarations describe them.
type catalog []entry

// entry is one detector.
type entry struct {
	Name       string      `json:"name"`
	Title      string      `json:"title"`
	Doc        string      `json:"doc"`
	How        string      `json:"inference,omitempty"`
	Needs      []string    `json:"needs"`
	Runs       string      `json:"runs"` // when it does without being listed
	Main       string      `json:"main_metric,omitempty"`
	Parameters []parameter `json:"parameters"`
	Metrics    []metric    `json:"metrics"`
}

// parameter is one key that audit.yaml may set.
type parameter struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc"`
	Default string   `json:"default"`
	Values  []string `json:"values,omitempty"`
}

// metric is one number that a detector gives.
type metric struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Doc        string   `json:"doc"`
	Convention string   `json:"convention"`
	Source     string   `json:"source"`
	Scale      string   `json:"scale"`
	Gates      []string `json:"gates"`
	Version    int      `json:"method_version"`
}

func (a *app) catalog() catalog {
	out := catalog{}
	for i, decl := range a.declarations() {
		d := a.detectors[i]
		e := entry{Name: d.Name, Title: d.Title, Doc: strings.Join(strings.Fields(d.Doc), " "), How: strings.Join(strings.Fields(d.How), " "), Main: d.Main, Needs: []string{}, Runs: runs(d), Parameters: parameters(d.Params), Metrics: []metric{}}
		for _, need := range d.Needs {
			e.Needs = append(e.Needs, string(need))
		}
		for k, m := range d.Metrics {
			e.Metrics = append(e.Metrics, described(m, decl.Metrics[k].Gates))
		}
		out = append(out, e)
	}
	return out
}

// runs says when a detector runs whose needs are given, and that nobody lists.
func runs(d detect.Detector) string {
	var unless []string
	if len(d.Kinds) > 0 {
		unless = append(unless, "kind: "+strings.Join(d.Kinds, ", "))
	}
	for _, role := range d.Unasked {
		switch role {
		case detect.RoleAsked:
			return "where listed"
		case detect.RoleReference:
			unless = append(unless, "windows.reference")
		case detect.RoleItem:
			unless = append(unless, "slate.item")
		default:
			unless = append(unless, string(role))
		}
	}
	if len(unless) == 0 {
		return "always"
	}
	return "with " + strings.Join(unless, ", ")
}

func described(m detect.Metric, gates []string) metric {
	return metric{m.Name, m.Title, m.Doc, m.Convention, m.Source, string(m.Scale), append([]string{}, gates...), m.Version}
}

// parameters reads the tags of a parameter struct.
func parameters(params any) []parameter {
	out := []parameter{}
	if params == nil {
		return out
	}
	t := reflect.TypeOf(params)
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		p := parameter{Name: name, Doc: f.Tag.Get("doc"), Default: f.Tag.Get("default")}
		if values := f.Tag.Get("enum"); values != "" {
			p.Values = strings.Split(values, "|")
		}
		out = append(out, p)
	}
	return out
}

func (c catalog) names() []string {
	var out []string
	for _, e := range c {
		out = append(out, e.Name)
	}
	return out
}

func asJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	}
}
