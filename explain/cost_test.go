package explain

import (
	"context"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// An attribution takes its share of the budget; of many inputs it compares each
// row with one other before it gives up.
func TestAttributionWithinBudget(t *testing.T) {
	for _, c := range []struct {
		most         int64
		permutations int
		exact, none  bool
	}{
		{most: 0, exact: true}, // 64 sets of 6 inputs, with each of 10 rows
		{most: 4 * 200 * 640, exact: true},
		{most: 4*200*640 - 1, permutations: 20},
		{most: 4 * 200 * 36, permutations: 6},
		{most: 200 * 12, permutations: 2},
		{most: 200*12 - 1, none: true},
	} {
		s := study(t, 200)
		s.Model.spent, s.Model.most = 0, c.most
		got, err := s.attributed(context.Background(), &s.Rows.Attributes[0], gapMetric{of: same, value: "score"})
		if (err != nil) != c.none {
			t.Errorf("of %d: %v", c.most, err)
			continue
		}
		if c.none {
			continue
		}
		if got.exact != c.exact || got.permutations != c.permutations || len(got.Values) != 200 {
			t.Errorf("of %d: exact %v, %d permutations, %d rows", c.most, got.exact, got.permutations, len(got.Values))
		}
		if c.most > 0 && s.Model.Spent() > c.most {
			t.Errorf("of %d: %d rows", c.most, s.Model.Spent())
		}
	}
}

// What is said before is not less than what is spent.
func TestCostIsABound(t *testing.T) {
	for name, e := range map[string]audit.ExplainSpec{
		"trees": {Importance: &audit.ImportanceSpec{Loss: "log_loss", Repeats: 3, Groups: []audit.FeatureGroup{{Name: "both", Features: []string{"age", "day"}}}}, Gap: &audit.GapSpec{}, Dependence: &audit.DependenceSpec{Points: 7}},
		"none":  {Proxies: &audit.ProxiesSpec{}},
	} {
		s := study(t, 200)
		e.Rows, e.BackgroundRows, e.Background, e.ModelRows, e.ParityRows = 200, 10, "pooled", 40_000, 50
		j := &Job{spec: &audit.Spec{Explain: &e}, output: s.Model.Output}
		if name == "none" {
			if line := j.Cost(-1); line != "explain at most 200 sampled rows, without a model" {
				t.Error(line)
			}
			continue
		}
		j.spec.Model, j.scorer = &audit.ModelSpec{Threshold: "0.1"}, s.Model.Scorer
		for _, column := range s.Columns {
			j.inputs = append(j.inputs, audit.ModelInputSpec{Name: column, Column: column})
		}
		// Two values of 200 rows, 2 x 6 rows each for as many of the background as a
		// quarter of what is left allows: 4 and then 3; a walk and 1 + 3 draws of the
		// group; a walk.
		if line, want := j.Cost(1000), ": probes 150, gap 16800, importance 1000, dependence 200"; !strings.HasSuffix(line, want) {
			t.Errorf("%s, want %s", line, want)
		}
		s.Spec.Explain, s.Model.spent, s.Model.most = &e, 150, e.ModelRows
		for _, x := range []Explainer{Gaps(), Importances(), Dependence()} {
			if _, err := x.Explain(context.Background(), s); err != nil {
				t.Fatal(err)
			}
		}
		if s.Model.Spent() > 150+16800+1000+200 {
			t.Errorf("%d rows", s.Model.Spent())
		}
	}
}

// The plan names what will not fit: 200 rows of 6 inputs need 200 x 12 model rows for an
// attribution, and no more than 1,850 are left.
func TestCostNamesWhatDoesNotFit(t *testing.T) {
	s := study(t, 200)
	e := &audit.ExplainSpec{Rows: 200, BackgroundRows: 10, Background: "pooled", ModelRows: 2000, ParityRows: 50, Gap: &audit.GapSpec{Metrics: []string{"mean_score"}},
		Importance: &audit.ImportanceSpec{Loss: "log_loss", Repeats: 3}}
	j := &Job{spec: &audit.Spec{Explain: e, Model: &audit.ModelSpec{}}, output: s.Model.Output, scorer: s.Model.Scorer}
	for _, column := range s.Columns {
		j.inputs = append(j.inputs, audit.ModelInputSpec{Name: column, Column: column})
	}
	if line, want := j.Cost(1000), ": probes 150, importance 200; that does not reach for gap: about 2800 would do; raise explain.budget.model_rows, or lower explain.rows"; !strings.HasSuffix(line, want) {
		t.Errorf("%s, want %s", line, want)
	}
	s.Spec.Explain, s.Model.spent, s.Model.most = e, 150, e.ModelRows
	if _, err := Gaps().Explain(context.Background(), s); !stopped(err) {
		t.Errorf("the gap: %v", err)
	}
	e.ModelRows = 2800 // 150, 2,400 and 200
	if line := j.Cost(1000); !strings.HasSuffix(line, ": probes 150, gap 2400, importance 200") {
		t.Error(line)
	}
	s.Model.spent, s.Model.most = 150, e.ModelRows
	for _, x := range []Explainer{Gaps(), Importances()} {
		if _, err := x.Explain(context.Background(), s); err != nil {
			t.Errorf("%s: %v", x.Name, err)
		}
	}
	e.ModelRows = 250 // of importance a half
	if line := j.Cost(1000); !strings.Contains(line, ": probes 150, importance 100; that does not reach for gap, all of importance: about 2800 would do") {
		t.Error(line)
	}
}
