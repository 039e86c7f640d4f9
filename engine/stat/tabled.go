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
	below []float64 // cumulative weights
	sum   float64   // of all weights
	guide []uint16  // by u in equal steps: where to begin to look, or before that
}

// fit makes room for so many weights and places in the guide.
func (t *tabled) fit(weights, places int) {
	if cap(t.below) < weights {
		t.below = make([]float64, weights)
	}
	if cap(t.guide) < places {
		t.guide = make([]uint16, places)
	}
	t.below, t.guide = t.below[:weights], t.guide[:places]
}

// guideSlack is more than rounding moves a share by, relative to it.
const guideSlack = 1e-12

// fill makes the table, in a slice as long as the weights. The guide may be shorter.
func (t *tabled) fill(weights []float64) {
	t.sum = 0
	below := t.below[:len(weights)]
	for i, w := range weights {
		t.sum += w
		below[i] = t.sum
	}
	at, step := 0, t.sum/float64(len(t.guide))*(1-guideSlack)
	for i := range t.guide {
		for u := float64(float64(i) * step); at < len(below)-1 && below[at] <= u; {
			at++
		}
		t.guide[i] = uint16(at)
	}
}

// draw compares weights, and divides them by their sum only where rounding could
// tell the two apart.
func (t *tabled) draw(rng *rand.Rand) int64 {
	u := rng.Float64()
	weight := u * t.sum
	sure, unsure := weight*(1+4e-16), weight*(1-4e-16)
	at, last := int(t.guide[int(u*float64(len(t.guide)))]), len(t.below)-1
	for ; at < last; at++ {
		if b := t.below[at]; b > sure || b >= unsure && b/t.sum > u {
			break
		}
	}
	return t.first + int64(at)
}
