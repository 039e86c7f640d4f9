package kpi

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// season compares a point with the one of a season before, of the same window of the
// year: what comes every year is in both. A gap is of whatever groups are farthest
// apart, and not compared.
func (m *measurer) season(d *Definition, p place) *audit.KPISeason {
	length := m.set.audit.KPIs.Season
	if length == 0 || p.window == audit.AllWindows || p.kind == audit.KindWorst || m.set.Looks(d.Name) != LooksHere {
		return nil
	}
	w := m.whole()
	i := slices.IndexFunc(w.windows, func(w audit.Window) bool { return w.ID == p.window })
	if i < 0 {
		return nil
	}
	then := slices.Index(w.inTime, w.inTime[i]-float64(length))
	if then < 0 {
		return nil
	}
	before := p
	before.window = w.windows[then].ID
	a, b := m.series[d.Name][p], w.series[d.Name][before]
	if b == nil || a.value == nil || b.value == nil {
		return nil
	}
	out := &audit.KPISeason{Window: before.window, Change: *a.value - *b.value}
	if x, err := differenceOf(a, b, d.rate(), m.spec.Alpha); err == nil {
		out.Interval = detect.Interval(x, m.spec.Alpha)
	}
	return out
}
