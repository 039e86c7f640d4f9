package detectors

import (
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// The six people of reference/regulation.md O-8: weighted rates 0.648148 and
// 0.378788, ratio 0.584416. The difference to everybody else, of two groups, is
// that of the weighted rates; the slope is NumPy's polyfit on the same six.
func TestInferredGroups(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true, HasDecision: true, Inferred: []audit.InferredGroup{
		{Name: "race", Values: []string{"B", "W"}, Threshold: "0.8", Reference: named("W")}}}
	var rows []row
	for _, p := range []struct {
		w, b float64
		y    bool
	}{{.9, .1, true}, {.8, .2, true}, {.55, .45, false}, {.3, .7, false}, {.1, .9, false}, {.05, .95, true}} {
		decision := table.Negative
		if p.y {
			decision = table.Positive
		}
		rows = append(rows, row{decision: decision, n: 1, nums: map[string]float64{table.Probability("race", "W"): p.w, table.Probability("race", "B"): p.b}})
	}
	ms := run(t, spec, rows, InferredGroups())
	near := func(metric, group, reference string, want float64) {
		t.Helper()
		if m := get(t, ms, metric, group, reference); m.Value == nil || math.Abs(*m.Value-want) > 1e-6 || m.Parameters["provenance"] != "inferred" {
			t.Errorf("%s of %s: %+v, want %v", metric, group, m, want)
		}
	}
	near("selection_rate_weighted", "W", "", 0.648148)
	near("selection_rate_weighted", "B", "", 0.378788)
	near("selection_rate_ratio_weighted", "B", "W", 0.584416)
	near("selection_rate_threshold", "W", "", 1)   // .9 and .8, both selected
	near("selection_rate_threshold", "B", "", 0.5) // .9 not, .95 selected
	near("selection_rate_ratio_threshold", "B", "W", 0.5)
	near("selection_rate_difference_probabilistic", "B", detect.Rest, 0.378788-0.648148)
	near("selection_rate_difference_linear", "B", detect.Rest, -0.625)
	// So few rows are taken together: 3.3 members among three selected and three
	// others have from 0.3 to 3 selected.
	m := get(t, ms, "selection_rate_combination", "B", "")
	if math.Abs(*m.Interval.Low-0.3/3.3) > 1e-12 || math.Abs(*m.Interval.High-3/3.3) > 1e-12 {
		t.Errorf("%v to %v", *m.Interval.Low, *m.Interval.High)
	}
}

// Ten rows of one probability, half of them selected: of the four members at
// least none and at most four are among the five selected.
func TestCombinationBounds(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true, HasDecision: true, Inferred: []audit.InferredGroup{{Name: "g", Values: []string{"a", "b"}, Threshold: "0.8"}}}
	nums := map[string]float64{table.Probability("g", "a"): 0.4, table.Probability("g", "b"): 0.6}
	rows := []row{{decision: table.Positive, n: 5, nums: nums}, {decision: table.Negative, n: 5, nums: nums}}
	ms := run(t, spec, rows, InferredGroups())
	if m := get(t, ms, "selection_rate_combination", "a", ""); *m.Interval.Low != 0 || *m.Interval.High != 1 || *m.Value != 0.5 {
		t.Errorf("a: %v to %v", *m.Interval.Low, *m.Interval.High)
	}
	if m := get(t, ms, "selection_rate_combination", "b", ""); math.Abs(*m.Interval.Low-1./6) > 1e-12 || math.Abs(*m.Interval.High-5./6) > 1e-12 {
		t.Errorf("b: %v to %v", *m.Interval.Low, *m.Interval.High)
	}
	if m := get(t, ms, "selection_rate_difference_linear", "a", detect.Rest); m.Value != nil {
		t.Errorf("a slope of one point: %v", *m.Value)
	}
}

// Where every probability is 0 or 1 the groups are known, and the intervals are
// the textbook's: Wald's of the difference, which the slope shares, and Katz's of
// the ratio (Katz, Baptista, Azen and Pike 1978). Of three values the ratio's is no
// narrower. With a subject there is none, by name.
func TestInferredIntervals(t *testing.T) {
	probabilities := func(values ...float64) map[string]float64 {
		out := map[string]float64{}
		for i, v := range values {
			out[table.Probability("g", []string{"a", "b", "c"}[i])] = v
		}
		return out
	}
	for _, values := range [][]string{{"a", "b"}, {"a", "b", "c"}} {
		spec := &audit.Spec{Alpha: 0.05, Favorable: true, HasDecision: true, Inferred: []audit.InferredGroup{{Name: "g", Values: values, Threshold: "0.8", Reference: named("b")}}}
		var rows []row
		for at, k := range []int64{30, 60} { // of 100 each
			p := make([]float64, len(values))
			p[at] = 1
			rows = append(rows, row{decision: table.Positive, n: k, nums: probabilities(p...)}, row{decision: table.Negative, n: 100 - k, nums: probabilities(p...)})
		}
		ms := run(t, spec, rows, InferredGroups())
		near := func(m *audit.Measurement, low, high float64) {
			t.Helper()
			if m.Interval == nil || math.Abs(*m.Interval.Low-low) > 1e-12 || math.Abs(*m.Interval.High-high) > 1e-12 {
				t.Errorf("%s: %+v, want %v to %v", m.Metric, m.Interval, low, high)
			}
		}
		half := 1.959963984540054 * math.Sqrt(0.3*0.7/100+0.6*0.4/100)
		near(get(t, ms, "selection_rate_difference_probabilistic", "a", detect.Rest), -0.3-half, -0.3+half)
		near(get(t, ms, "selection_rate_difference_linear", "a", detect.Rest), -0.3-half, -0.3+half)
		ratio := get(t, ms, "selection_rate_ratio_weighted", "a", "b")
		katz := math.Exp(1.959963984540054 * math.Sqrt(0.7/30+0.4/60))
		if len(values) == 2 {
			near(ratio, 0.5/katz, 0.5*katz)
		} else if ratio.Interval == nil || *ratio.Interval.Low > 0.5/katz || *ratio.Interval.High < 0.5*katz || ratio.Interval.Method != methodConservative {
			t.Errorf("%+v", ratio.Interval)
		}
		spec.HasSubject = true
		for _, m := range run(t, spec, rows, InferredGroups()) {
			if m.Value != nil && m.Interval == nil && m.Note != rowsOfPeople && m.Metric != "assigned_share" {
				t.Errorf("%s has no interval and does not say so", m.Metric)
			}
		}
	}
}
