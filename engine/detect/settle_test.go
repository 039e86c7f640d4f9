package detect

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

func told(l Limit, m audit.Measurement, family int) string {
	t := teller{spec: &audit.Spec{Alpha: 0.05}, family: family}
	return t.missing(l, &m)
}

// Of a value beyond its limit that may be chance: with as many times the rows as
// the report says, simulated audits at these rates fail in about 80 %.
func TestCasesThatSettleABreach(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		policy         audit.Policy
		family         int
	}{
		{20, 100, 30, 100, audit.TwoProng, 1},
		{20, 100, 30, 100, audit.TwoProng, 5},
		{50, 300, 70, 300, audit.TwoProng, 1},
		{20, 100, 30, 100, audit.ByInterval, 1},
	} {
		l := aLimit(t, "min_ratio", "0.8", c.policy, NullNoGap, ScaleRatio)
		m := pairOf(t, c.k1, c.n1, c.k2, c.n2)
		factor := l.needed(&m, 0.05, float64(c.family))
		if !(factor > 1) {
			t.Fatalf("%+v: %v times", c, factor)
		}
		rng := stat.Generator(1, "breach")
		p1, p2 := float64(c.k1)/float64(c.n1), float64(c.k2)/float64(c.n2)
		n1, n2 := int64(math.Ceil(factor*float64(c.n1))), int64(math.Ceil(factor*float64(c.n2)))
		const audits = 1500
		fails := 0
		for range audits {
			m := pairOf(t, stat.Binomial(rng, n1, p1), n1, stat.Binomial(rng, n2, p2), n2)
			adjusted := *m.P * float64(c.family)
			if v, _ := Decide(&m, l, &adjusted, 0.05); v == audit.Fail {
				fails++
			}
		}
		if share := float64(fails) / audits; math.Abs(share-0.8) > 0.05 {
			t.Errorf("%+v: %.3f of audits fail with %.2f times the rows", c, share, factor)
		}
	}
}

func pairOf(t *testing.T, k1, n1, k2, n2 int64) audit.Measurement {
	t.Helper()
	i, err := stat.Koopman(k1, n1, k2, n2, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	p, err := stat.FisherMidP(k1, n1, k2, n2)
	if err != nil {
		t.Fatal(err)
	}
	v := float64(k1) * float64(n2) / (float64(n1) * float64(k2))
	group, ref := "b", "a"
	return audit.Measurement{Metric: "selection_rate_ratio", Attribute: "g", Group: &group, Reference: &ref, Value: &v, P: &p.P,
		Numerator: &k1, Denominator: &n1, RefNum: &k2, RefDen: &n2, Interval: Interval(i, 0.05)}
}

func aLimit(t *testing.T, key, value string, policy audit.Policy, null Null, scale Scale) Limit {
	t.Helper()
	l, err := NewLimit(audit.Gate{Key: key, Value: value, Side: "both", Policy: policy}, Metric{Null: null, Scale: scale}, audit.Reference{Policy: "value"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// What is said about missing cases, and where nothing is.
func TestMissing(t *testing.T) {
	within, beyond := pairOf(t, 27, 100, 30, 100), pairOf(t, 20, 100, 30, 100)
	cases, power := int64(500), 0.43
	planned := within
	planned.Power = &audit.Power{Settle: &cases, AtLimit: &power}
	many := int64(100_001) // of 100
	distant := within
	distant.Power = &audit.Power{Settle: &many}
	people := planned
	people.Shards = 64
	distance := within
	distance.Metric = "ks"
	// 4 of 4: n/(n+z²) is 0.9 at 9·z² = 34.57, 8.64 times as many.
	four, one, low := int64(4), 1.0, 0.51
	everyone := audit.Measurement{Metric: "audited_share", Value: &one, Numerator: &four, Denominator: &four, Interval: &audit.Interval{Low: &low, High: &one, Level: 0.95}}
	two := aLimit(t, "min_ratio", "0.8", audit.TwoProng, NullNoGap, ScaleRatio)
	for _, c := range []struct {
		name       string
		l          Limit
		m          audit.Measurement
		want, lack string
	}{
		{"cases", two, planned, "about 500 cases of b, with the reference growing alike, would settle it in 4 of 5 such logs. At these sizes a test of this pair alone would tell a gap as large as the limit from no gap with a chance of 43.0", "found"},
		{"too many cases", two, distant, "more than 1,000 times as many rows", "100,001"},
		{"people", two, people, "about 5 times as many people, that is 500 cases of b", "rows"},
		{"policy interval has another power", aLimit(t, "min_ratio", "0.8", audit.ByInterval, NullNoGap, ScaleRatio), planned, "500 cases", "as large as the limit"},
		{"beyond", two, beyond, "times as many rows would settle it", ""},
		{"within", two, within, "times as many rows would settle it", ""},
		{"a rate at its end", aLimit(t, "min", "0.9", audit.ByInterval, NullLimit, ScaleRate), everyone, "about 8.7 times as many rows", ""},
		{"on the limit", two, pairOf(t, 40, 100, 50, 100), "no number of cases settles it", "times"},
		{"a distance", aLimit(t, "max", "0.8", audit.TwoProng, NullNoGap, ScaleNumber), distance, "", "settle"},
		{"change", aLimit(t, "max", "0.95", audit.TwoProng, NullNoChange, ScaleNumber), within, "", "settle"},
	} {
		got := told(c.l, c.m, 1)
		if !strings.Contains(got, c.want) || c.lack != "" && strings.Contains(got, c.lack) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// Reasons under the policies that do not ask whether there is a gap at all.
func TestReasonsByPolicy(t *testing.T) {
	small, one := 1e-6, int64(1)
	for _, c := range []struct {
		name           string
		policy         audit.Policy
		k1, n1, k2, n2 int64
		want           audit.Verdict
		says, not      string
	}{
		{"shown to be beyond", audit.Equivalence, 300, 1000, 500, 1000, audit.Fail, "must be shown to lie within (policy equivalence), and the 95\u202f% interval 0.54 to 0.67 lies beyond it", "chance"},
		{"reaches beyond", audit.Equivalence, 28, 100, 30, 100, audit.Fail, "reaches beyond it", "chance"},
		{"point, not by chance", audit.ByPoint, 300, 1000, 500, 1000, audit.Fail, "chance alone hardly explains it: adjusted p < 0.0001", "may"},
		{"interval at the limit", audit.Equivalence, 398_000, 1_000_000, 500_000, 1_000_000, audit.Fail, "0.794 to 0.798", "0.80 "},
	} {
		m := pairOf(t, c.k1, c.n1, c.k2, c.n2)
		m.Flipflop = &audit.Flipflop{Threshold: &one}
		v, reason := Decide(&m, aLimit(t, "min_ratio", "0.8", c.policy, NullNoGap, ScaleRatio), &small, 0.05)
		if v != c.want || !strings.Contains(reason, c.says) || strings.Contains(strings.ReplaceAll(reason, "limit of 0.80", ""), c.not) {
			t.Errorf("%s: %s, %s", c.name, v, reason)
		}
	}
}

func TestDigitsOfLimits(t *testing.T) {
	for _, c := range [][2]string{
		{exactly(0.8, ScaleRatio), "0.80"}, {exactly(0.0001, ScaleRatio), "0.0001"}, {exactly(0.05, ScaleDifference), "5.0 points"},
		{exactly(0.00005, ScaleDifference), "0.005 points"}, {exactly(0.99995, ScaleRate), "99.995\u202f%"}, {exactly(1500.25, ScaleNumber), "1,500.250"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

// What a test has to stand against, by the way the p-values are adjusted, is what
// the adjustment itself says: with the other p-values as they are, a p just below
// alpha over that number is rejected, and one just above it is not.
func TestTestsByAdjustment(t *testing.T) {
	others := []float64{0.0005, 0.004, 0.2, 0.6}
	for how, want := range map[string]float64{"bh": 5.0 / 3, "by": 5.0 / 3 * (1 + 1./2 + 1./3 + 1./4 + 1./5), "none": 1, "": 5} {
		spec := &audit.Spec{Alpha: 0.05, Adjust: how}
		at := func(p float64) (float64, *teller) {
			f := stat.Family{P: append([]float64{p}, others...), Set: []int{0, 1, 2, 3, 4}}
			tell := &teller{spec: spec, family: 5, checks: make([]audit.Check, 1)}
			for i, q := range adjusted(how, f) {
				tell.ms = append(tell.ms, audit.Measurement{P: &f.P[i], PAdjusted: &q})
				tell.checks[0].Measurements = append(tell.checks[0].Measurements, i)
			}
			return *tell.ms[0].PAdjusted, tell
		}
		_, tell := at(0.9)
		got := tell.tests(&tell.ms[0])
		if n := tell.rejected(&tell.ms[0]); (how == "bh" || how == "by") && n != 3 { // two of the others, and itself
			t.Errorf("%s: %d rejected", how, n)
		}
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v tests, want %v", how, got, want)
		}
		if how == "" { // Holm: Bonferroni's bound, a little too many
			continue
		}
		below, _ := at(0.05 / got * 0.999)
		above, _ := at(0.05 / got * 1.001)
		if below >= 0.05 || above < 0.05 {
			t.Errorf("%s: adjusted %v and %v around %v", how, below, above, 0.05/got)
		}
	}
}
