package stat

import "math"

// Moments are the size, mean and variance (divisor n-1) of a sample.
type Moments struct{ N, Mean, Variance float64 }

// Moments of the sample.
func (s Sample) Moments() Moments {
	return s.momentsOf(s.Count())
}

// momentsOf are those of n copies.
func (s Sample) momentsOf(n int64) Moments {
	mean := s.mean(n)
	return Moments{float64(n), mean, s.variance(n, mean, 1)}
}

// Welch is the difference of two means, a - b, without the assumption of equal
// variances: interval and two-sided test by Student's t with the degrees of
// freedom of Welch (1947), Biometrika 34, 28-35.
func Welch(a, b Moments, alpha float64) (Interval, Test, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, Test{}, err
	}
	if a.N < 2 || b.N < 2 {
		return Interval{}, Test{}, ErrFewRows
	}
	va, vb := a.Variance/a.N, b.Variance/b.N
	v := va + vb
	if !(v > 0) {
		return Interval{}, Test{}, ErrNoVariation
	}
	df := float64(v*v) / (float64(va*va)/(a.N-1) + float64(vb*vb)/(b.N-1))
	d, se := a.Mean-b.Mean, math.Sqrt(v)
	half := float64(StudentUpper(alpha/2, df) * se)
	return Interval{d - half, d + half, MethodWelch}, studentTest(d/se, df, TwoSided, MethodWelch), nil
}

// MeanInterval is Student's interval of a mean.
func MeanInterval(a Moments, alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	switch {
	case a.N < 2:
		return Interval{}, ErrFewRows
	case !(a.Variance > 0):
		return Interval{}, ErrNoVariation
	}
	half := float64(StudentUpper(alpha/2, a.N-1) * math.Sqrt(a.Variance/a.N))
	return Interval{a.Mean - half, a.Mean + half, MethodStudent}, nil
}

// MeanTest tests a mean against a limit.
func MeanTest(a Moments, limit float64, side Side) (Test, error) {
	switch {
	case a.N < 2:
		return Test{}, ErrFewRows
	case !(a.Variance > 0):
		return Test{}, ErrNoVariation
	}
	return studentTest((a.Mean-limit)/math.Sqrt(a.Variance/a.N), a.N-1, side, MethodStudent), nil
}

// StandardizedPooled is the difference of means over the pooled standard
// deviation (Cohen's d), StandardizedReference over that of b (Glass's delta).
// The intervals are normal, with the variances of Hedges and Olkin (1985),
// chapter 5: 1/n + 1/m + d²/(2(n+m)), and 1/n + 1/m + d²/(2(m-1)).
func StandardizedPooled(a, b Moments, alpha float64) (float64, Interval, error) {
	if a.N < 2 || b.N < 2 {
		return 0, Interval{}, ErrFewRows
	}
	v := (float64((a.N-1)*a.Variance) + float64((b.N-1)*b.Variance)) / (a.N + b.N - 2)
	return standardized(a, b, v, 2*(a.N+b.N), alpha)
}

// StandardizedReference is Glass's delta.
func StandardizedReference(a, b Moments, alpha float64) (float64, Interval, error) {
	if a.N < 2 || b.N < 2 {
		return 0, Interval{}, ErrFewRows
	}
	return standardized(a, b, b.Variance, 2*(b.N-1), alpha)
}

func standardized(a, b Moments, variance, df, alpha float64) (float64, Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return 0, Interval{}, err
	}
	if !(variance > 0) {
		return 0, Interval{}, ErrNoVariation
	}
	d := (a.Mean - b.Mean) / math.Sqrt(variance)
	half := float64(NormalUpper(alpha/2) * math.Sqrt(1/a.N+1/b.N+float64(d*d)/df))
	return d, Interval{d - half, d + half, MethodHedges}, nil
}
