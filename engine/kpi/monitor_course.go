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
	// people are those of a rate of people to date, each once in every window; nil of a gap.
	people func(t int) int64
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
	return courseOfLine(points, d.rate()), places
}

func courseOfLine(points line, rate bool) *course {
	c := &course{looks: len(points), parts: 1, tune: func(float64) {}}
	c.value = func(_, from, t int) *float64 { return points[from : t+1].mean(rate) }
	c.score = func(_, from, t int) (float64, error) { return points.score(rate, from, t) }
	c.people = func(t int) int64 { return points[:t+1].rows() }
	if rate && !points.clustered() {
		c.level = func(t int) (*float64, func(float64) (stat.Interval, error), error) {
			k, n := points[:t+1].counts()
			return float(float64(k) / float64(n)), func(alpha float64) (stat.Interval, error) {
				return stat.BetaPrior{A: 1, B: 1}.Sequence(k, n, alpha)
			}, nil
		}
		return c
	}
	var mix stat.Mixture
	sofar := func(t int) (stat.Estimated, error) { return points[:t+1].estimated(rate) }
	c.tune = func(alpha float64) {
		mix = tuned(alpha, len(points), func(t int) (float64, error) {
			x, err := sofar(t)
			if rate {
				return 1 / x.Variance, err
			}
			w := points[:t+1].weight()
			return float64(x.Variance*w) * w, err
		})
	}
	c.level = func(t int) (*float64, func(float64) (stat.Interval, error), error) {
		x, err := sofar(t)
		value := points[:t+1].mean(rate)
		if err != nil || mix.Rho == 0 {
			return value, nil, errNothingYet
		}
		return &x.Value, func(alpha float64) (stat.Interval, error) {
			mix := stat.Mixture{Rho: mix.Rho, Alpha: alpha}
			if !rate {
				return mix.AroundMean(x, points[:t+1].weight()), nil
			}
			i := mix.Around(x.Value, 1/x.Variance)
			i.Low, i.High = max(0, i.Low), min(1, i.High)
			return i, nil
		}, nil
	}
	return c
}

// tuned makes the sequence tightest after some windows like the first that has a
// variance, of which at gives what sequences run over. How many rows a window has
// tells nothing about what is measured.
func tuned(alpha float64, looks int, at func(t int) (float64, error)) stat.Mixture {
	for t := range looks {
		if v, err := at(t); err == nil {
			if mix, err := stat.NewMixture(tightest*v/float64(t+1), alpha); err == nil {
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
	if shares := l.shares(); shares != nil {
		return clusteredRatio(shares, l.mean(rate))
	}
	var parts []stat.Weighted
	for _, e := range l {
		if e == nil || e.value == nil {
			continue
		}
		x, _ := e.spread()
		parts = append(parts, stat.Weighted{Estimated: stat.Estimated{Value: *e.value, Variance: x.Variance}, Weight: e.weight()})
	}
	x, err := stat.WeightedMean(parts)
	if v := l.mean(rate); v != nil { // without the rounding of weighing
		x.Value = *v
	}
	return x, err
}

// weight is what a window counts for in the value of several: what its value was
// divided by, else its rows. It must not be how sure the value is: where the amounts
// are skewed, a window without a large one is both low and sure of it.
func (e *estimate) weight() float64 {
	switch {
	case e.denominator != nil:
		return *e.denominator
	case e.n > 0:
		return float64(e.n)
	}
	return 1
}

func (l line) weight() float64 {
	sum := 0.0
	for _, e := range l {
		if e != nil && e.value != nil {
			sum += e.weight()
		}
	}
	return sum
}

// shares are those of some windows; nil where one has none.
func (l line) shares() []share {
	var out []share
	for _, e := range l {
		switch {
		case e == nil || e.value == nil:
			continue
		case e.shares == nil:
			return nil
		case out == nil:
			out = make([]share, len(e.shares))
		}
		for g, s := range e.shares {
			out[g] = share{out[g].x + s.x, out[g].y + s.y}
		}
	}
	return out
}

// clusteredRatio is a ratio of sums with the variance between shards of people, who
// may come back in every window.
func clusteredRatio(shares []share, r *float64) (stat.Estimated, error) {
	if r == nil {
		return stat.Estimated{}, stat.ErrNoRows
	}
	var s sides
	for _, x := range shares {
		s.shardX, s.shardY, s.y = append(s.shardX, x.x), append(s.shardY, x.y), s.y+x.y
	}
	used := 0
	variance, _, _ := s.people(*r, &used)
	switch {
	case used < 2:
		return stat.Estimated{}, stat.ErrFewShards
	case !(variance > 0) || math.IsInf(variance, 1):
		return stat.Estimated{}, stat.ErrNoVariation
	}
	return stat.Estimated{Value: *r, Variance: variance}, nil
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

// mean is the value of some windows as of one: of rates that of their counts, of
// means and ratios that of their sums, of others the mean by weight.
func (l line) mean(rate bool) *float64 {
	if rate {
		k, n := l.counts()
		if n == 0 {
			return nil
		}
		return float(float64(k) / float64(n))
	}
	sum := 0.0
	for _, e := range l {
		switch {
		case e == nil || e.value == nil:
		case e.numerator != nil && e.denominator != nil:
			sum += *e.numerator
		default:
			sum += float64(*e.value * e.weight())
		}
	}
	w := l.weight()
	if w == 0 {
		return nil
	}
	return float(sum / w)
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
