package kpi

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// The names of control limits.
const (
	methodControlP = "p-chart-exact"
	methodControlI = "individuals-chart"
)

// controlLevel is the share of windows within the limits, if nothing changes.
const controlLevel = 0.9973002039367398

// control adds the limits of the classical chart for people who expect one: a p
// chart of a rate of independent rows, else one of individual values.
func (m *measurer) control(w *watched) {
	var values []float64
	for _, window := range w.places {
		at := w.at
		at.window = window
		if e := m.series[w.d.Name][at]; e != nil && e.value != nil {
			values = append(values, *e.value)
		}
	}
	if len(values) < 2 {
		return
	}
	if w.d.rate() {
		if k, n, ok := m.independent(w); ok {
			for t, window := range w.places {
				e := m.series[w.d.Name][everybody(window)]
				if low, high, err := stat.ControlRate(e.trials, float64(k)/float64(n)); err == nil {
					w.points[t].control = limits(low, high, methodControlP)
				}
			}
			return
		}
	}
	low, _, high, err := stat.ControlIndividuals(values)
	if err != nil {
		return
	}
	if w.d.rate() || w.d.Kind == "gap" {
		low = max(0, low)
	}
	for t := range w.points {
		w.points[t].control = limits(low, high, methodControlI)
	}
}

// independent are the counts of all windows, where rows are independent.
func (m *measurer) independent(w *watched) (k, n int64, ok bool) {
	for _, window := range w.places {
		e := m.series[w.d.Name][everybody(window)]
		if e == nil || e.people != nil {
			return 0, 0, false
		}
		k, n = k+e.k, n+e.trials
	}
	return k, n, n > 0
}

func limits(low, high float64, method string) *audit.Interval {
	return &audit.Interval{Low: &low, High: &high, Level: controlLevel, Method: method}
}

// controlCounts adds the limits of a u chart to a series of counts of events, which
// are facts and so are not watched.
func controlCounts(d *Definition, points []*audit.KPI) {
	if d.Kind != "count" || d.numerator.how == "sum" || d.Unit == "subject" {
		return
	}
	sum, n := 0.0, 0.0
	for _, p := range points {
		if p.GroupKind == audit.KindOverall && p.Window != audit.AllWindows && p.Value != nil {
			sum, n = sum+*p.Value, n+1
		}
	}
	if n < 2 {
		return
	}
	low, high, err := stat.ControlCount(sum / n)
	if err != nil {
		return
	}
	for _, p := range points {
		if p.GroupKind == audit.KindOverall && p.Window != audit.AllWindows {
			p.Control = limits(low, high, "u-chart-exact")
		}
	}
}
