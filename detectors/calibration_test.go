package detectors

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// scored are rows of one group: per score, all rows and those with a positive
// label.
func scored(group string, scores []float64, counts [][2]int64) []row {
	var out []row
	for i, c := range counts {
		x := map[string]float64{"score": scores[i]}
		out = append(out, row{group: []string{group}, decision: table.Negative, label: table.Positive, n: c[1], nums: x},
			row{group: []string{group}, decision: table.Negative, label: table.Negative, n: c[0] - c[1], nums: x})
	}
	return out
}

func scoreSpec(ref audit.Reference, attributes ...string) *audit.Spec {
	s := newSpec(ref, attributes...)
	s.HasScore, s.Seed = true, 1
	return s
}

// compasScores are COMPAS deciles over 10 by race, from the oracle file that
// engine/stat is tested against.
func compasScores(t testing.TB, attribute string) (rows []row, want map[string]map[string]float64) {
	t.Helper()
	b, err := os.ReadFile("../engine/stat/testdata/calibration.json")
	if err != nil {
		t.Fatal(err)
	}
	type curve struct {
		L1  float64 `json:"ece_l1"`
		L2  float64 `json:"ece_l2"`
		Max float64 `json:"mce"`
	}
	var file struct {
		Cases []struct {
			ID                string
			N, Positives      int64
			Deciles           [][2]int64
			Uniform, Quantile curve
			Brier             float64
			AUC               float64 `json:"roc_auc"`
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	precision := averagePrecision(t)
	scores := make([]float64, 10)
	for i := range scores {
		scores[i] = float64(i+1) / 10
	}
	want = map[string]map[string]float64{}
	for _, c := range file.Cases {
		group, ok := strings.CutPrefix(c.ID, "compas/"+attribute+"=")
		if !ok {
			continue
		}
		rows = append(rows, scored(group, scores, c.Deciles)...)
		want[group] = map[string]float64{
			"calibration_error fixed": c.Uniform.L1, "calibration_error_rms fixed": c.Uniform.L2, "calibration_error_max fixed": c.Uniform.Max,
			"calibration_error quantile": c.Quantile.L1, "calibration_error_rms quantile": c.Quantile.L2, "calibration_error_max quantile": c.Quantile.Max,
			"brier_score": c.Brier, "auc": c.AUC, "base_rate": float64(c.Positives) / float64(c.N),
			"average_precision": precision[c.ID],
		}
	}
	return rows, want
}

// averagePrecision is scikit-learn's, by case, from the oracle file that
// engine/stat is tested against.
func averagePrecision(t testing.TB) map[string]float64 {
	t.Helper()
	b, err := os.ReadFile("../engine/stat/testdata/ranking.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID    string
			Value float64 `json:"average_precision"`
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, c := range file.Cases {
		out[c.ID] = c.Value
	}
	return out
}

func TestCalibrationOfCOMPAS(t *testing.T) {
	for _, attribute := range []string{"race", "sex", "age_cat"} {
		rows, want := compasScores(t, attribute)
		ms := run(t, scoreSpec(largest, attribute), rows, Calibration())
		seen := 0
		for _, m := range ms {
			if m.Group == nil || m.GroupKind != audit.KindValue || m.Reference != nil {
				continue
			}
			x, ok := want[*m.Group][strings.TrimSpace(m.Metric+" "+m.Parameters["bins"])]
			if !ok {
				continue
			}
			seen++
			if m.Value == nil || math.Abs(*m.Value-x) > 1e-12*x {
				t.Errorf("%s of %s is %v, want %v", m.Metric, *m.Group, m.Value, x)
			}
			if strings.HasPrefix(m.Metric, "calibration_error") && (m.Null == nil || m.Null.Limit <= m.Null.Expected) {
				t.Errorf("%s of %s: chance %+v", m.Metric, *m.Group, m.Null)
			}
		}
		if seen != 10*len(want) {
			t.Errorf("%s: %d numbers, want %d", attribute, seen, 9*len(want))
		}
		gap := get(t, ms, "auc_difference", first(want, largestOf(attribute)), largestOf(attribute))
		if gap.Interval == nil || gap.P == nil {
			t.Errorf("no interval or test: %+v", gap)
		}
	}
}

func largestOf(attribute string) string {
	return map[string]string{"race": "African-American", "sex": "Male", "age_cat": "25 - 45"}[attribute]
}

// first is a group other than the named one.
func first(want map[string]map[string]float64, not string) string {
	best := ""
	for g := range want {
		if g != not && (best == "" || g < best) {
			best = g
		}
	}
	return best
}

// A small group that is perfectly calibrated shows an error far from 0, but not
// beyond what chance explains.
func TestSmallCalibratedGroupIsWithinChance(t *testing.T) {
	scores := []float64{0.1, 0.3, 0.5, 0.7, 0.9}
	rows := append(scored("small", scores, [][2]int64{{7, 1}, {7, 3}, {8, 3}, {8, 5}, {8, 7}}),
		scored("large", scores, [][2]int64{{7000, 700}, {7000, 2100}, {7000, 3500}, {7000, 4900}, {7000, 6300}})...)
	spec := scoreSpec(largest, "g")
	spec.Gates = []audit.Gate{{Detector: "calibration", Metric: "calibration_error", Key: "max", Value: "0.05", Side: "both"}}
	ms := run(t, spec, rows, Calibration())
	small := get(t, ms, "calibration_error", "small", "")
	if *small.Value < 0.05 || *small.Value > small.Null.Limit || *small.P < 0.05 {
		t.Errorf("small: %v, chance %+v, p %v", *small.Value, small.Null, *small.P)
	}
	summary, verdict := detect.Judge(spec, []detect.Detector{Calibration()}, ms)
	if verdict != audit.Inconclusive {
		t.Errorf("%s: %+v", verdict, summary)
	}
	if m := get(t, ms, "calibration_error", "large", ""); m.Verdict != audit.Pass {
		t.Errorf("large: %s, %s", m.Verdict, m.Note)
	}
}

// Ends of scores have six digits, unless these would make probabilities of them.
func TestEndsOfScores(t *testing.T) {
	for x, want := range map[float64]string{-2.9939999999999998: "-2.994", 3.4479999999999995: "3.448", .25: "0.25", 3: "3", 1.0000000001: "1.0000000001", 0: "0"} {
		if got := about(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}

func TestMiscalibratedGroupFails(t *testing.T) {
	rows := scored("a", []float64{0.2, 0.8}, [][2]int64{{500, 250}, {500, 300}})
	spec := scoreSpec(none, "g")
	spec.Gates = []audit.Gate{{Detector: "calibration", Metric: "calibration_error", Key: "max", Value: "0.1", Side: "both"}}
	ms := run(t, spec, rows, Calibration())
	if summary, verdict := detect.Judge(spec, []detect.Detector{Calibration()}, ms); verdict != audit.Fail {
		t.Errorf("%s: %+v", verdict, summary)
	}
}

func TestScoresThatAreNoProbabilities(t *testing.T) {
	rows := append(scored("a", []float64{1, 2, 3}, [][2]int64{{50, 10}, {50, 20}, {50, 30}}),
		scored("b", []float64{0.25, 0.5}, [][2]int64{{50, 10}, {50, 20}})...)
	ms := run(t, scoreSpec(largest, "g"), rows, Calibration())
	for _, metric := range []string{"calibration_error", "brier_score", "log_loss", "calibration_in_the_large"} {
		if m := level(t, ms, metric, "b"); m.Value != nil || !strings.Contains(m.Note, "no probabilities") {
			t.Errorf("%s of b: %v, %q", metric, m.Value, m.Note)
		}
	}
	if m := level(t, ms, "auc", "a"); m.Value == nil {
		t.Errorf("auc: %q", m.Note)
	}
	p, err := Calibration().Plan(scoreSpec(largest, "g"), CalibrationParams{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := p.Detect(memory{t: t, spec: scoreSpec(largest, "g"), rows: rows})
	if err != nil || len(o.Notes) != 1 || !strings.HasPrefix(o.Notes[0], "scores reach from 0.25 to 3, so they are no probabilities: ") {
		t.Errorf("%v, notes %q", err, o.Notes)
	}
}

func TestOneLabelOneScoreAndNumbersThatAreNone(t *testing.T) {
	rows := append(scored("one label", []float64{0.2, 0.6}, [][2]int64{{40, 40}, {40, 40}}),
		scored("one score", []float64{0.5}, [][2]int64{{40, 20}})...)
	odd := map[string]float64{"score": math.NaN()}
	inf := map[string]float64{"score": math.Inf(1)}
	rows = append(rows, row{group: []string{"one score"}, decision: table.Negative, label: table.Positive, n: 3, nums: odd},
		row{group: []string{"one score"}, decision: table.Negative, label: table.Positive, n: 2, nums: inf},
		row{group: []string{"one score"}, decision: table.Negative, label: table.Positive, n: 1})
	spec := scoreSpec(largest, "g")
	ms := run(t, spec, rows, Calibration())
	if m := level(t, ms, "auc", "one label"); m.Value != nil || m.Note != `undefined: every label is positive in group "one label"` {
		t.Errorf("%v, %q", m.Value, m.Note)
	}
	if m := level(t, ms, "auc", "one score"); *m.Value != 0.5 || m.Interval != nil || m.Note != "no interval: the scores of both sides are all the same, or do not overlap" {
		t.Errorf("%v, %+v, %q", *m.Value, m.Interval, m.Note)
	}
	if m := level(t, ms, "mean_score", "one score"); m.N != 40 {
		t.Errorf("%d scores", m.N)
	}
	p, err := Calibration().Plan(spec, CalibrationParams{Bins: 10})
	if err != nil {
		t.Fatal(err)
	}
	o, err := p.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	if want := "of 126 audited rows 1 have no score, 3 have one that is not a number, 2 have an infinite one; they are left out of the score's distribution"; len(o.Notes) == 0 || o.Notes[0] != want {
		t.Errorf("notes %q", o.Notes)
	}
}

// level finds a level of a group, on fixed bins where there are several.
func level(t testing.TB, ms []audit.Measurement, metric, group string) *audit.Measurement {
	t.Helper()
	return get(t, ms, metric, group, "")
}
