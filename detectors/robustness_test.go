package detectors

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

func runRobustness(t testing.TB, spec *audit.Spec, rows []row) detect.Output {
	t.Helper()
	p, err := Robustness().Plan(spec, RobustnessParams{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Detect(memory{t: t, spec: spec, rows: rows, accounts: table.Accounts{Duplicates: -1}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compasDeciles are the rows of two groups at each decile, 1 to 10, of
// compas-scores-two-years.csv (ProPublica); Medium or High is 5 and more.
func compasDeciles() []row {
	var out []row
	for g, counts := range map[string][10]int64{
		"African-American": {398, 393, 346, 385, 365, 384, 400, 359, 380, 286},
		"Caucasian":        {681, 361, 273, 285, 241, 194, 143, 114, 98, 64},
	} {
		for i, n := range counts {
			d := table.Negative
			if i+1 >= 5 {
				d = table.Positive
			}
			out = append(out, row{group: []string{g}, decision: d, n: n, nums: map[string]float64{"score": float64(i + 1)}})
		}
	}
	return out
}

// The ratio at every cut, as recomputed in Python from ProPublica's file:
// favorable is a decile below k, African-American over Caucasian, k = 2..10.
func TestRobustnessCuts(t *testing.T) {
	want := []float64{.3880, .5040, .5741, .6316, .6806, .7410, .8143, .87775, .9473}
	spec := newSpec(named("Caucasian"), "race")
	spec.Favorable, spec.HasScore = false, true
	out := runRobustness(t, spec, compasDeciles())
	var cuts *audit.Table
	for i := range out.Tables {
		if out.Tables[i].Kind == "cuts" {
			cuts = &out.Tables[i]
		}
	}
	if cuts == nil || len(cuts.Rows) != len(want) {
		t.Fatalf("%+v", out.Tables)
	}
	for i, row := range cuts.Rows {
		used, inside := "no", "no"
		if i == 3 {
			used = "yes"
		}
		if want[i] >= 0.8 {
			inside = "yes"
		}
		if x, _ := row[7].(float64); row[0] != float64(i+2) || math.Abs(x-want[i]) > 5e-5 || row[8] != inside || row[9] != used {
			t.Errorf("cut %d: %v, want %v", i+2, row, want[i])
		}
	}
	m := get(t, out.Measurements, "cut_margin", "African-American", "Caucasian")
	if m.Parameters["cut"] != "5" || m.Parameters["turning_cut"] != "8" || m.Parameters["cut_sensitive"] != "no" {
		t.Errorf("%+v", m.Parameters)
	}
	for metric, k := range map[string]float64{"flips_of_group": 406, "flips_of_reference": 337, "relabels": 356} {
		if m := get(t, out.Measurements, metric, "African-American", "Caucasian"); m.Value == nil || *m.Value != k {
			t.Errorf("%s: %+v", metric, m)
		}
	}
}

// A verdict that one cut further turns, with few rows between, is sensitive;
// more than a hundred scores are cut at percentiles; low scores may get the
// positive decision, and some decisions may not follow the score.
func TestRobustnessSensitiveCut(t *testing.T) {
	spec := newSpec(named("m"), "sex")
	spec.HasScore = true
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	var rows []row
	for i := range 400 { // women's scores lie 48 higher, so that below low cuts there are few of them
		x := float64(i)
		for g, shift := range map[string]float64{"f": 48, "m": 0} {
			d := table.Negative
			if x+shift < 200 {
				d = table.Positive
			}
			rows = append(rows, row{group: []string{g}, decision: d, n: 1, nums: map[string]float64{"score": x + shift}})
		}
	}
	rows[0].decision = table.Negative
	out := runRobustness(t, spec, rows)
	m := get(t, out.Measurements, "cut_margin", "f", "m")
	if m.Value == nil || m.Parameters["cut"] != "200" || m.Parameters["cut_sensitive"] != "no" || m.Note == "" {
		t.Errorf("%+v", m)
	}
	if n := len(out.Tables[0].Rows); n < 90 || n > 105 {
		t.Errorf("%d cuts", n)
	}
	for i := range rows {
		x := rows[i].nums["score"]
		rows[i].decision = table.Negative
		if x < 245 { // 197 of 400 against 245: .804
			rows[i].decision = table.Positive
		}
	}
	out = runRobustness(t, spec, rows)
	m = get(t, out.Measurements, "cut_margin", "f", "m")
	if m.Value == nil || m.Parameters["cut_sensitive"] != "yes" || *m.Value > 0.05 || len(out.Findings) != 1 {
		t.Errorf("%+v, %+v", m, out.Findings)
	}
}

// Leaving one month out: the lowest and highest ratio, and the month without
// which the verdict turns.
func TestRobustnessLeaveOut(t *testing.T) {
	spec := newSpec(named("m"), "sex")
	spec.HasTime, spec.Windows.Every = true, "month"
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	var rows []row
	for i, k := range []int64{45, 45, 0} { // 90 of 300 against 150 of 300; without the third month 90 of 200 against 100 of 200
		for _, r := range append(decisions("f", k, 100-k), decisions("m", 50, 50)...) {
			r.window = fmt.Sprintf("2024-%02d", i+1)
			rows = append(rows, r)
		}
	}
	out := runRobustness(t, spec, rows)
	low, high := get(t, out.Measurements, "leave_one_out_low", "f", "m"), get(t, out.Measurements, "leave_one_out_high", "f", "m")
	if *low.Value != 0.45 || low.Parameters["left_out"] != "2024-01" || *high.Value != 0.9 || high.Parameters["left_out"] != "2024-03" ||
		high.Parameters["turns"] != "without the month 2024-03" {
		t.Errorf("%+v\n%+v", low, high)
	}
	if len(out.Findings) != 1 || out.Measurements[out.Findings[0].Measurements[0]].Metric != "leave_one_out_low" {
		t.Errorf("%+v", out.Findings)
	}
}

// Without a reference the lowest and the highest group are beside each other,
// and an empty audit says nothing.
func TestRobustnessEdges(t *testing.T) {
	spec := newSpec(none, "sex")
	rows := append(decisions("f", 10, 30), append(decisions("m", 20, 20), decisions("x", 15, 25)...)...)
	if m := get(t, runRobustness(t, spec, rows).Measurements, "flips_of_group", "f", "m"); m.Value == nil || *m.Value != 6 {
		t.Errorf("%+v", m)
	}
	if out := runRobustness(t, newSpec(named("m"), "sex"), nil); len(out.Measurements) > 0 {
		t.Errorf("%+v", out)
	}
}

// Leaving out files is asked for; one without which the ratio crosses the limit
// is named with what it is. By hand: all rows 90/200 over 110/200 = .818; without
// b.csv 50/100 over 70/100 = .714, without a.csv 40/100 over 40/100 = 1.
func TestRobustnessFiles(t *testing.T) {
	inFile := func(name string, rows ...row) []row {
		for i := range rows {
			rows[i].texts = map[string]string{"file": name}
		}
		return rows
	}
	rows := inFile("a.csv", append(decisions("f", 50, 50), decisions("m", 70, 30)...)...)
	rows = append(rows, inFile("b.csv", append(decisions("f", 40, 60), decisions("m", 40, 60)...)...)...)
	spec := newSpec(named("m"), "sex")
	run := func(params RobustnessParams, rows []row) detect.Output {
		p, err := Robustness().Plan(spec, params)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Detect(memory{t: t, spec: spec, rows: rows, accounts: table.Accounts{Duplicates: -1}})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, m := range run(RobustnessParams{}, rows).Measurements {
		if m.Parameters["left_out_of"] != "" {
			t.Errorf("not asked for: %+v", m)
		}
	}
	low := get(t, run(RobustnessParams{Files: true}, rows).Measurements, "leave_one_out_low", "f", "m")
	if math.Abs(*low.Value-50./70) > 1e-15 || low.Parameters["left_out"] != "b.csv" || low.Parameters["turns"] != "without the file b.csv" {
		t.Errorf("%+v", low)
	}
	rows = append(rows, inFile(table.OtherFiles, decisions("f", 1, 1)...)...)
	out := run(RobustnessParams{Files: true}, rows)
	if len(out.Notes) != 1 || out.Notes[0] != "robustness: the log has more than 64 files, too many to leave out one at a time" {
		t.Errorf("notes %q", out.Notes)
	}
}

// Where the data chose the reference and a gate judges every pair, every pair is
// turned, the lower first.
func TestRobustnessEveryPair(t *testing.T) {
	spec := newSpec(audit.Reference{Policy: "largest"}, "race")
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	rows := append(append(decisions("a", 50, 100), decisions("b", 60, 40)...), decisions("c", 30, 70)...)
	flips := get(t, runRobustness(t, spec, rows).Measurements, "flips_of_group", "c", "b")
	if flips.Value == nil || *flips.Value != 18 { // 48/100 is .8 of 60/100
		t.Errorf("%+v", flips)
	}
}

// A ratio that breaks the limit and that nothing small turns is told of, with the
// fewest decisions that would: 20/100 over 50/100 needs 20 more of the first, or 25
// fewer of the second.
func TestRobustnessFirm(t *testing.T) {
	spec := newSpec(named("m"), "sex")
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	out := runRobustness(t, spec, append(decisions("f", 20, 80), decisions("m", 50, 50)...))
	if len(out.Findings) != 1 || !strings.HasPrefix(out.Findings[0].Title, "No single case") || !strings.Contains(out.Findings[0].Detail, "at least 20 other decisions, or 18 rows counted for the other group, for f beside m.") {
		t.Errorf("%+v", out.Findings)
	}
	// A small group counts, too: 2/10 needs 2 more to be .8 of 1/2, 3/10 one.
	small := append(append(decisions("f", 20, 80), decisions("m", 50, 50)...), decisions("x", 2, 8)...)
	if out = runRobustness(t, spec, small); !strings.Contains(out.Findings[0].Detail, "at least 2 other decisions, for x beside m.") {
		t.Errorf("a small group: %+v", out.Findings)
	}
	small = append(append(decisions("f", 20, 80), decisions("m", 50, 50)...), decisions("x", 3, 7)...)
	if out = runRobustness(t, spec, small); !strings.HasPrefix(out.Findings[0].Title, "A single case carries") || !strings.Contains(out.Findings[0].Detail, "for x (10 rows) beside m (100 rows)") {
		t.Errorf("one case of a small group: %+v", out.Findings)
	}
	if out = runRobustness(t, spec, append(decisions("f", 45, 55), decisions("m", 50, 50)...)); len(out.Findings) > 0 {
		t.Errorf("within the limit: %+v", out.Findings)
	}
}

// Every gated limit is turned by itself, a difference and a label rate too. By hand: of
// 40 women with a positive label 20 got a positive decision, of 40 men 30. A difference
// within .1 needs 26 of 40; a ratio of .8 needs 24.
func TestRobustnessEveryLimit(t *testing.T) {
	spec := newSpec(named("m"), "sex")
	spec.Gates = []audit.Gate{
		{Detector: "equal_opportunity", Metric: "true_positive_rate_difference", Key: "max_difference", Value: "0.1", Side: "both"},
		{Detector: "equal_opportunity", Metric: "true_positive_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"},
		{Detector: "conditional", Metric: "mantel_haenszel_ratio", Key: "min_ratio", Value: "0.8", Side: "both"},
	}
	out := runRobustness(t, spec, append(outcomes([]string{"f"}, 20, 50, 20, 10), outcomes([]string{"m"}, 30, 10, 10, 50)...))
	want := map[string]float64{"true_positive_rate_difference": 6, "true_positive_rate_ratio": 4}
	for _, m := range out.Measurements {
		if m.Metric != "flips_of_group" {
			continue
		}
		if m.Value == nil || *m.Value != want[m.Parameters["of"]] || m.Parameters["counted"] != "positive decision" || m.Parameters["among"] != "those with a positive label" {
			t.Errorf("%+v", m)
		}
		delete(want, m.Parameters["of"])
	}
	if len(want) > 0 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "mantel haenszel ratio, which weighs many strata") {
		t.Errorf("left %v, notes %q", want, out.Notes)
	}
}

// Another decision, or another label where the decision chooses who is counted, moves a
// rate by one case and leaves its denominator.
func TestCountedKeepsTheDenominator(t *testing.T) {
	cells := []tally{{TP: 1}, {FP: 1}, {FN: 1}, {TN: 1}} // label and decision of cell i, flipped below
	other := map[string][]int{"decision": {2, 3, 0, 1}, "label": {1, 0, 3, 2}}
	for _, r := range labelRates() {
		kind, _ := r.counted()
		flip := other["decision"]
		if strings.HasSuffix(kind, "label") {
			flip = other["label"]
		}
		for i, c := range cells {
			k, n := r.count(c)
			l, m := r.count(cells[flip[i]])
			if n != m || n > 0 && k == l {
				t.Errorf("%s, %s: cell %d: %d/%d, then %d/%d", r.name, kind, i, k, n, l, m)
			}
		}
	}
}
