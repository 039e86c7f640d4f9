package explain

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// partFlip is what happens to the rows of one group with another's value.
const partFlip audit.Part = "flip"

// Flip asks what the model says when only the protected attribute changes.
func Flip() Explainer {
	return Explainer{
		Name: "flip", Title: "Decisions that change with the attribute alone",
		Definition: "The share of rows whose decision changes when the model gets another group's value of the attribute and every other input stays as it is, by direction and group; " +
			"and how far the score moves.",
		DoesNotShow: "It finds direct use of the attribute alone: a model that takes the same from other inputs passes it, and a model that does not take the attribute always has zero.",
		NeedsModel:  true,
		Asked:       func(e *audit.ExplainSpec) bool { return e.Flip != nil },
		Explain:     explainFlip,
	}
}

func explainFlip(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	attributes, err := s.attributes(s.Spec.Explain.Flip.Attributes)
	if err != nil {
		return nil, fmt.Errorf("explain.flip.attributes: %w", err)
	}
	var out []audit.Explanation
	for _, a := range attributes {
		c := s.carriers(a)
		switch {
		case len(c.several) > 0:
			s.Note(fmt.Sprintf("Flips of %s are not asked for: rows of one group have different values of %s, so that nobody can say which one a changed row would have.", a.Name, strings.Join(c.several, ", ")))
			continue
		case len(c.inputs) == 0:
			out = append(out, notTaken(a))
			continue
		case len(c.groups) < 2:
			s.Note(fmt.Sprintf("Flips of %s are not asked for: fewer than two groups have %d sampled rows.", a.Name, fewRows))
			continue
		}
		flips, err := s.flips(ctx, a, c)
		if err != nil {
			return out, notReached(err, a.Name)
		}
		out = append(out, s.flipRows(a, c, flips)...)
	}
	return out, nil
}

// carriers are the inputs that hold an attribute, and what they are for each
// group.
type carriers struct {
	inputs  []int
	groups  []int             // with enough rows
	values  map[int][]float64 // by group: one for each of the inputs
	several []string          // columns that hold it but differ within a group
}

// carriers finds the inputs that are the attribute: those of its own column,
// and those that are the same for all rows of a group and not for all groups,
// such as the columns of a one-hot code.
func (s *Study) carriers(a *Attribute) carriers {
	c := carriers{values: map[int][]float64{}}
	first := make([]int, len(a.Groups)) // a row of each group
	count := make([]int, len(a.Groups))
	for row, g := range a.Of {
		if g >= 0 {
			if count[g] == 0 {
				first[g] = row
			}
			count[g]++
		}
	}
	for g, n := range count {
		if n >= fewRows {
			c.groups = append(c.groups, g)
		}
	}
	for input, column := range s.Rows.Columns {
		constant, differs := true, false
		for row, g := range a.Of {
			if g >= 0 && count[g] >= fewRows && bitsOf(column[row]) != bitsOf(column[first[g]]) {
				constant = false
				break
			}
		}
		for _, g := range c.groups {
			differs = differs || bitsOf(column[first[g]]) != bitsOf(column[first[c.groups[0]]])
		}
		switch {
		case constant && differs:
			c.inputs = append(c.inputs, input)
			for _, g := range c.groups {
				c.values[g] = append(c.values[g], column[first[g]])
			}
		case !constant && s.isColumnOf(a, input):
			c.several = append(c.several, s.Columns[input])
		}
	}
	return c
}

// isColumnOf says whether an input is read from the attribute's own column.
func (s *Study) isColumnOf(a *Attribute, input int) bool {
	for _, g := range s.Spec.Groups {
		if g.Name == a.Name {
			return g.Column == s.Columns[input]
		}
	}
	return false
}

// notTaken is the answer for a model that does not take the attribute.
func notTaken(a *Attribute) audit.Explanation {
	zero := 0.0
	return audit.Explanation{
		Explainer: "flip", Metric: "flip_rate", MethodVersion: 1, Part: audit.PartTotal, Attribute: a.Name, Value: &zero, Exact: true, N: int64(len(a.Of)),
		Note: "Zero is guaranteed: the model does not take " + a.Name + ". It may still take what tells it.",
	}
}

// flips are the scores of the rows as they are, and with every group's values:
// by group.
type flips struct {
	own   []float64
	with  map[int][]float64
	spent int64
}

func (s *Study) flips(ctx context.Context, a *Attribute, c carriers) (flips, error) {
	before := s.Model.Spent()
	columns := s.Rows.Columns
	// Each group's values cost a score for every row: all or nothing.
	if need := int64(s.Rows.Rows) * int64(len(c.groups)+1); need > s.Model.Left() {
		return flips{}, ErrBudget
	}
	own, err := s.Model.made(ctx, s.Rows.Rows, len(columns), func(row, input int) float64 { return columns[input][row] })
	if err != nil {
		return flips{}, err
	}
	f := flips{own: own, with: map[int][]float64{}}
	for _, g := range c.groups {
		set := map[int]float64{}
		for i, input := range c.inputs {
			set[input] = c.values[g][i]
		}
		f.with[g], err = s.Model.made(ctx, s.Rows.Rows, len(columns), func(row, input int) float64 {
			if x, ok := set[input]; ok {
				return x
			}
			return columns[input][row]
		})
		if err != nil {
			return flips{}, err
		}
	}
	f.spent = s.Model.Spent() - before
	return f, nil
}

// flipRows tell each group with each other group's values, and all together.
func (s *Study) flipRows(a *Attribute, c carriers, f flips) []audit.Explanation {
	base := audit.Explanation{Explainer: "flip", MethodVersion: 1, Attribute: a.Name, Exact: true, ModelRows: f.spent}
	if names := s.names(c.inputs); !slices.Equal(names, []string{a.Name}) {
		base.Note = "The inputs that hold " + a.Name + " are changed: " + strings.Join(names, ", ") + "."
	}
	var out []audit.Explanation
	share := map[int]float64{} // by row: of the other groups, how many change its decision
	for _, from := range c.groups {
		for _, to := range c.groups {
			if from == to {
				continue
			}
			var rows []int
			for row, g := range a.Of {
				if int(g) == from {
					rows = append(rows, row)
				}
			}
			e := base
			e.Part, e.Group, e.Reference, e.N = partFlip, &a.Groups[from], &a.Groups[to], int64(len(rows))
			out = append(out, s.flipped(e, rows, f.own, f.with[to], share, float64(len(c.groups)-1))...)
		}
	}
	if s.Model.Decision == nil {
		return out
	}
	total := base
	total.Metric, total.Part, total.N = "flip_rate", audit.PartTotal, int64(len(share))
	var rows []int
	var changed []float64
	for row := range a.Of {
		if x, ok := share[row]; ok {
			rows, changed = append(rows, row), append(changed, x)
		}
	}
	if len(c.groups) == 2 {
		return append([]audit.Explanation{s.rate(total, rows, changed)}, out...)
	}
	mean, se := s.Rows.meanAndError(rows, func(row int) float64 { return share[row] })
	return append([]audit.Explanation{uncertain(total, mean, se, s.Spec.Alpha)}, out...)
}

// flipped compares the rows' scores with those they have as members of another
// group.
func (s *Study) flipped(e audit.Explanation, rows []int, own, with []float64, share map[int]float64, others float64) []audit.Explanation {
	var out []audit.Explanation
	if d := s.Model.Decision; d != nil {
		turned := map[string][]float64{}
		for _, row := range rows {
			before, after := d.Positive(own[row]), d.Positive(with[row])
			share[row] += 0
			if before != after {
				share[row] += 1 / others
			}
			for metric, is := range map[string]bool{"flip_rate": before != after, "flip_to_positive_rate": !before && after, "flip_to_negative_rate": before && !after} {
				x := 0.0
				if is {
					x = 1
				}
				turned[metric] = append(turned[metric], x)
			}
		}
		for _, metric := range []string{"flip_rate", "flip_to_positive_rate", "flip_to_negative_rate"} {
			e.Metric = metric
			out = append(out, s.rate(e, rows, turned[metric]))
		}
	}
	for _, m := range []struct {
		metric string
		of     func(shift float64) float64
	}{{"score_shift", func(x float64) float64 { return x }}, {"absolute_score_shift", math.Abs}} {
		mean, se := s.Rows.meanAndError(rows, func(row int) float64 { return m.of(with[row] - own[row]) })
		e.Metric = m.metric
		out = append(out, uncertain(e, mean, se, s.Spec.Alpha))
	}
	return out
}

// rate is a share of rows, with Wilson's interval, or one that follows people.
func (s *Study) rate(e audit.Explanation, rows []int, is []float64) audit.Explanation {
	if s.Rows.People != nil {
		place := make(map[int]int, len(rows))
		for i, row := range rows {
			place[row] = i
		}
		mean, se := s.Rows.meanAndError(rows, func(row int) float64 { return is[place[row]] })
		return uncertain(e, mean, se, s.Spec.Alpha)
	}
	count := int64(0)
	for _, x := range is {
		count += int64(x)
	}
	e.Value = number(float64(count) / float64(e.N))
	if interval, err := stat.Wilson(count, e.N, s.Spec.Alpha); err == nil {
		e.Interval = &audit.Interval{Low: number(interval.Low), High: number(interval.High), Level: 1 - s.Spec.Alpha, Method: interval.Method}
	}
	return e
}

// names are the columns of some inputs.
func (s *Study) names(inputs []int) []string {
	var out []string
	for _, input := range inputs {
		out = append(out, s.Columns[input])
	}
	return out
}
