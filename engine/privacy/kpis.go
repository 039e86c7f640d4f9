package privacy

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// whyKPI is the note of a suppressed point of an indicator.
const whyKPI = "suppressed: about few people, or telling about few"

// kpis withholds points of indicators. They count other rows than the lattice
// does, so nothing is known of how they are tied; a point is withheld with
// everything that it could be worked out from:
//
//   - what is about few, counted on either side of a share, takes all points of its
//     indicator in its window along, and those of the whole period;
//   - where the lattice hides anything of a window, every indicator is hidden
//     there, and over the whole period;
//   - what is made of a hidden indicator is hidden.
//
// What limits were judged by goes the same way.
func (s *suppressor) kpis() {
	if len(s.r.KPIs) == 0 {
		return
	}
	hidden := s.hiddenWindows()
	type slice struct{ kpi, window string }
	gone := map[slice]bool{}
	tails := s.tails()
	for i := range s.r.KPIs {
		p := &s.r.KPIs[i]
		if hidden[p.Window] || hidden[""] || s.few(p) || s.fewOf(p) || s.small(tails.beyond(p)) {
			gone[slice{p.KPI, p.Window}] = true
			gone[slice{p.KPI, audit.AllWindows}] = true
		}
	}
	for _, d := range s.r.KPIDefinitions { // each stands after those that it is of
		for _, t := range d.Of {
			for _, w := range append(s.windowNames(), audit.AllWindows) {
				if gone[slice{t.Name, w}] { // growth and quiet look at windows before, too
					for _, also := range append(s.windowNames(), audit.AllWindows) {
						gone[slice{d.Name, also}] = gone[slice{d.Name, also}] || also == w || d.Kind == "growth" || d.Kind == "index"
					}
				}
			}
		}
	}
	left := 0
	for i := range s.r.KPIs {
		if p := &s.r.KPIs[i]; 0 < tails.beyond(p) && tails.beyond(p) < 4*s.min { // its limits lie further out
			p.Interval, p.Sequence, p.Grounds = nil, nil, nil
		}
		if p := &s.r.KPIs[i]; gone[slice{p.KPI, p.Window}] {
			*p = audit.KPI{KPI: p.KPI, Definition: p.Definition, Attribute: p.Attribute, Group: p.Group, GroupKind: p.GroupKind, Window: p.Window,
				N: audit.Hidden, Note: whyKPI, Suppressed: true}
			if p.GroupKind == audit.KindWorst { // who is lowest says something about all others
				p.Group = nil
			}
			left++
			s.r.Privacy.KPIs++
		}
	}
	touched := map[string]bool{}
	for at := range gone {
		touched[at.kpi] = touched[at.kpi] || gone[at]
	}
	s.monitoring(touched)
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if name := m.Parameters["kpi"]; name != "" && !m.Suppressed && gone[slice{name, orAll(m.Parameters["window"])}] {
			withhold(m)
			s.r.Privacy.Suppressed++
		}
	}
	if left > 0 {
		s.r.Notes = append(s.r.Notes, fmt.Sprintf("%d points of indicators are suppressed: they are about fewer than %d, or others could be worked out from them.", left, s.r.Privacy.MinCell))
	}
}

// monitoring withholds what was seen over the windows of an indicator of which any
// window is hidden: a value to date is made of all of them.
func (s *suppressor) monitoring(touched map[string]bool) {
	for i := range s.r.KPIs {
		if p := &s.r.KPIs[i]; touched[p.KPI] {
			p.ToDate, p.Sequence, p.Change, p.Control, p.Season = nil, nil, nil, nil, nil
		}
	}
	s.versions(touched)
	if s.r.KPIMonitoring == nil {
		return
	}
	m := *s.r.KPIMonitoring
	m.Series = slices.Clone(m.Series)
	for i := range m.Series {
		x := &m.Series[i]
		if !touched[x.KPI] {
			continue
		}
		x.LogE = nil
		x.Alarms = slices.Clone(x.Alarms)
		for k := range x.Alarms {
			a := &x.Alarms[k]
			a.Before, a.After, a.Group, a.Reference = nil, nil, nil, nil
		}
	}
	s.r.KPIMonitoring = &m
}

// versions withholds what such an indicator did where the model's version changed:
// its values before and after are those of windows together.
func (s *suppressor) versions(touched map[string]bool) {
	s.r.VersionChanges = slices.Clone(s.r.VersionChanges)
	for i := range s.r.VersionChanges {
		c := &s.r.VersionChanges[i]
		c.KPIs = slices.Clone(c.KPIs)
		for k, e := range c.KPIs {
			if touched[e.KPI] {
				c.KPIs[k] = audit.VersionEffect{KPI: e.KPI, Attribute: e.Attribute, Suppressed: true, Note: whyKPI}
			}
		}
	}
}

// few tells whether a point rests on few, on either side of a share.
func (s *suppressor) few(p *audit.KPI) bool {
	if s.small(p.N) || s.small(p.Unknown) || s.small(p.Immature) || p.LabelBounds != nil && s.small(p.LabelBounds.Open) {
		return true
	}
	whole := func(x *float64) (int64, bool) {
		if x == nil || *x != float64(int64(*x)) {
			return 0, false
		}
		return int64(*x), true
	}
	k, isCount := whole(p.Numerator)
	if isCount && s.small(k) {
		return true
	}
	n, has := whole(p.Denominator)
	return has && (s.small(n) || isCount && s.small(n-k))
}

func (s *suppressor) windowNames() []string {
	var out []string
	for _, w := range s.r.Windows {
		out = append(out, w.ID)
	}
	return out
}

func orAll(window string) string {
	if window == "" {
		return audit.AllWindows
	}
	return window
}

// hiddenWindows are those of which the lattice hides anything; "" if it hides
// something about the whole period.
func (s *suppressor) hiddenWindows() map[string]bool {
	out := map[string]bool{}
	for i := range s.r.Measurements {
		if m := &s.r.Measurements[i]; m.Suppressed {
			out[window(m)] = true
		}
	}
	for _, w := range s.r.Windows {
		if w.Rows == audit.Hidden {
			out[w.ID] = true
		}
	}
	return out
}
