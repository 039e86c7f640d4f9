package kpi

import (
	"cmp"
	"slices"
	"strings"

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

// Recalled drops what nobody asked for and the history has not.
func (s *Set) Recalled(points []audit.TrendPoint) {
	if s.ofKind {
		s.keep(func(d *Definition) bool {
			return slices.ContainsFunc(points, func(p audit.TrendPoint) bool { return p.KPI.KPI == d.Name })
		})
	}
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
// limits that the audit has now: a series that is watched by its sequence to date. The last
// window of each indicator with a value gets the verdict.
func (s *Set) Recall(points []audit.TrendPoint, windows []audit.Window, groups []audit.Attribute, spec *audit.Spec) ([]audit.TrendPoint, *audit.KPIMonitoring) {
	h := &history{measurer: s.measurer(spec, View{Windows: windows, Groups: groups}), whole: map[place]*audit.TrendPoint{}}
	out := h.inOrder(points)
	for i := range out {
		p := &out[i]
		p.Former = p.Definition != s.byName[p.KPI.KPI].Hash
		if p.Interval != nil {
			p.Interval.Level = 1 - spec.Alpha
		}
	}
	h.recall(out)
	monitoring := h.watch()
	h.markTrend(out)
	for i := range out {
		h.judge(out, i)
	}
	return out, monitoring
}

// history is a measurer of what was kept.
type history struct {
	*measurer
	whole map[place]*audit.TrendPoint // the whole period, by indicator instead of window
}

// inOrder puts points in the order of a result, and those of the whole period aside.
func (h *history) inOrder(points []audit.TrendPoint) []audit.TrendPoint {
	at := map[string]int{}
	for i, w := range h.windows {
		at[w.ID] = i
	}
	where := map[place]map[string]*kept{} // of a series, by indicator
	var all []*kept
	n := 0
	for i := range points {
		p := &points[i]
		d := h.set.byName[p.KPI.KPI]
		if d == nil {
			continue
		}
		window, known := at[p.Window]
		if !known {
			if p.Window == audit.AllWindows && p.Definition == d.Hash {
				h.whole[place{d.Name, p.Attribute, "", p.GroupKind}] = p
			}
			continue
		}
		about := place{attribute: p.Attribute, kind: p.GroupKind}
		if p.GroupKind == audit.KindValue && p.Group != nil {
			about.group = *p.Group
		}
		if where[about] == nil {
			where[about] = map[string]*kept{}
		}
		k := where[about][d.Name]
		if k == nil {
			k = &kept{place: about, rank: slices.Index(h.set.all, d), points: make([]*audit.TrendPoint, len(h.windows))}
			where[about][d.Name] = k
			all = append(all, k)
		}
		if k.points[window] == nil {
			n++
		}
		k.points[window] = p
	}
	slices.SortFunc(all, func(a, b *kept) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.attribute, b.attribute), cmp.Compare(kindOrder(a.kind), kindOrder(b.kind)), table.CompareNames(a.group, b.group))
	})
	out := make([]audit.TrendPoint, 0, n)
	for _, k := range all {
		for _, p := range k.points {
			if p != nil {
				out = append(out, *p)
			}
		}
	}
	return out
}

// kept is a series as the history gives it.
type kept struct {
	place
	rank   int                 // of its indicator
	points []*audit.TrendPoint // by window; nil where there is none
}

// recall makes series of the points that mean today what they meant then.
func (h *history) recall(points []audit.TrendPoint) {
	h.unknown = map[string]string{}
	for _, d := range h.set.all {
		h.series[d.Name] = series{}
	}
	for i := range points {
		p := &points[i]
		d := h.set.byName[p.KPI.KPI]
		at := place{window: p.Window, attribute: p.Attribute, kind: p.GroupKind}
		if p.Group != nil && p.GroupKind == audit.KindValue {
			at.group = *p.Group
		}
		if p.Former || d.Kind != "gap" && !h.set.grounded(d, at) {
			continue
		}
		e, ok := recalled(&p.KPI, d.rate(), h.spec.HasSubject || d.Unit == "subject")
		if d.Kind == "gap" { // it is followed by its groups
			ok = !p.Suppressed
		}
		h.series[d.Name][at] = e
		switch {
		case ok:
		case p.Suppressed:
			h.unknown[d.Name] = "a window is withheld"
		case h.unknown[d.Name] == "":
			h.unknown[d.Name] = "an earlier plumbline did not keep what it takes; plumbline run --rescan keeps it"
		}
	}
	for _, d := range h.set.all { // each after those that it is of
		for _, t := range d.Of {
			if why := h.unknown[t.Name]; d.Kind == "gap" && why != "" {
				h.unknown[d.Name] = why
			}
		}
		if d.Pack != "" && len(h.series[d.Name]) == 0 { // the log has not its columns
			h.unmeasured = append(h.unmeasured, d.Name)
		}
	}
}

// markTrend puts what was seen onto the points.
func (h *history) markTrend(points []audit.TrendPoint) {
	seen := h.looks()
	counts := map[*Definition][]*audit.KPI{}
	for i := range points {
		p := &points[i]
		d := h.set.byName[p.KPI.KPI]
		if p.Former || p.Suppressed {
			continue
		}
		if d.Limits != nil && (p.GroupKind == audit.KindOverall || d.Kind == "gap" && p.GroupKind == audit.KindWorst) {
			p.State = audit.NotResolved
			if !h.set.sequential(d) {
				p.State = d.state(p.Value, p.Interval)
			}
		}
		seen.mark(&p.KPI)
		if d.Kind == "count" && p.GroupKind == audit.KindOverall {
			counts[d] = append(counts[d], &p.KPI)
		}
	}
	for d, list := range counts {
		controlCounts(d, list)
	}
}

// judge gives the last point with a value, or a value to date, of an indicator the
// verdict.
func (h *history) judge(points []audit.TrendPoint, i int) {
	p := &points[i]
	says := func(p *audit.TrendPoint) bool { return p.Value != nil || p.ToDate != nil }
	next := i + 1
	for next < len(points) && !says(&points[next]) && sameSeries(p, &points[next]) {
		next++
	}
	if p.State == "" || !says(p) || next < len(points) && sameSeries(p, &points[next]) {
		return
	}
	p.Verdict = verdictOf(p.State)
	d := h.set.byName[p.KPI.KPI]
	if whole := h.whole[place{d.Name, p.Attribute, "", p.GroupKind}]; whole != nil && whole.Value != nil && !whole.Suppressed && !h.set.sequential(d) && !h.set.judgedByWindow(d) {
		p.Verdict = verdictOf(d.state(whole.Value, whole.Interval))
		p.Note = strings.TrimPrefix(p.Note+"; ", "; ") + "the limits judge the whole period"
	}
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
