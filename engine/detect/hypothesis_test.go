package detect

import (
	"math"
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Four limits of three packs on the gap of one table are one test: 48 of 120 against 412
// of 797 have Fisher's mid-p 0.016438961367736, which is SciPy 1.17.1's: the sum of
// hypergeom(917, 460, 120).pmf below that of 48, and half of those equal to it. It is
// adjusted by nothing.
func TestOneHypothesisIsOneTest(t *testing.T) {
	const fisher = 0.016438961367736
	detectors := []Detector{{Name: "parity", Metrics: []Metric{
		{Name: "selection_rate_difference", Null: NullNoGap, Scale: ScaleDifference, About: "selection_rate"},
		{Name: "selection_rate_ratio", Null: NullNoGap, Scale: ScaleRatio, About: "selection_rate"},
		{Name: "favorable_rate_ratio", Null: NullNoGap, Scale: ScaleRatio, About: "selection_rate"},
		{Name: "score_difference", Null: NullNoGap, Scale: ScaleNumber}}}}
	gap := func(metric, group string, k, n, refK, refN int64, p float64) audit.Measurement {
		v := float64(k)/float64(n) - float64(refK)/float64(refN)
		return audit.Measurement{Detector: "parity", Metric: metric, Attribute: "g", Group: &group, GroupKind: audit.KindValue, Reference: pointer("a"), Window: GateWindow,
			Value: &v, N: n, Numerator: &k, Denominator: &n, RefNum: &refK, RefDen: &refN, P: &p, Test: "fisher-midp"}
	}
	difference, ratio := audit.Gate{Detector: "parity", Metric: "selection_rate_difference", Key: "max_difference", Value: "0.05"}, audit.Gate{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8"}
	other, mirror := ratio, ratio
	other.Value, other.Pack, mirror.Metric = "0.9", "other", "favorable_rate_ratio"
	for _, c := range []struct {
		name  string
		gates []audit.Gate
		ms    []audit.Measurement
		tests int
		want  float64
	}{
		{"one gate", []audit.Gate{ratio}, []audit.Measurement{gap("selection_rate_ratio", "b", 48, 120, 412, 797, fisher)}, 1, fisher},
		{"the same gate twice and another limit", []audit.Gate{ratio, ratio, other}, []audit.Measurement{gap("selection_rate_ratio", "b", 48, 120, 412, 797, fisher)}, 1, fisher},
		{"difference and ratio", []audit.Gate{ratio, difference, other}, []audit.Measurement{
			gap("selection_rate_difference", "b", 48, 120, 412, 797, fisher), gap("selection_rate_ratio", "b", 48, 120, 412, 797, fisher)}, 1, fisher},
		{"the share of all others", []audit.Gate{ratio, mirror}, []audit.Measurement{
			gap("selection_rate_ratio", "b", 48, 120, 412, 797, fisher), gap("favorable_rate_ratio", "b", 72, 120, 385, 797, fisher*(1+1e-14))}, 1, fisher},
		{"two groups", []audit.Gate{ratio, difference}, []audit.Measurement{
			gap("selection_rate_difference", "b", 48, 120, 412, 797, fisher), gap("selection_rate_ratio", "b", 48, 120, 412, 797, fisher),
			gap("selection_rate_difference", "c", 48, 120, 412, 797, fisher), gap("selection_rate_ratio", "c", 48, 120, 412, 797, fisher)}, 2, 2 * fisher},
		{"another table", []audit.Gate{ratio, difference}, []audit.Measurement{
			gap("selection_rate_difference", "b", 48, 120, 412, 797, fisher), gap("selection_rate_ratio", "b", 48, 120, 411, 797, fisher)}, 2, 2 * fisher},
		{"another p", []audit.Gate{ratio, difference}, []audit.Measurement{
			gap("selection_rate_ratio", "b", 48, 120, 412, 797, fisher), gap("selection_rate_difference", "b", 48, 120, 412, 797, 0.5)}, 2, 2 * fisher},
	} {
		spec := &audit.Spec{Alpha: 0.05, Favorable: true, Gates: c.gates, Groups: []audit.GroupSpec{{Name: "g", Reference: audit.Reference{Policy: "value", Value: "a"}}}}
		gates, _ := Judge(spec, detectors, c.ms)
		if gates.Tests != c.tests || gates.FamilySize != c.tests {
			t.Errorf("%s: %d tests, %d in the family; want %d", c.name, gates.Tests, gates.FamilySize, c.tests)
		}
		if at := slices.IndexFunc(c.ms, func(m audit.Measurement) bool { return *m.P == fisher }); c.ms[at].PAdjusted == nil || math.Abs(*c.ms[at].PAdjusted-c.want) > 1e-15 {
			t.Errorf("%s: adjusted p %v, want %v", c.name, c.ms[at].PAdjusted, c.want)
		}
	}
}

// Pairs that were tested at once are one set, for their ratios and differences together.
func TestOneSetForTwoMetrics(t *testing.T) {
	detectors := []Detector{{Name: "d", Metrics: []Metric{{Name: "x_difference", Null: NullNoGap, Scale: ScaleDifference, About: "x"}, {Name: "x_ratio", Null: NullNoGap, Scale: ScaleRatio, About: "x"}}}}
	var ms []audit.Measurement
	for _, metric := range []string{"x_difference", "x_ratio"} {
		for i, group := range []string{"b", "c"} {
			p, k, n, of := 0.01*float64(i+1), int64(40+i), int64(100), int64(60)
			ms = append(ms, audit.Measurement{Detector: "d", Metric: metric, Attribute: "g", Group: &group, GroupKind: audit.KindValue, Reference: pointer("a"), Window: GateWindow,
				Value: pointer(0.7), Numerator: &k, Denominator: &n, RefNum: &of, RefDen: &n, P: &p, Joint: &audit.Joint{Pairs: 3, Draws: 100}})
		}
	}
	spec := &audit.Spec{Alpha: 0.05, Favorable: true, Groups: []audit.GroupSpec{{Name: "g", Reference: audit.Reference{Policy: "none"}}},
		Gates: []audit.Gate{{Detector: "d", Metric: "x_difference", Key: "max_difference", Value: "0.2"}, {Detector: "d", Metric: "x_ratio", Key: "min_ratio", Value: "0.8"}}}
	gates, _ := Judge(spec, detectors, ms)
	if gates.FamilySize != 1 || gates.Tests != 2 {
		t.Errorf("%d sets, %d tests; want 1 and 2", gates.FamilySize, gates.Tests)
	}
	for i, want := range []float64{0.01, 0.02, 0.01, 0.02} {
		if got := *ms[i].PAdjusted; got != want {
			t.Errorf("adjusted p %d is %v, want %v", i, got, want)
		}
	}
}
