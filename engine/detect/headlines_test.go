package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// numberSpec is an audit of scores by sex, and of columns by month, without a
// gate.
func numberSpec() (*audit.Spec, []Detector) {
	return &audit.Spec{
			Alpha: 0.05, Words: audit.Words{Unit: "people"}, Windows: audit.WindowSpec{Every: "month"},
			Groups: []audit.GroupSpec{{Name: "sex", Reference: audit.Reference{Policy: "value", Value: "male"}, MinRows: 30}},
		}, []Detector{
			{Name: "calibration", Headlines: []string{"calibration_error", "auc_difference"}, Metrics: []Metric{
				{Name: "mean_score", Null: NullLimit, Scale: ScaleNumber}, {Name: "base_rate", Null: NullLimit, Scale: ScaleRate}, {Name: "auc", Null: NullLimit, Scale: ScaleNumber},
				{Name: "calibration_error", Null: NullCalibrated, Scale: ScaleNumber}, {Name: "auc_difference", Null: NullNoGap, Scale: ScaleNumber}}},
			{Name: "score_gap", Headlines: []string{"score_mean_difference"}, Metrics: []Metric{
				{Name: "mean_score", Null: NullLimit, Scale: ScaleNumber}, {Name: "score_mean_difference", Null: NullNoGap, Scale: ScaleNumber}}},
			{Name: "drift", Headlines: []string{"psi"}, Metrics: []Metric{{Name: "psi", Null: NullNoChange, Scale: ScaleNumber}}},
		}
}

func about(detector, metric, group string, value float64) audit.Measurement {
	return audit.Measurement{Detector: detector, Metric: metric, Attribute: "sex", Group: &group, GroupKind: audit.KindValue, Window: GateWindow, N: 500, Value: &value}
}

func psi(column, window string, value, limit float64) audit.Measurement {
	return audit.Measurement{Detector: "drift", Metric: "psi", Column: &column, GroupKind: audit.KindOverall, Window: window, N: 500, Value: &value, Null: &audit.Null{Limit: limit}}
}

func TestHeadlinesOfScores(t *testing.T) {
	spec, detectors := numberSpec()
	bad, fine := about("calibration", "calibration_error", "female", 0.09), about("calibration", "calibration_error", "male", 0.2)
	bad.Null, fine.Null = &audit.Null{Limit: 0.03}, &audit.Null{Limit: 0.25}
	gap := about("score_gap", "score_mean_difference", "female", -0.1)
	gap.Reference, gap.Interval = pointer("male"), &audit.Interval{Low: pointer(-0.15), High: pointer(-0.05), Level: 0.95}
	noise := about("calibration", "auc_difference", "female", 0.04)
	noise.Reference, noise.Interval = pointer("male"), &audit.Interval{Low: pointer(-0.01), High: pointer(0.09), Level: 0.95}
	ms := []audit.Measurement{bad, fine, gap, noise,
		about("score_gap", "mean_score", "female", 0.4), about("score_gap", "mean_score", "male", 0.5),
		about("calibration", "mean_score", "female", 0.4), about("calibration", "base_rate", "female", 0.45),
	}
	fs := Findings(spec, detectors, ms, audit.GateSummary{})
	var got []string
	for _, f := range fs {
		got = append(got, f.Title+" / "+f.Detail)
	}
	want := []string{
		"Among female people, the rate of positive labels lies 0.090 from the score, on average over bins of scores. / " +
			"Scores that mean what they say would lie up to 0.030 off by chance at these sizes. Without bins: mean score 0.400, rate of positive labels 0.450.",
		"The mean score of female people is 0.100 lower than that of male people. / Mean score 0.400 against 0.500; 500 rows of the group; 95\u202f% interval −0.150 to −0.050.",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	spec.Gates = []audit.Gate{{Detector: "score_gap", Metric: "score_mean_difference", Key: "max", Value: "0.5"}}
	if fs := Findings(spec, detectors, ms, audit.GateSummary{}); len(fs) != 1 || fs[0].Detector != "calibration" {
		t.Errorf("a gate judges score_gap: %+v", fs)
	}
	for i := range ms {
		ms[i].N = 12
	}
	if fs := Findings(spec, detectors, ms, audit.GateSummary{}); len(fs) != 0 {
		t.Errorf("twelve rows are told of: %+v", fs)
	}
}

func TestHeadlinesOfDrift(t *testing.T) {
	spec, detectors := numberSpec()
	var ms []audit.Measurement
	ms = append(ms, psi("still", GateWindow, 0.01, 0.02), psi("job", GateWindow, 0.1, 0.02), psi("jump", GateWindow, 0.01, 0.02))
	for w := range 20 {
		id := fmt.Sprintf("w%02d", w)
		still, jump := 0.02, 0.02
		if w == 3 {
			still = 0.06 // one of twenty lies beyond the 95 % value by chance
		}
		if w > 14 {
			jump = 0.5 + float64(w)/100
		}
		ms = append(ms, psi("still", id, still, 0.05), psi("job", id, 0.2, 0.05), psi("jump", id, jump, 0.05))
	}
	fs := Findings(spec, detectors, ms, audit.GateSummary{})
	if len(fs) != 2 {
		t.Fatalf("%+v", fs)
	}
	if f := fs[0]; f.ID != "drift/psi/jump" || f.Title != "Column jump moved since the reference: the population stability index is 0.690 in w19, the window that stands out most." ||
		f.Detail != "Chance alone explains up to 0.050 at the size of that window; 5 of 20 windows lie beyond what chance explains." || *ms[f.Measurements[0]].Column != "jump" {
		t.Errorf("%+v", f)
	}
	for c := range 8 {
		ms = append(ms, psi(fmt.Sprint("more", c), GateWindow, 0.1, 0.02), psi(fmt.Sprint("more", c), "w00", 0.1, 0.02))
	}
	fs = Findings(spec, detectors, ms, audit.GateSummary{})
	if len(fs) != 5 || fs[4].Title != "6 other columns moved by more than chance explains as well." || fs[4].Detail != "The furthest first: more2, more3, more4, more5, more6, more7." {
		t.Errorf("%d: %+v", len(fs), fs[len(fs)-1])
	}
}

// Between groups one finding per column tells of the group furthest from the
// reference, if chance does not explain it.
func TestHeadlinesOfGroupsApart(t *testing.T) {
	spec, detectors := numberSpec()
	var ms []audit.Measurement
	for _, c := range []struct {
		column, group string
		value, p      float64
	}{{"job", "a", 0.4, 0.001}, {"job", "b", 0.6, 0.001}, {"age", "a", 0.021, 0.2}, {"age", "b", 0.025, 0.04}} {
		m := about("drift", "psi", c.group, c.value)
		m.Column, m.Reference, m.P, m.Null = &c.column, pointer("male"), &c.p, &audit.Null{Limit: 0.02}
		ms = append(ms, m)
	}
	fs := Findings(spec, detectors, ms, audit.GateSummary{})
	if len(fs) != 1 || fs[0].Title != "Column job differs between people with sex b and male people: the population stability index is 0.600." {
		t.Errorf("%+v", fs)
	}
}
