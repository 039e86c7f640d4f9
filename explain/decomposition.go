package explain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Parts of a gap that is taken apart without a model.
const (
	partComposition audit.Part = "composition"
	partRates       audit.Part = "rates"
	partOutside     audit.Part = "outside"

	partExplained         audit.Part = "explained"
	partUnexplained       audit.Part = "unexplained"
	partExplainedPooled   audit.Part = "explained_pooled"
	partUnexplainedPooled audit.Part = "unexplained_pooled"

	partAdjusted    audit.Part = "adjusted"
	partSensitivity audit.Part = "sensitivity"
	partLimit       audit.Part = "sensitivity_limit"
)

// Decomposition takes gaps in the log apart; it asks no model.
func Decomposition() Explainer {
	return Explainer{
		Name: "decomposition", Title: "Gaps taken apart by who is in the groups",
		Definition: "Composition and rates: what the groups' shares of the strata, and their rates within them, make of the gap (Kitagawa 1955); outside: strata that one group is not in. " +
			"Explained: the difference of the groups' means of a feature times its least-squares coefficient, of the reference group and, pooled, of both groups with an indicator (Oaxaca 1973, Blinder 1973); unexplained: the rest. " +
			"Adjusted: the average marginal effect of the group in a logistic regression on the features, with errors that follow people; " +
			"sensitivity: the risk ratio by which an omitted factor would have to be tied to both group and decision to account for all of it, and limit: for its interval to reach none (VanderWeele and Ding 2017).",
		DoesNotShow: "It describes the log, not the model: a part that listed factors reproduce is not thereby justified, and factors that are themselves unfair hide a gap, as missing ones make one.",
		Asked:       func(e *audit.ExplainSpec) bool { return e.Decomposition != nil },
		Explain:     explainDecomposition,
	}
}

// An outcome is a number of logged rows whose means are compared.
type outcome struct {
	metric string
	of     []float64 // of each row; NaN for rows that do not count
	binary bool
}

func (s *Study) outcomes() []outcome {
	var out []outcome
	if s.Decisions != nil {
		decided := outcome{metric: "selection_rate_difference", binary: true}
		for _, d := range s.Decisions {
			x := math.NaN()
			if d >= 0 {
				x = float64(d)
			}
			decided.of = append(decided.of, x)
		}
		out = append(out, decided)
	}
	if s.Scores != nil {
		out = append(out, outcome{metric: "score_mean_difference", of: s.Scores})
	}
	return out
}

func explainDecomposition(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	spec := s.Spec.Explain.Decomposition
	attributes, err := s.attributes(spec.Attributes)
	if err != nil {
		return nil, fmt.Errorf("explain.decomposition.attributes: %w", err)
	}
	strata, err := featuresNamed(s.Strata, spec.Strata)
	if err != nil {
		return nil, fmt.Errorf("explain.decomposition.strata: %w", err)
	}
	all, err := featuresNamed(s.Features, spec.Features)
	if err != nil {
		return nil, fmt.Errorf("explain.decomposition.features: %w", err)
	}
	if len(strata) > 1 {
		strata = append(slices.Clone(strata), crossed(strata))
	}
	var out []audit.Explanation
	for _, a := range attributes {
		features := s.withoutAttribute(all, a)
		for _, y := range s.outcomes() {
			pairs, small := s.pairs(a, func(row int) bool { return y.of[row] == y.of[row] })
			if len(small) > 0 {
				s.Note(s.tooSmall(a.Name, []string{spoken(y.metric)}, small, "not taken apart"))
			}
			for _, p := range pairs {
				if err := ctx.Err(); err != nil {
					return out, err
				}
				out = append(out, s.apart(p, y, strata, features)...)
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there is nothing to take apart: no two groups have enough rows with a decision or a score")
	}
	return out, nil
}

func spoken(metric string) string { return strings.ReplaceAll(metric, "_", " ") }

// tooSmall names the groups whose gaps are left out. Where counts up to more than
// fewRows are private, it only says how many groups they are.
func (s *Study) tooSmall(attribute string, metrics, groups []string, what string) string {
	whose, are, they := strings.Join(groups, ", "), "is", "it or its reference has"
	if s.least > fewRows {
		whose = fmt.Sprintf("%d groups", len(groups))
		if len(groups) == 1 {
			whose = "1 group"
		}
	}
	if len(groups) > 1 {
		they = "each of them or its reference has"
	}
	if len(metrics) > 1 {
		are = "are"
	}
	return fmt.Sprintf("Of %s, the %s of %s %s %s: %s fewer than %d of the sampled rows that count for it.", attribute, strings.Join(metrics, ", "), whose, are, what, they, fewRows)
}

// withoutAttribute leaves the attribute's own column out of the features: it
// cannot be held fixed while the group changes.
func (s *Study) withoutAttribute(features []Feature, a *Attribute) []Feature {
	column := a.Name
	for _, g := range s.Spec.Groups {
		if g.Name == a.Name {
			column = g.Column
		}
	}
	return slices.DeleteFunc(slices.Clone(features), func(f Feature) bool { return f.Column == column })
}

// featuresNamed gives those with these columns; all for none.
func featuresNamed(from []Feature, columns []string) ([]Feature, error) {
	if len(columns) == 0 {
		return from, nil
	}
	var out []Feature
	for _, column := range columns {
		at := slices.IndexFunc(from, func(f Feature) bool { return f.Column == column })
		if at < 0 {
			return nil, fmt.Errorf("column %q is not among those that the sample has", column)
		}
		out = append(out, from[at])
	}
	return out, nil
}

// apart takes one gap apart in every way that the columns allow.
func (s *Study) apart(p contrasted, y outcome, strata, features []Feature) []audit.Explanation {
	g := s.twoGroups(p, y)
	base := p.row("decomposition", y.metric)
	base.Exact = true
	total := base
	total.Part = audit.PartTotal
	mean, influence := g.difference(func(i int) float64 { return g.y[i] })
	out := []audit.Explanation{uncertain(total, mean, clusteredError(influence, g.people), s.Spec.Alpha)}
	for _, stratum := range strata {
		out = append(out, s.kitagawa(base, g, stratum)...)
	}
	if len(features) == 0 {
		return out
	}
	d := designOf(features, g.rows)
	if n := min(g.n[0], g.n[1]); n < 5*len(d.columns) {
		s.Note(fmt.Sprintf("The %s of %s %s is not regressed: %d sampled rows of the smaller group are too few for %d columns.", spoken(y.metric), p.attribute.Name, p.name, n, len(d.columns)))
		return out
	}
	out = append(out, s.oaxaca(base, g, d, features)...)
	if y.binary {
		out = append(out, s.adjusted(base, g, d)...)
	}
	return out
}

// twoGroups are the rows of a group and of those it is compared with.
type twoGroups struct {
	rows   []int // in the order of the sample
	side   []int // of each: 1 in the group, 0 in the reference
	y      []float64
	people []int
	n      [2]int
}

func (s *Study) twoGroups(p contrasted, y outcome) twoGroups {
	g := twoGroups{rows: append(slices.Clone(p.in), p.against...)}
	slices.Sort(g.rows)
	in := member(len(y.of), p.in)
	for _, row := range g.rows {
		side := 0
		if in(row) {
			side = 1
		}
		g.side, g.y = append(g.side, side), append(g.y, y.of[row])
		g.n[side]++
	}
	g.people = s.people(g.rows)
	return g
}

// difference is that of the groups' means of a number, and each row's
// influence on it.
func (g twoGroups) difference(of func(i int) float64) (float64, []float64) {
	var mean [2]float64
	for i, side := range g.side {
		mean[side] += of(i)
	}
	for side := range mean {
		mean[side] /= float64(g.n[side])
	}
	influence := make([]float64, len(g.side))
	for i, side := range g.side {
		influence[i] = float64(2*side-1) * (of(i) - mean[side]) / float64(g.n[side])
	}
	return mean[1] - mean[0], influence
}
