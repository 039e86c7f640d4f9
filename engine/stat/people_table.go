package stat

import "math/rand/v2"

// UnchangedClustered is Unchanged where people have many rows: the pooled table
// is dealt at effective sizes.
func UnchangedClustered(rng *rand.Rand, ref, cur []int64, d Design, fill float64, times int, room Resamples) Resamples {
	n, m := d.Sizes(ref, cur)
	return dealtSides(rng, ref, cur, n, m, fill, times, room).scaled(ref, cur, n+m)
}

// AgainClustered is Again at effective sizes.
func AgainClustered(rng *rand.Rand, ref, cur []int64, d Design, fill float64, times int, room Resamples) Resamples {
	n, m := d.Sizes(ref, cur)
	return redrawn(rng, ref, cur, n, m, fill, times, room).scaled(ref, cur, n+m)
}

// Sizes are the effective numbers of rows of two tables.
func (d Design) Sizes(ref, cur []int64) (n, m int64) {
	k := categories(ref, cur)
	return d.size(total(ref), k), d.size(total(cur), k)
}

// scaled puts the statistic that grows with the rows on the scale of all of
// them: chi-square of effective rows times rows over effective rows, as the
// measured one is divided by the design effect (Rao and Scott 1981).
func (r Resamples) scaled(ref, cur []int64, effective int64) Resamples {
	by := (total(ref) + total(cur)) / float64(effective)
	for i := range r {
		r[i].ChiSquare = float64(r[i].ChiSquare * by)
	}
	return r
}

// categories counts those with a row on either side.
func categories(ref, cur []int64) int {
	n := 0
	for i := range ref {
		if ref[i]+cur[i] > 0 {
			n++
		}
	}
	return n
}
