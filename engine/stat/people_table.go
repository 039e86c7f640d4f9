package stat

import "math/rand/v2"

// UnchangedClustered is Unchanged where people have many rows: both tables are
// drawn at their effective sizes.
func UnchangedClustered(rng *rand.Rand, ref, cur []int64, d Design, fill float64, times int) Resamples {
	pooled, k := make([]int64, len(ref)), categories(ref, cur)
	for i := range ref {
		pooled[i] = ref[i] + cur[i]
	}
	return resample(rng, pooled, pooled, d.size(total(ref), k), d.size(total(cur), k), fill, times)
}

// AgainClustered is Again at effective sizes.
func AgainClustered(rng *rand.Rand, ref, cur []int64, d Design, fill float64, times int) Resamples {
	k := categories(ref, cur)
	return resample(rng, ref, cur, d.size(total(ref), k), d.size(total(cur), k), fill, times)
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
