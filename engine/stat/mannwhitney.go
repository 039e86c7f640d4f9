package stat

import "math"

// The names of the two forms of the Mann-Whitney test.
const (
	MethodMannWhitney      = "mann-whitney"
	MethodMannWhitneyExact = "mann-whitney-exact"
)

// mannWhitneyExact is the largest number of copies of both samples for which
// the distribution of U is counted out: 10 ms.
const mannWhitneyExact = 50

// MannWhitney tests that two samples are of one distribution, against numbers
// of a that tend to lie above (Greater) or below (Less) those of b (Mann and
// Whitney 1947, Annals of Mathematical Statistics 18, 50-60). U is the number
// of pairs in which a's number is the larger one, ties one half; U/(n·m) is the
// value of CompareSamples.
//
// Up to 50 numbers in all, U is computed for every way to deal these numbers,
// ties among them, to the two samples: P is the share of those with a U as far
// from n·m/2, or as large, or as small. Beyond, with N = n+m and groups of t
// equal numbers,
//
//	z = (U - n·m/2) / √(n·m/12 · Σt(N-t)(N+t) / (N(N-1)))
//
// without continuity correction. Where spreads differ the null is false though
// neither sample tends to be larger; DeLong's test by CompareSamples has no such
// assumption. ErrNoRows when a sample is empty, ErrNoVariation when all numbers
// are equal.
func MannWhitney(a, b Sample, side Side) (Test, error) {
	n, m := float64(a.Count()), float64(b.Count())
	pooled := Pool(a, b)
	switch {
	case n == 0 || m == 0:
		return Test{}, ErrNoRows
	case n+m > maxCount:
		return Test{}, ErrTooLarge
	case len(pooled) == 1:
		return Test{}, ErrNoVariation
	}
	placed, _ := placements(a, b) // twice what each number of a adds to U
	var twice sum
	for _, p := range placed {
		twice.add(float64((p.X - m) * float64(p.N)))
	}
	excess := twice.value() // 2U - n·m
	if n+m <= mannWhitneyExact {
		return Test{P: dealt(pooled, int(n), int(m), int(excess), side), Method: MethodMannWhitneyExact}, nil
	}
	var v sum
	for _, p := range pooled {
		t := float64(p.N)
		v.add(t / (n + m) * ((n + m - t) / (n + m - 1)) * (n + m + t))
	}
	return normalTest(excess/2/math.Sqrt(n*m/12*v.value()), side, MethodMannWhitney), nil
}

// dealt is the share of the ways to deal n of the n+m numbers to the first
// sample that have a 2U - n·m as extreme. Numbers are dealt in rising order:
// ways[j][u] counts those with j dealt to the first sample and 2U = u. Counts
// are whole and below 2^53.
func dealt(pooled Sample, n, m, excess int, side Side) float64 {
	ways := make([][]float64, n+1)
	ways[0] = []float64{1}
	below := 0
	for _, p := range pooled {
		t := int(p.N)
		next := make([][]float64, n+1)
		for j, row := range ways {
			for i := 0; row != nil && i <= t && i+j <= n; i++ {
				other := below - j // dealt to the second sample so far
				if other+t-i > m {
					continue
				}
				if next[i+j] == nil {
					next[i+j] = make([]float64, 2*n*m+1)
				}
				add, choices := i*(2*other+t-i), choose(t, i)
				for u, w := range row {
					if w > 0 {
						next[i+j][u+add] += float64(w * choices)
					}
				}
			}
		}
		ways, below = next, below+t
	}
	all, extreme := 0.0, 0.0
	for u, w := range ways[n] {
		all += w
		switch d := u - n*m; {
		case side == Less && d <= excess, side == Greater && d >= excess,
			side == TwoSided && max(d, -d) >= max(excess, -excess):
			extreme += w
		}
	}
	return extreme / all
}

// choose is the number of ways to take k of n, exact below 2^53.
func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}
