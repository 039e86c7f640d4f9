package explain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// Parts of how well the features together tell the groups.
const (
	partWithout audit.Part = "without"
	partScore   audit.Part = "score"
)

// Proxies looks for columns that tell the protected attribute.
func Proxies() Explainer {
	return Explainer{
		Name: "proxies", Title: "What tells the protected attribute",
		Definition: "Of each feature: the mutual information with the groups in nats, less what chance gives at this size; its share of the groups' entropy (uncertainty coefficient); Cramér's V, corrected for chance; p by dealing the groups to people at random. " +
			"Of all together: the area under the curve and the balanced accuracy of a small boosted model for rows that it has not seen, also without the strongest features, and of the score alone. " +
			"Proxy use: the uncertainty coefficient times the size of the gap that the model makes with the feature.",
		DoesNotShow: "That a column tells the attribute does not show that the model uses it so, nor that it may not be used; proxy use ranks what to look at first and is no amount of unfairness.",
		Asked:       func(e *audit.ExplainSpec) bool { return e.Proxies != nil },
		Explain:     explainProxies,
	}
}

func explainProxies(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	spec := s.Spec.Explain.Proxies
	attributes, err := s.attributes(spec.Attributes)
	if err != nil {
		return nil, fmt.Errorf("explain.proxies.attributes: %w", err)
	}
	all, err := featuresNamed(s.Features, spec.Features)
	if err != nil {
		return nil, fmt.Errorf("explain.proxies.features: %w", err)
	}
	var out []audit.Explanation
	var unused error
	for _, a := range attributes {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		features := s.withoutAttribute(all, a)
		if len(features) == 0 {
			continue
		}
		g := s.grouped(a)
		if len(g.names) < 2 {
			s.Note(fmt.Sprintf("What tells %s is not asked: fewer than two groups have %d sampled rows.", a.Name, fewRows))
			continue
		}
		use, err := s.uses(ctx, a, features)
		if err != nil {
			unused = errors.Join(unused, notReached(err, "how much the model uses what tells "+a.Name))
		}
		alone := s.alone(a, g, features, use)
		together, err := s.together(ctx, a, g, features, alone)
		out = append(append(out, alone...), together...)
		if err != nil {
			return out, err
		}
	}
	return out, unused
}

// A grouping are the rows of the groups that have enough of them.
type grouping struct {
	rows   []int
	groups []int // of each of the rows: a place among the names
	names  []string
	counts []int
}

func (s *Study) grouped(a *Attribute) grouping {
	counts := make([]int, len(a.Groups))
	for _, g := range a.Of {
		if g >= 0 {
			counts[g]++
		}
	}
	out := grouping{}
	place := make([]int, len(a.Groups))
	for g, n := range counts {
		if place[g] = -1; n >= fewRows {
			place[g] = len(out.names)
			out.names, out.counts = append(out.names, a.Groups[g]), append(out.counts, n)
		}
	}
	for row, g := range a.Of {
		if g >= 0 && place[g] >= 0 {
			out.rows, out.groups = append(out.rows, row), append(out.groups, place[g])
		}
	}
	return out
}

// uses gives, for each feature, the size of the largest part of a gap that the
// model makes with it: of the selection rate if the model has a threshold, else
// of the mean score. Nil without a model; 0 for what it does not take.
func (s *Study) uses(ctx context.Context, a *Attribute, features []Feature) ([]float64, error) {
	if s.Model == nil {
		return nil, nil
	}
	m := s.gapMetrics(nil)[0]
	pairs, _ := s.pairs(a, m.counts)
	if len(pairs) == 0 {
		return nil, nil
	}
	got, err := s.attributed(ctx, a, m)
	if err != nil {
		return nil, err
	}
	use := make([]float64, len(features))
	for _, p := range pairs {
		gap, err := got.TakeApart(p.in, p.against)
		if err != nil {
			return nil, err
		}
		for i, f := range features {
			if input := slices.Index(s.Columns, f.Column); input >= 0 {
				use[i] = max(use[i], math.Abs(gap.Parts[input].Value))
			}
		}
	}
	return use, nil
}

// alone tells what each feature by itself says of the groups.
func (s *Study) alone(a *Attribute, g grouping, features []Feature, use []float64) []audit.Explanation {
	log := logs(len(g.rows))
	crossings := make([]crossing, len(features))
	for i, f := range features {
		crossings[i] = newCrossing(f, g.rows, g.groups, len(g.names), log)
	}
	p := permuted(stat.Generator(s.Spec.Seed, "proxies", a.Name), crossings, s.people(g.rows))
	var out [4][]audit.Explanation
	for i := range features {
		of := crossings[i].associate()
		e := audit.Explanation{Explainer: "proxies", MethodVersion: 1, Feature: &features[i].Column, Part: audit.PartFeature, Attribute: a.Name, N: int64(len(g.rows)), Exact: true}
		tell := func(k int, metric string, value float64) {
			e.Metric, e.Value = metric, number(value)
			out[k] = append(out[k], e)
		}
		tell(1, "uncertainty_coefficient", of.share)
		tell(2, "cramers_v", of.cramer)
		if use != nil {
			tell(3, "proxy_use", float64(of.share*use[i]))
		}
		e.P, e.Permutations, e.Seed = &p[i], associationDraws, s.Spec.Seed
		tell(0, "mutual_information", of.information)
	}
	for k := range out {
		rank(out[k])
	}
	return slices.Concat(out[:]...)
}

// together tells how well all features tell each group from the others, and
// what is left without the strongest. Of two groups one is enough.
func (s *Study) together(ctx context.Context, a *Attribute, g grouping, features []Feature, alone []audit.Explanation) ([]audit.Explanation, error) {
	order := indices(len(features))
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(alone[i].Rank, alone[j].Rank) })
	groups := indices(len(g.names))
	if len(groups) == 2 {
		groups = groups[:1]
	}
	var out []audit.Explanation
	for _, group := range groups {
		base := audit.Explanation{Explainer: "proxies", MethodVersion: 1, Attribute: a.Name, Group: &g.names[group], N: int64(len(g.rows))}
		target := make([]float64, len(g.rows))
		for i, of := range g.groups {
			if of == group {
				target[i] = 1
			}
		}
		for _, without := range []int{0, 1, 3} {
			if without >= len(features) {
				continue
			}
			e := base
			kept := make([]Feature, 0, len(features))
			for _, i := range order[without:] {
				kept = append(kept, features[i])
			}
			if e.Part = audit.PartTotal; without > 0 {
				var names []string
				for _, i := range order[:without] {
					names = append(names, features[i].Column)
				}
				e.Part, e.Note = partWithout, "without "+strings.Join(names, ", ")
			}
			scores, err := s.outOfFold(ctx, kept, g.rows, target, model.BoostOptions{Logistic: true})
			if err != nil {
				return out, err
			}
			out = append(out, s.told(e, g.rows, target, scores)...)
		}
		if s.Scores != nil {
			e := base
			e.Part, e.Exact = partScore, true
			out = append(out, s.byScore(e, g.rows, target)...)
		}
	}
	return out, nil
}

// told gives the area under the curve, each fold by itself, because the folds'
// models have scales of their own, and the balanced accuracy.
func (s *Study) told(e audit.Explanation, rows []int, target, scores []float64) []audit.Explanation {
	fold := s.foldOf()
	var value, variance, defined float64
	var right, count [2]float64
	share := 0.0
	for _, y := range target {
		share += y / float64(len(target))
	}
	for k := range folds {
		var in, out []float64
		for i, row := range rows {
			if fold[row] != k {
				continue
			}
			y := int(target[i])
			if y == 1 {
				in = append(in, scores[i])
			} else {
				out = append(out, scores[i])
			}
			count[y]++
			if (scores[i] >= share) == (y == 1) {
				right[y]++
			}
		}
		if auc, err := stat.CompareSamples(sampleOf(in), sampleOf(out)); err == nil {
			value, variance, defined = value+auc.Value, variance+auc.Variance, defined+1
		}
	}
	auc, accuracy := e, e
	auc.Metric, accuracy.Metric = "auc", "balanced_accuracy"
	auc = uncertain(auc, value/defined, math.Sqrt(variance)/defined, s.Spec.Alpha)
	accuracy.Value = number((right[0]/count[0] + right[1]/count[1]) / 2)
	if auc.Value == nil {
		auc.Note = "undefined: no fold has rows of both sides"
		return []audit.Explanation{auc}
	}
	return []audit.Explanation{auc, accuracy}
}

// byScore is how well the score alone tells the group; an area below one half
// says as much as one above.
func (s *Study) byScore(e audit.Explanation, rows []int, target []float64) []audit.Explanation {
	var in, out []float64
	for i, row := range rows {
		if x := s.Scores[row]; x == x {
			if target[i] == 1 {
				in = append(in, x)
			} else {
				out = append(out, x)
			}
		}
	}
	auc, err := stat.CompareSamples(sampleOf(in), sampleOf(out))
	if err != nil {
		return nil
	}
	e.Metric, e.N = "auc", int64(len(in)+len(out))
	return []audit.Explanation{uncertain(e, auc.Value, math.Sqrt(auc.Variance), s.Spec.Alpha)}
}

// sampleOf counts equal numbers.
func sampleOf(values []float64) stat.Sample {
	slices.Sort(values)
	var out stat.Sample
	for _, x := range values {
		if n := len(out); n > 0 && out[n-1].X == x {
			out[n-1].N++
		} else {
			out = append(out, stat.Point{X: x, N: 1})
		}
	}
	return out
}
