package stat

import (
	"math/rand/v2"
	"slices"
)

// unimodal is a distribution of whole numbers that falls on either side of its
// mode. up is P(x+1)/P(x), down is P(x-1)/P(x).
type unimodal interface {
	mode() float64
	first() float64
	last() float64
	up(x float64) float64
	down(x float64) float64
}

// leastWeight is what draws leave out, relative to the mode's probability.
const leastWeight = 1e-12

// weights appends to an empty slice the probabilities of a distribution relative to
// its mode's, from first on, without the tails below least.
func weights[D unimodal](d D, least float64, to []float64) (first int64, weights []float64) {
	mode := d.mode()
	for x, w := mode, 1.0; x > d.first(); x-- {
		if w = float64(w * d.down(x)); w < least {
			break
		}
		to = append(to, w)
	}
	slices.Reverse(to)
	first = int64(mode) - int64(len(to))
	weights = append(to, 1)
	for x, w := mode, 1.0; x < d.last(); x++ {
		if w = float64(w * d.up(x)); w < least {
			break
		}
		weights = append(weights, w)
	}
	return first, weights
}

// tabled draws from a distribution by one uniform number: the first number whose
// cumulative probability is above it, found from a guide (Chen and Asau 1974). It
// uses only operations that every processor rounds alike.
type tabled struct {
	first int64
	below []float64 // cumulative, up to 1
	guide []uint16  // by u in equal steps: where to begin to look
}

// fill makes the table, in slices as long as the weights.
func (t *tabled) fill(weights []float64) {
	sum := 0.0
	for i, w := range weights {
		sum += w
		t.below[i] = sum
	}
	for i := range t.below {
		t.below[i] /= sum
	}
	at := 0
	for i := range t.guide {
		u := float64(i) / float64(len(t.guide))
		for at < len(t.below)-1 && t.below[at] <= u {
			at++
		}
		t.guide[i] = uint16(at)
	}
}

func (t *tabled) draw(rng *rand.Rand) int64 {
	u := rng.Float64()
	at := int(t.guide[int(u*float64(len(t.guide)))])
	for at > 0 && t.below[at-1] > u { // where a step was rounded up
		at--
	}
	for at < len(t.below)-1 && t.below[at] <= u {
		at++
	}
	return t.first + int64(at)
}
