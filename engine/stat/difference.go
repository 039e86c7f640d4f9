package stat

import "math"

// Newcombe is the hybrid score interval of the difference k1/n1 - k2/n2,
// method 10 of Newcombe (1998), Statistics in Medicine 17, 873-890, without
// continuity correction: with Wilson limits l, u of each rate,
//
//	low  = p1 - p2 - √((p1-l1)² + (u2-p2)²)
//	high = p1 - p2 + √((u1-p1)² + (p2-l2)²)
func Newcombe(k1, n1, k2, n2 int64, alpha float64) (Interval, error) {
	return NewcombeEffective(float64(k1), float64(n1), float64(k2), float64(n2), alpha)
}

// NewcombeEffective is Newcombe at effective counts.
func NewcombeEffective(k1, n1, k2, n2, alpha float64) (Interval, error) {
	if err := checkTwo(k1, n1, k2, n2, alpha); err != nil {
		return Interval{}, err
	}
	z := NormalUpper(alpha / 2)
	return complement(k1, n1, k2, n2, func(k1, n1, k2, n2 float64) Interval {
		d, p1, p2 := cross(k1, n2, k2, n1)/n1/n2, k1/n1, k2/n2
		l1, u1 := wilson(k1, n1, z)
		l2, u2 := wilson(k2, n2, z)
		return Interval{
			Low:    clamp(d-math.Hypot(p1-l1, u2-p2), -1, 1),
			High:   clamp(d+math.Hypot(u1-p1, p2-l2), -1, 1),
			Method: MethodNewcombe,
		}
	}), nil
}

// MiettinenNurminen is the score interval of the difference of two rates with
// the variance factor N/(N-1) (Miettinen and Nurminen 1985, Statistics in
// Medicine 4, 213-226): all d with
//
//	(p1 - p2 - d)² <= z² · (m1(1-m1)/n1 + m2(1-m2)/n2) · N/(N-1)
//
// where m1 = m2 + d is the maximum likelihood estimate under difference d.
func MiettinenNurminen(k1, n1, k2, n2 int64, alpha float64) (Interval, error) {
	factor := float64(n1+n2) / (float64(n1+n2) - 1)
	return scoreDifference(k1, n1, k2, n2, alpha, factor, MethodMiettinen)
}

// Mee is MiettinenNurminen without the factor N/(N-1) (Mee 1984, Biometrics
// 40, 1175-1176).
func Mee(k1, n1, k2, n2 int64, alpha float64) (Interval, error) {
	return scoreDifference(k1, n1, k2, n2, alpha, 1, MethodMee)
}

func scoreDifference(k1, n1, k2, n2 int64, alpha, factor float64, method string) (Interval, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkTwo(a, n, b, m, alpha); err != nil {
		return Interval{}, err
	}
	z := NormalUpper(alpha / 2)
	z2 := z * z * factor
	return complement(a, n, b, m, func(k1, n1, k2, n2 float64) Interval {
		return Interval{
			Low:    differenceLow(k1, n1, k2, n2, z2),
			High:   -differenceLow(k2, n2, k1, n1, z2),
			Method: method,
		}
	}), nil
}

// differenceLow is the lower limit of the score interval: the score falls as d
// grows, so a bisection between -1 and the estimate finds where it is z.
func differenceLow(k1, n1, k2, n2, z2 float64) float64 {
	estimate := cross(k1, n2, k2, n1) / n1 / n2
	return bisect(-1, estimate, func(d float64) bool {
		gap := estimate - d
		return gap*gap > z2*restrictedVariance(k1, n1, k2, n2, d)
	})
}

// bisect returns the point between low and high where outside changes from
// true to false, to the last bit or to 2^-200.
func bisect(low, high float64, outside func(float64) bool) float64 {
	for range 200 {
		mid := low + float64((high-low)/2)
		if mid <= low || mid >= high {
			break
		}
		if outside(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// complement computes an interval of k1/n1 - k2/n2 from whichever outcome is
// the rarer one: the difference of the failure rates is the same with its sign
// changed, and small rates keep digits that rates close to 1 lose.
func complement(k1, n1, k2, n2 float64, f func(k1, n1, k2, n2 float64) Interval) Interval {
	if k1/n1+k2/n2 <= 1 {
		return f(k1, n1, k2, n2)
	}
	return f(n2-k2, n2, n1-k1, n1)
}

// checkTwo says whether two samples and alpha define an interval.
func checkTwo(k1, n1, k2, n2, alpha float64) error {
	if err := checkPair(k1, n1, k2, n2); err != nil {
		return err
	}
	return checkAlpha(alpha)
}
