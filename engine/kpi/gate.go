package kpi

import (
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Name is what limits on KPIs are called among the checks.
const Name = "kpis"

// Detector declares the KPIs that have limits, so that they are judged with the
// audit's other checks, in the same family of tests. It measures nothing itself.
func (s *Set) Detector() detect.Detector {
	out := detect.Detector{Name: Name, Title: "KPIs", Doc: "Indicators that the audit follows over its windows, held to the limits that it sets."}
	for _, d := range s.all {
		if d.Limits == nil {
			continue
		}
		for i, metric := range d.metrics() {
			title := d.Title
			if metric != d.Name {
				title += ", " + d.By[i]
			}
			m := detect.Metric{Name: metric, Title: title, Doc: d.Doc, Convention: s.formula(d), Null: detect.NullLimit, Scale: detect.ScaleNumber, Version: 1}
			if s.scale(d) != "number" {
				m.Scale = detect.ScaleRate
			}
			if d.fact {
				m.Null = detect.NullNone
			}
			out.Metrics = append(out.Metrics, m)
		}
	}
	return out
}

// metrics are the names of what the limits of a KPI judge: of a gap of several
// attributes, one each.
func (d *Definition) metrics() []string {
	if d.Kind != "gap" || len(d.By) < 2 {
		return []string{d.Name}
	}
	var out []string
	for _, a := range d.By {
		out = append(out, d.Name+":"+a)
	}
	return out
}

// Gates are the limits of KPIs that are measured.
func (s *Set) Gates() []audit.Gate {
	var out []audit.Gate
	for _, d := range s.all {
		if d.Limits == nil {
			continue
		}
		for _, metric := range d.metrics() {
			for _, l := range []struct{ key, value string }{{"min", d.Limits.Min}, {"max", d.Limits.Max}} {
				if l.value != "" {
					out = append(out, audit.Gate{Detector: Name, Metric: metric, Key: l.key, Value: l.value, Policy: s.policy(d), Where: d.Path})
				}
			}
		}
	}
	return out
}

// policy is by the sequence, which is one claim for all looks, where there is one.
func (s *Set) policy(d *Definition) audit.Policy {
	if s.sequential(d) {
		return audit.BySequence
	}
	return audit.ByInterval
}

// state is what an interval says about the limits.
func (d *Definition) state(value *float64, i *audit.Interval) audit.KPIState {
	low, high := limitOr(d.Limits.Min, math.Inf(-1)), limitOr(d.Limits.Max, math.Inf(1))
	from, to := math.Inf(-1), math.Inf(1)
	switch {
	case value == nil:
		return audit.NotResolved
	case d.fact:
		from, to = *value, *value
	case i == nil:
		return audit.NotResolved
	default:
		if i.Low != nil {
			from = *i.Low
		}
		if i.High != nil {
			to = *i.High
		}
	}
	switch {
	case from >= low && to <= high:
		return audit.Assured
	case to < low || from > high:
		return audit.Breach
	}
	return audit.NotResolved
}

func limitOr(text string, other float64) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return other
	}
	return x
}

// gated are what the limits of a KPI judge: the whole period, or, of a KPI that
// compares windows, is counted or was entered by hand, its last window.
func (m *measurer) gated(d *Definition) []audit.Measurement {
	var out []audit.Measurement
	for i, metric := range d.metrics() {
		at := everybody("")
		if d.Kind == "gap" {
			at = place{attribute: d.By[i], kind: audit.KindWorst}
		}
		x := audit.Measurement{Detector: Name, Metric: metric, MethodVersion: 1, Convention: m.set.formula(d), GroupKind: audit.KindOverall, Window: audit.AllWindows,
			Parameters: map[string]string{"kpi": d.Name, "definition": d.Hash}}
		if at.attribute != "" {
			x.Parameters["attribute"] = at.attribute
		}
		if m.set.sequential(d) {
			m.claimed(d, at.attribute, &x)
			out = append(out, x)
			continue
		}
		e := m.judged(d, &at)
		switch {
		case d.Lacks != "":
			x.Note = "not measured: " + d.Lacks
		case e == nil:
			x.Note = "undefined: it has no value in any window"
		default:
			if at.window != audit.AllWindows {
				x.Parameters["window"] = at.window
				x.Note = "of " + at.window + ", its last window"
			}
			m.fill(d, e, &x)
		}
		out = append(out, x)
	}
	return out
}

// claimed completes the measurement of a KPI that is watched: its value to date,
// and the interval that holds at every look.
func (m *measurer) claimed(d *Definition, attribute string, x *audit.Measurement) {
	w, last := m.last(d, attribute)
	switch {
	case d.Lacks != "":
		x.Note = "not measured: " + d.Lacks
		return
	case w == nil:
		x.Note = "undefined: it has no value in any window, or is not watched"
		return
	}
	x.Parameters["looks"] = strconv.Itoa(len(w.points))
	at := w.at
	if at.window = w.places[len(w.places)-1]; !m.has(at.window) {
		x.Note = "undefined: the period has no value of it; the last is of " + at.window
		return
	}
	if m.toDate != nil {
		x.Note = "to date: of " + w.places[0] + " to " + at.window
	}
	at.window = audit.AllWindows
	if e := m.whole().series[d.Name][at]; e != nil {
		x.N, x.Shards = e.n, e.shards
	}
	if d.Kind == "rate" && d.Unit == "subject" { // of the whole period everybody counts once
		x.N = w.course.people(len(w.points) - 1)
		x.Parameters["unit"] = d.Unit
	}
	x.Value, x.Interval = last.value, last.sequence
	if m.set.monitor().Split == "e-bh" && last.state == audit.NotResolved {
		x.Interval, x.Note = nil, strings.TrimPrefix(x.Note+"; ", "; ")+"no claim among those of all KPIs (e-BH)"
	}
}

// judged finds the point that limits judge, and completes its place: the whole period,
// or the last window of what compares windows, and of what is counted in each: a count
// grows with every window, and its limits are meant for one.
func (m *measurer) judged(d *Definition, at *place) *estimate {
	at.window = audit.AllWindows
	if e := m.series[d.Name][*at]; e != nil && !m.set.judgedByWindow(d) {
		return e
	}
	for i := len(m.windows) - 1; i >= 0; i-- {
		at.window = m.windows[i].ID
		if e := m.series[d.Name][*at]; e != nil && e.value != nil {
			return e
		}
	}
	return nil
}

// judgedByWindow tells whether limits judge the last window though there is a number
// of the whole period.
func (s *Set) judgedByWindow(d *Definition) bool { return d.fact && s.audit.Windows.Every != "" }

// fill completes a measurement with its estimate, and with the p of a test against
// the limit where it is no plain test of a binomial.
func (m *measurer) fill(d *Definition, e *estimate, x *audit.Measurement) {
	x.Value, x.N, x.Shards = e.value, e.n, e.shards
	if note := e.note; note != "" {
		x.Note = note
	}
	x.Interval = m.interval(e, &x.Note)
	if d.rate() && e.binomial && !e.estimated {
		x.Numerator, x.Denominator = &e.k, &e.trials
		return
	}
	if e.value == nil || e.interval == nil {
		return
	}
	for _, l := range []struct {
		limit string
		side  stat.Side
	}{{d.Limits.Min, stat.Less}, {d.Limits.Max, stat.Greater}} {
		if l.limit == "" {
			continue
		}
		p := beyond(e, limitOr(l.limit, 0), l.side)
		if x.P == nil || p < *x.P {
			x.P, x.Test = &p, "by-interval"
		}
	}
}

// beyond is the one-sided p of a limit by the interval: half the smallest error at
// which the interval leaves the limit out, so that the two never disagree.
func beyond(e *estimate, limit float64, side stat.Side) float64 {
	out := func(alpha float64) bool {
		i, err := e.interval(alpha)
		return err == nil && (side == stat.Greater && i.Low > limit || side == stat.Less && i.High < limit)
	}
	if !out(0.999999) {
		return 0.5
	}
	low, high := math.Log(1e-12), 0.0 // of the error
	if out(1e-12) {
		return 1e-12
	}
	for range 60 {
		mid := (low + high) / 2
		if out(math.Exp(mid)) {
			high = mid
		} else {
			low = mid
		}
	}
	if e.low != "" { // the size of a gap: both signs count
		return math.Exp(high)
	}
	return math.Exp(high) / 2
}
