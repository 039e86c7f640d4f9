package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// compatNumber is a number of another tool.
type compatNumber struct {
	tool, name, convention, source string
	numeric, categories            bool // for what kind of column
	of                             func(m moved, ref, cur []int64) (float64, error)
}

func (c compatNumber) metric() string { return c.tool + "_" + c.name }

// ksLimit is the sample size up to which SciPy counts paths by default.
const ksLimit = 10_000

// compat emits the numbers of the tool that the parameters name.
func (d *drift) compat(m moved, ref, cur []int64, note string) {
	if !m.column.numeric { // categories that neither side has are unknown to the tools
		var x, y []int64
		for i := range ref {
			if ref[i]+cur[i] > 0 {
				x, y = append(x, ref[i]), append(y, cur[i])
			}
		}
		ref, cur = x, y
	}
	for _, c := range compatNumbers() {
		if c.tool != d.params.Compat || m.column.numeric && !c.numeric || !m.column.numeric && !c.categories {
			continue
		}
		out := valued(0, note)
		if note == "" {
			x, err := c.of(m, ref, cur)
			switch {
			case err != nil:
				out = valued(0, "undefined: "+err.Error())
			case math.IsInf(x, 0) || math.IsNaN(x):
				out = valued(0, "undefined: infinite")
			default:
				out.Value = &x
			}
		}
		d.put(m, c.metric(), out)
	}
}

// compatNumbers lists them by tool.
func compatNumbers() []compatNumber {
	const (
		evidently = "Evidently 0.7, legacy/calculations/stattests"
		nannyml   = "NannyML 0.13, drift/univariate/methods"
		scipy     = "SciPy 1.17 on the numbers; on the categories, or bins as native"
		sturges   = "Sturges bins of both samples together, or each number while the reference has at most 20"
		doane     = "Doane bins of the reference and one for what lies outside"
	)
	samples := func(m moved) (ref, cur stat.Sample) { return m.ref.numbers.all, m.cur.numbers.all }
	evidentlyOf := func(pick func(stat.Evidently) float64) func(moved, []int64, []int64) (float64, error) {
		return func(m moved, ref, cur []int64) (float64, error) {
			if m.column.numeric {
				e, err := stat.EvidentlyNumbers(samples(m))
				return pick(e), err
			}
			e, err := stat.EvidentlyCategories(ref, cur)
			return pick(e), err
		}
	}
	nannyOf := func(pick func(stat.Distances) float64) func(moved, []int64, []int64) (float64, error) {
		return func(m moved, ref, cur []int64) (float64, error) {
			if m.column.numeric {
				var err error
				if ref, cur, err = stat.NannyMLBins(samples(m)); err != nil {
					return 0, err
				}
			}
			v, err := stat.Compare(ref, cur, 0)
			return pick(v), err
		}
	}
	plainOf := func(pick func(stat.Distances) float64) func(moved, []int64, []int64) (float64, error) {
		return func(_ moved, ref, cur []int64) (float64, error) {
			v, err := stat.Compare(ref, cur, 0)
			return pick(v), err
		}
	}
	yates := func(_ moved, ref, cur []int64) (float64, error) {
		t, err := stat.Yates(ref, cur)
		return t.Statistic, err
	}
	area := func(m moved, _, _ []int64) (float64, error) { return stat.Wasserstein(samples(m)) }
	jensen := func(d stat.Distances) float64 { return math.Sqrt(d.JensenShannon) }
	hellinger := func(d stat.Distances) float64 { return d.Hellinger }
	return []compatNumber{
		{"evidently", "psi", "natural logarithm, empty shares 0.0001 or a millionth of the least; " + sturges, evidently, true, true,
			evidentlyOf(func(e stat.Evidently) float64 { return e.PSI })},
		{"evidently", "kl_div", "entropy(reference, current) in nats, filled as for PSI; " + sturges, evidently, true, true,
			evidentlyOf(func(e stat.Evidently) float64 { return e.KL })},
		{"evidently", "jensenshannon", "distance in nats; " + sturges, evidently, true, true,
			evidentlyOf(func(e stat.Evidently) float64 { return e.JensenShannon })},
		{"evidently", "hellinger", "0 to 1; numbers in Sturges bins of the distinct numbers of both samples", evidently, true, true,
			evidentlyOf(func(e stat.Evidently) float64 { return e.Hellinger })},
		{"evidently", "wasserstein", "divided by the standard deviation of the reference (divisor n), at least 0.001", evidently, true, false,
			func(m moved, ref, cur []int64) (float64, error) {
				x, err := area(m, ref, cur)
				return x / max(math.Sqrt(m.ref.numbers.all.Variance(0)), 0.001), err
			}},
		{"evidently", "ks", "the p-value, not the distance; exact up to 10,000 rows", evidently, true, false, ksP},
		{"evidently", "chisquare", "the p-value of goodness of fit to the reference taken as known", evidently, false, true,
			func(_ moved, ref, cur []int64) (float64, error) {
				t, err := stat.GoodnessOfFit(ref, cur)
				return t.P, err
			}},
		{"nannyml", "jensen_shannon", "distance, base 2; " + doane, nannyml, true, true, nannyOf(jensen)},
		{"nannyml", "hellinger", "0 to 1; " + doane, nannyml, true, true, nannyOf(hellinger)},
		{"nannyml", "kolmogorov_smirnov", "the distance; on 10,000 equal bins from 10,000 reference rows on", nannyml, true, false,
			func(m moved, _, _ []int64) (float64, error) { return stat.NannyMLKS(samples(m)) }},
		{"nannyml", "wasserstein", "in the column's unit; NannyML itself bins it from 10,000 reference rows on, this does not", nannyml, true, false, area},
		{"nannyml", "chi2", "statistic of the contingency table, corrected by Yates for two categories", nannyml, false, true, yates},
		{"nannyml", "l_infinity", "largest change of a share", nannyml, false, true,
			plainOf(func(d stat.Distances) float64 { return d.LInfinity })},
		{"scipy", "ks_2samp", "the p-value: exact up to 10,000 rows, asymptotic above", scipy, true, false, ksP},
		{"scipy", "wasserstein_distance", "in the column's unit", scipy, true, false, area},
		{"scipy", "jensenshannon", "distance in nats", scipy, true, true,
			plainOf(func(d stat.Distances) float64 { return math.Sqrt(d.JensenShannon * math.Ln2) })},
		{"scipy", "entropy", "entropy(reference, current) in nats", scipy, true, true, plainOf(func(d stat.Distances) float64 { return d.KL })},
		{"scipy", "chi2_contingency", "the statistic, corrected by Yates for two categories", scipy, true, true, yates},
	}
}

// ksP is the p-value of SciPy's ks_2samp with method auto.
func ksP(m moved, _, _ []int64) (float64, error) {
	k, err := stat.KolmogorovSmirnov(m.ref.numbers.all, m.cur.numbers.all)
	switch {
	case err != nil:
		return 0, err
	case max(k.N, k.M) <= ksLimit:
		return k.Exact().P, nil
	}
	return k.Asymptotic().P, nil
}
