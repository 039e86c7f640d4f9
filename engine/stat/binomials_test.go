package stat

import (
	"math"
	"testing"
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
