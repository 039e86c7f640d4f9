package detectors

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// missingParams are the parameters of missing_groups.
type missingParams struct {
	Outcomes string `yaml:"outcomes" default:"known" enum:"known|unknown" doc:"unknown takes the decisions of rows without a group as not known either, as in published tables that only count such rows"`
}

// MissingGroups measures how far rows without a group could move a gap.
func MissingGroups() detect.Detector {
	return detect.Detector{
		Name:  "missing_groups",
		Title: "Rows without a group",
		Doc: `How far the rows whose group is missing could move every rate and gap: the lowest and the highest value over all
groups that they may belong to (worst case; sharp, found in whole numbers), and the value if they are like the rows
of the same outcome, and of the same stratum, whose group is known (missing at random). In an intersection a row that
lacks one part may belong to the combinations that fit its other parts. The worst case assumes nothing. Missing at
random is an assumption that no log can prove. Nothing is given where no row lacks a group.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleGroups},
		Params:  missingParams{},
		Metrics: missingMetrics(),
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			d := missingGroups{spec: spec, unknown: params.(missingParams).Outcomes == "unknown"}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

// The assumptions about rows without a group, as suffixes of a metric's name.
const (
	boundsSuffix  = detect.BoundsSuffix
	imputedSuffix = "_imputed"
	worstCase     = "worst-case"
)

func missingMetrics() []detect.Metric {
	var out []detect.Metric
	for _, r := range []rate{selection(), favorable(), truePositive(), falsePositive()} {
		for _, m := range r.metrics() {
			bounded, imputed := m, m
			bounded.Name, bounded.Null, bounded.Version = m.Name+boundsSuffix, detect.NullLimit, 1
			bounded.Shown, imputed.Shown = true, true // a check of the rate itself says whether it hangs on these rows
			bounded.Title += ", bounds"
			bounded.Doc = strings.TrimSuffix(m.Doc, ".") + ", on the rows whose group is known; the interval spans all groups that the other rows may belong to."
			bounded.Source = "Interval: sharp worst-case bounds (Manski 2003, Partial Identification of Probability Distributions), over joint dealings of the rows"
			imputed.Name, imputed.Null, imputed.Scale, imputed.Version = m.Name+imputedSuffix, detect.NullNone, detect.ScaleNumber, 1
			imputed.Title += ", missing at random"
			imputed.Doc = strings.TrimSuffix(m.Doc, ".") + ", where rows without a group are spread over the groups like rows of the same outcome and stratum."
			imputed.Source = "expected counts, missing at random within strata (Little and Rubin 2002); FAccT 2025 study of Local Law 144 audits where outcomes are unknown"
			out = append(out, bounded, imputed)
		}
	}
	return out
}

// missingGroups reads, per attribute, a table of decisions, and one more per
// stratifying column.
type missingGroups struct {
	spec    *audit.Spec
	unknown bool // the outcomes of rows without a group
	out     []audit.Measurement
}

func (d *missingGroups) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(d.spec) {
		out = append(out, d.need(a))
		for _, s := range d.strata() {
			out = append(out, d.need(a, table.Stratum(s)))
		}
	}
	return out
}

func (d *missingGroups) need(a detect.Attribute, more ...table.Dim) table.Need {
	dims := append(a.Dims(), table.Decision)
	if d.spec.HasLabel {
		dims = append(dims, table.Label)
	}
	return table.Need{Dims: append(dims, more...)}
}

// strata lists the stratifying columns.
func (d *missingGroups) strata() []string {
	var out []string
	for _, r := range d.spec.Roles {
		if column, ok := strings.CutPrefix(r.Role, "stratum:"); ok {
			out = append(out, column)
		}
	}
	return out
}

// rates are those that are bounded.
func (d *missingGroups) rates() []rate {
	out := []rate{selection()}
	if !d.spec.Favorable {
		out = append(out, favorable())
	}
	if d.spec.HasLabel && !d.unknown {
		out = append(out, truePositive(), falsePositive())
	}
	return out
}

// detect fills a copy: a plan may be carried out more than once.
func (d *missingGroups) detect(tables detect.Tables) (detect.Output, error) {
	run := missingGroups{spec: d.spec, unknown: d.unknown}
	for _, a := range detect.Attributes(d.spec) {
		h := newHoles(a, tables.Counts(d.need(a)), "")
		if len(h.pools) == 0 {
			continue
		}
		stratified := map[string]holes{"": h}
		for _, s := range d.strata() {
			stratified[s] = newHoles(a, tables.Counts(d.need(a, table.Stratum(s))), table.Stratum(s))
		}
		for _, r := range run.rates() {
			if r.blind(h.all()) != "" { // the rate itself has no value, and its detector says why
				continue
			}
			run.rate(a, h, r, stratified)
		}
	}
	return detect.Output{Measurements: run.out}, nil
}

// rate emits the bounds of a rate and of its gaps against the reference.
func (d *missingGroups) rate(a detect.Attribute, h holes, r rate, stratified map[string]holes) {
	reference, compare := h.reference(d.spec, a)
	metrics := r.metrics()
	for i, name := range h.names {
		x := h.side(r, i)
		d.bounds(a, x, r, h.unassigned(r, d.unknown, x.fits))
		for _, within := range slices.Sorted(maps.Keys(stratified)) {
			d.imputed(a, r, name, "", metrics[0].Name, within, stratified[within])
		}
		if !compare || reference == i {
			continue
		}
		y := h.side(r, reference)
		if reference < 0 {
			y = h.rest(r, i)
		}
		for k, contrast := range []stat.Contrast{stat.Difference, stat.Ratio} {
			d.gap(a, h, r, x, y, metrics[k+1].Name, contrast)
			for _, within := range slices.Sorted(maps.Keys(stratified)) {
				if !d.unknown {
					d.imputed(a, r, name, y.name, metrics[k+1].Name, within, stratified[within])
				}
			}
		}
	}
	values, chosen := h.groups(), (*string)(nil)
	if reference >= 0 {
		chosen = &h.names[reference]
	}
	for k, contrast := range []stat.Contrast{stat.Difference, stat.Ratio} {
		for _, p := range judgedPairs(d.spec, a.Reference, r.gaps()[k], values, chosen) {
			x, y := h.side(r, slices.Index(h.names, p[0].name)), h.side(r, slices.Index(h.names, p[1].name))
			d.gap(a, h, r, x, y, metrics[k+1].Name, contrast)
		}
	}
}

// bounds emits the bounds of one group's rate.
func (d *missingGroups) bounds(a detect.Attribute, x side, r rate, p stat.Unassigned) {
	m := audit.Measurement{Metric: r.name + boundsSuffix, Group: &x.name, N: x.known.N}
	low, high, ok := stat.WorstRate(x.known, p)
	if !ok {
		m.Note = fmt.Sprintf("undefined: %s among the rows known to be %q", r.empty, x.name)
		d.add(a, m)
		return
	}
	m.Value, m.Interval = float(x.known.Rat()), bounds(*float(low.Rat()), *float(high.Rat()), 0, worstCase)
	m.Parameters = map[string]string{"lowest": counted(low), "highest": counted(high)}
	d.add(a, m)
}

// gap emits the bounds of the gap between two sides.
func (d *missingGroups) gap(a detect.Attribute, h holes, r rate, x, y side, metric string, c stat.Contrast) {
	m := audit.Measurement{Metric: metric + boundsSuffix, Group: &x.name, Reference: &y.name, N: x.known.N}
	if x.known.N == 0 || y.known.N == 0 {
		m.Note = "undefined: " + r.empty + " among the rows whose group is known, in one of the two"
		d.add(a, m)
		return
	}
	pool := func(first, second bool) stat.Unassigned {
		return h.unassigned(r, d.unknown, func(p int) bool { return x.fits(p) == first && y.fits(p) == second })
	}
	onlyX, onlyY, shared := pool(true, false), pool(false, true), pool(true, true)
	m.Value = float(c(x.known, y.known))
	sure := y.known
	if y.everybody { // what is not of the group is of the rest, whether or not that suits
		sure.K, sure.N = sure.K+onlyY.Success, sure.N+onlyY.Success+onlyY.Failure
		onlyY.Success, onlyY.Failure = 0, 0
	}
	lowX, lowY := stat.LeastGap(x.known, sure, onlyX, onlyY, shared, c)
	highY, highX := stat.LeastGap(sure, x.known, onlyY, onlyX, shared, c)
	low, high := c(lowX, lowY), c(highX, highY)
	switch {
	case low == nil:
		m.Note = "undefined: the " + r.words() + " of the reference is 0 whatever the groups of the other rows"
		d.add(a, m)
		return
	case m.Value == nil: // a number without a value has no interval; the parameters tell its bounds
		m.Note = "undefined: the " + r.words() + " of the reference is 0 on the rows whose group is known"
	default:
		m.Interval = &audit.Interval{Low: float(low), High: float(high), Level: 1, Method: worstCase}
	}
	m.Parameters = map[string]string{"lowest": counted(lowX) + " against " + counted(lowY), "highest": counted(highX) + " against " + counted(highY)}
	whatever(d.spec, metric, a.Reference, low, high, "group", &m)
	d.add(a, m)
}

// counted writes a fraction as it was counted.
func counted(f stat.Fraction) string { return fmt.Sprintf("%d/%d", f.K, f.N) }

// imputed emits a rate or gap with the rows without a group spread over groups.
func (d *missingGroups) imputed(a detect.Attribute, r rate, name, reference, metric, within string, h holes) {
	m := audit.Measurement{Metric: metric + imputedSuffix, Group: &name}
	if within != "" {
		m.Parameters = map[string]string{"within": within}
	}
	spread := h.spread(r, d.unknown)
	g := spread.of(name)
	m.N = int64(g.known)
	value := g.value()
	if reference != "" {
		m.Reference = &reference
		other := spread.of(reference)
		if reference == detect.Rest {
			other = spread.without(name)
		}
		value = compared(value, other.value(), strings.HasSuffix(metric, "_ratio"))
	}
	m.Value = value
	if d.unknown && value != nil {
		m.Interval = bounds(g.k/(g.n+g.either), (g.k+g.either)/(g.n+g.either), 0, "missing-at-random")
	}
	switch {
	case value == nil:
		m.Note = "undefined: " + r.empty + ", or the reference has none"
	case spread.left > 0:
		m.Note = fmt.Sprintf("%d rows are left out: no row of their stratum and outcome has a known group that fits", spread.left)
	}
	d.add(a, m)
}

func (d *missingGroups) add(a detect.Attribute, m audit.Measurement) {
	m.Detector, m.MethodVersion, m.Window = "missing_groups", 1, audit.AllWindows
	m.Attribute, m.GroupKind = a.Name, audit.KindValue
	for _, metric := range missingMetrics() {
		if metric.Name == m.Metric {
			m.Convention = metric.Convention
		}
	}
	d.out = append(d.out, m)
}
