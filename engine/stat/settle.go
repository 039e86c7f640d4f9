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
// sign, and the interval of Mee; Newcombe's ends within a few hundredths of the
// limit from it where each group expects five successes and failures.
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

// CasesToSettleRatioWithin is how many cases it takes until the whole Koopman
// interval of p1/p2 lies within limit to 1/limit with the given chance: both ends
// at once. Either end misses with the chance that follows from CasesToSettleRatio's
// formula,
//
//	miss(f) = Φ((z·√V0 - √f·gap) / √V1)
//
// and hardly ever both, since high rates of the one group that move one end away
// from its limit move the other end toward its own. Factor solves
// 1 - miss of the one - miss of the other = chance. ErrNeverSettles when p1/p2 is
// not within the limits.
func CasesToSettleRatioWithin(p1, n1, p2, n2, limit, alpha, chance float64) (Cases, error) {
	if err := checkPlan(n1, n2, alpha, p1, p2); err != nil {
		return Cases{}, err
	}
	switch {
	case !(limit > 0 && limit <= 1):
		return Cases{}, ErrLimit
	case p1 == 0 && p2 == 0:
		return Cases{}, ErrUndefined
	}
	end := func(t float64) Reach {
		return Reach{
			Gap:  p1 - float64(t*p2),
			Null: ratioVariance(float64(p1*n1), n1, float64(p2*n2), n2, math.Log(t)),
			Here: float64(p1*(1-p1))/n1 + float64(t*t*p2*(1-p2))/n2,
		}
	}
	low, high := end(limit), end(1/limit)
	high.Gap = -high.Gap
	return casesWithin(low, high, n1, n2, alpha, chance)
}

// CasesToSettleDifferenceWithin is CasesToSettleRatioWithin for p1 - p2 within
// -limit to limit, and the interval of Mee.
func CasesToSettleDifferenceWithin(p1, n1, p2, n2, limit, alpha, chance float64) (Cases, error) {
	if err := checkPlan(n1, n2, alpha, p1, p2); err != nil {
		return Cases{}, err
	}
	if !(limit >= 0 && limit < 1) {
		return Cases{}, ErrLimit
	}
	end := func(t, gap float64) Reach {
		return Reach{
			Gap:  gap,
			Null: restrictedVariance(float64(p1*n1), n1, float64(p2*n2), n2, t),
			Here: float64(p1*(1-p1))/n1 + float64(p2*(1-p2))/n2,
		}
	}
	return casesWithin(end(-limit, p1-p2+limit), end(limit, limit-p1+p2), n1, n2, alpha, chance)
}

func casesWithin(low, high Reach, n1, n2, alpha, chance float64) (Cases, error) {
	f, err := FactorToSettle(alpha, chance, low, high)
	if err != nil {
		return Cases{}, err
	}
	return Cases{f, math.Ceil(float64(f * n1)), math.Ceil(float64(f * n2))}, nil
}

// Reach is what keeps one end of an interval from its limit: the distance of the
// estimate from the limit, and the variance of that distance if the limit were
// true (Null) and as it is (Here).
type Reach struct{ Gap, Null, Here float64 }

// miss is the chance that the end of the interval lies beyond the limit, with f
// times as many cases.
func (r Reach) miss(z, f float64) float64 {
	over := float64(z*math.Sqrt(r.Null)) - float64(r.Gap*math.Sqrt(f))
	switch {
	case r.Here > 0:
		return NormalSF(-over / math.Sqrt(r.Here))
	case over > 0:
		return 1
	}
	return 0
}

// FactorToSettle is how many times as many cases it takes until the end of an
// interval at level 1-alpha, or both its ends, lie short of their limits with the
// given chance. ErrNeverSettles where a distance is not positive.
func FactorToSettle(alpha, chance float64, ends ...Reach) (float64, error) {
	if err := checkAlpha(alpha); err != nil {
		return 0, err
	}
	if !(chance > 0 && chance < 1) {
		return 0, ErrPower
	}
	z, most := NormalUpper(alpha/2), 0.0
	for _, e := range ends {
		if !(e.Gap >= 1e-12) {
			return 0, ErrNeverSettles
		}
		// Here each of the ends misses with at most its part of 1 - chance.
		part := (1 - chance) / float64(len(ends))
		width := max(0, float64(z*math.Sqrt(e.Null))+float64(NormalUpper(part)*math.Sqrt(e.Here)))
		most = max(most, width/e.Gap)
	}
	missed := func(root float64) bool {
		sum := 0.0
		for _, e := range ends {
			sum += e.miss(z, root*root)
		}
		return sum > 1-chance
	}
	root := bisect(0, most, missed)
	return root * root, nil
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
