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
	near := d.near()
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
		low, high := near.ratio(k - mode)
		if float64(u*(4-u))-3 <= low {
			return int64(k)
		}
		if float64(u*(u-high)) >= 1 {
			continue
		}
		switch log := 2 * portableLog(u); {
		case log <= low:
			return int64(k)
		case log <= high && log <= d.ratio(k):
			return int64(k)
		}
	}
}

// dealtRatio is the logarithm of P(k)/P(mode): of the four cells of the table
// the factorials at the mode over those at k. It holds the cells at the mode.
type dealtRatio [4]float64

func newDealt(rows, successes, n, mode float64) dealtRatio {
	return dealtRatio{mode, successes - mode, n - mode, rows - successes - n + mode}
}

// ratio takes each factorial by Stirling's formula and its remainder.
func (d dealtRatio) ratio(k float64) float64 {
	by := k - d[0]
	out := float64(by * portableLog((d[1]+1)/(d[0]+1)*((d[2]+1)/(d[3]+1))))
	for _, x := range d {
		out += remainder(x)
	}
	for i, x := range d {
		y := x + by
		if i == 1 || i == 2 {
			y = x - by
		}
		out -= float64((y+0.5)*portableLog((y+1)/(x+1))) + remainder(y)
	}
	return out
}

// nearRatio bounds the logarithm of P(k)/P(mode) by its Taylor series around the
// mode, without a logarithm: nearly all draws are decided by it, and none
// otherwise than they would be without it.
type nearRatio struct{ linear, square, cube, fourth, reach float64 }

const (
	nearCell  = 64   // the least cell that the series is for
	nearSlack = 1e-7 // more than the series of nearRatio's coefficients leave out
)

// near bounds the ratio.
func (d dealtRatio) near() nearRatio {
	y0, y1, y2, y3 := d[0]+1, d[1]+1, d[2]+1, d[3]+1
	least := min(y0, y1, y2, y3)
	if least < nearCell {
		return nearRatio{reach: -1}
	}
	r0, r3 := 1/y0, 1/y3
	excess := float64(float64(y1*y2)-float64(y0*y3)) * float64(r0*r3)
	return newNearRatio(logNear(excess), least, r0, 1/y1, 1/y2, r3)
}

// newNearRatio expands logarithms of the gamma function. slope is what the
// logarithm would change by from one value to the next if the cells were large;
// r0 and r3 are one over the cells y = x+1 that grow, r1 and r2 over those that
// shrink. The coefficients are polygamma functions of each cell, of which the
// asymptotic series (Abramowitz and Stegun 6.3.18, 6.4.12 to 6.4.14) are taken as
// far as they matter at nearCell.
func newNearRatio(slope, least, r0, r1, r2, r3 float64) nearRatio {
	s0, s1, s2, s3 := float64(r0*r0), float64(r1*r1), float64(r2*r2), float64(r3*r3)
	c0, c1, c2, c3 := float64(s0*r0), float64(s1*r1), float64(s2*r2), float64(s3*r3)
	cubes := c0 + c1 + c2 + c3
	firsts, seconds, thirds := (r0+r3)-(r1+r2), (s0+s3)-(s1+s2), (c0+c3)-(c1+c2)
	fourths := (float64(s0*s0) + float64(s3*s3)) - (float64(s1*s1) + float64(s2*s2))
	return nearRatio{
		linear: slope + firsts/2 + seconds/12,
		square: -(r0 + r1 + r2 + r3 + (s0+s1+s2+s3)/2 + cubes/6) / 2,
		cube:   (seconds + thirds + fourths/2) / 6,
		// The fourth derivative of log x! is at most 2.41/x³ from 8 on, and x at
		// least 3/4 of the cell within reach.
		fourth: 2.41 / 24 * (64.0 / 27) * cubes,
		reach:  least / 4,
	}
}

// ratio bounds the logarithm at the mode and by more.
func (r nearRatio) ratio(by float64) (low, high float64) {
	if math.Abs(by) > r.reach {
		return math.Inf(-1), math.Inf(1)
	}
	b2 := float64(by * by)
	high = float64(by*(r.linear+float64(b2*r.cube))) + float64(b2*r.square) + nearSlack
	return high - float64(b2*b2*r.fourth) - 2*nearSlack, high
}

// logNear is log(1+e).
func logNear(e float64) float64 {
	if math.Abs(e) > 1.0/1024 {
		return portableLog(1 + e)
	}
	return float64(e * (1 - float64(e*(1.0/2-float64(e*(1.0/3-float64(e*(1.0/4))))))))
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
