package stat

import "math"

// The names of the tests by standard deviations.
const (
	MethodHypergeometricSD = "hypergeometric-sd"
	MethodBinomialSD       = "binomial-sd"
)

// HypergeometricSD is by how many standard deviations the first group's
// successes differ from what they would be if both groups had the same chances
// and the number of successes in all were given,
//
//	(k1 - n1·K/N) / √(n1·n2·K·(N-K) / (N²(N-1))),  K = k1+k2, N = n1+n2
//
// the statistic of the "two or three standard deviations" of the courts for a
// pool of candidates: PooledZ times √((N-1)/N). P is that of the normal
// distribution. ErrNoVariation when K is 0 or N.
func HypergeometricSD(k1, n1, k2, n2 int64, side Side) (Test, error) {
	t, err := PooledZ(k1, n1, k2, n2, side)
	if err != nil {
		return Test{}, err
	}
	n := float64(n1 + n2)
	return normalTest(t.Statistic*math.Sqrt((n-1)/n), side, MethodHypergeometricSD), nil
}

// BinomialSD is by how many standard deviations a count differs from what an
// outside share of the population, taken as known, would give,
//
//	(k - n·share) / √(n·share·(1-share))
//
// (Castaneda v. Partida, 430 U.S. 482, 496 n. 17, 1977). P is that of the normal
// distribution; BinomialMidP is the exact test. ErrLimit when the share is not
// between 0 and 1, ErrNoVariation when it is 0 or 1.
func BinomialSD(k, n int64, share Decimal, side Side) (Test, error) {
	if err := checkRate(float64(k), float64(n)); err != nil {
		return Test{}, err
	}
	p, q := share.Float64(), share.oneMinus()
	switch {
	case p < 0 || q < 0:
		return Test{}, ErrLimit
	case p == 0 || q == 0:
		return Test{}, ErrNoVariation
	}
	z := cross(float64(k), q, float64(n-k), p) / math.Sqrt(float64(n)*p*q)
	return normalTest(z, side, MethodBinomialSD), nil
}
