package stat

import "math"

// FisherMidP is the two-sided Fisher mid-p test of k1/n1 = k2/n2: given the
// margins, the probabilities of all tables less probable than the observed one,
// plus half the probabilities of those equally probable (itself among them)
// (Lancaster 1961; Hirji, Tan and Elashoff 1991). Equal means within 1e-10,
// relative. When only one table has these margins, because every row has the
// same outcome, nothing is left to chance and P is 1, not the half that the sum
// gives.
//
// At large counts (see asymptotic: smallest expected count at least
// 1e7·max(1, z^6)) the pooled z test takes its place and Method says so.
// Below about 1e-308 P is 0.
func FisherMidP(k1, n1, k2, n2 int64) (Test, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkPair(a, n, b, m); err != nil {
		return Test{}, err
	}
	if z, ok := largeTable(a, n, b, m); ok {
		return normalTest(z, TwoSided, MethodPooledZ), nil
	}
	if a+b == 0 || a+b == n+m {
		return Test{P: 1, Method: MethodFisherMidP}, nil
	}
	_, p := hypergeometric{n, m, a + b}.twoSided(a)
	return Test{P: p, Method: MethodFisherMidP}, nil
}

// Fisher is Fisher's exact test of k1/n1 = k2/n2. Two-sided P is the
// probability of all tables no more probable than the observed one (within
// 1e-10, relative), as in R and SciPy; Less and Greater are the tails of k1. It
// is exact at all counts, in time that grows with √(n1+n2).
func Fisher(k1, n1, k2, n2 int64, side Side) (Test, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkPair(a, n, b, m); err != nil {
		return Test{}, err
	}
	t := Test{Method: MethodFisher}
	switch side {
	case Less:
		t.P = hypergeometric{n, m, a + b}.lower(a)
	case Greater:
		t.P = hypergeometric{n, m, n + m - a - b}.lower(n - a)
	default:
		t.P, _ = hypergeometric{n, m, a + b}.twoSided(a)
	}
	return t, nil
}

// PooledZ is the score test of k1/n1 = k2/n2 without continuity correction,
//
//	z = (p1 - p2) / √(p(1-p)(1/n1 + 1/n2)),  p = (k1+k2)/(n1+n2)
//
// ErrNoVariation when p is 0 or 1.
func PooledZ(k1, n1, k2, n2 int64, side Side) (Test, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkPair(a, n, b, m); err != nil {
		return Test{}, err
	}
	z, err := pooledZ(a, n, b, m)
	if err != nil {
		return Test{}, err
	}
	return normalTest(z, side, MethodPooledZ), nil
}

// ChiSquare is Pearson's test of the 2x2 table without continuity correction
// (one degree of freedom): its statistic is the square of PooledZ's.
func ChiSquare(k1, n1, k2, n2 int64) (Test, error) {
	t, err := PooledZ(k1, n1, k2, n2, TwoSided)
	if err != nil {
		return Test{}, err
	}
	return Test{t.Statistic * t.Statistic, t.P, MethodChiSquare}, nil
}

func pooledZ(k1, n1, k2, n2 float64) (float64, error) {
	k, f, n := k1+k2, n1-k1+n2-k2, n1+n2
	if k <= 0 || f <= 0 {
		return 0, ErrNoVariation
	}
	return cross(k1, n2, k2, n1) * math.Sqrt(n/k/f/n1/n2), nil
}

// largeTable says whether the score test may take the exact test's place.
func largeTable(k1, n1, k2, n2 float64) (float64, bool) {
	z, err := pooledZ(k1, n1, k2, n2)
	k, f := k1+k2, n1-k1+n2-k2
	expected := min(n1, n2) * (min(k, f) / (n1 + n2))
	return z, err == nil && asymptotic(expected, z)
}
