package scan

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Ranked numbers come in the order of floats, and are the floats that they were.
func TestSortRanked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.OneOf(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), rapid.Map(rapid.IntRange(-300, 300), func(n int) float64 { return float64(n) / 8 }))
		xs := rapid.SliceOfN(drawn, 0, 600).Draw(t, "numbers")
		for len(xs) > 0 && len(xs) < 256 && rapid.Bool().Draw(t, "more") {
			xs = append(xs, xs...)
		}
		all := make([]ranked, len(xs))
		for i := range xs {
			xs[i] += 0 // minus zero is zero
			all[i] = ranked{keyOf(xs[i]), 0, uint32(i)}
		}
		want := slices.Sorted(slices.Values(xs))
		for i, r := range sortRanked(all) {
			if got := numberOf(r.key); got != want[i] || xs[r.id] != want[i] {
				t.Fatalf("number %d is %v, of row %d, which has %v; want %v", i, got, r.id, xs[r.id], want[i])
			}
		}
	})
}
