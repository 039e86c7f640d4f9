package stat

import "math"

// The reasons why a plan has no answer.
const (
	ErrRate         Reason = "rate is not between 0 and 1"
	ErrSizes        Reason = "sizes of groups are not positive numbers"
	ErrPower        Reason = "power is not between 0 and 1"
	ErrUndetectable Reason = "groups of these sizes are too small to show any gap at this rate"
	ErrNeverSettles Reason = "the rates lie exactly on the limit, where no number of cases decides"
)

// Power is the chance that the two-sided test of p1 = p2 at alpha rejects, and
// in the right direction, when the true rates are p1 and p2:
//
//	Φ((|p1-p2| - z·√(p(1-p)(1/n1+1/n2))) / √(p1(1-p1)/n1 + p2(1-p2)/n2))
//
// with p the rate of both together (Fleiss, Levin and Paik 2003, section 4.2,
// without continuity correction). It is the power of the pooled z test; that of
// Fisher mid-p, enumerated, differs by some two points (three at most seen) where each group
// expects at least five successes and five failures, and by five below. Sizes
// are effective ones, n divided by the design effect, where people have many
// rows. ErrNoVariation when both rates are 0 or both are 1.
func Power(p1, n1, p2, n2, alpha float64) (float64, error) {
	if err := checkPlan(n1, n2, alpha, p1, p2); err != nil {
		return 0, err
	}
	if p1 == p2 && p1*(1-p1) == 0 {
		return 0, ErrNoVariation
	}
	return power(p1, n1, p2, n2, NormalUpper(alpha/2)), nil
}

func power(p1, n1, p2, n2, z float64) float64 {
	p := (float64(p1*n1) + float64(p2*n2)) / (n1 + n2)
	null := math.Sqrt(max(0, p*(1-p)) * (1/n1 + 1/n2))
	here := math.Sqrt(float64(p1*(1-p1))/n1 + float64(p2*(1-p2))/n2)
	excess := math.Abs(p1-p2) - float64(z*null)
	switch {
	case here > 0:
		return NormalSF(-excess / here)
	case excess > 0:
		return 1
	}
	return 0
}

// PowerAtRatio is the power to see a limit on the ratio: Power when the second
// group has the given rate and the first limit times as much. ErrLimit when
// that is no rate.
func PowerAtRatio(n1, n2, rate, limit, alpha float64) (float64, error) {
	return powerAt(float64(limit*rate), n1, rate, n2, alpha)
}

// PowerAtDifference is the power to see a limit on the difference: Power when
// the second group has the given rate and the first that plus the limit, which
// has a sign. ErrLimit when that is no rate.
func PowerAtDifference(n1, n2, rate, limit, alpha float64) (float64, error) {
	return powerAt(rate+limit, n1, rate, n2, alpha)
}

func powerAt(p1, n1, p2, n2, alpha float64) (float64, error) {
	if err := checkPlan(n1, n2, alpha, p2); err != nil {
		return 0, err
	}
	if !(p1 >= 0 && p1 <= 1) {
		return 0, ErrLimit
	}
	return Power(p1, n1, p2, n2, alpha)
}

// DetectableRate is the rate of the first group nearest to the given rate of
// the second that Power sees with the chance wanted, say 0.8: below it with
// Less, above it with Greater (or TwoSided). ErrUndetectable when not even a
// rate of 0 or 1 is seen.
func DetectableRate(n1, n2, rate, alpha, wanted float64, side Side) (float64, error) {
	if err := checkPlan(n1, n2, alpha, rate); err != nil {
		return 0, err
	}
	if !(wanted > 0 && wanted < 1) {
		return 0, ErrPower
	}
	far, sign := 1-rate, 1.0
	if side == Less {
		far, sign = rate, -1
	}
	z := NormalUpper(alpha / 2)
	missed := func(d float64) bool { return power(rate+float64(sign*d), n1, rate, n2, z) < wanted }
	if far == 0 || missed(far) {
		return 0, ErrUndetectable
	}
	return clamp(rate+float64(sign*bisect(0, far, missed)), 0, 1), nil
}

// MinimumDetectableDifference is the smallest difference of two rates that
// groups of these sizes show with the power wanted, in either direction where
// both can be seen: the distance of DetectableRate, the larger one.
func MinimumDetectableDifference(n1, n2, rate, alpha, wanted float64) (float64, error) {
	low, err := DetectableRate(n1, n2, rate, alpha, wanted, Less)
	high, above := DetectableRate(n1, n2, rate, alpha, wanted, Greater)
	switch {
	case err != nil && above != nil:
		return 0, err
	case err != nil:
		return high - rate, nil
	case above != nil:
		return rate - low, nil
	}
	return max(rate-low, high-rate), nil
}

// MinimumDetectableRatio is the ratio nearest to 1, from below, that groups of
// these sizes show with the power wanted: DetectableRate below the rate, over
// the rate.
func MinimumDetectableRatio(n1, n2, rate, alpha, wanted float64) (float64, error) {
	low, err := DetectableRate(n1, n2, rate, alpha, wanted, Less)
	if err != nil {
		return 0, err
	}
	return low / rate, nil
}

// checkPlan says whether sizes, alpha and rates make a plan.
func checkPlan(n1, n2, alpha float64, rates ...float64) error {
	if !(n1 > 0 && n2 > 0) {
		return ErrSizes
	}
	if n1+n2 > maxCount {
		return ErrTooLarge
	}
	for _, p := range rates {
		if !(p >= 0 && p <= 1) {
			return ErrRate
		}
	}
	return checkAlpha(alpha)
}
