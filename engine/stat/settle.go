package stat

import "math"

// Cases is how many cases settle a question: those there are, times Factor. A
// factor of at most 1 says that there are enough.
type Cases struct {
	Factor        float64
	First, Second float64 // per group, rounded up
}

// CasesToSettleRatio is how many cases it takes, in groups that keep their
// proportions, until the whole Koopman interval of p1/p2 lies on that side of
// the limit where p1/p2 itself lies, with the given chance, if p1 and p2 are
// the true rates: they may be those observed, or parity. With chance 0.5 the
// interval of just these rates ends at the limit; one audit in two still ends
// undecided then. By the score method for a ratio that is not 1 (Farrington and
// Manning 1990, Statistics in Medicine 9, 1447-1454),
//
//	Factor = ((z·√V0 + z'·√V1) / (p1 - limit·p2))²
//
// with V0 the variance of p1 - limit·p2 at the maximum likelihood rates under
// the limit, V1 at p1 and p2, z at alpha/2 and z' at 1 - chance. Sizes may be
// effective ones; the factor then counts people. ErrLimit when the limit is not
// positive and finite, ErrUndefined when both rates are 0, ErrNeverSettles on
// the limit itself.
func CasesToSettleRatio(p1, n1, p2, n2, limit, alpha, chance float64) (Cases, error) {
	if err := checkPlan(n1, n2, alpha, p1, p2); err != nil {
		return Cases{}, err
	}
	switch {
	case !(limit > 0) || math.IsInf(limit, 1):
		return Cases{}, ErrLimit
	case p1 == 0 && p2 == 0:
		return Cases{}, ErrUndefined
	}
	null := ratioVariance(float64(p1*n1), n1, float64(p2*n2), n2, math.Log(limit))
	here := float64(p1*(1-p1))/n1 + float64(limit*limit*p2*(1-p2))/n2
	return settle(p1-float64(limit*p2), null, here, n1, n2, alpha, chance)
}

// CasesToSettleDifference is CasesToSettleRatio for p1 - p2, a limit with a
// sign, and the interval of Mee.
func CasesToSettleDifference(p1, n1, p2, n2, limit, alpha, chance float64) (Cases, error) {
	if err := checkPlan(n1, n2, alpha, p1, p2); err != nil {
		return Cases{}, err
	}
	if !(limit > -1 && limit < 1) {
		return Cases{}, ErrLimit
	}
	null := restrictedVariance(float64(p1*n1), n1, float64(p2*n2), n2, limit)
	here := float64(p1*(1-p1))/n1 + float64(p2*(1-p2))/n2
	return settle(p1-p2-limit, null, here, n1, n2, alpha, chance)
}

// CasesToSettleRate is CasesToSettleRatio for one rate, a limit between 0 and
// 1, and the interval of Wilson.
func CasesToSettleRate(p, n, limit, alpha, chance float64) (Cases, error) {
	if err := checkPlan(n, n, alpha, p); err != nil {
		return Cases{}, err
	}
	if !(limit > 0 && limit < 1) {
		return Cases{}, ErrLimit
	}
	c, err := settle(p-limit, float64(limit*(1-limit))/n, float64(p*(1-p))/n, n, n, alpha, chance)
	c.Second = 0
	return c, err
}

// settle solves gap² = (z·√(null/f) + z'·√(here/f))² for the factor f.
func settle(gap, null, here, n1, n2, alpha, chance float64) (Cases, error) {
	if !(chance > 0 && chance < 1) {
		return Cases{}, ErrPower
	}
	if math.Abs(gap) < 1e-12 {
		return Cases{}, ErrNeverSettles
	}
	width := float64(NormalUpper(alpha/2)*math.Sqrt(null)) + float64(NormalUpper(1-chance)*math.Sqrt(here))
	root := max(0, width) / gap
	f := float64(root * root)
	return Cases{f, math.Ceil(float64(f * n1)), math.Ceil(float64(f * n2))}, nil
}
