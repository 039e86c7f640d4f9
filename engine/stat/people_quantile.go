package stat

import "math"

// UpTo are the people of a sample as those with a number up to x: how many
// copies each shard has, and how many of them are at most x.
func UpTo(shards []Sample, x float64) People {
	out := make([]Shard, len(shards))
	for g, s := range shards {
		for _, p := range s {
			if out[g].N += p.N; p.X <= x {
				out[g].K += p.N
			}
		}
	}
	return People{Shards: out}
}

// QuantileDifferenceClustered is QuantileDifference where people have many rows:
// the order statistics around rank n·q that the share of rows up to the quantile
// allows at its effective size (Woodruff 1952, Journal of the American
// Statistical Association 47, 635-646; Francisco and Fuller 1991, Annals of
// Statistics 19, 454-469).
func QuantileDifferenceClustered(a, b []Sample, q, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	if len(a) != len(b) {
		return Interval{}, ErrShards
	}
	allA, allB := Pool(a...), Pool(b...)
	x, err := allA.Quantile(q)
	if err != nil {
		return Interval{}, err
	}
	y, err := allB.Quantile(q)
	if err != nil {
		return Interval{}, err
	}
	ofA, ofB, df, err := pair(UpTo(a, x), UpTo(b, y), 1, 1)
	if err != nil {
		return Interval{}, err
	}
	z := NormalUpper(alpha/2) / math.Sqrt(shrink(alpha, df))
	lowA, highA := quantileReach(allA, q, float64(z*math.Sqrt(q*(1-q)/ofA.size)))
	lowB, highB := quantileReach(allB, q, float64(z*math.Sqrt(q*(1-q)/ofB.size)))
	d := x - y
	return Interval{d - math.Hypot(max(0, x-lowA), max(0, highB-y)), d + math.Hypot(max(0, highA-x), max(0, y-lowB)), MethodMoverCluster}, nil
}

// quantileReach are the order statistics whose ranks lie a share to either side
// of n·q; where one falls outside the sample there is no limit.
func quantileReach(s Sample, q, share float64) (low, high float64) {
	n := float64(s.Count())
	first, last := math.Floor(float64(n*q)-float64(n*share)), math.Ceil(float64(n*q)+float64(n*share))
	low, high = math.Inf(-1), math.Inf(1)
	if first >= 1 {
		low = s.At(int64(first) - 1)
	}
	if last+1 <= n {
		high = s.At(int64(last))
	}
	return low, high
}

// QuantileTestClustered is QuantileTest where people have many rows: the shares
// of each sample up to the pooled quantile are compared by ScoreTestClustered.
func QuantileTestClustered(a, b []Sample, q float64) (Test, error) {
	at, err := Pool(Pool(a...), Pool(b...)).Quantile(q)
	if err != nil {
		return Test{}, err
	}
	return ScoreTestClustered(UpTo(a, at), UpTo(b, at), TwoSided)
}
