package stat

import (
	"math"
	"math/rand/v2"
)

// binomials draws numbers of successes of one n and p again and again. Unless they
// spread too far their probabilities are tabled once; then a draw is exactly
// binomial but for rounding and for tails of a relative probability below
// leastWeight.
type binomials struct {
	n     int64
	p     float64
	table tabled
}

// fewSpreads is the largest standard deviation of draws that are tabled.
const fewSpreads = 64

func newBinomials(n int64, p float64) *binomials {
	d := &binomials{n: n, p: p}
	if n <= 0 || !(p > 0) || p >= 1 {
		return d
	}
	law := binomial{float64(n), p, 1 - p}
	if math.Sqrt(float64(law.n*p)*law.q) > fewSpreads {
		return d
	}
	first, w := weights(law, leastWeight, make([]float64, 0, 32))
	d.table = tabled{first: first, below: make([]float64, len(w)), guide: make([]uint16, len(w))}
	d.table.fill(w)
	return d
}

// fill draws numbers of successes.
func (d *binomials) fill(rng *rand.Rand, out []int64) {
	if len(d.table.below) == 0 {
		for i := range out {
			out[i] = Binomial(rng, d.n, d.p)
		}
		return
	}
	for i := range out {
		out[i] = d.table.draw(rng)
	}
}

// draw draws a number of successes.
func (d *binomials) draw(rng *rand.Rand) int64 {
	if len(d.table.below) == 0 {
		return Binomial(rng, d.n, d.p)
	}
	return d.table.draw(rng)
}
