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

	weights []float64 // scratch
}

// fewSpreads is the largest standard deviation of draws that are tabled.
const fewSpreads = 64

func newBinomials(n int64, p float64) *binomials {
	d := &binomials{}
	d.set(n, p)
	return d
}

// set changes n and p.
func (d *binomials) set(n int64, p float64) {
	d.n, d.p = n, p
	d.table.below, d.table.guide = d.table.below[:0], d.table.guide[:0]
	if n <= 0 || !(p > 0) || p >= 1 {
		return
	}
	law := binomial{float64(n), p, 1 - p}
	spread := math.Sqrt(float64(law.n*p) * law.q)
	if spread > fewSpreads {
		return
	}
	if d.weights == nil {
		d.weights = make([]float64, 0, min(n+1, int64(15*spread)+32)) // mostly enough
	}
	d.table.first, d.weights = weights(law, leastWeight, d.weights[:0])
	d.table.fit(len(d.weights), len(d.weights))
	d.table.fill(d.weights)
}

// fill draws numbers of successes.
func (d *binomials) fill(rng *rand.Rand, out []int64) {
	if p := min(d.p, 1-d.p); len(d.table.below) == 0 && d.n > 0 && float64(float64(d.n)*p) >= invertBelow {
		r := newRejection(d.n, p) // as Binomial has it
		for i := range out {
			if out[i] = r.draw(rng); d.p > 0.5 {
				out[i] = d.n - out[i]
			}
		}
		return
	}
	for i := range out {
		out[i] = d.draw(rng)
	}
}

// draw draws a number of successes.
func (d *binomials) draw(rng *rand.Rand) int64 {
	if len(d.table.below) == 0 {
		return Binomial(rng, d.n, d.p)
	}
	return d.table.draw(rng)
}
