package stat

import (
	"testing"

	"pgregory.net/rapid"
)

// The draws are those of Binomial, one by one.
func TestBinomialsLikeBinomial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Int64Range(-1, 40), rapid.Int64Range(40, 40_000)).Draw(t, "n")
		p := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(0, 0.01), rapid.SampledFrom([]float64{0, 0.5, 1, 2, -1})).Draw(t, "p")
		seed := rapid.Uint64().Draw(t, "seed")
		one, all := Generator(seed), Generator(seed)
		d := newBinomials(n, p)
		for i := range 400 {
			if got, want := d.draw(all), Binomial(one, n, p); got != want {
				t.Fatalf("draw %d of %d with %v: %d, want %d", i, n, p, got, want)
			}
		}
		if one.Uint64() != all.Uint64() {
			t.Fatal("another number of uniform draws")
		}
	})
}
