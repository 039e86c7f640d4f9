package kpi

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// gap is the highest value of a group less the lowest, among groups with min_rows.
func (m *measurer) gap(d *Definition) series {
	out := series{}
	for _, attribute := range d.By {
		m.gaps(m.series[d.Of[0].Name], m.set.byName[d.Of[0].Name].rate(), attribute, out)
	}
	return out
}

// gaps adds the gaps between the groups of an attribute to a series.
func (m *measurer) gaps(of series, rate bool, attribute string, out series) {
	least := m.minRows(attribute)
	names, small := map[string][]string{}, map[string][]string{} // by window
	for _, p := range m.places(of) {
		if p.attribute != attribute || p.kind != audit.KindValue {
			continue
		}
		if e := of[p]; e.value == nil || e.n < least {
			small[p.window] = append(small[p.window], p.group)
		} else {
			names[p.window] = append(names[p.window], p.group)
		}
	}
	for _, window := range m.windowIDs() {
		if len(names[window])+len(small[window]) == 0 {
			continue
		}
		find := func(name string) *estimate { return of[place{window, attribute, name, audit.KindValue}] }
		out[place{window: window, attribute: attribute, kind: audit.KindWorst}] = gapOf(names[window], small[window], find, rate, least)
	}
}

// gapOf is the gap of some groups. All pairs have to be looked at, since the data
// chose the two: with simultaneous limits of every pair (Bonferroni) the largest
// gap lies between the largest of the lower and the largest of the upper limits.
func gapOf(names, small []string, find func(string) *estimate, rate bool, least int64) *estimate {
	e := &estimate{}
	if len(small) > 0 {
		e.note = fmt.Sprintf("without %s: fewer than %d cases", strings.Join(small, ", "), least)
	}
	if len(names) < 2 {
		e.note = strings.Trim("undefined: fewer than two groups with enough cases; "+e.note, "; ")
		return e
	}
	low, high := names[0], names[0]
	for _, name := range names {
		x := find(name)
		e.n, e.unknown, e.immature = e.n+x.n, e.unknown+x.unknown, e.immature+x.immature
		e.estimated = e.estimated || x.estimated
		e.shards = max(e.shards, x.shards)
		if *x.value < *find(low).value {
			low = name
		}
		if *x.value > *find(high).value {
			high = name
		}
	}
	e.low, e.high = low, high
	e.bounds = gapBounds(names, find)
	e.value = float(*find(high).value - *find(low).value)
	pairs := len(names) * (len(names) - 1) / 2
	e.interval = func(alpha float64) (stat.Interval, error) {
		out := stat.Interval{Method: methodBounds}
		for i, a := range names {
			for _, b := range names[i+1:] {
				d, err := differenceOf(find(a), find(b), rate, alpha/float64(pairs))
				if err != nil {
					return out, err
				}
				out.Low = max(out.Low, d.Low, -d.High)
				out.High = max(out.High, math.Abs(d.Low), math.Abs(d.High))
				if pairs == 1 {
					out.Method = d.Method
				}
			}
		}
		return out, nil
	}
	return e
}

// differenceOf is the interval of the difference of two groups: Newcombe's of
// rates, else both intervals put together (Zou and Donner 2008).
func differenceOf(a, b *estimate, rate bool, alpha float64) (stat.Interval, error) {
	if rate && a.people != nil && b.people != nil {
		return stat.NewcombeClustered(*a.people, *b.people, alpha)
	}
	if rate && a.binomial && b.binomial {
		return stat.Newcombe(a.k, a.trials, b.k, b.trials, alpha)
	}
	if a.interval == nil || b.interval == nil {
		return stat.Interval{}, errNoInterval
	}
	x, err := a.interval(alpha)
	if err != nil {
		return x, err
	}
	y, err := b.interval(alpha)
	if err != nil {
		return y, err
	}
	return stat.Mover(stat.Part{Weight: 1, Point: *a.value, Interval: x}, stat.Part{Weight: -1, Point: *b.value, Interval: y})
}

// errNoInterval is why a number made of facts has none.
const errNoInterval = stat.Reason("what it is made of has no interval")

// growth is how much more than in the window before.
func (m *measurer) growth(d *Definition) series {
	base := m.set.byName[d.Of[0].Name]
	out := series{}
	for i := 1; i < len(m.windows); i++ {
		a, b := m.main(base, m.windows[i].ID), m.main(base, m.windows[i-1].ID)
		if a == nil || a.value == nil {
			continue
		}
		e := &estimate{n: a.n, numerator: a.value}
		switch {
		case b == nil || b.value == nil:
			e.note = "undefined: there is no value in the window before"
		case *b.value == 0:
			e.denominator, e.note = b.value, "undefined: the value of the window before is 0"
		default:
			e.n, e.denominator, e.value = a.n+b.n, b.value, float(*a.value / *b.value - 1)
			e.interval = grown(base, a, b)
		}
		out[everybody(m.windows[i].ID)] = e
	}
	return out
}

// grown is the interval of a growth: of rates Koopman's of their ratio; of counts
// that of a ratio of two Poisson numbers, given their sum (Przyborowski and
// Wilenski 1940, Biometrika 31, 313-323).
func grown(base *Definition, a, b *estimate) func(alpha float64) (stat.Interval, error) {
	shifted := func(i stat.Interval, err error) (stat.Interval, error) {
		i.Low, i.High = i.Low-1, i.High-1
		return i, err
	}
	switch {
	case base.rate() && a.people != nil && b.people != nil:
		return func(alpha float64) (stat.Interval, error) {
			return shifted(stat.KoopmanClustered(*a.people, *b.people, alpha))
		}
	case base.rate() && a.binomial && b.binomial:
		return func(alpha float64) (stat.Interval, error) {
			return shifted(stat.Koopman(a.k, a.trials, b.k, b.trials, alpha))
		}
	case base.Kind == "count" && base.numerator.how != "sum" && !a.estimated && !b.estimated:
		return func(alpha float64) (stat.Interval, error) {
			i, err := stat.ClopperPearson(int64(*a.value), int64(*a.value)+int64(*b.value), alpha)
			return shifted(stat.Interval{Low: i.Low / (1 - i.Low), High: i.High / (1 - i.High), Method: methodPoissonRatio}, err)
		}
	}
	return nil
}

func everybody(window string) place { return place{window: window, kind: audit.KindOverall} }

// main is the point of a KPI that others are made of: of everybody, or of a gap its
// one attribute's.
func (m *measurer) main(d *Definition, window string) *estimate {
	at := everybody(window)
	if d.Kind == "gap" && len(d.By) > 0 {
		at = place{window: window, attribute: d.By[0], kind: audit.KindWorst}
	}
	return m.series[d.Name][at]
}

// index is the weighted sum of what it is made of.
func (m *measurer) index(d *Definition) series {
	if d.As == "quiet" {
		return m.quiet(d)
	}
	out := series{}
	first := map[string]float64{}
	for _, window := range m.windowIDs() {
		e, defined := &estimate{}, true
		var terms []*estimate
		var weights []float64
		sum := 0.0
		for _, t := range d.Of {
			x, w := m.main(m.set.byName[t.Name], window), weight(t)
			if x == nil || x.value == nil {
				e.note, defined = "undefined: "+t.Name+" has no value", false
				continue
			}
			value := *x.value
			if d.As == "change" {
				if window == audit.AllWindows {
					defined = false
					continue
				}
				start, known := first[t.Name]
				if !known {
					first[t.Name], start = value, value
				}
				if start == 0 {
					e.note, defined = "undefined: "+t.Name+" was 0 at first", false
					continue
				}
				value, w = value/start-1, w/start
			}
			sum += float64(weight(t) * value)
			terms, weights = append(terms, x), append(weights, w)
			e.n, e.estimated = e.n+x.n, e.estimated || x.estimated
		}
		if window == audit.AllWindows && d.As == "change" {
			continue
		}
		if defined {
			e.value = &sum
			e.interval = weighted(terms, weights, sum, d.As == "change")
		}
		if len(terms) > 0 {
			out[everybody(window)] = e
		}
	}
	return out
}

func weight(t config.KPITerm) float64 {
	w, _ := config.ParseNumber(t.Weight) // config has checked it
	return w
}

// weighted is the interval of a weighted sum of numbers that may depend on each
// other: of simultaneous limits of every term (Bonferroni).
func weighted(terms []*estimate, weights []float64, sum float64, fixedStart bool) func(alpha float64) (stat.Interval, error) {
	return func(alpha float64) (stat.Interval, error) {
		below, above := 0.0, 0.0
		for i, x := range terms {
			if x.interval == nil {
				return stat.Interval{}, errNoInterval
			}
			v, err := x.interval(alpha / float64(len(terms)))
			if err != nil {
				return v, err
			}
			down, up := float64(weights[i]*(*x.value-v.Low)), float64(weights[i]*(v.High-*x.value))
			if weights[i] < 0 {
				down, up = -up, -down
			}
			below, above = below+down, above+up
		}
		method := methodBounds
		if fixedStart {
			method += ", with the first window taken as known"
		}
		return stat.Interval{Low: sum - below, High: sum + above, Method: method}, nil
	}
}

// quiet is the share of KPIs that are no worse than in all windows before, as far
// as chance allows at alpha over all of them.
func (m *measurer) quiet(d *Definition) series {
	out := series{}
	for i := 1; i < len(m.windows); i++ {
		judged, calm := 0, 0
		var loud []string
		for _, t := range d.Of {
			p, ok := m.worse(m.set.byName[t.Name], i)
			if !ok {
				continue
			}
			if judged++; p < m.spec.Alpha/float64(len(d.Of)) {
				loud = append(loud, t.Name)
			} else {
				calm++
			}
		}
		if judged == 0 {
			continue
		}
		e := &estimate{value: float(float64(calm) / float64(judged)), numerator: float(float64(calm)), denominator: float(float64(judged)), n: int64(judged)}
		if len(loud) > 0 {
			e.note = "worse than before: " + strings.Join(loud, ", ")
		}
		out[everybody(m.windows[i].ID)] = e
	}
	return out
}

// worse is the p of a test whether a KPI is worse in window i than in the windows
// before together: Fisher's of two rates, the conditional binomial of two counts.
func (m *measurer) worse(d *Definition, i int) (p float64, ok bool) {
	now := m.series[d.Name][everybody(m.windows[i].ID)]
	if now == nil || now.value == nil || d.Direction == "" {
		return 0, false
	}
	side := stat.Greater
	if d.Direction == "up" {
		side = stat.Less
	}
	var k, n, windows int64
	total := 0.0
	for _, w := range m.windows[:i] {
		e := m.series[d.Name][everybody(w.ID)]
		if d.Kind == "count" && e == nil { // no row at all is a count of 0
			e = &estimate{value: float(0)}
		}
		if e != nil && e.value != nil {
			k, n, windows, total = k+e.k, n+e.trials, windows+1, total+*e.value
		}
	}
	switch {
	case windows == 0:
		return 0, false
	case d.rate() && n > 0 && now.trials > 0:
		t, err := stat.Fisher(now.k, now.trials, k, n, side)
		return t.P, err == nil
	case d.Kind == "count" && d.numerator.how != "sum":
		t, err := stat.BinomialExact(int64(*now.value), int64(*now.value+total), 1, windows+1, side)
		return t.P, err == nil
	}
	return 0, false
}
