package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// attacker knows everything in a published result, and that counts are counts:
// groups add up to everybody, intersections to their attributes, and windows to
// the whole period. It shares no code with what it attacks.
type attacker struct {
	t       *testing.T
	unknown map[string]int // cell -> column
	names   []string
	rows    []equation
	known   []float64       // by column; NaN while unknown
	exceeds map[string]bool // groups whose rate is higher than the reference's, which are too small
	solved  *program
}

type equation struct {
	cells map[int]float64
	sum   float64
}

// The cells of a group: by decision and label (t f: label, 1 0: decision), u
// without a label; x without a decision.
var atomNames = []string{"t1", "f1", "t0", "f0", "u1", "u0", "x"}

// formOf is a rate's numerator and denominator in cells.
func formOf(metric string, favorable bool) (num, den []string, ok bool) {
	all4 := []string{"t1", "f1", "t0", "f0"}
	selected, rejected := []string{"t1", "f1", "u1"}, []string{"t0", "f0", "u0"}
	forms := map[string][2][]string{
		"selection_rate":            {selected, append(slices.Clone(selected), rejected...)},
		"true_positive_rate":        {{"t1"}, {"t1", "t0"}},
		"false_negative_rate":       {{"t0"}, {"t1", "t0"}},
		"false_positive_rate":       {{"f1"}, {"f1", "f0"}},
		"true_negative_rate":        {{"f0"}, {"f1", "f0"}},
		"positive_predictive_value": {{"t1"}, {"t1", "f1"}},
		"false_discovery_rate":      {{"f1"}, {"t1", "f1"}},
		"negative_predictive_value": {{"f0"}, {"t0", "f0"}},
		"false_omission_rate":       {{"t0"}, {"t0", "f0"}},
		"accuracy":                  {{"t1", "f0"}, all4},
		"base_rate":                 {{"t1", "t0"}, all4},
	}
	forms["favorable_rate"] = forms["selection_rate"]
	if !favorable {
		forms["favorable_rate"] = [2][]string{rejected, forms["selection_rate"][1]}
	}
	forms["impact"] = forms["favorable_rate"] // ratio; that of Local Law 144 is of selections, where they are favorable
	f, ok := forms[metric]
	return f[0], f[1], ok
}

func newAttacker(t *testing.T, exact, r *audit.Result) *attacker {
	a := &attacker{t: t, unknown: map[string]int{}, exceeds: exceeding(exact)}
	for i := range r.Measurements {
		a.measurement(r, &r.Measurements[i])
	}
	for _, g := range r.Groups {
		for _, v := range g.Values {
			if v.N >= 0 {
				a.equals(g.Attribute, value(v.Value), audit.AllWindows, atomNames, v.N)
			}
		}
	}
	if r.Data.Copies >= 0 {
		a.equals("", "", audit.AllWindows, atomNames, r.Data.Copies)
	}
	a.margins(r)
	a.choices(r)
	a.propagate()
	return a
}

func value(v *string) string {
	if v == nil {
		return "(missing)"
	}
	return *v
}

func (a *attacker) cell(attribute, group, window, atom string) int {
	k := strings.Join([]string{attribute, group, window, atom}, "\x00")
	if _, ok := a.unknown[k]; !ok {
		a.unknown[k] = len(a.names)
		a.names, a.known = append(a.names, k), append(a.known, math.NaN())
	}
	return a.unknown[k]
}

func (a *attacker) equals(attribute, group, window string, atoms []string, sum int64) {
	e := equation{map[int]float64{}, float64(sum)}
	for _, s := range atoms {
		e.cells[a.cell(attribute, group, window, s)]++
	}
	a.rows = append(a.rows, e)
}

// measurement takes the counts of a rate, or of the two rates of a gap.
func (a *attacker) measurement(r *audit.Result, m *audit.Measurement) {
	metric := strings.TrimSuffix(strings.TrimSuffix(m.Metric, "_difference"), "_ratio")
	num, den, ok := formOf(metric, r.Audit.Favorable)
	if !ok || m.Suppressed || m.GroupKind == audit.KindWorst || m.Numerator == nil || m.Denominator == nil {
		return
	}
	attribute, group := m.Attribute, value(m.Group)
	if m.GroupKind == audit.KindOverall {
		attribute, group = "", ""
	}
	a.equals(attribute, group, m.Window, num, *m.Numerator)
	a.equals(attribute, group, m.Window, den, *m.Denominator)
	if m.Reference != nil && *m.Reference != "(rest)" && m.RefNum != nil && m.RefDen != nil {
		a.equals(attribute, *m.Reference, m.Window, num, *m.RefNum)
		a.equals(attribute, *m.Reference, m.Window, den, *m.RefDen)
	}
}

// margins ties tables to each other.
func (a *attacker) margins(r *audit.Result) {
	windows := []string{audit.AllWindows}
	for _, w := range r.Windows {
		windows = append(windows, w.ID)
	}
	published := map[string]bool{} // tables that there are, all of whose cells may be suppressed
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if _, _, ok := formOf(m.Metric, true); ok && m.GroupKind != audit.KindWorst {
			published[m.Attribute+"\x00"+m.Window] = true
			published["\x00"+m.Window] = true
		}
	}
	for _, atom := range atomNames {
		for _, g := range r.Groups {
			for _, w := range windows {
				if !published[g.Attribute+"\x00"+w] {
					continue
				}
				sum := map[int]float64{a.cell("", "", w, atom): -1}
				for _, v := range g.Values {
					sum[a.cell(g.Attribute, value(v.Value), w, atom)]++
				}
				a.rows = append(a.rows, equation{sum, 0})
				a.crossed(r, g, w, atom)
			}
		}
		groups := [][2]string{{"", ""}}
		for _, g := range r.Groups {
			for _, v := range g.Values {
				groups = append(groups, [2]string{g.Attribute, value(v.Value)})
			}
		}
		for _, g := range groups {
			if len(windows) > 1 && published[g[0]+"\x00"+windows[1]] {
				sum := map[int]float64{a.cell(g[0], g[1], audit.AllWindows, atom): -1}
				for _, w := range windows[1:] {
					sum[a.cell(g[0], g[1], w, atom)]++
				}
				a.rows = append(a.rows, equation{sum, 0})
			}
		}
	}
}

// choices takes what the choice of a reference tells: that no group is larger, or
// that none has a higher rate, where the counts of the reference are shown. It also
// knows who is too small to be chosen, which is not in the result.
func (a *attacker) choices(r *audit.Result) {
	shown := map[string]*audit.Measurement{}
	for i := range r.Measurements {
		if m := &r.Measurements[i]; m.Detector == "parity" && m.Metric == "selection_rate" && m.Window == audit.AllWindows && m.Group != nil && m.Denominator != nil {
			shown[m.Attribute+"\x00"+*m.Group] = m
		}
	}
	higher := func(attribute, ref, metric string, all []string) {
		m := shown[attribute+"\x00"+ref]
		if m == nil {
			return
		}
		num, _, _ := formOf(metric, r.Audit.Favorable)
		k := *m.Numerator
		if metric == "favorable_rate" && !r.Audit.Favorable {
			k = *m.Denominator - k
		}
		a.mostFor(r, attribute, ref, num, all, float64(k)/float64(*m.Denominator))
	}
	for _, g := range r.Groups {
		switch {
		case g.Chosen == nil:
		case g.Reference == "best":
			higher(g.Attribute, *g.Chosen, "favorable_rate", atomNames)
		case g.Reference == "largest":
			for _, v := range g.Values {
				if v.Value != nil && *v.Value != *g.Chosen {
					e := equation{map[int]float64{a.cell("", "", "", "slack of "+g.Attribute+*v.Value): 1}, 0}
					for _, s := range atomNames {
						e.cells[a.cell(g.Attribute, *v.Value, audit.AllWindows, s)]++
						e.cells[a.cell(g.Attribute, *g.Chosen, audit.AllWindows, s)]--
					}
					a.rows = append(a.rows, e)
				}
			}
		}
	}
	for i := range r.Measurements {
		if m := &r.Measurements[i]; m.Detector == "ll144" && m.Metric == "impact_ratio" && m.Parameters["output"] == "" && m.Reference != nil {
			higher(m.Attribute, *m.Reference, "selection_rate", atomNames[:6])
			break
		}
	}
}

// mostFor holds the rate of every other group that is no higher than a rate below it.
func (a *attacker) mostFor(r *audit.Result, attribute, ref string, num, all []string, rate float64) {
	for _, v := range valuesOf(r, attribute) {
		if v == ref || v == "(missing)" || a.exceeds[attribute+"\x00"+v] {
			continue
		}
		e := equation{map[int]float64{a.cell("", "", "", "room of "+attribute+v): 1}, 0}
		for _, s := range all {
			by := -rate
			if slices.Contains(num, s) {
				by++
			}
			e.cells[a.cell(attribute, v, audit.AllWindows, s)] = by
		}
		a.rows = append(a.rows, e)
	}
}

// exceeding are the groups whose favorable rate is above that of the reference that
// the data chose: they are too small to be chosen.
func exceeding(exact *audit.Result) map[string]bool {
	out, rates := map[string]bool{}, map[string]float64{}
	for i := range exact.Measurements {
		m := &exact.Measurements[i]
		if m.Detector == "parity" && m.Metric == "selection_rate" && m.Window == audit.AllWindows && m.Group != nil && m.Value != nil {
			rates[m.Attribute+"\x00"+*m.Group] = *m.Value
			if !exact.Audit.Favorable {
				rates[m.Attribute+"\x00"+*m.Group] = 1 - *m.Value
			}
		}
	}
	for _, g := range exact.Groups {
		for _, v := range g.Values {
			if g.Chosen != nil && v.Value != nil {
				out[g.Attribute+"\x00"+*v.Value] = rates[g.Attribute+"\x00"+*v.Value] > rates[g.Attribute+"\x00"+*g.Chosen]
			}
		}
	}
	return out
}

// crossed ties an intersection to its attributes. Who has one value and lacks the
// other is no published group, but part of the missing ones.
func (a *attacker) crossed(r *audit.Result, g audit.Attribute, window, atom string) {
	names := detect.Uncross(g.Attribute, 2)
	if len(names) != 2 {
		return
	}
	listed := map[string]bool{}
	for _, v := range g.Values {
		listed[value(v.Value)] = true
	}
	lost := map[int]float64{a.cell(g.Attribute, "(missing)", window, atom): -1}
	for side, name := range names {
		for _, v := range valuesOf(r, name) {
			sum := map[int]float64{a.cell(name, v, window, atom): -1}
			for _, w := range valuesOf(r, names[1-side]) {
				pair := [2]string{v, w}
				if side == 1 {
					pair = [2]string{w, v}
				}
				id := detect.Cross(pair[0], pair[1])
				if pair[0] == "(missing)" || pair[1] == "(missing)" {
					id = "part " + id
					lost[a.cell(g.Attribute, id, window, atom)] = 1
				} else if !listed[id] {
					continue // nobody
				}
				sum[a.cell(g.Attribute, id, window, atom)]++
			}
			a.rows = append(a.rows, equation{sum, 0})
		}
	}
	if len(lost) > 1 {
		a.rows = append(a.rows, equation{lost, 0})
	}
}

// valuesOf lists the values of an attribute, the missing one among them if it
// occurs.
func valuesOf(r *audit.Result, attribute string) []string {
	var out []string
	for _, g := range r.Groups {
		for _, v := range g.Values {
			if g.Attribute == attribute && (v.Value != nil || v.N != 0) {
				out = append(out, value(v.Value))
			}
		}
	}
	return out
}

// propagate solves what one equation alone tells: the last unknown of a sum, and
// that the parts of nothing are nothing.
func (a *attacker) propagate() {
	for again := true; again; {
		again = false
		for i := range a.rows {
			e := &a.rows[i]
			positive := true
			for c, by := range e.cells {
				if !math.IsNaN(a.known[c]) {
					e.sum -= by * a.known[c]
					delete(e.cells, c)
				} else if by < 0 {
					positive = false
				}
			}
			if math.Abs(e.sum) > 1e-9 && len(e.cells) == 0 {
				a.t.Fatalf("what is published contradicts itself, by %g", e.sum)
			}
			if len(e.cells) == 1 || positive && e.sum == 0 {
				for c, by := range e.cells {
					a.known[c], again = e.sum/by, true
				}
			}
		}
	}
	a.rows = slices.DeleteFunc(a.rows, func(e equation) bool { return len(e.cells) == 0 })
}

// interval is the least and the largest value that a sum of cells can have.
func (a *attacker) interval(cells []int) (low, high float64) {
	fixed := 0.0
	var free []int
	for _, c := range cells {
		if math.IsNaN(a.known[c]) {
			free = append(free, c)
		} else {
			fixed += a.known[c]
		}
	}
	if len(free) == 0 {
		return fixed, fixed
	}
	p := a.program()
	if slices.ContainsFunc(free, func(c int) bool { return c >= p.columns }) {
		return fixed, math.Inf(1) // nothing is known about it
	}
	return fixed + p.least(free, 1), fixed - p.least(free, -1)
}

// verdicts holds that no verdict bounds a suppressed number: that a check passes
// bounds every number it judges, and that it fails or warns bounds one of those that
// it judges, which is a suppressed one if all are.
func verdicts(t *testing.T, published *audit.Result) {
	t.Helper()
	for _, c := range published.Gates.Checks {
		hidden := 0
		for _, m := range c.Measurements {
			if published.Measurements[m].Suppressed {
				hidden++
			}
		}
		if hidden > 0 && c.Verdict != audit.Inconclusive && (c.Verdict == audit.Pass || hidden == len(c.Measurements)) {
			t.Errorf("%s/%s/%s: the verdict %s bounds suppressed numbers", c.Detector, c.Metric, c.Attribute, c.Verdict)
		}
	}
	for i := range published.Measurements {
		if m := &published.Measurements[i]; m.Suppressed && (m.Verdict != "" || m.GroupKind == audit.KindWorst && (m.Group != nil || m.Reference != nil)) {
			t.Errorf("%s of %s: a verdict or the names of a worst gap stand beside a suppressed number", m.Metric, m.Attribute)
		}
	}
}

// attack holds that no count below a limit can be worked out from what is
// published: the least and the largest value that it can have are as far apart as
// the limit, or farther.
func attack(t *testing.T, exact, published *audit.Result) *attacker {
	t.Helper()
	verdicts(t, published)
	a := newAttacker(t, exact, published)
	few := 0
	for i := range exact.Measurements {
		m := &exact.Measurements[i]
		num, den, ok := formOf(m.Metric, exact.Audit.Favorable)
		if !ok || m.Numerator == nil || m.Reference != nil || m.GroupKind == audit.KindWorst {
			continue
		}
		attribute, group := m.Attribute, value(m.Group)
		if m.GroupKind == audit.KindOverall {
			attribute, group = "", ""
		}
		rest := slices.DeleteFunc(slices.Clone(den), func(s string) bool { return slices.Contains(num, s) })
		for _, f := range []struct {
			atoms []string
			n     int64
		}{{num, *m.Numerator}, {den, *m.Denominator}, {rest, *m.Denominator - *m.Numerator}} {
			people := m.People > 0 && m.People < exact.Privacy.MinCell // few, however many cases they have
			if f.n < 1 || f.n >= exact.Privacy.MinCell && !people {
				continue
			}
			few++
			var cells []int
			for _, s := range f.atoms {
				cells = append(cells, a.cell(attribute, group, m.Window, s))
			}
			low, high := a.interval(cells)
			if high-low < float64(exact.Privacy.MinCell)-1e-6 || float64(f.n) < low-1e-6 || float64(f.n) > high+1e-6 {
				t.Errorf("%s of %s %q, %s: the count %v = %d lies within [%g, %g]", m.Metric, attribute, group, m.Window, f.atoms, f.n, low, high)
			}
		}
	}
	if few == 0 {
		t.Error("the case has no small count to attack")
	}
	t.Logf("%d small counts, %d cells, %d equations; %d of %d measurements suppressed", few, len(a.names), len(a.rows), published.Privacy.Suppressed, len(exact.Measurements))
	return a
}
