package stat

import (
	"math"
	"math/rand/v2"
)

// invertMargin is the smaller margin up to which a hypergeometric draw adds up
// probabilities.
const invertMargin = 16

// Hypergeometric draws how many of the successes among rows are among n of them
// that are taken without being put back: exactly hypergeometric but for the
// rounding of logarithms, and the same on every processor.
func Hypergeometric(rng *rand.Rand, rows, successes, n int64) int64 {
	switch {
	case n <= 0 || successes <= 0:
		return 0
	case n >= rows:
		return successes
	case successes >= rows:
		return n
	case n > rows-n: // what is left behind instead
		return successes - Hypergeometric(rng, rows, successes, rows-n)
	case successes > rows-successes:
		return n - Hypergeometric(rng, rows, rows-successes, n)
	case min(n, successes) <= invertMargin:
		return invertDeal(rng, rows, max(n, successes), min(n, successes))
	}
	return rejectDeal(rng, float64(rows), float64(successes), float64(n))
}

// invertDeal goes up from 0 until the probabilities add up to a uniform draw;
// the two margins can change places. Both are at most half of the rows.
func invertDeal(rng *rand.Rand, rows, large, small int64) int64 {
	none := 1.0
	for i := range small {
		none = float64(none * (float64(rows-large-i) / float64(rows-i)))
	}
	h := hypergeometric{float64(small), float64(rows - small), float64(large)}
	for {
		u, at := rng.Float64(), none
		for k := int64(0); k <= small; k++ {
			if u < at {
				return k
			}
			u -= at
			at = float64(at * h.up(float64(k)))
		}
		// The probabilities add up to a little less than 1: draw again.
	}
}

// The hat of the ratio of uniforms: 2·√(2/e) and 3 - 2·√(3/e).
const (
	hatWidth  = 1.7155277699214135
	hatOffset = 0.8989161620588988
)

// rejectDeal is the ratio of uniforms with a squeeze on either side, which takes
// about one and a half pairs of uniform draws whatever the counts are (Stadlober
// 1990, Journal of Computational and Applied Mathematics 31, 181-189, algorithm
// HRUA). successes and n are at most half of the rows.
func rejectDeal(rng *rand.Rand, rows, successes, n float64) int64 {
	p := successes / rows
	center := float64(n*p) + 0.5
	variance := float64(n*p*(1-p)) * ((rows - n) / (rows - 1))
	spread := math.Sqrt(variance + 0.5)
	width := float64(hatWidth*spread) + hatOffset
	mode := math.Floor((n + 1) * ((successes + 1) / (rows + 2)))
	end := min(n, successes, math.Floor(center+float64(16*spread))) + 1
	d := newDealt(rows, successes, n, mode)
	for {
		u, v := rng.Float64(), rng.Float64()-0.5
		if u == 0 {
			continue
		}
		x := center + float64(width*v)/u
		if !(x >= 0 && x < end) {
			continue
		}
		k := math.Floor(x)
		ratio := d.ratio(k)
		switch {
		case float64(u*(4-u))-3 <= ratio:
			return int64(k)
		case float64(u*(u-ratio)) >= 1:
			continue
		case 2*portableLog(u) <= ratio:
			return int64(k)
		}
	}
}

// dealtRatio is the logarithm of P(k)/P(mode): of the four cells of the table
// the factorials at the mode over those at k, each by Stirling's formula and its
// remainder.
type dealtRatio struct {
	mode  [4]float64
	slope float64 // of the parts of the logarithm that are linear in k
	rest  float64 // remainders at the mode
}

func newDealt(rows, successes, n, mode float64) dealtRatio {
	d := dealtRatio{mode: [4]float64{mode, successes - mode, n - mode, rows - successes - n + mode}}
	m := d.mode
	d.slope = portableLog((m[1] + 1) / (m[0] + 1) * ((m[2] + 1) / (m[3] + 1)))
	for _, x := range m {
		d.rest += remainder(x)
	}
	return d
}

func (d dealtRatio) ratio(k float64) float64 {
	by := k - d.mode[0]
	out := float64(by*d.slope) + d.rest
	for i, x := range d.mode {
		y := x + by
		if i == 1 || i == 2 {
			y = x - by
		}
		out -= float64((y+0.5)*portableLog((y+1)/(x+1))) + remainder(y)
	}
	return out
}

// deal draws n rows of a table without putting them back, into out, and takes
// them off it: the multivariate hypergeometric distribution, category by
// category.
func deal(rng *rand.Rand, from []int64, n int64, out []int64) {
	rows := int64(total(from))
	for i, c := range from {
		out[i] = Hypergeometric(rng, rows, c, n)
		from[i] -= out[i]
		n -= out[i]
		rows -= c
	}
}
