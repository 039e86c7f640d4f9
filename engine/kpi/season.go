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
	i := slices.IndexFunc(m.windows, func(w audit.Window) bool { return w.ID == p.window })
	then := slices.Index(m.inTime, m.inTime[i]-float64(length))
	if then < 0 {
		return nil
	}
	before := p
	before.window = m.windows[then].ID
	a, b := m.series[d.Name][p], m.series[d.Name][before]
	if b == nil || a.value == nil || b.value == nil {
		return nil
	}
	out := &audit.KPISeason{Window: before.window, Change: *a.value - *b.value}
	if x, err := differenceOf(a, b, d.rate(), m.spec.Alpha); err == nil {
		out.Interval = detect.Interval(x, m.spec.Alpha)
	}
	return out
}
