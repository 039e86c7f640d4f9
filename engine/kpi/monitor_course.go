package kpi

import (
	"errors"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// tightest is after how many windows like the first a sequence is tightest.
const tightest = 12

// course is a series as its windows come: what can be said of its level to date,
// and how far a window lies from those before.
type course struct {
	looks int
	parts int // of a gap: pairs of groups
	names [][2]string

	// level is the value of windows 0 to t, with an interval that holds at every t.
	level func(t int) (*float64, func(alpha float64) (stat.Interval, error), error)
	// score is how far window t lies from windows from to t-1, in standard errors.
	score func(part, from, t int) (float64, error)
	// value is that of windows from to t.
	value func(part, from, t int) *float64
	// tune fixes where sequences are tightest, before the first look.
	tune func(alpha float64)
	// pair are the windows of a pair of groups in small counts; nil otherwise.
	pair func(part int) []stat.Block
}

var errNothingYet = errors.New("nothing to compare with yet")

// line is the windows of one value; a window without one is nil.
type line []*estimate

// courseOf is the series of everybody.
func (m *measurer) courseOf(d *Definition) (*course, []string) {
	var points line
	var places []string
	for _, w := range m.windows {
		if e := m.series[d.Name][everybody(w.ID)]; e != nil && e.value != nil {
			points, places = append(points, e), append(places, w.ID)
		}
	}
	c := &course{looks: len(points), parts: 1, tune: func(float64) {}}
	c.value = func(_, from, t int) *float64 { return points[from : t+1].mean(d.rate()) }
	c.score = func(_, from, t int) (float64, error) { return points.score(d.rate(), from, t) }
	if d.rate() && !points.clustered() {
		c.level = func(t int) (*float64, func(float64) (stat.Interval, error), error) {
			k, n := points[:t+1].counts()
			return float(float64(k) / float64(n)), func(alpha float64) (stat.Interval, error) {
				return stat.BetaPrior{A: 1, B: 1}.Sequence(k, n, alpha)
			}, nil
		}
		return c, places
	}
	var mix stat.Mixture
	c.tune = func(alpha float64) {
		mix = tuned(alpha, len(points), func(t int) (stat.Estimated, error) { return points[:t+1].estimated(d.rate()) })
	}
	c.level = func(t int) (*float64, func(float64) (stat.Interval, error), error) {
		x, err := points[:t+1].estimated(d.rate())
		value := points[:t+1].mean(d.rate())
		if err != nil || mix.Rho == 0 {
			return value, nil, errNothingYet
		}
		return &x.Value, around(mix, x, d.rate()), nil
	}
	return c, places
}

// around is the interval of an estimate; that of a rate stays between 0 and 1.
func around(mix stat.Mixture, x stat.Estimated, rate bool) func(alpha float64) (stat.Interval, error) {
	return func(alpha float64) (stat.Interval, error) {
		i := stat.Mixture{Rho: mix.Rho, Alpha: alpha}.Around(x.Value, 1/x.Variance)
		if rate {
			i.Low, i.High = max(0, i.Low), min(1, i.High)
		}
		return i, nil
	}
}

// tuned makes the sequence tightest after some windows like the first that has a
// variance. How many rows a window has tells nothing about what is measured.
func tuned(alpha float64, looks int, at func(t int) (stat.Estimated, error)) stat.Mixture {
	for t := range looks {
		if x, err := at(t); err == nil {
			if mix, err := stat.NewMixture(tightest/x.Variance/float64(t+1), alpha); err == nil {
				return mix
			}
		}
	}
	return stat.Mixture{}
}

// clustered tells whether intervals follow people.
func (l line) clustered() bool {
	for _, e := range l {
		if e != nil && (e.people != nil || e.dealt != nil) {
			return true
		}
	}
	return false
}

func (l line) counts() (k, n int64) {
	for _, e := range l {
		if e != nil {
			k, n = k+e.k, n+e.trials
		}
	}
	return k, n
}

// shards are the people of some windows, each with all its rows.
func (l line) shards() []stat.Shard {
	var out []stat.Shard
	for _, e := range l {
		if e == nil {
			continue
		}
		from := e.dealt
		if e.people != nil {
			from = e.people.Shards
		}
		if out == nil {
			out = make([]stat.Shard, len(from))
		}
		for g, s := range from {
			out[g].K, out[g].N = out[g].K+s.K, out[g].N+s.N
		}
	}
	return out
}

// estimated is the value of some windows with its variance.
func (l line) estimated(rate bool) (stat.Estimated, error) {
	if rate && l.clustered() {
		x, err := stat.ClusteredRate(l.shards())
		if err == nil && !(x.Variance > 0) {
			err = stat.ErrNoVariation
		}
		return stat.Estimated{Value: x.Estimate, Variance: x.Variance}, err
	}
	if rate {
		k, n := l.counts()
		if n == 0 {
			return stat.Estimated{}, stat.ErrNoRows
		}
		p := float64(k) / float64(n)
		if k == 0 || k == n {
			return stat.Estimated{}, stat.ErrNoVariation
		}
		return stat.Estimated{Value: p, Variance: float64(p*(1-p)) / float64(n)}, nil
	}
	var parts []stat.Estimated
	for _, e := range l {
		if x, ok := e.spread(); ok {
			parts = append(parts, x)
		}
	}
	return stat.InverseVariance(parts)
}

// spread is a point with the variance that its interval implies.
func (e *estimate) spread() (stat.Estimated, bool) {
	const alpha = 0.05
	if e != nil && e.recalled != nil {
		return *e.recalled, true
	}
	if e == nil || e.value == nil || e.interval == nil {
		return stat.Estimated{}, false
	}
	i, err := e.interval(alpha)
	half := (i.High - i.Low) / 2 / stat.NormalUpper(alpha/2)
	if err != nil || !(half > 0) || math.IsInf(half, 1) {
		return stat.Estimated{}, false
	}
	return stat.Estimated{Value: *e.value, Variance: float64(half * half)}, true
}

// mean is the value of some windows without a claim: of rates that of their counts,
// of others pooled by information, or plainly where there is none.
func (l line) mean(rate bool) *float64 {
	if rate {
		k, n := l.counts()
		if n == 0 {
			return nil
		}
		return float(float64(k) / float64(n))
	}
	if x, err := l.estimated(rate); err == nil {
		return &x.Value
	}
	sum, n := 0.0, 0.0
	for _, e := range l {
		if e != nil && e.value != nil {
			sum, n = sum+*e.value, n+1
		}
	}
	if n == 0 {
		return nil
	}
	return float(sum / n)
}

// score is how far the window t lies from those before, since from.
func (l line) score(rate bool, from, t int) (float64, error) {
	if t <= from || l[t] == nil {
		return 0, errNothingYet
	}
	if rate && !l.clustered() {
		k, n := l[from:t].counts()
		return stat.RateScore(l[t].k, l[t].trials, k, n)
	}
	now, err := l[t : t+1].estimated(rate)
	if err != nil {
		return 0, err
	}
	before, err := l[from:t].estimated(rate)
	if err != nil {
		return 0, err
	}
	return stat.Residual(now, before)
}

// watch runs the change detectors of a course.
type watch struct {
	c         *course
	limit     float64 // logarithm
	from      int     // the baseline begins here
	detectors []*stat.ChangeDetector
	seen      [][]int // by detector: the windows that it has seen
	log       float64
	since     int
}

func newWatch(c *course, limit float64) *watch {
	w := &watch{c: c, limit: limit}
	w.restart(0)
	return w
}

func (w *watch) restart(from int) {
	w.from, w.detectors, w.seen = from, nil, make([][]int, w.c.parts)
	for range w.c.parts {
		w.detectors = append(w.detectors, stat.NewChangeDetector(stat.Shifts()...))
	}
}

// look takes the window t, and returns an alarm where the series is found to have
// changed; it then starts anew from where the change began.
func (w *watch) look(t int) *audit.KPIAlarm {
	for i, d := range w.detectors {
		z, err := w.c.score(i, w.from, t)
		if err != nil {
			continue
		}
		d.Add(z)
		w.seen[i] = append(w.seen[i], t)
	}
	w.log = stat.MeanOfDetectors(w.detectors)
	if w.log < w.limit {
		return nil
	}
	best := 0
	for i, d := range w.detectors {
		if d.Log() > w.detectors[best].Log() {
			best = i
		}
	}
	w.since = w.seen[best][w.detectors[best].Since()]
	out := &audit.KPIAlarm{Before: w.c.value(best, w.from, w.since-1), After: w.c.value(best, w.since, t)}
	if len(w.c.names) > 0 {
		out.Group, out.Reference = &w.c.names[best][0], &w.c.names[best][1]
	}
	w.restart(w.since)
	return out
}
