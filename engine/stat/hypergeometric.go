package stat

import "math"

// hypergeometric is the distribution of x, the successes of the first of two
// samples of r1 and r2 rows, when c1 rows of all N = r1+r2 are successes.
type hypergeometric struct{ r1, r2, c1 float64 }

func (h hypergeometric) first() float64 { return max(0, h.c1-h.r2) }
func (h hypergeometric) last() float64  { return min(h.r1, h.c1) }
func (h hypergeometric) mode() float64 {
	return clamp(math.Floor((h.r1+1)*((h.c1+1)/(h.r1+h.r2+2))), h.first(), h.last())
}

// up is P(x+1)/P(x), down is P(x-1)/P(x).
func (h hypergeometric) up(x float64) float64 {
	return (h.r1 - x) / (x + 1) * ((h.c1 - x) / (h.r2 - h.c1 + x + 1))
}

func (h hypergeometric) down(x float64) float64 {
	return x / (h.r1 - x + 1) * ((h.r2 - h.c1 + x) / (h.c1 - x + 1))
}

// log is the log of P(x) for x in the support, by the decomposition of Loader
// (2000): Stirling parts of the factorials, less the deviances of the four
// cells from their expected counts, which all differ from them by the same
// (ad-bc)/N. Nothing large cancels, so that the error stays near 1e-13 down to
// log P = -700 and up to counts of 1e9.
func (h hypergeometric) log(x float64) float64 {
	a, b, c, d := x, h.r1-x, h.c1-x, h.r2-h.c1+x
	n, c2 := h.r1+h.r2, b+d
	diff := cross(a, d, b, c) / n
	margins := stirling(h.r1) + stirling(h.r2) + stirling(h.c1) + stirling(c2)
	cells := stirling(a) + stirling(b) + stirling(c) + stirling(d)
	dev := deviance(a, h.r1/n*h.c1, diff) + deviance(d, h.r2/n*c2, diff) +
		deviance(b, h.r1/n*c2, -diff) + deviance(c, h.r2/n*h.c1, -diff)
	return margins - stirling(n) - cells - dev
}

// beyond is the sum of P(y)/P(x) over y > x (up) or y < x (down), walking away
// from the mode until the rest, bounded by a geometric series, is below 1e-17
// of the sum. In the body that takes about eight standard deviations, which
// are at most √N/4; in the tails far fewer.
func (h hypergeometric) beyond(x float64, up bool) float64 {
	sum, term := 0.0, 1.0
	for {
		var r float64
		if up {
			r = h.up(x)
			x++
		} else {
			r = h.down(x)
			x--
		}
		term = float64(term * r)
		sum += term
		if r < 1 && term*r <= 1e-17*sum*(1-r) || term == 0 {
			return sum
		}
	}
}

// lower is P(X <= x).
func (h hypergeometric) lower(x float64) float64 {
	switch {
	case x < h.first():
		return 0
	case x >= h.last():
		return 1
	case x > h.mode():
		return max(0, 1-math.Exp(h.log(x+1)+math.Log1p(h.beyond(x+1, true))))
	}
	return min(1, math.Exp(h.log(x)+math.Log1p(h.beyond(x, false))))
}

// twoSided returns the sum of the probabilities of the tables that are no more
// probable than x, and the same with those equally probable counted half. Two
// probabilities within 1e-10 of each other count as equal.
func (h hypergeometric) twoSided(x float64) (full, mid float64) {
	at := h.log(x)
	up, down := h.up(x), h.down(x)
	if up <= 1+relativeTie && down <= 1+relativeTie { // x is a mode
		equal := 1.0
		for _, r := range []float64{up, down} {
			if r >= 1-relativeTie {
				equal++
			}
		}
		return 1, 1 - float64(equal*math.Exp(at)/2)
	}
	if up > 1 { // left of the mode: count the other outcome, which mirrors x
		h.c1 = h.r1 + h.r2 - h.c1
		x = h.r1 - x
	}
	full = 1 + h.beyond(x, true)
	mid = full - 0.5
	if y, ok := h.opposite(at); ok {
		other := h.log(y)
		p := math.Exp(other - at)
		rest := float64(p * h.beyond(y, false))
		full += p + rest
		if other >= at-relativeTie {
			p = float64(p / 2)
		}
		mid += p + rest
	}
	return min(1, math.Exp(at+math.Log(full))), min(1, math.Exp(at+math.Log(mid)))
}

// opposite is the largest x below the mode whose log P is at most at.
func (h hypergeometric) opposite(at float64) (float64, bool) {
	within := func(x float64) bool { return h.log(x) <= at+relativeTie }
	low, high := h.first(), h.mode()
	if !within(low) {
		return 0, false
	}
	for high-low > 1 {
		if mid := math.Floor(low + float64((high-low)/2)); within(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return low, true
}
