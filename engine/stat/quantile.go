package stat

import "math"

// quantileLimits are distribution-free limits of a quantile: the order
// statistics whose ranks enclose n·q by the normal approximation of the
// binomial (Conover 1999, section 3.2). Where a rank falls outside the sample
// there is no limit.
func quantileLimits(s Sample, q, alpha float64) (low, high float64) {
	n := float64(s.Count())
	half := float64(NormalUpper(alpha/2) * math.Sqrt(n*q*(1-q)))
	first, last := math.Floor(float64(n*q)-half), math.Ceil(float64(n*q)+half)
	low, high = math.Inf(-1), math.Inf(1)
	if first >= 1 {
		low = s.At(int64(first) - 1)
	}
	if last+1 <= n {
		high = s.At(int64(last))
	}
	return low, high
}

// QuantileDifference is the interval of a difference of quantiles, a - b, from
// the limits of each (Zou and Donner 2008, Statistics in Medicine 27,
// 1693-1702): as wide as the larger of what they allow on either side.
func QuantileDifference(a, b Sample, q, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	x, err := a.Quantile(q)
	if err != nil {
		return Interval{}, err
	}
	y, err := b.Quantile(q)
	if err != nil {
		return Interval{}, err
	}
	lowA, highA := quantileLimits(a, q, alpha)
	lowB, highB := quantileLimits(b, q, alpha)
	d := x - y
	return Interval{d - math.Hypot(max(0, x-lowA), max(0, highB-y)), d + math.Hypot(max(0, highA-x), max(0, y-lowB)), MethodMover}, nil
}

// QuantileTest is Mood's test for a quantile: the share of each sample at or
// below the pooled quantile, compared exactly (Mood 1950).
func QuantileTest(a, b Sample, q float64) Test {
	at, err := Pool(a, b).Quantile(q)
	if err != nil {
		return Test{P: 1, Method: MethodFisherMidP}
	}
	upTo := func(s Sample) (k, n int64) {
		for _, p := range s {
			if n += p.N; p.X <= at {
				k += p.N
			}
		}
		return k, n
	}
	ka, na := upTo(a)
	kb, nb := upTo(b)
	t, err := FisherMidP(ka, na, kb, nb)
	if err != nil {
		return Test{P: 1, Method: MethodFisherMidP}
	}
	return t
}
