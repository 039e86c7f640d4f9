package stat

import (
	"math"
	"slices"
)

// The names of the stratified methods.
const (
	MethodMantelHaenszel          = "cochran-mantel-haenszel"
	MethodMantelHaenszelCorrected = "cochran-mantel-haenszel-corrected"
	MethodRobins                  = "mantel-haenszel-robins-breslow-greenland"
	MethodSato                    = "mantel-haenszel-sato"
	MethodGreenlandRobins         = "mantel-haenszel-greenland-robins"
	MethodTarone                  = "breslow-day-tarone"
)

// The reasons why strata say nothing.
const (
	ErrNoStrata  Reason = "no stratum has rows of both groups"
	ErrSparse    Reason = "no p: more than a fifth of the cells expect fewer than 5 rows, so that the statistic is not chi-square"
	ErrOneStrata Reason = "fewer than two strata have rows of both groups and both outcomes"
)

// Stratum is the two groups' counts in one stratum: K1 of N1 and K2 of N2.
type Stratum struct{ K1, N1, K2, N2 int64 }

// Strata is one table of two groups and two outcomes, split by something that
// may explain a gap. Every function takes the strata with rows of both groups,
// which alone can compare them; Use counts what was left out.
type Strata []Stratum

// StrataUse says how many strata were compared, how many were not, and how many
// rows those had.
type StrataUse struct {
	Compared, OneGroup, Empty int
	RowsLeftOut               int64
}

// Use counts the strata.
func (s Strata) Use() StrataUse {
	var u StrataUse
	for _, t := range s {
		switch {
		case t.N1 > 0 && t.N2 > 0:
			u.Compared++
		case t.N1 > 0 || t.N2 > 0:
			u.OneGroup++
			u.RowsLeftOut += t.N1 + t.N2
		default:
			u.Empty++
		}
	}
	return u
}

// table is a stratum in floats: a of n successes, c of m, n+m rows.
type table struct{ a, n, c, m, rows float64 }

// compared are the strata with rows of both groups.
func (s Strata) compared() ([]table, error) {
	var out []table
	rows := int64(0)
	for _, t := range s {
		if t.K1 < 0 || t.K1 > t.N1 || t.K2 < 0 || t.K2 > t.N2 {
			return nil, ErrCounts
		}
		if t.N1 > maxCount || t.N2 > maxCount || rows+t.N1+t.N2 > maxCount {
			return nil, ErrTooLarge
		}
		rows += t.N1 + t.N2
		if t.N1 > 0 && t.N2 > 0 {
			out = append(out, table{float64(t.K1), float64(t.N1), float64(t.K2), float64(t.N2), float64(t.N1 + t.N2)})
		}
	}
	if len(out) == 0 {
		return nil, ErrNoStrata
	}
	return out, nil
}

// Test is the Cochran-Mantel-Haenszel test that no stratum has a gap, against a
// gap of one direction in all: z = Σ(a-E) / √ΣV over the strata, with the
// hypergeometric mean E and variance V of the first group's successes (Mantel
// and Haenszel 1959, Journal of the National Cancer Institute 22, 719-748);
// z² is the usual chi-square statistic, without continuity correction.
// ErrNoVariation when no stratum has both outcomes.
func (s Strata) Test(side Side) (Test, error) {
	excess, variance, err := s.excess()
	if err != nil {
		return Test{}, err
	}
	return normalTest(excess/math.Sqrt(variance), side, MethodMantelHaenszel), nil
}

// TestCorrected is the two-sided Test with the continuity correction that R
// applies: (|Σ(a-E)| - 1/2)²/ΣV, chi-square on one degree of freedom.
func (s Strata) TestCorrected() (Test, error) {
	excess, variance, err := s.excess()
	if err != nil {
		return Test{}, err
	}
	excess = math.Abs(excess)
	excess -= min(0.5, excess)
	x := float64(excess*excess) / variance
	return Test{x, ChiSquareSF(x, 1), MethodMantelHaenszelCorrected}, nil
}

func (s Strata) excess() (excess, variance float64, err error) {
	tables, err := s.compared()
	if err != nil {
		return 0, 0, err
	}
	var e, v sum
	for _, t := range tables {
		k := t.a + t.c
		e.add(cross(t.a, t.m, t.c, t.n) / t.rows) // a - nk/N
		if t.rows > 1 {
			v.add(float64(t.n / t.rows * t.m / t.rows * k * ((t.rows - k) / (t.rows - 1))))
		}
	}
	if !(v.value() > 0) {
		return 0, 0, ErrNoVariation
	}
	return e.value(), v.value(), nil
}

// OddsRatio is the common odds ratio of Mantel and Haenszel, Σ(ad/N) / Σ(bc/N),
// with the log interval of Robins, Breslow and Greenland (1986), Biometrics 42,
// 311-323, right both for few large strata and for many small ones. ErrZeroCell
// when one of the sums is 0, ErrUndefined when both are.
func (s Strata) OddsRatio(alpha float64) (float64, Interval, error) {
	tables, err := s.checked(alpha)
	if err != nil {
		return 0, Interval{}, err
	}
	var r, q, pr, mixed, qs sum
	for _, t := range tables {
		b, d := t.n-t.a, t.m-t.c
		concord, discord := float64(t.a/t.rows*d), float64(b/t.rows*t.c)
		p := (t.a + d) / t.rows
		r.add(concord)
		q.add(discord)
		pr.add(float64(p * concord))
		mixed.add(float64(p*discord) + float64((1-p)*concord))
		qs.add(float64((1 - p) * discord))
	}
	x, y := r.value(), q.value()
	if err := checkRatio(x, y); err != nil {
		return 0, Interval{}, err
	}
	v := pr.value()/(2*x*x) + mixed.value()/(2*x*y) + qs.value()/(2*y*y)
	return logInterval(x/y, v, alpha, MethodRobins)
}

// RiskRatio is the common ratio of the rates, Σ(a·m/N) / Σ(c·n/N), with the log
// interval of Greenland and Robins (1985), Biometrics 41, 55-68. Of one stratum
// it is the interval of Katz. ErrZeroCell when a group has no success in the
// strata compared, ErrUndefined when neither has one, ErrNoVariation when no row
// is a failure.
func (s Strata) RiskRatio(alpha float64) (float64, Interval, error) {
	tables, err := s.checked(alpha)
	if err != nil {
		return 0, Interval{}, err
	}
	var r, q, v sum
	for _, t := range tables {
		r.add(float64(t.a / t.rows * t.m))
		q.add(float64(t.c / t.rows * t.n))
		// (nmk - acN)/N², in parts that are not negative
		v.add(float64(t.a / t.rows * (t.n / t.rows) * (t.m - t.c)))
		v.add(float64(t.c / t.rows * (t.m / t.rows) * (t.n - t.a)))
	}
	x, y := r.value(), q.value()
	if err := checkRatio(x, y); err != nil {
		return 0, Interval{}, err
	}
	return logInterval(x/y, v.value()/x/y, alpha, MethodGreenlandRobins)
}

// RiskDifference is the common difference of the rates,
// Σ((a·m - c·n)/N) / Σ(n·m/N), with the interval of Wald by the variance of Sato
// (1989), Biometrics 45, 1323-1324, right both for few large strata and for
// many small ones. ErrNoVariation when that variance is 0, because the rows of
// each stratum, or of each group, all have the same outcome.
func (s Strata) RiskDifference(alpha float64) (float64, Interval, error) {
	tables, err := s.checked(alpha)
	if err != nil {
		return 0, Interval{}, err
	}
	var gap, weight, p, q sum
	for _, t := range tables {
		n, m := t.n/t.rows, t.m/t.rows
		gap.add(cross(t.a, t.m, t.c, t.n) / t.rows)
		weight.add(float64(n * t.m))
		p.add(float64(n*n*t.c) - float64(m*m*t.a) + float64(n*m*(t.m-t.n)/2))
		q.add((float64(t.a/t.rows*(t.m-t.c)) + float64(t.c/t.rows*(t.n-t.a))) / 2)
	}
	w := weight.value()
	d := clamp(gap.value()/w, -1, 1)
	for _, far := range []float64{-1, 1} { // which rounding may miss
		if !slices.ContainsFunc(tables, func(t table) bool { return t.a/t.n-t.c/t.m != far }) {
			return far, Interval{}, ErrNoVariation
		}
	}
	v := (float64(d*p.value()) + q.value()) / w / w
	if !(v > 0) {
		return d, Interval{}, ErrNoVariation
	}
	half := float64(NormalUpper(alpha/2) * math.Sqrt(v))
	return d, Interval{max(-1, d-half), min(1, d+half), MethodSato}, nil
}

func (s Strata) checked(alpha float64) ([]table, error) {
	if err := checkAlpha(alpha); err != nil {
		return nil, err
	}
	return s.compared()
}

func checkRatio(x, y float64) error {
	switch {
	case x == 0 && y == 0:
		return ErrUndefined
	case x == 0 || y == 0:
		return ErrZeroCell
	}
	return nil
}

func logInterval(ratio, variance, alpha float64, method string) (float64, Interval, error) {
	if !(variance > 0) {
		return ratio, Interval{}, ErrNoVariation
	}
	spread := math.Exp(NormalUpper(alpha/2) * math.Sqrt(variance))
	return ratio, Interval{ratio / spread, ratio * spread, method}, nil
}
