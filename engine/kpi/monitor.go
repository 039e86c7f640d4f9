package kpi

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// The error budget is spent half on claims about levels and half on alarms.
const levelShare = 0.5

// watched is one series, about everybody or the gap of one attribute.
type watched struct {
	d      *Definition
	at     place // without its window
	weight float64
	text   string // the weight as written
	course *course
	places []string // windows with a value
	series *audit.KPISeries
	points []looked
}

// looked is what one look came to.
type looked struct {
	value    *float64
	claim    func(alpha float64) (stat.Interval, error) // the sequence at any error
	sequence *audit.Interval
	state    audit.KPIState
	change   float64
	since    string
	control  *audit.Interval
	logE     [2]float64 // of the claims breach and assured
}

// sequential tells whether limits on a KPI are claims that hold at every look: not
// those on facts, and on numbers that compare windows, which judge the last one.
func (s *Set) sequential(d *Definition) bool {
	if s.audit.Windows.Every == "" && len(s.audit.Windows.Ranges) == 0 || d.fact {
		return false
	}
	switch d.Kind {
	case "gap":
		return s.sequential(s.byName[d.Of[0].Name])
	case "index":
		return d.As == "" || d.As == "value"
	}
	return d.Kind != "growth"
}

func (s *Set) monitor() config.KPIMonitor {
	out := config.KPIMonitor{Horizon: 60, Split: "weights"}
	if m := s.audit.KPIs.Monitor; m != nil {
		out = *m
	}
	return out
}

// checkMonitor refuses weights that are none.
func (s *Set) checkMonitor(bad func(path, message, hint string)) {
	for name, text := range s.monitor().Weights {
		path := "kpis.monitor.weights." + name
		d := s.byName[name]
		w, ok := config.ParseNumber(text)
		switch {
		case d == nil:
			bad(path, "there is no KPI "+name, config.DidYouMean(name, s.names()))
		case !ok || w < 0:
			bad(path, "a weight is a number of at least 0, not "+text, "0 is not to watch it")
		}
	}
}

// watch follows every series over the windows.
func (m *measurer) watch() *audit.KPIMonitoring {
	all := m.watchedSeries()
	if len(all) == 0 {
		return nil
	}
	how := m.set.monitor()
	out := &audit.KPIMonitoring{Alpha: m.spec.Alpha, Horizon: how.Horizon, Split: how.Split}
	limited, total := 0.0, 0.0
	for _, w := range all {
		total += w.weight
		if w.d.Limits != nil {
			limited += w.weight
		}
	}
	for _, w := range all {
		w.series = &audit.KPISeries{KPI: w.d.Name, Attribute: w.at.attribute, Weight: w.text, Looks: len(w.places),
			AlarmAt: float64(how.Horizon) / ((1 - levelShare) * m.spec.Alpha) * (total / w.weight)}
		level := levelShare * m.spec.Alpha * (w.weight / total)
		if w.d.Limits != nil {
			level = levelShare * m.spec.Alpha * (w.weight / limited)
			w.series.LevelAlpha = &level
		}
		w.series.Note = m.unknown[w.d.Name]
		m.follow(w, level, how.Split == "e-bh")
	}
	if how.Split == "e-bh" {
		m.rejectByE(all)
	}
	for _, w := range all {
		if n := len(w.points); n > 0 && w.d.Limits != nil {
			w.series.State = w.points[n-1].state
		}
		out.Series = append(out.Series, *w.series)
	}
	m.watched = all
	return out
}

// watchedSeries are those that can be watched, in the order of the definitions.
func (m *measurer) watchedSeries() []*watched {
	var out []*watched
	for _, d := range m.set.all {
		if d.Lacks != "" || !m.set.sequential(d) || slices.Contains(m.unmeasured, d.Name) {
			continue
		}
		w := watched{d: d, at: everybody(""), weight: 1, text: "1"}
		if text := m.set.monitor().Weights[d.Name]; text != "" {
			w.text = text
			w.weight, _ = config.ParseNumber(text) // checked
		}
		if !(w.weight > 0) {
			continue
		}
		if d.Kind != "gap" {
			if w.course, w.places = m.courseOf(d); m.unknown[d.Name] != "" {
				w.course, w.places = notFollowed(), nil
			}
			out = append(out, &w)
			continue
		}
		for _, a := range d.By {
			x := w
			x.weight /= float64(len(d.By))
			x.at = place{attribute: a, kind: audit.KindWorst}
			if x.course, x.places = m.gapCourse(d, a); m.unknown[d.Name] != "" {
				x.course, x.places = notFollowed(), nil
			}
			out = append(out, &x)
		}
	}
	return out
}

// follow looks at one series window by window.
func (m *measurer) follow(w *watched, alpha float64, claims bool) {
	w.course.tune(alpha)
	change := newWatch(w.course, math.Log(w.series.AlarmAt))
	for t, window := range w.places {
		x := looked{state: audit.NotResolved}
		value, sequence, err := w.course.level(t)
		x.value = value
		if err == nil {
			x.claim, x.sequence = sequence, interval(sequence, alpha)
		}
		if w.d.Limits != nil && !claims {
			x.state = w.d.state(value, x.sequence)
		} else if w.d.Limits != nil {
			x.logE = w.d.claims(x.claim)
		}
		found := change.look(t)
		x.change = change.log
		if found != nil {
			found.Window, found.Since = window, w.places[change.since]
			x.since = found.Since
			w.series.Alarms = append(w.series.Alarms, *found)
		}
		w.points = append(w.points, x)
	}
	if w.d.Kind == "gap" {
		w.series.LogE = w.course.equalOdds()
	}
	m.control(w)
}

func interval(sequence func(alpha float64) (stat.Interval, error), alpha float64) *audit.Interval {
	i, err := sequence(alpha)
	if err != nil {
		return nil
	}
	return detect.Interval(i, alpha)
}

// claims are the logarithms of the e-values of two claims: that the value is
// outside of the limits, and that it is within. Each is the smallest error at which
// the sequence says so, turned over.
func (d *Definition) claims(sequence func(alpha float64) (stat.Interval, error)) [2]float64 {
	var out [2]float64
	if sequence == nil {
		return out
	}
	for i, claim := range []audit.KPIState{audit.Breach, audit.Assured} {
		says := func(log float64) bool {
			x, err := sequence(math.Exp(-log))
			return err == nil && d.state(&x.Low, detect.Interval(x, 0.5)) == claim
		}
		low, high := 1e-9, 700.0
		if !says(low) {
			continue
		}
		for range 60 {
			if mid := (low + high) / 2; says(mid) {
				low = mid
			} else {
				high = mid
			}
		}
		out[i] = low
	}
	return out
}

// rejectByE makes claims about the series together, window by window: the share of
// false ones that is expected among those made is bounded.
func (m *measurer) rejectByE(all []*watched) {
	limited := slices.DeleteFunc(slices.Clone(all), func(w *watched) bool { return w.d.Limits == nil })
	for _, window := range m.windows {
		var points []*looked
		for _, w := range limited {
			if t := slices.Index(w.places, window.ID); t >= 0 {
				points = append(points, &w.points[t])
			}
		}
		for i, claim := range []audit.KPIState{audit.Breach, audit.Assured} {
			logs := make([]float64, len(limited))
			for k, p := range points {
				logs[k] = p.logE[i]
			}
			made := stat.RejectByE(logs, levelShare*m.spec.Alpha)
			n := 0
			for _, rejected := range made {
				if rejected {
					n++
				}
			}
			for k, p := range points {
				if made[k] { // the interval that says so
					p.state, p.sequence = claim, interval(p.claim, levelShare*m.spec.Alpha*float64(n)/float64(len(limited)))
				}
			}
		}
	}
}

// notFollowed is a course of which nothing is known.
func notFollowed() *course { return &course{tune: func(float64) {}} }

// looks are what was seen, by indicator and place.
type looks map[look]*looked

type look struct {
	kpi string
	at  place
}

func (m *measurer) looks() looks {
	where := looks{}
	for _, w := range m.watched {
		for t, window := range w.places {
			at := w.at
			at.window = window
			where[look{w.d.Name, at}] = &w.points[t]
		}
		if n := len(w.points); n > 0 {
			at := w.at
			at.window = audit.AllWindows
			where[look{w.d.Name, at}] = &looked{value: w.points[n-1].value, sequence: w.points[n-1].sequence, state: w.points[n-1].state}
		}
	}
	return where
}

// mark puts what was seen onto a point.
func (l looks) mark(p *audit.KPI) {
	x := l[look{p.KPI, place{p.Window, p.Attribute, "", p.GroupKind}}]
	if x == nil {
		return
	}
	p.ToDate, p.Sequence, p.Alarm, p.Control = x.value, x.sequence, x.since, x.control
	if p.Window != audit.AllWindows {
		p.Change = &x.change
	}
	if p.State != "" {
		p.State = x.state
	}
}

// last is the last look at a gated KPI.
func (m *measurer) last(d *Definition, attribute string) (*watched, *looked) {
	for _, w := range m.watched {
		if w.d == d && w.at.attribute == attribute && len(w.points) > 0 {
			return w, &w.points[len(w.points)-1]
		}
	}
	return nil, nil
}
