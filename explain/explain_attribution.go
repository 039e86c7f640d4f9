package explain

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// spreadParts are the most parts of a spread of attributions.
const spreadParts = 20

// Attribution says what rows' values owe to each input.
func Attribution() Explainer {
	return Explainer{
		Name: "attribution", Title: "What a score is made of",
		Definition: "The mean size of each input's Shapley value over the sampled rows, and over those of each group: how far it moves a row's value from the background's mean. " +
			"Their spread shows how the values, with their signs, scatter: the means of equal parts of the people. Along paths the training data stands for an absent input, as in the libraries' own contributions.",
		DoesNotShow: "It shows what the model does with these rows against this background, not what would happen to a person whose value changed; inputs that tell the same share the credit.",
		NeedsModel:  true,
		Asked:       func(e *audit.ExplainSpec) bool { return e.Attribution != nil },
		Explain:     explainAttribution,
	}
}

func explainAttribution(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	of := s.Spec.Explain.Attribution.Of
	m := gapMetric{name: of, of: func(x float64) float64 { return x }, value: "score"}
	if of == "decision" {
		m.value = "decision"
		d := s.Model.Decision
		if d == nil {
			return nil, errors.New("a decision needs model.threshold")
		}
		m.of = func(score float64) float64 {
			if d.Positive(score) {
				return 1
			}
			return 0
		}
	} else if of == "margin" && s.Model.Output != model.Margin && s.Model.hasMargin() {
		m.value = "margin"
	} else if (of == "margin") != (s.Model.Output == model.Margin) {
		m.name = s.Model.outputName()
		s.Note(fmt.Sprintf("Attributions are of the %s, which model.output takes for the score.", m.name))
	}
	var out []audit.Explanation
	for i := range s.Rows.Attributes {
		a := &s.Rows.Attributes[i]
		got, err := s.attributed(ctx, a, m)
		if err != nil {
			var missing []string
			for _, a := range s.Rows.Attributes[i:] {
				missing = append(missing, "the groups of "+a.Name)
			}
			return out, notReached(err, missing...)
		}
		for group := -1; group < len(a.Groups); group++ {
			if group < 0 && i > 0 { // all rows are told once, against the first background
				continue
			}
			out = append(out, s.meanSizes(a, group, m, got)...)
		}
	}
	if s.Spec.Explain.Attribution.Paths {
		along, err := s.alongPaths(ctx)
		if err != nil {
			s.Note("Attributions along the paths of trees are left out: " + err.Error() + ".")
		}
		out = append(out, along...)
	}
	return out, nil
}

// rowsOf are the attributed rows of a group; all for -1.
func (a *Attributions) rowsOf(of *Attribute, group int) []int {
	var rows []int
	for row := range a.Values {
		if group < 0 || int(of.Of[row]) == group {
			rows = append(rows, row)
		}
	}
	return rows
}

// hasMargin says whether the model can give margins beside what the
// configuration takes for the score.
func (a *Audited) hasMargin() bool {
	switch a.Scorer.(type) {
	case *model.Forest, *model.Linear:
		return true
	}
	return false
}

// alongPaths are the mean sizes of path-dependent attributions of trees, where
// the training data stands for an absent input.
func (s *Study) alongPaths(ctx context.Context) ([]audit.Explanation, error) {
	if s.Model.Forest == nil {
		return nil, errors.New("the model has no trees, or trees with linear leaves")
	}
	if err := s.Model.Spend(int64(s.Rows.Rows)); err != nil {
		return nil, err
	}
	values, err := PathAttributions(ctx, s.Model.Forest, s.Rows.Batch, s.Model.Class)
	if err != nil {
		return nil, err
	}
	got := &attributed{Attributions: values, from: "training", exact: true}
	got.People = s.Rows.People
	m := gapMetric{name: "path_dependent_margin"}
	var out []audit.Explanation
	for i := range s.Rows.Attributes {
		a := &s.Rows.Attributes[i]
		for group := -1; group < len(a.Groups); group++ {
			if group >= 0 || i == 0 {
				out = append(out, s.meanSizes(a, group, m, got)...)
			}
		}
	}
	return out, nil
}

func (a *Audited) outputName() string {
	if a.Output == model.Margin {
		return "margin"
	}
	return "probability"
}

// meanSizes are the mean absolute attributions of the rows of a group; of all
// rows for -1.
func (s *Study) meanSizes(a *Attribute, group int, m gapMetric, got *attributed) []audit.Explanation {
	rows := got.rowsOf(a, group)
	if len(rows) < fewRows {
		return nil
	}
	var out []audit.Explanation
	for input := range s.Columns {
		size := func(row int) float64 { return math.Abs(got.Values[row][input]) }
		mean, se := s.Rows.meanAndError(rows, size)
		e := audit.Explanation{Explainer: "attribution", Metric: m.name, MethodVersion: 1, Feature: &s.Columns[input], Part: audit.PartFeature,
			N: int64(len(rows)), Exact: got.exact, Background: got.from, BackgroundRows: got.background, ModelRows: got.ModelRows, Additivity: number(got.Additivity)}
		if group >= 0 {
			e.Attribute, e.Group = a.Name, &a.Groups[group]
		}
		e.Spread = s.spread(rows, func(row int) float64 { return got.Values[row][input] }, spreadParts)
		if !got.exact {
			e.Permutations, e.Seed = got.permutations, s.Spec.Seed
		}
		out = append(out, uncertain(e, mean, se, s.Spec.Alpha))
	}
	rank(out)
	return out
}
