package kpi

import (
	"cmp"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Described are the definitions, as a result has them.
func (s *Set) Described() []audit.KPIDefinition {
	var out []audit.KPIDefinition
	for _, d := range s.all {
		out = append(out, s.described(d))
	}
	return append(out, s.others...)
}

// Labeled lists the indicators that the columns of the label go into.
func (s *Set) Labeled() (out []string) {
	for _, d := range s.all { // each after those that it is of
		reads := slices.ContainsFunc(d.reads, func(name string) bool { return slices.Contains(s.labels, name) })
		for _, t := range d.Of {
			reads = reads || slices.Contains(out, t.Name)
		}
		if reads {
			out = append(out, d.Name)
		}
	}
	return out
}

// Looks says how far an indicator looks beyond its own window.
type Looks int

// How far an indicator looks.
const (
	LooksHere   Looks = iota // at its own window
	LooksBack                // at the window before, too
	LooksAtMany              // at the windows before, as far as they go
)

// Looks says how far an indicator looks.
func (s *Set) Looks(name string) Looks {
	d := s.byName[name]
	if d == nil {
		return LooksHere
	}
	out := LooksHere
	switch {
	case d.Kind == "index" && d.As != "":
		return LooksAtMany
	case d.Kind == "growth", d.Base == "previous":
		out = LooksBack
	}
	for _, t := range d.Of {
		of := s.Looks(t.Name)
		if of == LooksBack && out == LooksBack { // a growth of a growth
			of = LooksAtMany
		}
		out = max(out, of)
	}
	return out
}

// Recall prepares points that were kept: it leaves out those of indicators that the
// audit has no more, or of windows that it cuts no more, puts the others in the order of a result, and holds them to the
// limits that the audit has now. The last window of each indicator with a value gets
// the verdict.
func (s *Set) Recall(points []audit.TrendPoint, windows []audit.Window, alpha float64) []audit.TrendPoint {
	rank, at := map[string]int{}, map[string]int{}
	for i, d := range s.all {
		rank[d.Name] = i
	}
	for i, w := range windows {
		at[w.ID] = i
	}
	type ranked struct {
		*audit.TrendPoint
		rank, at int
	}
	var order []ranked
	for i := range points {
		p := &points[i]
		if n, known := at[p.Window]; known && s.byName[p.KPI.KPI] != nil {
			order = append(order, ranked{p, rank[p.KPI.KPI], n})
		}
	}
	slices.SortFunc(order, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(kindOrder(a.GroupKind), kindOrder(b.GroupKind)),
			compareGroups(&a.KPI, &b.KPI), cmp.Compare(a.at, b.at))
	})
	out := make([]audit.TrendPoint, len(order))
	for i, p := range order {
		out[i] = *p.TrendPoint
	}
	for i := range out {
		p := &out[i]
		d := s.byName[p.KPI.KPI]
		p.Former = p.Definition != d.Hash
		if p.Interval != nil {
			p.Interval.Level = 1 - alpha
		}
		if d.Limits != nil && !p.Former && !p.Suppressed && (p.GroupKind == audit.KindOverall || d.Kind == "gap" && p.GroupKind == audit.KindWorst) {
			p.State = d.state(p.Value, p.Interval)
			next := i + 1
			for next < len(out) && out[next].Value == nil && sameSeries(p, &out[next]) {
				next++
			}
			if p.Value != nil && (next == len(out) || !sameSeries(p, &out[next])) {
				p.Verdict = verdictOf(p.State)
			}
		}
	}
	return out
}

// compareGroups orders the groups of one attribute; those of a gap are no order.
func compareGroups(a, b *audit.KPI) int {
	if a.GroupKind != audit.KindValue || a.Group == nil || b.Group == nil || *a.Group == *b.Group {
		return 0
	}
	return table.CompareNames(*a.Group, *b.Group)
}

func sameSeries(a, b *audit.TrendPoint) bool {
	return a.KPI.KPI == b.KPI.KPI && a.Attribute == b.Attribute && a.GroupKind == b.GroupKind
}

func verdictOf(s audit.KPIState) audit.Verdict {
	switch s {
	case audit.Assured:
		return audit.Pass
	case audit.Breach:
		return audit.Fail
	}
	return audit.Inconclusive
}
