package stat

import "math"

// BinomialMidP is the one-sided mid-p test of a rate against a limit: with X
// binomial at the limit itself, Greater (the rate is above the limit) gives
// P(X > k) + P(X = k)/2 and Less gives P(X < k) + P(X = k)/2. Two-sided is twice
// the smaller, at most 1. It is used for levels, whose null is their limit.
//
// The tails are incomplete beta functions, exact at all counts; where the
// variance n·p·(1-p) is at least 1e7·max(1, z^6) (see asymptotic) the normal
// distribution takes their place and Method says so. ErrLimit when the limit is
// not between 0 and 1.
func BinomialMidP(k, n int64, limit Decimal, side Side) (Test, error) {
	return BinomialMidPEffective(float64(k), float64(n), limit, side)
}

// BinomialMidPEffective is BinomialMidP at effective counts: the binomial
// distribution is continued by the incomplete beta and gamma functions.
func BinomialMidPEffective(k, n float64, limit Decimal, side Side) (Test, error) {
	if err := checkRate(k, n); err != nil {
		return Test{}, err
	}
	p, q := limit.Float64(), limit.oneMinus()
	if p < 0 || q < 0 {
		return Test{}, ErrLimit
	}
	if variance := n * p * q; variance > 0 {
		z := cross(k, q, n-k, p) / math.Sqrt(variance)
		if asymptotic(variance, z) {
			return normalTest(z, side, MethodBinomialZ), nil
		}
	}
	above := binomialMid(k, n-k, p, q)
	below := binomialMid(n-k, k, q, p)
	t := Test{Method: MethodBinomialMidP}
	switch side {
	case Greater:
		t.P = above
	case Less:
		t.P = below
	default:
		t.P = min(1, 2*min(above, below))
	}
	return t, nil
}

// binomialMid is P(X > k) + P(X = k)/2 for success probability p = 1-q and
// n = k+f: P(X > k) = I_p(k+1, n-k) (Abramowitz and Stegun 26.5.24).
func binomialMid(k, f, p, q float64) float64 {
	mid := float64(math.Exp(logBinomial(k, f, p, q)) / 2)
	if f > 0 {
		mid += math.Exp(logBeta(k+1, f, p, q).log)
	}
	return min(1, mid)
}
