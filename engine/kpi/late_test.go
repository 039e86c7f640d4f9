package kpi

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The bounds are the lowest and the highest of all rates that the open labels can
// make, each tried.
func TestBoundsAreTheExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := late{numerator: rapid.Bool().Draw(t, "numerator"), denominator: rapid.Bool().Draw(t, "denominator"), matures: true}
		type row struct{ num, den []condition }
		var rows []row
		var x counted
		for range rapid.IntRange(1, 6).Draw(t, "rows") {
			num := condition(rapid.IntRange(0, 2).Draw(t, "num"))
			den := condition(rapid.IntRange(0, 2).Draw(t, "den"))
			immature := rapid.Bool().Draw(t, "immature")
			x.mayTurn(l, num, den, immature, 1)
			may := func(c condition, label bool) []condition {
				if label && (immature || c == unknown) {
					return []condition{holds, fails}
				}
				return []condition{c}
			}
			rows = append(rows, row{may(num, l.numerator), may(den, l.denominator)})
		}
		low, high := math.Inf(1), math.Inf(-1)
		var try func(i int, k, n float64)
		try = func(i int, k, n float64) {
			if i == len(rows) {
				if n > 0 {
					low, high = min(low, k/n), max(high, k/n)
				}
				return
			}
			for _, num := range rows[i].num {
				for _, den := range rows[i].den {
					switch {
					case den != holds || num == unknown:
						try(i+1, k, n)
					case num == holds:
						try(i+1, k+1, n+1)
					default:
						try(i+1, k, n+1)
					}
				}
			}
		}
		try(0, 0, 0)
		b := x.open.bounds()
		if b != nil && (math.Abs(b.low-low) > 1e-12 || math.Abs(b.high-high) > 1e-12) {
			t.Fatalf("%+v: %v to %v, not %v to %v", x.open, b.low, b.high, low, high)
		}
		if b == nil && low < high && x.open.n+x.open.either > 0 {
			t.Fatalf("%+v: no bounds, but %v to %v", x.open, low, high)
		}
	})
}
