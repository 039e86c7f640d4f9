package stat

import (
	"math"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

// A scatter says of its draws what they say in order, also where many are equal or
// some are infinite.
func TestScatterIsDrawsInNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(-1e9, 1e9), rapid.Just(0.5), rapid.Just(0.25))
		if rapid.Bool().Draw(t, "infinite") {
			number = rapid.OneOf(number, rapid.Just(math.Inf(1)))
		}
		s := Scatter(rapid.SliceOfN(number, 1, 300).Draw(t, "draws"))
		d := NewDraws(append([]float64{}, s...))
		p, q := rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Float64Range(0, 1).Draw(t, "q")
		if x, y := s.quantiles(p, q); x != d.Quantile(p) || y != d.Quantile(q) {
			t.Fatalf("quantiles %v and %v, in order %v and %v", x, y, d.Quantile(p), d.Quantile(q))
		}
		value := number.Draw(t, "value")
		beyond := len(d) - sort.SearchFloat64s(d, value-1e-12*math.Abs(value))
		if want := float64(1+beyond) / float64(1+len(d)); s.P(value) != want {
			t.Fatalf("p %v, want %v", s.P(value), want)
		}
		if a, b := s.Mean(), d.Mean(); math.Abs(a-b) > 1e-15*max(math.Abs(d[0]), d[len(d)-1]) {
			t.Fatalf("mean %v, in order %v", a, b)
		}
	})
}
