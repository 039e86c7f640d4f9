package kpi

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// gapCourse is the series of the gap of one attribute. Every pair of groups is
// followed: their intervals hold together (Bonferroni), and their change detectors
// are averaged, which is a detector again.
func (m *measurer) gapCourse(d *Definition, attribute string) (*course, []string) {
	of, base := m.series[d.Of[0].Name], m.set.byName[d.Of[0].Name]
	var names, places []string
	known := map[string]bool{}
	for _, p := range m.places(of) {
		if p.attribute == attribute && p.kind == audit.KindValue && !known[p.group] {
			names = append(names, p.group)
			known[p.group] = true
		}
	}
	for _, w := range m.windows {
		if e := m.series[d.Name][place{window: w.ID, attribute: attribute, kind: audit.KindWorst}]; e != nil {
			places = append(places, w.ID)
		}
	}
	lines := map[string]line{}
	for _, g := range names {
		l := make(line, len(places))
		for t, w := range places {
			if e := of[place{w, attribute, g, audit.KindValue}]; e != nil && e.value != nil {
				l[t] = e
			}
		}
		lines[g] = l
	}
	p := pairs{scores: map[spot]residual{}, sequences: map[spot]stat.Interval{}, lines: lines, names: names, rate: base.rate(), least: m.minRows(attribute)}
	c := &course{looks: len(places)}
	for i, a := range names {
		for _, b := range names[i+1:] {
			c.names = append(c.names, [2]string{a, b})
		}
	}
	c.parts, p.all = len(c.names), c.names
	c.level, c.tune, c.value, c.score = p.level, p.tune, p.value, p.score
	c.pair = p.blocks
	return c, places
}

// pairs are the groups of an attribute, two by two.
type pairs struct {
	lines map[string]line
	names []string
	all   [][2]string
	rate  bool
	least int64
	mix   []stat.Mixture

	// What pairs share: each group's scores and exact sequences.
	scores    map[spot]residual
	sequences map[spot]stat.Interval
}

// spot is a group in some windows, at an error.
type spot struct {
	group   string
	from, t int
	alpha   float64
}

// residual is a group's score and the variance of what it is the score of.
type residual struct {
	score, variance float64
	err             error
}

// few is the number of rows with and without the event below which the exact
// interval stands in for the asymptotic one. Each has half of a pair's error.
const few = 30

func (p *pairs) tune(alpha float64) {
	p.mix = make([]stat.Mixture, len(p.all))
	looks := 0
	for _, l := range p.lines {
		looks = len(l)
	}
	for i := range p.all {
		p.mix[i] = tuned(p.share(alpha), looks, func(t int) (float64, error) {
			x, err := p.difference(i, 0, t)
			return 1 / x.Variance, err
		})
	}
}

// share is the error of one pair.
func (p *pairs) share(alpha float64) float64 {
	alpha /= float64(max(1, len(p.all)))
	if p.rate {
		alpha /= 2
	}
	return alpha
}

// difference is that of a pair over some windows, with its variance.
func (p *pairs) difference(i, from, t int) (stat.Estimated, error) {
	a, b := p.lines[p.all[i][0]][from:t+1], p.lines[p.all[i][1]][from:t+1]
	if p.rate && a.clustered() && b.clustered() {
		x, err := stat.ClusteredDifference(a.shards(), b.shards())
		if err == nil && !(x.Variance > 0) {
			err = stat.ErrNoVariation
		}
		return stat.Estimated{Value: x.Estimate, Variance: x.Variance}, err
	}
	if p.rate {
		k1, n1 := a.counts()
		k2, n2 := b.counts()
		return stat.RateDifference(k1, n1, k2, n2)
	}
	x, err := a.estimated(false)
	if err != nil {
		return x, err
	}
	y, err := b.estimated(false)
	return stat.Estimated{Value: x.Value - y.Value, Variance: x.Variance + y.Variance}, err
}

// level is the widest gap to date, with an interval of it from those of all pairs.
func (p *pairs) level(t int) (*float64, func(alpha float64) (stat.Interval, error), error) {
	low, high, groups := math.Inf(1), math.Inf(-1), 0
	enough := map[string]bool{}
	for _, g := range p.names {
		l := p.lines[g][:t+1]
		if v := l.mean(p.rate); v != nil && l.rows() >= p.least {
			low, high, groups = min(low, *v), max(high, *v), groups+1
			enough[g] = true
		}
	}
	if groups < 2 {
		return nil, nil, errNothingYet
	}
	return float(high - low), func(alpha float64) (stat.Interval, error) {
		out := stat.Interval{}
		for i, names := range p.all {
			if !enough[names[0]] || !enough[names[1]] {
				continue
			}
			x, err := p.sequence(i, t, p.share(alpha))
			if err != nil {
				return x, err
			}
			out.Low = max(out.Low, x.Low, -x.High)
			out.High = max(out.High, math.Abs(x.Low), math.Abs(x.High))
			out.Method = x.Method
		}
		if len(p.all) > 1 {
			out.Method += ", " + methodBounds
		}
		return out, nil
	}, nil
}

// sequence is the interval of one pair.
func (p *pairs) sequence(i, t int, alpha float64) (stat.Interval, error) {
	a, b := p.lines[p.all[i][0]][:t+1], p.lines[p.all[i][1]][:t+1]
	if p.rate && !a.clustered() {
		k1, n1 := a.counts()
		k2, n2 := b.counts()
		if min(k1, n1-k1, k2, n2-k2) < few {
			return p.union(i, t, alpha)
		}
	}
	x, err := p.difference(i, 0, t)
	if err != nil {
		return stat.Interval{}, err
	}
	if p.mix[i].Rho == 0 {
		return stat.Interval{}, errNothingYet
	}
	return stat.Mixture{Rho: p.mix[i].Rho, Alpha: alpha}.Around(x.Value, 1/x.Variance), nil
}

// union is the exact interval of a pair; each group's own is computed once for all.
func (p *pairs) union(i, t int, alpha float64) (stat.Interval, error) {
	var of [2]stat.Interval
	for side, group := range p.all[i] {
		at := spot{group: group, t: t, alpha: alpha}
		x, known := p.sequences[at]
		if !known {
			k, n := p.lines[group][:t+1].counts()
			var err error
			if x, err = (stat.BetaPrior{A: 1, B: 1}).Sequence(k, n, alpha/2); err != nil {
				return x, err
			}
			p.sequences[at] = x
		}
		of[side] = x
	}
	return stat.UnionSequence(of[0], of[1]), nil
}

func (p *pairs) value(i, from, t int) *float64 {
	a, b := p.lines[p.all[i][0]][from:t+1].mean(p.rate), p.lines[p.all[i][1]][from:t+1].mean(p.rate)
	if a == nil || b == nil {
		return nil
	}
	return float(*a - *b)
}

// score is how far a window's gap lies from that before. Of rates it is put
// together from the scores of both groups, each exact given its counts, with the
// weights that they have in the difference: so that few rows cannot make it jump.
func (p *pairs) score(i, from, t int) (float64, error) {
	if t <= from {
		return 0, errNothingYet
	}
	if p.rate && !p.lines[p.all[i][0]].clustered() {
		x, y := p.part(p.all[i][0], from, t), p.part(p.all[i][1], from, t)
		switch {
		case x.err != nil:
			return 0, x.err
		case y.err != nil:
			return 0, y.err
		case !(x.variance+y.variance > 0):
			return 0, stat.ErrNoVariation
		}
		return (float64(x.score*math.Sqrt(x.variance)) - float64(y.score*math.Sqrt(y.variance))) / math.Sqrt(x.variance+y.variance), nil
	}
	now, err := p.difference(i, t, t)
	if err != nil {
		return 0, err
	}
	before, err := p.difference(i, from, t-1)
	if err != nil {
		return 0, err
	}
	return stat.Residual(now, before)
}

// part is a group's own residual, computed once for all its pairs.
func (p *pairs) part(group string, from, t int) residual {
	at := spot{group: group, from: from, t: t}
	if x, known := p.scores[at]; known {
		return x
	}
	x := p.lines[group].part(from, t)
	p.scores[at] = x
	return x
}

func (l line) part(from, t int) residual {
	if l[t] == nil {
		return residual{err: errNothingYet}
	}
	k, n := l[from:t].counts()
	if n == 0 {
		return residual{err: errNothingYet}
	}
	score, err := stat.RateScore(l[t].k, l[t].trials, k, n)
	rate := float64(k+l[t].k) / float64(n+l[t].trials)
	return residual{score, float64(float64(rate*(1-rate)) * (1/float64(n) + 1/float64(l[t].trials))), err}
}

// rows is what a value rests on.
func (l line) rows() int64 {
	var n int64
	for _, e := range l {
		if e != nil {
			n += e.n
		}
	}
	return n
}

// blocks are the counts of a pair, window by window; nil where they are not those
// of independent rows.
func (p *pairs) blocks(i int) []stat.Block {
	a, b := p.lines[p.all[i][0]], p.lines[p.all[i][1]]
	if !p.rate || a.clustered() || b.clustered() {
		return nil
	}
	out := []stat.Block{}
	for t := range a {
		if a[t] != nil && b[t] != nil {
			out = append(out, stat.Block{K1: a[t].k, N1: a[t].trials, K2: b[t].k, N2: b[t].trials})
		}
	}
	return out
}

// mostCells bounds the work for exact e-values: with more rows the sequences are
// as good.
const mostCells = 50_000

// equalOdds is the exact e-value against equal odds of all pairs in every window:
// their mean. It is nil where groups are not small.
func (c *course) equalOdds() *float64 {
	var all [][]stat.Block
	cells := int64(0)
	for i := range c.parts {
		blocks := c.pair(i)
		if blocks == nil {
			return nil
		}
		for _, b := range blocks {
			cells += min(b.N1, b.N2, b.K1+b.K2, b.N1+b.N2-b.K1-b.K2) + 1
		}
		all = append(all, blocks)
	}
	if len(all) == 0 || cells > mostCells {
		return nil
	}
	sum := 0.0
	for _, blocks := range all {
		e := stat.Stratified{SD: 1}
		for _, b := range blocks {
			if err := e.Add(b); err != nil {
				return nil
			}
		}
		sum += math.Exp(min(700, e.LogE()))
	}
	return float(math.Log(sum / float64(len(all))))
}
