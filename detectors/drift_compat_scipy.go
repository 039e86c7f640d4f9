package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// ksLimit is the sample size up to which SciPy counts paths by default.
const ksLimit = 10_000

// ksAuto is SciPy's ks_2samp with method auto.
func ksAuto(p compatPair) (stat.Test, error) {
	k, err := stat.KolmogorovSmirnov(p.ref, p.cur)
	switch {
	case err != nil:
		return stat.Test{}, err
	case max(k.N, k.M) <= ksLimit:
		return k.Exact(), nil
	}
	return k.Asymptotic(), nil
}

// scipyNumbers declares SciPy's distances and tests.
func scipyNumbers() []compatNumber {
	const (
		tool   = "scipy"
		onRows = "SciPy 1.17, stats, on the numbers"
		onBins = "SciPy 1.17, on the categories, or on the bins that psi has"
	)
	var out []compatNumber
	number := func(name, convention string, of func(compatPair) (float64, error)) {
		out = append(out, compatNumber{tool, name, convention, onRows, true, false, func(p compatPair) (compatValue, error) {
			x, err := of(p)
			return compatValue{x: x}, err
		}})
	}
	test := func(name, convention string, of func(compatPair) (stat.Test, error)) {
		out = append(out, compatNumber{tool, name, convention, onRows, true, false, func(p compatPair) (compatValue, error) {
			t, err := of(p)
			return compatValue{x: t.Statistic, test: t}, err
		}})
	}
	binned := func(name, convention string, of func(ref, cur []int64) (compatValue, error)) {
		out = append(out, compatNumber{tool, name, convention, onBins, true, true, func(p compatPair) (compatValue, error) {
			return of(p.bins[0], p.bins[1])
		}})
	}
	distance := func(pick func(stat.Distances) float64) func(ref, cur []int64) (compatValue, error) {
		return func(ref, cur []int64) (compatValue, error) {
			d, err := stat.Compare(ref, cur, 0)
			return compatValue{x: pick(d)}, err
		}
	}
	contingency := func(of func(ref, cur []int64) (stat.Test, error)) func(ref, cur []int64) (compatValue, error) {
		return func(ref, cur []int64) (compatValue, error) {
			t, err := of(ref, cur)
			return compatValue{x: t.Statistic, test: t}, err
		}
	}
	test("ks_2samp", "the distance; p is exact up to 10,000 rows and asymptotic above", ksAuto)
	number("wasserstein_distance", "in the column's unit", func(p compatPair) (float64, error) { return stat.Wasserstein(p.ref, p.cur) })
	number("energy_distance", "√(2·∫(F − G)²), in the root of the column's unit", func(p compatPair) (float64, error) { return stat.Energy(p.ref, p.cur) })
	test("cramervonmises_2samp", "T; p by the limit law. Odd: about seven decimals of p are true", func(p compatPair) (stat.Test, error) { return stat.CramerVonMises(p.ref, p.cur) })
	test("anderson_ksamp", "the standardized statistic with middle ranks. Odd: p is tabulated, and never above 0.25 or below 0.001",
		func(p compatPair) (stat.Test, error) { return stat.AndersonDarling(p.ref, p.cur) })
	test("epps_singleton_2samp", "W at t = 0.4 and 0.8 half interquartile ranges", func(p compatPair) (stat.Test, error) { return stat.EppsSingleton(p.ref, p.cur) })
	test("mannwhitneyu", "U of the compared rows, two-sided, corrected for ties and continuity",
		func(p compatPair) (stat.Test, error) { return stat.SciPyMannWhitney(p.cur, p.ref, stat.TwoSided) })
	test("ttest_ind", "Welch's t of the compared rows less the reference (equal_var=False)", func(p compatPair) (stat.Test, error) {
		_, t, err := stat.Welch(p.cur.Moments(), p.ref.Moments(), 0.05)
		return t, err
	})
	binned("jensenshannon", "distance in nats, not the divergence", distance(func(d stat.Distances) float64 { return math.Sqrt(d.JensenShannon * math.Ln2) }))
	binned("entropy", "entropy(reference, current) in nats", distance(func(d stat.Distances) float64 { return d.KL }))
	binned("entropy_reversed", "entropy(current, reference) in nats", func(ref, cur []int64) (compatValue, error) {
		d, err := stat.Compare(cur, ref, 0)
		return compatValue{x: d.KL}, err
	})
	binned("chi2_contingency", "the statistic. Odd: corrected by Yates for two categories", contingency(stat.Yates))
	binned("chi2_contingency_log_likelihood", "the G statistic (lambda_=\"log-likelihood\"). Odd: corrected by Yates for two categories", contingency(stat.LogLikelihood))
	binned("association_cramer", "Cramér's V, without bias correction", func(ref, cur []int64) (compatValue, error) {
		x, err := stat.CramersV(ref, cur)
		return compatValue{x: x}, err
	})
	return out
}
