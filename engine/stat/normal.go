package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NormalSF is the upper tail P(Z > z) of the standard normal distribution,
// erfc(z/√2)/2: relative accuracy about z²·1e-16, down to 1e-300.
func NormalSF(z float64) float64 { return 0.5 * math.Erfc(z/sqrt2) }

// normalTwoSided is P(|Z| > |z|).
func normalTwoSided(z float64) float64 { return math.Erfc(math.Abs(z) / sqrt2) }

// NormalUpper is the z with P(Z > z) = q, for 0 < q < 1. The quantile of
// gonum (Cephes ndtri) is polished by one Newton step on the logarithm of the
// tail, which is nearly a parabola.
func NormalUpper(q float64) float64 {
	if q > 0.5 {
		return -NormalUpper(1 - q)
	}
	z := -mathext.NormalQuantile(q)
	sf := NormalSF(z)
	density := math.Exp(float64(-0.5*z*z) - log2Pi/2)
	return z + float64(math.Log(sf/q)*sf/density)
}

// normalTest turns a standard normal statistic into a test.
func normalTest(z float64, side Side, method string) Test {
	switch side {
	case Less:
		return Test{z, NormalSF(-z), method}
	case Greater:
		return Test{z, NormalSF(z), method}
	}
	return Test{z, normalTwoSided(z), method}
}

// ChiSquareSF is the upper tail of the chi-square distribution with df degrees
// of freedom: erfc for one and the regularized upper incomplete gamma function
// for more. Never 1 - cdf, which ends near 1e-16. A statistic of 0 or less and
// df of 0 give 1.
func ChiSquareSF(x float64, df int) float64 {
	switch {
	case !(x > 0) || df < 1:
		return 1
	case df == 1:
		return math.Erfc(math.Sqrt(x / 2))
	case df == 2:
		return math.Exp(-x / 2)
	}
	return mathext.GammaIncRegComp(float64(df)/2, x/2)
}

// StudentSF is the upper tail P(T > t) of Student's t with df > 0 degrees of
// freedom, I_x(df/2, 1/2)/2 at x = df/(df+t²) (Abramowitz and Stegun 26.7.1);
// infinite df is the normal distribution.
func StudentSF(t, df float64) float64 {
	if math.IsInf(df, 1) {
		return NormalSF(t)
	}
	if t < 0 {
		return 1 - StudentSF(-t, df)
	}
	t2 := float64(t * t)
	if math.IsInf(t2, 1) {
		return 0
	}
	x, y := df/(df+t2), t2/(df+t2)
	return 0.5 * math.Exp(logBeta(df/2, 0.5, x, y).log)
}

// StudentUpper is the t with P(T > t) = q, for 0 < q <= 1/2 and df > 0.
func StudentUpper(q, df float64) float64 {
	switch {
	case q >= 0.5:
		return 0
	case df > 1e9: // t²/(4·df) is below 1e-8 of the quantile even at q = 1e-9
		return NormalUpper(q)
	}
	x, y := betaQuantile(df/2, 0.5, 2*q)
	return math.Sqrt(df * (y / x))
}
