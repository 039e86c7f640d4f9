package detectors

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// On request a gated gap gets a bootstrap interval, near the one by formula where
// groups are large, and the other gaps keep theirs.
func TestBootstrapInterval(t *testing.T) {
	rows := append(outcomes([]string{"a"}, 600, 200, 300, 900), outcomes([]string{"b"}, 400, 350, 500, 800)...)
	rows = append(rows, outcomes([]string{"c"}, 1, 0, 0, 1)...)
	for _, ref := range []audit.Reference{named("a"), rest, largest} {
		spec := newSpec(ref, "g")
		spec.Gates = []audit.Gate{
			{Detector: "error_rates", Metric: "false_positive_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"},
			{Detector: "error_rates", Metric: "equalized_odds_difference", Key: "max", Value: "0.2"},
			{Detector: "error_rates", Metric: "average_odds_difference", Key: "max", Value: "0.2"},
		}
		byFormula := run(t, spec, rows, ErrorRates())
		d := ErrorRates()
		d.Params = RateParams{Bootstrap: 4000}
		drawn := run(t, spec, rows, d)
		if len(drawn) != len(byFormula) {
			t.Fatal("other measurements")
		}
		found := 0
		for i := range drawn {
			a, b := &byFormula[i], &drawn[i]
			if b.Interval == nil || !strings.HasPrefix(b.Interval.Method, "table-bootstrap") {
				if (a.Interval == nil) != (b.Interval == nil) || a.Interval != nil && (a.Interval.Method != b.Interval.Method) {
					t.Errorf("%s: the interval by formula is lost", b.Metric)
				}
				continue
			}
			found++
			if b.Window != detect.GateWindow || len(detect.GatesOn(spec, "error_rates", b.Metric)) == 0 {
				t.Errorf("%s was not asked for", b.Metric)
			}
			if b.N > 100 && (*b.Reference == "a" || *b.Reference == "b") && !strings.HasPrefix(b.Metric, "equalized") &&
				(math.Abs(*a.Interval.Low-*b.Interval.Low) > 0.04 || math.Abs(*a.Interval.High-*b.Interval.High) > 0.04) {
				t.Errorf("%s: %v to %v by formula, %v to %v drawn", b.Metric, *a.Interval.Low, *a.Interval.High, *b.Interval.Low, *b.Interval.High)
			}
		}
		if found < 3 {
			t.Errorf("%s: %d bootstrap intervals", ref.Policy, found)
		}
	}
	if (RateParams{Bootstrap: 10}).Check() == nil || (RateParams{}).Check() != nil || (RateParams{Bootstrap: 10_000}).Check() != nil {
		t.Error("check")
	}
}

// Where all rows of one group agree, drawing them anew shows no spread: the
// interval by formula stays and judges, for 40 of 40 as for 0 of 40.
func TestBootstrapOfConstantGroup(t *testing.T) {
	for _, of := range [][2][2]int64{{{40, 0}, {990, 10}}, {{0, 40}, {2, 998}}, {{990, 10}, {40, 0}}} {
		spec := newSpec(named("b"), "g")
		spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_difference", Key: "max_difference", Value: "0.05", Side: "both"}}
		var rows []row
		for i, g := range []string{"a", "b"} {
			rows = append(rows, outcomes([]string{g}, of[i][0], 0, 0, of[i][1])...)
		}
		d := Parity()
		byFormula := run(t, spec, rows, d)
		d.Params = RateParams{Bootstrap: 2000}
		for i, m := range run(t, spec, rows, d) {
			if m.Metric != "selection_rate_difference" || m.GroupKind != audit.KindValue {
				continue
			}
			if *m.Interval.Low != *byFormula[i].Interval.Low || m.Interval.Method != byFormula[i].Interval.Method || !strings.Contains(m.Note, "all rows of one group agree") {
				t.Errorf("%v: %s %v to %v, %q", of, m.Interval.Method, *m.Interval.Low, *m.Interval.High, m.Note)
			}
			if v, all := detect.Judge(spec, []detect.Detector{d}, []audit.Measurement{m}); all == audit.Pass {
				t.Errorf("%v: %v", of, v)
			}
		}
	}
}
