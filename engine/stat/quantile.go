package stat

import (
	"math"
	"sort"
)

// QuantileDifference is the interval of a difference of quantiles, a - b, from
// distribution-free limits of each, the order statistics whose ranks enclose n·q
// by the normal approximation of the binomial (Conover 1999, section 3.2), put
// together as wide as the larger of what they allow on either side (Zou and
// Donner 2008, Statistics in Medicine 27, 1693-1702).
func QuantileDifference(a, b Sample, q, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	g, err := newQuantileGap(a, b, q)
	if err != nil {
		return Interval{}, err
	}
	low, high := g.limits(NormalUpper(alpha / 2))
	return Interval{low, high, MethodMover}, nil
}

// QuantileTest is the test that belongs to QuantileDifference: its p is the
// smallest alpha whose interval leaves 0 out, so that the two never disagree.
// Tests of the share of rows up to the pooled quantile do where many numbers are
// the same: of two groups with one and the same median, all of it ties, one can
// have far more rows below it.
func QuantileTest(a, b Sample, q float64) (Test, error) {
	g, err := newQuantileGap(a, b, q)
	if err != nil {
		return Test{}, err
	}
	z := g.leaves()
	return Test{g.gap, min(1, 2*NormalSF(z)), MethodMover}, nil
}

// ranked is a sample whose ranks are looked up.
type ranked struct {
	Sample
	n    int64
	upTo []int64 // copies up to each number, once many are looked up
}

// many prepares for many ranks.
func (r ranked) many() ranked {
	r.upTo = make([]int64, len(r.Sample))
	sum := int64(0)
	for i, p := range r.Sample {
		sum += p.N
		r.upTo[i] = sum
	}
	return r
}

// at is Sample.At.
func (r ranked) at(k int64) float64 {
	if r.upTo == nil {
		return r.At(k)
	}
	i := sort.Search(len(r.upTo)-1, func(i int) bool { return r.upTo[i] > k })
	return r.Sample[i].X
}

// quantileGap is a difference of quantiles and what its limits follow from: each
// side's deviation of the share of rows up to its quantile.
type quantileGap struct {
	a, b     ranked
	q        float64
	x, y     float64
	gap      float64
	byA, byB float64
}

func newQuantileGap(a, b Sample, q float64) (quantileGap, error) {
	g := quantileGap{a: ranked{Sample: a, n: a.Count()}, b: ranked{Sample: b, n: b.Count()}, q: q}
	var err error
	if g.x, err = a.Quantile(q); err != nil {
		return g, err
	}
	if g.y, err = b.Quantile(q); err != nil {
		return g, err
	}
	g.gap = g.x - g.y
	return g.sized(float64(g.a.n), float64(g.b.n)), nil
}

// sized takes the samples for so many independent rows.
func (g quantileGap) sized(n, m float64) quantileGap {
	g.byA, g.byB = math.Sqrt(g.q*(1-g.q)/n), math.Sqrt(g.q*(1-g.q)/m)
	return g
}

// limits are those of z deviations.
func (g quantileGap) limits(z float64) (low, high float64) {
	lowA, highA := quantileReach(g.a, g.q, z*g.byA)
	lowB, highB := quantileReach(g.b, g.q, z*g.byB)
	return g.gap - math.Hypot(max(0, g.x-lowA), max(0, highB-g.y)), g.gap + math.Hypot(max(0, highA-g.x), max(0, g.y-lowB))
}

// mostDeviations is where two-sided p-values end, at 6e-300.
const mostDeviations = 37

// leaves is the largest number of deviations whose limits leave 0 out, 0 if none
// does. Limits only grow with it.
func (g quantileGap) leaves() float64 {
	out := func(z float64) bool { // of what g is by then
		low, high := g.limits(z)
		return low > 0 || high < 0
	}
	low, high := 0.0, float64(mostDeviations)
	switch {
	case g.gap == 0 || !out(low):
		return 0
	case out(high):
		return high
	}
	g.a, g.b = g.a.many(), g.b.many()
	for range 48 {
		if z := (low + high) / 2; out(z) {
			low = z
		} else {
			high = z
		}
	}
	return low
}

// quantileReach are the order statistics whose ranks lie a share to either side
// of n·q; where one falls outside the sample there is no limit.
func quantileReach(s ranked, q, share float64) (low, high float64) {
	n := float64(s.n)
	first, last := math.Floor(float64(n*q)-float64(n*share)), math.Ceil(float64(n*q)+float64(n*share))
	low, high = math.Inf(-1), math.Inf(1)
	if first >= 1 {
		low = s.at(int64(first) - 1)
	}
	if last+1 <= n {
		high = s.at(int64(last))
	}
	return low, high
}
