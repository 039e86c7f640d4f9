package stat

import "math"

// Wilson is the score interval of a rate k/n, the set of p with
// |k/n - p| <= z √(p(1-p)/n) (Wilson 1927). Low is exactly 0 at k = 0 and High
// exactly 1 at k = n.
func Wilson(k, n int64, alpha float64) (Interval, error) {
	return WilsonEffective(float64(k), float64(n), alpha)
}

// WilsonEffective is Wilson at effective counts, which need not be whole.
func WilsonEffective(k, n, alpha float64) (Interval, error) {
	if err := checkOne(k, n, alpha); err != nil {
		return Interval{}, err
	}
	low, high := wilson(k, n, NormalUpper(alpha/2))
	return Interval{low, high, MethodWilson}, nil
}

// wilson returns the roots of (n+z²)p² - (2k+z²)p + k²/n = 0. Only the larger
// is computed by addition; the smaller follows from their product, without
// cancellation.
func wilson(k, n, z float64) (low, high float64) {
	z2 := float64(z * z)
	half := float64(z * math.Sqrt(float64(k*((n-k)/n))+float64(z2/4)))
	upper := k + float64(z2/2) + half
	low, high = k/upper*(k/n), min(1, upper/(n+z2))
	if k == n {
		high = 1
	}
	return min(low, k/n), max(high, k/n)
}

// ClopperPearson is the exact interval of a rate: the p that an exact one-sided
// binomial test at alpha/2 does not reject, quantiles of Beta(k, n-k+1) and
// Beta(k+1, n-k) (Clopper and Pearson 1934). Coverage is at least 1-alpha
// everywhere.
func ClopperPearson(k, n int64, alpha float64) (Interval, error) {
	return ClopperPearsonEffective(float64(k), float64(n), alpha)
}

// ClopperPearsonEffective is ClopperPearson at effective counts (Korn and
// Graubard 1998).
func ClopperPearsonEffective(k, n, alpha float64) (Interval, error) {
	if err := checkOne(k, n, alpha); err != nil {
		return Interval{}, err
	}
	i := Interval{0, 1, MethodClopperPearson}
	if k > 0 {
		i.Low, _ = betaQuantile(k, n-k+1, alpha/2)
	}
	if k < n {
		_, i.High = betaQuantile(n-k, k+1, alpha/2)
	}
	return i, nil
}

// Jeffreys is the equal-tailed posterior interval of a rate under the prior
// Beta(1/2, 1/2), with Low 0 at k = 0 and High 1 at k = n so that it contains
// the estimate (Brown, Cai and DasGupta 2001, section 4.1.2). statsmodels
// leaves out this last rule.
func Jeffreys(k, n int64, alpha float64) (Interval, error) {
	x, m := float64(k), float64(n)
	if err := checkOne(x, m, alpha); err != nil {
		return Interval{}, err
	}
	i := Interval{0, 1, MethodJeffreys}
	if k > 0 {
		i.Low, _ = betaQuantile(x+0.5, m-x+0.5, alpha/2)
	}
	if k < n {
		_, i.High = betaQuantile(m-x+0.5, x+0.5, alpha/2)
	}
	return i, nil
}

// AgrestiCoull is the Wald interval after adding z²/2 successes and z²/2
// failures (Agresti and Coull 1998), clamped to [0, 1]. It contains Wilson.
func AgrestiCoull(k, n int64, alpha float64) (Interval, error) {
	x, m := float64(k), float64(n)
	if err := checkOne(x, m, alpha); err != nil {
		return Interval{}, err
	}
	z := NormalUpper(alpha / 2)
	z2 := float64(z * z)
	total := m + z2
	p := (x + float64(z2/2)) / total
	half := float64(z * math.Sqrt(p*((m-x+float64(z2/2))/total)/total))
	return Interval{max(0, p-half), min(1, p+half), MethodAgrestiCoull}, nil
}

// checkOne says whether k, n and alpha define an interval.
func checkOne(k, n, alpha float64) error {
	if err := checkRate(k, n); err != nil {
		return err
	}
	return checkAlpha(alpha)
}
