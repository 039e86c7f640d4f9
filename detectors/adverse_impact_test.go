package detectors

import (
	"math"
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// pairNumbers are what practice prints about two groups. The expected values below were
// computed with SciPy and exact rationals (regulation.md §12 O-3 and O-4), and those of
// Castaneda and Hazelwood are the courts' own arithmetic (O-5).
type pairNumbers struct {
	a, n, b, m                                  int64
	ratio, low, high, z, p, fixed, fisher, midp float64
	odds, h, short, toReference, flips          float64
}

func TestAdverseImpactWorkedNumbers(t *testing.T) {
	skip := math.NaN()
	for name, c := range map[string]pairNumbers{
		"women against men": {a: 555, n: 1181, b: 667, m: 1390, ratio: 0.979337, low: 0.902564, high: 1.062640, z: -0.501708519, p: 0.615872571, fixed: skip,
			fisher: 0.634486190, midp: 0.620549916, odds: 0.961017095, h: -0.019856140, short: 6.330999611, toReference: 11.710071942, flips: 7},
		"Black against White": {a: 170, n: 390, b: 412, m: 797, ratio: 0.843229, low: 0.739442, high: 0.961583, z: -2.623329742, p: 0.008707495, fixed: -2.622224484,
			fisher: 0.009430110, midp: 0.008640114, odds: 0.722087379, h: -0.162442482, short: 21.221566976, toReference: 31.606022585, flips: 22},
		"Black men against White men": {a: 95, n: 226, b: 215, m: 412, ratio: 0.805516, low: 0.673607, high: 0.963255, z: -2.453135580, p: 0.014161695, fixed: skip,
			fisher: 0.016287150, midp: 0.014654230, odds: 0.664477188, h: -0.203676721, short: 14.811912226, toReference: 22.936893204, flips: 15},
		"Native American women against White men": {a: 7, n: 17, b: 215, m: 412, ratio: 0.789056, low: 0.443724, high: 1.403145, z: -0.890119459, p: 0.373401745, fixed: skip,
			fisher: 0.460537701, midp: 0.394110709, odds: 0.641395349, h: -0.221102835, short: 1.797202797, toReference: 1.871359223, flips: 2},
		"1 of 10 against 3 of 20": {a: 1, n: 10, b: 3, m: 20, ratio: 0.666667, low: skip, high: skip, z: -0.379777263, p: 0.704110762, fixed: skip,
			fisher: 1, midp: skip, odds: skip, h: skip, short: 0.333333333, toReference: 0.5, flips: 1},
		"audit-AI's documented example": {a: 240, n: 1000, b: 270, m: 1000, ratio: 0.888889, low: skip, high: skip, z: -1.539068786, p: 0.123787504, fixed: skip,
			fisher: 0.136767661, midp: skip, odds: skip, h: skip, short: 15, toReference: 30, flips: 15},
		"10 of 20 against 20 of 20": {a: 10, n: 20, b: 20, m: 20, ratio: 0.5, low: skip, high: skip, z: -3.651483717, p: skip, fixed: skip,
			fisher: 0.000435920, midp: skip, odds: skip, h: -math.Pi / 2, short: 5, toReference: 10, flips: 5},
		"Rosen and Jerdee": {a: 14, n: 24, b: 21, m: 24, ratio: 0.666667, low: skip, high: skip, z: -2.273594240, p: skip, fixed: skip,
			fisher: 0.048991413, midp: 0.028415981, odds: skip, h: skip, short: 3.5, toReference: 7, flips: 4},
	} {
		t.Run(name, func(t *testing.T) {
			spec := newSpec(named("reference"), "g")
			ms := run(t, spec, slices.Concat(decisions("group", c.a, c.n-c.a), decisions("reference", c.b, c.m-c.b)), AdverseImpact())
			near := func(what string, got *float64, want, tolerance float64) {
				t.Helper()
				if !math.IsNaN(want) && (got == nil || math.Abs(*got-want) > tolerance) {
					t.Errorf("%s is %v, want %v", what, got, want)
					if got != nil {
						t.Logf("%s = %.10f", what, *got)
					}
				}
			}
			const six, nine = 5e-7, 5.1e-10
			m := func(metric string) *audit.Measurement { return get(t, ms, metric, "group", "reference") }
			ratio := m("impact_ratio")
			near("ratio", ratio.Value, c.ratio, six)
			near("Fisher's p", ratio.P, c.fisher, nine)
			if ratio.Interval != nil {
				near("low", ratio.Interval.Low, c.low, 2*six) // a source that cuts the last digit off
				near("high", ratio.Interval.High, c.high, 2*six)
			}
			near("Z", m("standard_deviations").Value, c.z, nine)
			near("p", m("standard_deviations").P, c.p, nine)
			near("hypergeometric SD", m("standard_deviations_fixed").Value, c.fixed, nine)
			near("odds ratio", m("odds_ratio").Value, c.odds, nine)
			near("mid-p", m("odds_ratio").P, c.midp, nine)
			near("h", m("cohens_h").Value, c.h, nine)
			near("shortfall", m("shortfall").Value, c.short, nine)
			near("shortfall to reference", m("shortfall_to_reference").Value, c.toReference, nine)
			near("flip-flop", m("flip_flop").Value, c.flips, 0)
		})
	}
}

// The courts' arithmetic: 339 of 870 jurors where 79.1 % of the population was Mexican
// American (Castaneda v. Partida, 430 US 482, note 17: about 29 standard deviations), and
// 15 of 405 teachers at 15.4 % and at 5.7 % (Hazelwood, 433 US 299, note 17).
func TestAvailability(t *testing.T) {
	for _, c := range []struct {
		x, n, share, total int64
		want               float64
	}{
		{339, 870, 791, 1000, -29.11}, {15, 405, 154, 1000, -6.5212}, {15, 405, 57, 1000, -1.7328},
		{10, 282, 154, 1000, -5.5149}, {5, 123, 154, 1000, -3.4828}, {10, 282, 57, 1000, -1.5601}, {5, 123, 57, 1000, -0.7821},
	} {
		spec := newSpec(none, "g")
		spec.Populations = []audit.Population{{Attributes: []string{"g"}, Shares: []audit.Share{
			{Values: []string{"a"}, Count: c.share, Total: c.total}, {Values: []string{"b"}, Count: c.total - c.share, Total: c.total}}}}
		ms := run(t, spec, slices.Concat(decisions("a", c.x, 0), decisions("b", c.n-c.x, 0)), AdverseImpact())
		tolerance := 5.1e-5
		if c.want == -29.11 {
			tolerance = 5.1e-3
		}
		if m := get(t, ms, "availability_standard_deviations", "a", ""); math.Abs(*m.Value-c.want) > tolerance {
			t.Errorf("%d of %d at %d/%d: %v, want %v", c.x, c.n, c.share, c.total, *m.Value, c.want)
		}
	}
}

// The standardized mean difference that lenders print, times 100, from regulation.md
// O-8: in standard deviations of everybody -112.268280.
func TestStandardizedByEverybody(t *testing.T) {
	spec := newSpec(named("control"), "g")
	spec.HasScore = true
	var rows []row
	add := func(g string, scores ...float64) {
		for _, x := range scores {
			rows = append(rows, row{group: []string{g}, decision: table.Positive, n: 1, nums: map[string]float64{"score": x}})
		}
	}
	add("protected", 620, 640, 660, 700, 580)
	add("control", 680, 700, 720, 660, 740, 640)
	ms := run(t, spec, rows, ScoreGap())
	if m := get(t, ms, "overall_standardized_mean_difference", "protected", "control"); math.Abs(100**m.Value+112.268280) > 5e-7 {
		t.Errorf("%v", 100**m.Value)
	}
	for _, m := range ms {
		if m.Metric == "standardized_mean_difference" && m.Parameters["sd"] == "pooled" && m.Group != nil && math.Abs(*m.Value+1.224745) > 5e-7 {
			t.Errorf("Cohen's d is %v", *m.Value)
		}
	}
}
