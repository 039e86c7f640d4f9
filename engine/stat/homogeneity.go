package stat

import "math"

// Homogeneity is the test of Breslow and Day that all strata have one odds
// ratio, with the correction of Tarone (1985), Biometrika 72, 91-95:
//
//	Σ (a-A)²/V - (Σa - ΣA)²/ΣV
//
// where A is the expected count of the first group's successes under the common
// odds ratio of Mantel and Haenszel and the stratum's margins, and V the
// variance 1/(1/A + 1/B + 1/C + 1/D) of the fitted table; chi-square with one
// degree of freedom, df, less than there are strata with rows of both groups
// and both outcomes. Strata of a few rows each make it unreliable; a gap that
// turns round between strata should not be pooled into one number when it
// rejects. ErrOneStrata when fewer than two strata can differ, ErrZeroCell or
// ErrUndefined when there is no common odds ratio. ErrSparse, beside the statistic, when
// more than a fifth of the fitted cells are below 5: then it is far from chi-square
// (Cochran 1954, Biometrics 10, 417-451), and there is no p.
func (s Strata) Homogeneity() (t Test, df int, err error) {
	_, tarone, df, sparse, err := s.homogeneity()
	if err != nil {
		return Test{}, 0, err
	}
	if sparse {
		return Test{Statistic: tarone, Method: MethodTarone}, df, ErrSparse
	}
	return Test{tarone, ChiSquareSF(tarone, df), MethodTarone}, df, nil
}

// homogeneity is the statistic without and with the correction, and whether too many
// fitted cells are small for it.
func (s Strata) homogeneity() (plain, tarone float64, df int, sparse bool, err error) {
	tables, err := s.compared()
	if err != nil {
		return 0, 0, 0, false, err
	}
	var concord, discord sum
	for _, t := range tables {
		concord.add(float64(t.a / t.rows * (t.m - t.c)))
		discord.add(float64((t.n - t.a) / t.rows * t.c))
	}
	if err := checkRatio(concord.value(), discord.value()); err != nil {
		return 0, 0, 0, false, err
	}
	ratio := concord.value() / discord.value()
	var chi, excess, variance sum
	df = -1
	small, cells := 0, 0
	for _, t := range tables {
		k := t.a + t.c
		if k == 0 || k == t.rows {
			continue
		}
		df++
		fit, v := t.fitted(ratio)
		d := t.a - fit
		for _, cell := range []float64{fit, t.n - fit, k - fit, t.m - k + fit} {
			if cells++; cell < 5 {
				small++
			}
		}
		chi.add(float64(d*d) / v)
		excess.add(d)
		variance.add(v)
	}
	if df < 1 {
		return 0, 0, 0, false, ErrOneStrata
	}
	e := excess.value()
	return chi.value(), max(0, chi.value()-float64(e*e)/variance.value()), df, 5*small > cells, nil
}

// fitted is the A with A·D = ratio·B·C, B = n-A, C = k-A, D = m-k+A, and the
// variance of the fitted table. With ratio <= 1 no cell but D may be small for
// its margins, and D follows from the others without cancellation; otherwise
// the outcomes change places.
func (t table) fitted(ratio float64) (a, variance float64) {
	if ratio > 1 {
		t.a, t.c = t.n-t.a, t.m-t.c
		a, variance = t.fitted(1 / ratio)
		return t.n - a, variance
	}
	k := t.a + t.c
	// the positive root of (1-ratio)A² + 2·half·A - ratio·n·k
	half := (t.m - k + float64(ratio*(t.n+k))) / 2
	root := math.Sqrt(float64(half*half) + float64((1-ratio)*ratio*t.n*k))
	if half < 0 {
		a = (root - half) / (1 - ratio)
	} else {
		a = ratio * t.n * k / (half + root)
	}
	b, c := t.n-a, k-a
	return a, 1 / (1/a + 1/b + 1/c + a/(ratio*b*c))
}
