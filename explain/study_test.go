package explain

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// study is one of random rows and the model of the bank data, asked for
// everything.
func study(t *testing.T, rows int) *Study {
	t.Helper()
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(21, 22)), rows)
	s := &Study{
		Spec: &audit.Spec{Alpha: .05, Seed: 7, Explain: &audit.ExplainSpec{
			Background: "pooled", BackgroundRows: 10,
			Importance: &audit.ImportanceSpec{Loss: "auc", Repeats: 3},
			Dependence: &audit.DependenceSpec{By: "sex"}, Flip: &audit.FlipSpec{}, Proxies: &audit.ProxiesSpec{},
			Decomposition: &audit.DecompositionSpec{}, Surrogate: &audit.SurrogateSpec{}, Stability: &audit.StabilitySpec{},
		}},
		Rows: r, Inputs: forest.Inputs(), Model: audited(forest), chosen: map[string]string{"sex": "m"},
	}
	s.Model.Decision = &Decision{Cut: .1}
	for i, in := range s.Inputs {
		s.Columns = append(s.Columns, in.Name)
		s.Features = append(s.Features, Feature{Column: in.Name, Values: r.Columns[i]})
	}
	scores, err := s.Model.Score(context.Background(), r.Batch)
	if err != nil {
		t.Fatal(err)
	}
	s.Scores = scores
	for row, p := range scores {
		decision := int8(0)
		if s.Model.Decision.Positive(p) {
			decision = 1
		}
		s.Decisions, s.Keys = append(s.Decisions, decision), append(s.Keys, strconv.Itoa(row))
	}
	campaign := Feature{Column: "campaign", Categories: []string{"1", "2", "3", "4", "5"}}
	for _, x := range r.Columns[4] {
		campaign.Values = append(campaign.Values, x-1)
	}
	s.Strata = []Feature{campaign}
	return s
}

// explained runs an explainer, and holds its numbers to what readers of the
// result count on.
func explained(t *testing.T, s *Study, e Explainer) []audit.Explanation {
	t.Helper()
	if !e.Asked(s.Spec.Explain) || e.Title == "" || e.Definition == "" || e.DoesNotShow == "" {
		t.Fatalf("%s is not asked for, or says nothing of itself", e.Name)
	}
	list, err := e.Explain(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		switch {
		case x.Explainer != e.Name || x.Metric == "" || x.Part == "" || x.MethodVersion < 1:
			t.Fatalf("%+v is not labeled", x)
		case x.Value == nil && x.Note == "":
			t.Fatalf("%s %s %s is undefined without a note", x.Explainer, x.Metric, x.Part)
		case x.Interval != nil && (*x.Interval.Low > *x.Value || *x.Interval.High < *x.Value):
			t.Fatalf("%s %s %s: %v is not in its interval", x.Explainer, x.Metric, x.Part, *x.Value)
		case x.N <= 0:
			t.Fatalf("%s %s %s rests on no rows", x.Explainer, x.Metric, x.Part)
		}
	}
	return list
}

func TestDependenceExplains(t *testing.T) {
	list := explained(t, study(t, 200), Dependence())
	parts := map[audit.Part]int{}
	for _, x := range list {
		parts[x.Part]++
	}
	if parts[audit.PartPoint] == 0 || parts[partAccumulated] == 0 || len(parts) != 2 { // and no single person's row
		t.Errorf("%v", parts)
	}
}

// Gaps in decisions that are left out for want of a threshold are told, unless
// others are asked for.
func TestGapsWithoutThresholdAreTold(t *testing.T) {
	for _, metrics := range [][]string{nil, {"mean_score"}} {
		s := study(t, 100)
		s.Model.Decision, s.Spec.Explain.Gap = nil, &audit.GapSpec{Metrics: metrics}
		if _, err := Gaps().Explain(context.Background(), s); err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(strings.Join(s.notes, " "), "Gaps in decisions"); told != (metrics == nil) {
			t.Errorf("%v: %q", metrics, s.notes)
		}
	}
}
