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
	g, df, err := peopleQuantileGap(a, b, q)
	if err != nil {
		return Interval{}, err
	}
	low, high := g.limits(NormalUpper(alpha/2) / math.Sqrt(shrink(alpha, df)))
	return Interval{low, high, MethodMoverCluster}, nil
}

// QuantileTestClustered is QuantileTest where people have many rows: the smallest
// alpha whose interval leaves 0 out, by Student's t.
func QuantileTestClustered(a, b []Sample, q float64) (Test, error) {
	g, df, err := peopleQuantileGap(a, b, q)
	if err != nil {
		return Test{}, err
	}
	return Test{g.gap, min(1, 2*StudentSF(g.leaves(), df)), MethodMoverCluster}, nil
}

// peopleQuantileGap is a difference of quantiles at effective sizes, with the
// degrees of freedom behind them.
func peopleQuantileGap(a, b []Sample, q float64) (quantileGap, float64, error) {
	if len(a) != len(b) {
		return quantileGap{}, 0, ErrShards
	}
	g, err := newQuantileGap(Pool(a...), Pool(b...), q)
	if err != nil {
		return g, 0, err
	}
	ofA, ofB, df, err := pair(UpTo(a, g.x), UpTo(b, g.y), 1, 1)
	if err != nil {
		return g, 0, err
	}
	return g.sized(ofA.size, ofB.size), df, nil
}
