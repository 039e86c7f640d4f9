package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Tabled draws follow the binomial distribution: each number of successes comes up
// as often as P(X = k), by logBinomial, makes likely; also where nearly all or nearly
// none are successes, and where the draws are not tabled.
func TestBinomialsFollowTheLaw(t *testing.T) {
	const times = 200_000
	for _, c := range []struct {
		n int64
		p float64
	}{{1, 0.5}, {7, 0.999}, {40, 0.3}, {1000, 0.001}, {1000, 0.5}, {90_000, 0.9}, {20_000, 0.5}} {
		rng, d := Generator(1, "binomials"), newBinomials(c.n, c.p)
		seen := map[int64]float64{}
		for range times {
			seen[d.draw(rng)]++
		}
		law := binomial{float64(c.n), c.p, 1 - c.p}
		chi, cells, rest := 0.0, 0, float64(times)
		for k := range c.n + 1 {
			want := times * math.Exp(law.log(float64(k)))
			if want < 10 {
				continue
			}
			chi, cells, rest = chi+(seen[k]-want)*(seen[k]-want)/want, cells+1, rest-seen[k]
		}
		// About normal with mean and variance of chi-square: six deviations.
		if limit := float64(cells) + 6*math.Sqrt(2*float64(cells)) + 10; chi > limit {
			t.Errorf("%d draws of %d with %v: chi-square %.1f of %d cells, at most %.1f", times, c.n, c.p, chi, cells, limit)
		}
		if rest > times/50 {
			t.Errorf("%d with %v: %v draws are rare ones", c.n, c.p, rest)
		}
	}
}

func TestBinomialsWithoutRowsOrDoubt(t *testing.T) {
	for _, c := range []struct {
		n    int64
		p    float64
		want int64
	}{{-1, 0.5, 0}, {0, 0.5, 0}, {5, 0, 0}, {5, -1, 0}, {5, 1, 5}, {5, 2, 5}} {
		if got := newBinomials(c.n, c.p).draw(Generator(1)); got != c.want {
			t.Errorf("%d with %v: %d, want %d", c.n, c.p, got, c.want)
		}
	}
}

// Filling a list draws what one draw after the other does.
func TestBinomialsFillAsTheyDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1_000_000).Draw(t, "n")
		p := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Just(0.5), rapid.Just(0.0), rapid.Just(1.0)).Draw(t, "p")
		d, got := newBinomials(n, p), make([]int64, 20)
		d.fill(Generator(1, "fill"), got)
		rng := Generator(1, "fill")
		for i, k := range got {
			if want := d.draw(rng); k != want {
				t.Fatalf("draw %d of %d, %v is %d, alone %d", i, n, p, k, want)
			}
		}
	})
}

// A table draws the first number whose share up to it is above a uniform number,
// however long its guide is.
func TestTabledDrawsByTheShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(1e-12, 1), rapid.Just(1.0)), 1, 200).Draw(t, "weights")
		var table tabled
		table.fit(len(w), rapid.IntRange(1, 300).Draw(t, "guide"))
		table.fill(w)
		sum := 0.0
		var upTo []float64
		for _, x := range w {
			sum += x
			upTo = append(upTo, sum)
		}
		rng, uniform := Generator(1, "tabled"), Generator(1, "tabled")
		for range 50 {
			u := uniform.Float64()
			want := slices.IndexFunc(upTo, func(x float64) bool { return x/sum > u })
			if got := table.draw(rng); got != int64(want) {
				t.Fatalf("%v draws %d, not %d", u, got, want)
			}
		}
	})
}
