package explain

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A model whose scores are those of the log, and whose decisions are not, does
// not explain the log: the probe says how many differ and which key to check.
func TestProbeComparesDecisions(t *testing.T) {
	const rows = 200
	s := study(t, rows)
	s.Spec.Model, s.Spec.Explain.ParityRows, s.Spec.Explain.Tolerance = &audit.ModelSpec{Type: "xgboost"}, rows, 1e-6
	right, logged := *s.Model.Decision, slices.Clone(s.Decisions)
	sorted := slices.Clone(s.Scores)
	slices.Sort(sorted)
	higher := 0 // scores at which a cut at the 150th decides otherwise than the log
	for _, x := range s.Scores {
		if x >= .1 && x < sorted[150] {
			higher++
		}
	}
	if higher < 5 {
		t.Fatalf("a cut at the 150th score changes %d decisions alone", higher)
	}
	for _, c := range []struct {
		name     string
		decision Decision
		change   func(logged []int8)
		differ   int
		verdict  string
		says     string
	}{
		{"as logged", right, nil, 0, probeEqual, ""},
		{"one of a hundred", right, func(l []int8) { l[3], l[7] = 1-l[3], 1-l[7] }, 2, probeWithin, ""},
		{"direction", Decision{Cut: .1, Below: true}, nil, rows, probeBeyond, "check model.favorable"},
		{"threshold", Decision{Cut: sorted[150]}, nil, higher, probeBeyond, ": check model.threshold"},
		{"both", Decision{Cut: sorted[150], Below: true, Strict: true}, nil, rows - higher, probeBeyond, "check model.threshold and model.favorable"},
		{"column", right, func(l []int8) {
			for row := range l {
				l[row] = int8(row % 2)
			}
		}, -1, probeBeyond, "check that columns.decision"},
	} {
		s.Decisions = slices.Clone(logged)
		if c.change != nil {
			c.change(s.Decisions)
		}
		s.Model.Decision = &c.decision
		j := &Job{spec: s.Spec}
		refused, err := j.probe(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		p := j.about.Parity
		if c.differ >= 0 && p.Differ != c.differ || p.Decisions != rows || p.Verdict != c.verdict || *p.Largest != 0 {
			t.Errorf("%s: %+v, want %d that differ and %s", c.name, *p, c.differ, c.verdict)
		}
		if !strings.Contains(refused, c.says) || (refused == "") != (c.says == "") {
			t.Errorf("%s: it says %q, want %q", c.name, refused, c.says)
		}
	}
}

// Scores that are those of the log can be explained without the decisions, unless
// these are asked for.
func TestProbeSaysHowToExplainScores(t *testing.T) {
	for name, c := range map[string]struct {
		asked audit.ExplainSpec
		says  bool
	}{
		"scores":    {audit.ExplainSpec{Gap: &audit.GapSpec{Metrics: []string{"mean_score"}}, Attribution: &audit.AttributionSpec{Of: "margin"}}, true},
		"all":       {audit.ExplainSpec{Gap: &audit.GapSpec{}}, true},
		"rates":     {audit.ExplainSpec{Gap: &audit.GapSpec{Metrics: []string{"selection_rate"}}}, false},
		"decisions": {audit.ExplainSpec{Attribution: &audit.AttributionSpec{Of: "decision"}}, false},
	} {
		s := study(t, 200)
		c.asked.ParityRows, c.asked.Tolerance = 200, 1e-6
		s.Spec.Model, s.Spec.Explain, s.Model.Decision = &audit.ModelSpec{Type: "xgboost"}, &c.asked, &Decision{Cut: .1, Below: true}
		refused, err := (&Job{spec: s.Spec}).probe(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(refused, "check model.favorable") || strings.HasSuffix(refused, "; or remove model.threshold to explain the scores alone") != c.says {
			t.Errorf("%s: %q", name, refused)
		}
	}
}

// A threshold is named only where one gives all logged decisions, and rows
// without a decision do not count.
func TestDividingThreshold(t *testing.T) {
	scores := []float64{.1, .9, .4, .6, .5}
	if from, to, ok := divides(scores, []int8{0, 1, 0, 1, -1}, false); !ok || from != .4 || to != .6 {
		t.Errorf("%v to %v, %v", from, to, ok)
	}
	if from, to, ok := divides(scores, []int8{1, 0, 1, 0, -1}, true); !ok || from != .4 || to != .6 {
		t.Errorf("below: %v to %v, %v", from, to, ok)
	}
	for _, logged := range [][]int8{{0, 0, 0, 0, 0}, {1, 1, 0, 0, 1}, {-1, -1, -1, -1, -1}} {
		if from, to, ok := divides(scores, logged, false); ok || math.IsNaN(from) {
			t.Errorf("%v: %v to %v", logged, from, to)
		}
	}
}
