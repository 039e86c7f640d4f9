package detectors

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// twoAges are the ages of two months of bank-full as the scores of two groups.
func twoAges(t testing.TB) []row {
	t.Helper()
	b, err := os.ReadFile("../engine/stat/testdata/drift.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Samples map[string][][2]float64 }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var out []row
	for group, name := range map[string]string{"may": "bank/2008-05/age", "june": "bank/2008-06/age"} {
		for _, p := range file.Samples[name] {
			out = append(out, row{group: []string{group}, decision: table.Positive, n: int64(p[1]), nums: map[string]float64{"score": p[0]}})
		}
	}
	return out
}

// The numbers are SciPy's on the same two samples.
func TestScoreGapsAgainstSciPy(t *testing.T) {
	rows := twoAges(t)
	p, err := ScoreGap().Plan(scoreSpec(largest, "month"), ScoreGapParams{Cuts: []float64{40}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Detect(memory{t: t, spec: scoreSpec(largest, "month"), rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	ms := out.Measurements
	for metric, want := range map[string]float64{
		"score_mean_difference": 42.89411502452073 - 39.43835616438356,
		"ks":                    0.20103195110634506,
		"wasserstein":           3.45575886013717,
		"superiority":           21764397.0/(7957*4486) - 0.5,
	} {
		m := get(t, ms, metric, "june", "may")
		if m.Value == nil || math.Abs(*m.Value/want-1) > 1e-11 {
			t.Errorf("%s is %v, want %v", metric, m.Value, want)
		}
		if m.Interval == nil || *m.Interval.Low > *m.Value || *m.Interval.High < *m.Value || m.P == nil || *m.P > 1e-3 {
			t.Errorf("%s: %+v, p %v", metric, m.Interval, m.P)
		}
	}
	if m := get(t, ms, "score_mean_difference", "june", "may"); math.Abs(*m.P/2.281480532671044e-87-1) > 1e-6 {
		t.Errorf("welch p %v", *m.P)
	}
	for _, want := range []struct {
		key, value string
		x          float64
	}{{"quantile", "0.5", 4}, {"sd", "pooled", 0.3735}, {"sd", "reference", 0.3733}} {
		i := slices.IndexFunc(ms, func(m audit.Measurement) bool { return m.Parameters[want.key] == want.value && m.Value != nil })
		if i < 0 {
			t.Fatalf("no %s %s", want.key, want.value)
		}
		if m := ms[i]; math.Abs(*m.Value-want.x) > 1e-3 {
			t.Errorf("%s, %s %s: %v, want %v", m.Metric, want.key, want.value, *m.Value, want.x)
		}
	}
	if m := get(t, ms, "share_above", "june", ""); *m.Numerator != 1414+1129+89 || *m.Denominator != 4486 || m.Parameters["cut"] != "40" {
		t.Errorf("share above 40: %+v", m)
	}
	if h := out.Tables[0]; h.Kind != "histogram" || len(h.Rows) != 3*mostBins {
		t.Errorf("%d rows of a %s", len(h.Rows), h.Kind)
	}
}

func TestEqualScoresHaveNoGap(t *testing.T) {
	rows := append(scored("a", []float64{0.5}, [][2]int64{{50, 20}}), scored("b", []float64{0.5}, [][2]int64{{60, 20}})...)
	spec := scoreSpec(largest, "g")
	ms := run(t, spec, rows, ScoreGap())
	for _, metric := range []string{"score_mean_difference", "ks", "wasserstein", "quantile_difference", "superiority"} {
		if m := get(t, ms, metric, "a", "b"); m.Value == nil || *m.Value != 0 {
			t.Errorf("%s: %v, %q", metric, m.Value, m.Note)
		}
	}
	if m := get(t, ms, "standardized_mean_difference", "a", "b"); m.Value != nil || m.Note != "undefined: all scores behind the standard deviation are the same" {
		t.Errorf("%v, %q", m.Value, m.Note)
	}
	p, err := ScoreGap().Plan(spec, ScoreGapParams{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil || len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], "every score is 0.5, so nobody is ranked above anybody") {
		t.Errorf("%v, notes %q", err, out.Notes)
	}
}

func TestScoreGapGateJudgesEveryPair(t *testing.T) {
	var rows []row
	for i, g := range []string{"a", "b", "c"} {
		shift := 0.3 * float64(i)
		rows = append(rows, scored(g, []float64{0.1 + shift, 0.2 + shift, 0.3 + shift}, [][2]int64{{100, 0}, {100, 0}, {100, 0}})...)
	}
	spec := scoreSpec(largest, "g")
	spec.Gates = []audit.Gate{{Detector: "score_gap", Metric: "score_mean_difference", Key: "max", Value: "0.5", Side: "both"}}
	ms := run(t, spec, rows, ScoreGap())
	summary, verdict := detect.Judge(spec, []detect.Detector{ScoreGap()}, ms)
	if verdict != audit.Fail || summary.FamilySize != 3 {
		t.Errorf("%s, %+v", verdict, summary)
	}
}
