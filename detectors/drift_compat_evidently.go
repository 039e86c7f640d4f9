package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// evidentlyTest is a test function of Evidently: its score, its default limit,
// and on which side of that drift is.
type evidentlyTest struct {
	name, convention    string
	numeric, categories bool
	limit               float64
	drift               func(score, limit float64) bool
	of                  func(compatPair) (float64, error)
}

// The comparisons that Evidently makes with its limits.
func atLeast(x, limit float64) bool { return x >= limit }
func above(x, limit float64) bool   { return x > limit }
func atMost(x, limit float64) bool  { return x <= limit }
func below(x, limit float64) bool   { return x < limit }

// evidentlyTests lists those that do not draw at random.
func evidentlyTests() []evidentlyTest {
	const (
		bins  = "Sturges bins of both samples together, or each number while the reference has at most 20"
		exact = "Odd: SciPy counts paths up to 10,000 rows and not above"
	)
	score := func(pick func(stat.Evidently) float64) func(compatPair) (float64, error) {
		return func(p compatPair) (float64, error) {
			if p.numeric {
				e, err := stat.EvidentlyNumbers(p.ref, p.cur)
				return pick(e), err
			}
			e, err := stat.EvidentlyCategories(p.bins[0], p.bins[1])
			return pick(e), err
		}
	}
	level := func(of func(ref, cur stat.Sample) (stat.Test, error)) func(compatPair) (float64, error) {
		return func(p compatPair) (float64, error) {
			t, err := of(p.ref, p.cur)
			return t.P, err
		}
	}
	return []evidentlyTest{
		{"psi", "natural logarithm, empty shares 0.0001, or a millionth of the least share if that is not above 0.0001; " + bins +
			". Odd: the number of bins asked for is ignored", true, true, 0.1, atLeast, score(func(e stat.Evidently) float64 { return e.PSI })},
		{"kl_div", "entropy(reference, current) in nats, filled as for PSI; " + bins, true, true, 0.1, atLeast,
			score(func(e stat.Evidently) float64 { return e.KL })},
		{"jensenshannon", "distance in nats, at most 0.8326; " + bins, true, true, 0.1, atLeast,
			score(func(e stat.Evidently) float64 { return e.JensenShannon })},
		{"hellinger", "0 to 1. Odd: numbers in Sturges bins of the distinct numbers of both samples, whatever their counts", true, true, 0.1, atLeast,
			score(func(e stat.Evidently) float64 { return e.Hellinger })},
		{"wasserstein", "divided by the standard deviation of the reference (divisor n), at least 0.001", true, false, 0.1, atLeast, evidentlyArea},
		{"ks", "the p-value, not the distance. " + exact, true, false, 0.05, atMost,
			func(p compatPair) (float64, error) { t, err := ksAuto(p); return t.P, err }},
		{"anderson", "the p-value. Odd: it is tabulated, and never above 0.25 or below 0.001", true, false, 0.1, below, level(stat.AndersonDarling)},
		{"cramer_von_mises", "the p-value by the limit law. Odd: about seven decimals of it are true, so it never comes near 0", true, false, 0.1, atMost, level(stat.CramerVonMises)},
		{"es", "the p-value of Epps and Singleton", true, false, 0.05, below, level(stat.EppsSingleton)},
		{"t_test", "the p-value of Student's test, which takes the variances as equal", true, false, 0.05, below,
			func(p compatPair) (float64, error) {
				t, err := stat.Student(p.ref.Moments(), p.cur.Moments())
				return t.P, err
			}},
		{"mannw", "the p-value. Odd: one-sided, it is near 1 however far numbers fell", true, false, 0.05, below,
			level(func(ref, cur stat.Sample) (stat.Test, error) { return stat.SciPyMannWhitney(ref, cur, stat.Less) })},
		{"ed", "energy distance √(2·∫(F − G)²), in the root of the column's unit", true, false, 0.1, above,
			func(p compatPair) (float64, error) { return stat.Energy(p.ref, p.cur) }},
		{"chisquare", "the p-value. Odd: the reference is taken as known, and a category that it lacks makes p 0", false, true, 0.05, below, evidentlyFit},
		{"z", "the p-value of the pooled z test of all categories but the first. Odd: 1 − Φ, which ends near 1e-16", false, true, 0.05, below, evidentlyZ},
	}
}

func evidentlyArea(p compatPair) (float64, error) {
	x, err := stat.Wasserstein(p.ref, p.cur)
	return x / max(math.Sqrt(p.ref.Variance(0)), 0.001), err
}

// evidentlyCounts are the categories, or each number as one.
func evidentlyCounts(p compatPair) (ref, cur []int64) {
	if p.numeric {
		return stat.Distinct(p.ref, p.cur)
	}
	return p.bins[0], p.bins[1]
}

func evidentlyFit(p compatPair) (float64, error) {
	t, err := stat.GoodnessOfFit(evidentlyCounts(p))
	return t.P, err
}

func evidentlyZ(p compatPair) (float64, error) {
	t, err := stat.EvidentlyZ(evidentlyCounts(p))
	return t.P, err
}

// evidentlyNumbers declares Evidently's tests and its choice among them.
func evidentlyNumbers() []compatNumber {
	const (
		tool   = "evidently"
		title  = "Evidently"
		source = "Evidently 0.7, legacy/calculations/stattests"
	)
	var out []compatNumber
	for _, e := range evidentlyTests() {
		out = append(out, compatNumber{tool, e.name, e.convention, source, e.numeric, e.categories, func(p compatPair) (compatValue, error) {
			x, err := e.of(p)
			return judged(title, x, e.limit, e.drift(x, e.limit)), err
		}})
	}
	return append(out, compatNumber{tool, "value_drift",
		"the test that Evidently chooses when told nothing: by whether the reference has more than 1,000 rows, and by the number of distinct values", source, true, true, evidentlyChoice})
}

// evidentlyChoice is what a report of Evidently says of the column.
func evidentlyChoice(p compatPair) (compatValue, error) {
	ref, cur := evidentlyCounts(p)
	rows, distinct := int64(0), 0
	for i := range ref {
		if rows += ref[i]; ref[i]+cur[i] > 0 {
			distinct++
		}
	}
	name := stat.EvidentlyDefault(rows, distinct, p.numeric)
	for _, e := range evidentlyTests() {
		if e.name == name {
			x, err := e.of(p)
			out := judged("Evidently", x, e.limit, e.drift(x, e.limit))
			out.note += "; it chose " + name
			return out, err
		}
	}
	return compatValue{}, stat.ErrUndefined
}
