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
