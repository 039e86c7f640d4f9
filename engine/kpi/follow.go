package kpi

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// View is what indicators are computed from: tables, and the windows and groups that
// are in them.
type View struct {
	Tables  detect.Tables
	Windows []audit.Window
	Groups  []audit.Attribute
}

// whole is who knows all windows to date.
func (m *measurer) whole() *measurer {
	if m.toDate != nil {
		return m.toDate
	}
	return m
}

// follows computes the points of one KPI, and those of all windows to date, if there
// are others.
func (m *measurer) follows(d *Definition) (points, toDate []audit.KPI) {
	m.series[d.Name] = m.measure(d)
	if m.toDate == nil {
		return m.points(d), nil
	}
	toDate, _ = m.toDate.follows(d)
	own := series{}
	for p, e := range m.series[d.Name] {
		if p.window == audit.AllWindows {
			own[p] = e
		}
	}
	for p, e := range m.toDate.series[d.Name] {
		if m.has(p.window) {
			own[p] = e
		}
	}
	m.series[d.Name] = own
	points = m.points(d)
	for i := range points { // the charts are of all windows
		p := &points[i]
		p.Control = nil
		for k := range toDate {
			if toDate[k].Control != nil && toDate[k].Window == p.Window && p.GroupKind == audit.KindOverall {
				p.Control = toDate[k].Control
			}
		}
	}
	return points, toDate
}

func (m *measurer) has(window string) bool {
	return slices.ContainsFunc(m.windows, func(w audit.Window) bool { return w.ID == window })
}

// points are the rows of the result about one KPI.
func (m *measurer) points(d *Definition) []audit.KPI {
	var out []audit.KPI
	for _, p := range m.places(m.series[d.Name]) {
		out = append(out, m.point(d, p))
	}
	all := make([]*audit.KPI, len(out))
	for i := range out {
		all[i] = &out[i]
	}
	controlCounts(d, all)
	return out
}
