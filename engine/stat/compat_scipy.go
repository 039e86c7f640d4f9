package stat

import "math"

// Yates is the contingency test with the continuity correction that SciPy
// applies to tables of two categories.
func Yates(ref, cur []int64) (Test, error) {
	d, err := Compare(ref, cur, 0)
	if err != nil || d.DF != 1 {
		return d.Test(), err
	}
	var cells [2][]float64
	for i := range ref {
		if ref[i]+cur[i] > 0 {
			cells[0], cells[1] = append(cells[0], float64(ref[i])), append(cells[1], float64(cur[i]))
		}
	}
	n, m := total(ref), total(cur)
	var s sum
	for _, side := range []struct {
		counts []float64
		size   float64
	}{{cells[0], n}, {cells[1], m}} {
		for i, c := range side.counts {
			e := (cells[0][i] + cells[1][i]) * side.size / (n + m)
			gap := math.Abs(c - e)
			gap -= min(0.5, gap)
			s.add(float64(gap*gap) / e)
		}
	}
	return Test{s.value(), ChiSquareSF(s.value(), 1), MethodChiSquare}, nil
}

// LogLikelihood is SciPy's chi2_contingency with lambda_ log-likelihood, the G
// test, with the same correction of tables of two categories.
func LogLikelihood(ref, cur []int64) (Test, error) {
	d, err := Compare(ref, cur, 0)
	if err != nil {
		return Test{}, err
	}
	n, m := total(ref), total(cur)
	var s sum
	for i := range ref {
		if ref[i]+cur[i] == 0 {
			continue
		}
		for _, side := range [2][2]float64{{float64(ref[i]), n}, {float64(cur[i]), m}} {
			o, e := side[0], float64(ref[i]+cur[i])*side[1]/(n+m)
			if gap := e - o; d.DF == 1 {
				o += math.Copysign(min(0.5, math.Abs(gap)), gap)
			}
			if o > 0 {
				s.add(float64(o * math.Log(o/e)))
			}
		}
	}
	return Test{2 * s.value(), ChiSquareSF(2*s.value(), d.DF), "log-likelihood"}, nil
}

// CramersV is SciPy's contingency.association with method cramer of a table of
// two rows.
func CramersV(ref, cur []int64) (float64, error) {
	d, err := Compare(ref, cur, 0)
	if err == nil && d.DF < 1 {
		err = ErrNoVariation
	}
	return math.Sqrt(d.ChiSquare / (total(ref) + total(cur))), err
}

// Energy is SciPy's energy_distance, √(2·∫(F-G)²).
func Energy(a, b Sample) (float64, error) {
	n, m := float64(a.Count()), float64(b.Count())
	if n == 0 || m == 0 {
		return 0, ErrNoRows
	}
	var area sum
	var inA, inB int64
	last, apart := 0.0, 0.0
	each(a, b, func(x float64, i, j int64) {
		if apart != 0 {
			area.add(float64((x - last) * apart * apart))
		}
		inA, inB = inA+i, inB+j
		last, apart = x, cross(float64(inA), m, float64(inB), n)/n/m
	})
	return math.Sqrt(2 * area.value()), nil
}

// Student is SciPy's ttest_ind with its default of equal variances.
func Student(a, b Moments) (Test, error) {
	df := a.N + b.N - 2
	if a.N < 1 || b.N < 1 || df < 1 {
		return Test{}, ErrFewRows
	}
	v := (float64((a.N-1)*a.Variance) + float64((b.N-1)*b.Variance)) / df
	if !(v > 0) {
		return Test{}, ErrNoVariation
	}
	return studentTest((a.Mean-b.Mean)/math.Sqrt(v*(1/a.N+1/b.N)), df, TwoSided, "student"), nil
}

// fewForPaths is the sample size up to which SciPy counts arrangements for
// Mann-Whitney where nothing is tied.
const fewForPaths = 8

// SciPyMannWhitney is SciPy's mannwhitneyu: U of the first sample, and the normal
// approximation with corrections for ties and continuity. Less is the
// alternative that the first sample is stochastically smaller. SciPy counts
// arrangements instead for at most 8 rows without ties; this does not, and says
// ErrExact.
func SciPyMannWhitney(a, b Sample, side Side) (Test, error) {
	n, m := float64(a.Count()), float64(b.Count())
	if n == 0 || m == 0 {
		return Test{}, ErrNoRows
	}
	var u, ties sum
	before := int64(0)
	each(a, b, func(_ float64, i, j int64) {
		u.add(float64(float64(i) * (float64(before) + float64(j)/2)))
		before += j
		t := float64(i + j)
		ties.add(float64(t*t*t) - t)
	})
	if min(n, m) <= fewForPaths && ties.value() == 0 {
		return Test{}, ErrExact
	}
	of := n + m
	s := math.Sqrt(n * m / 12 * (of + 1 - ties.value()/(of*(of-1))))
	if !(s > 0) {
		return Test{}, ErrNoVariation
	}
	x, p := u.value(), 0.0
	z := func(x float64) float64 { return (x - float64(n*m)/2 - 0.5) / s }
	switch side {
	case Less:
		p = NormalSF(z(float64(n*m) - x))
	case Greater:
		p = NormalSF(z(x))
	default:
		p = 2 * NormalSF(z(max(x, float64(n*m)-x)))
	}
	return Test{x, clamp(p, 0, 1), MethodMannWhitney}, nil
}

// KSLocation is where SciPy's ks_2samp finds the distance, and 1 if the first
// sample's distribution function lies above there, else -1.
func KSLocation(a, b Sample) (at float64, sign int) {
	n, m := float64(a.Count()), float64(b.Count())
	var inA, inB int64
	high, low := 0.0, 0.0
	highAt, lowAt := math.NaN(), math.NaN()
	each(a, b, func(x float64, i, j int64) {
		inA, inB = inA+i, inB+j
		d := float64(inA)/n - float64(inB)/m
		if math.IsNaN(highAt) || d > high {
			high, highAt = d, x
		}
		if math.IsNaN(lowAt) || d < low {
			low, lowAt = d, x
		}
	})
	if max(0, -low) > max(0, high) {
		return lowAt, -1
	}
	return highAt, 1
}
