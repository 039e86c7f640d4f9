package explain

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

const (
	dependencePoints = 32
	dependenceParts  = 10 // of the spread of a point
)

// partAccumulated are the points of the dependence beside those of the mean
// curve.
const partAccumulated audit.Part = "accumulated"

// Dependence shows how the model's output moves with one input.
func Dependence() Explainer {
	return Explainer{
		Name: "dependence", Title: "How the score follows an input",
		Definition: "Partial dependence: the mean score of the rows if all of them had this value of the input (Friedman 2001). " +
			"Accumulated: how the score changes when rows move across the short interval of values that they lie in, added up, with mean 0 (Apley and Zhu 2020). Spread: the means of equal parts of the rows. " +
			"Individual: the score of single sampled rows with each value of the input (Goldstein and others 2015).",
		DoesNotShow: "It shows what the model answers, not what would happen to people whose value changed; partial dependence also asks about combinations of values that nobody has.",
		NeedsModel:  true,
		Asked:       func(e *audit.ExplainSpec) bool { return e.Dependence != nil },
		Explain:     explainDependence,
	}
}

func explainDependence(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	spec := s.Spec.Explain.Dependence
	if s.Rows.Rows < 2 {
		return nil, ErrNoRows
	}
	want := dependenceAsked{points: spec.Points, individual: spec.Individual, spread: func(rows []int, of func(row int) float64) []float64 {
		return s.spread(rows, of, dependenceParts)
	}}
	if want.points < 2 {
		want.points = dependencePoints
	}
	var err error
	if want.inputs, err = s.inputsNamed(spec.Features); err != nil {
		return nil, err
	}
	if spec.By != "" {
		if want.by = s.attribute(spec.By); want.by == nil {
			return nil, fmt.Errorf("explain.dependence.by: %q is no attribute of the audit", spec.By)
		}
	}
	before := s.Model.Spent()
	found, err := s.Model.dependences(ctx, s.Rows, s.Inputs, want)
	spent := s.Model.Spent() - before
	var out []audit.Explanation
	for _, d := range found {
		for _, e := range s.curves(d, want.by) {
			e.ModelRows = spent
			out = append(out, e)
		}
	}
	var missing []string
	for _, input := range want.inputs {
		if !slices.ContainsFunc(found, func(d dependence) bool { return d.input == input }) {
			missing = append(missing, s.Columns[input])
		}
	}
	return out, notReached(err, missing...)
}

// curves are the points of one input's curves.
func (s *Study) curves(d dependence, by *Attribute) []audit.Explanation {
	var out []audit.Explanation
	point := func(part audit.Part, group, n int, at float64) audit.Explanation {
		e := audit.Explanation{
			Explainer: "dependence", Metric: s.Model.outputName(), MethodVersion: 1, Feature: &s.Columns[d.input], Part: part, N: int64(n), Exact: true,
		}
		if group >= 0 {
			e.Attribute, e.Group = by.Name, &by.Groups[group]
		}
		place(s.Inputs[d.input], at, &e)
		return e
	}
	for _, list := range []struct {
		part   audit.Part
		curves []curve
	}{{audit.PartPoint, d.partial}, {partAccumulated, d.accumulated}, {audit.PartIndividual, d.individual}} {
		for _, c := range list.curves {
			for k, x := range c.values {
				e := point(list.part, c.group, c.rows, x)
				e.Member = c.member
				if c.spread != nil {
					e.Spread = c.spread[k]
				}
				if c.se == nil {
					e.Value = number(c.mean[k])
					out = append(out, e)
					continue
				}
				out = append(out, uncertain(e, c.mean[k], c.se[k], s.Spec.Alpha))
			}
		}
	}
	return out
}

// inputsNamed gives the model's inputs with these columns; all for none.
func (s *Study) inputsNamed(columns []string) ([]int, error) {
	if len(columns) == 0 {
		return indices(len(s.Columns)), nil
	}
	var out []int
	for _, column := range columns {
		at := -1
		for i, c := range s.Columns {
			if c == column {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("column %q is no input of the model", column)
		}
		out = append(out, at)
	}
	return out, nil
}

// attribute gives the protected attribute of this name, or nil.
func (s *Study) attribute(name string) *Attribute {
	for i := range s.Rows.Attributes {
		if s.Rows.Attributes[i].Name == name {
			return &s.Rows.Attributes[i]
		}
	}
	return nil
}

// attributes gives those named; all for none.
func (s *Study) attributes(names []string) ([]*Attribute, error) {
	var out []*Attribute
	if len(names) == 0 {
		for i := range s.Rows.Attributes {
			out = append(out, &s.Rows.Attributes[i])
		}
	}
	for _, name := range names {
		a := s.attribute(name)
		if a == nil {
			return nil, fmt.Errorf("%q is no attribute of the audit", name)
		}
		out = append(out, a)
	}
	return out, nil
}

// place says where on an input's axis an explanation is.
func place(in model.Input, x float64, e *audit.Explanation) {
	switch {
	case math.IsNaN(x):
		missing := "(missing)"
		e.Category = &missing
	case in.Categories != nil:
		if code := int(x); code >= 0 && code < len(in.Categories) {
			e.Category = &in.Categories[code]
		}
	default:
		e.X = &x
	}
}
