package explain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Parts of how far explanations agree.
const (
	partAgreement audit.Part = "agreement"
	partNoise     audit.Part = "noise"
)

// stabilityTop is how many of the first features are compared.
const stabilityTop = 5

// A compared is one measure of agreement.
type compared struct {
	metric string
	of     func(agreement) float64
}

// Stability says how far explanations agree from one period, or version of the
// model, to the next.
func Stability() Explainer {
	return Explainer{
		Name: "stability", Title: "Whether explanations stay the same",
		Definition: "How far two explanations put the same features first: the shared ones among the first (Jaccard), rank-biased overlap with persistence 0.9 (Webber, Moffat and Zobel 2010), and Kendall's tau-b of the sizes. " +
			"Noise is what nineteen of twenty pairs would exceed if nothing but the sampling of rows made them differ, p how often so little agreement comes about then.",
		DoesNotShow: "Agreement does not show that an explanation is right, and a change of ranks does not show that the model got worse: the rows, the background or the model may have changed.",
		Asked:       func(e *audit.ExplainSpec) bool { return e.Stability != nil },
		Explain:     explainStability,
	}
}

func explainStability(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	top := cmp.Or(s.Spec.Explain.Stability.Top, stabilityTop)
	var out []audit.Explanation
	stored := make([]map[string]told, len(s.Earlier))
	for i, e := range s.Earlier {
		stored[i] = rankings(e.Explanations)
	}
	for i := 1; i < len(stored); i++ {
		out = append(out, s.compare(stored[i-1], stored[i], s.Earlier[i-1].Label, s.Earlier[i].Label, top)...)
	}
	if s.Model != nil && len(s.Rows.Attributes) > 0 {
		for _, labels := range [][]string{s.Windows, s.Versions} {
			list, err := s.within(ctx, labels, top)
			out = append(out, list...)
			if err != nil {
				return out, notReached(err, "windows and versions")
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there is nothing to compare: neither two stored explanations of the same kind, nor two windows or versions with enough sampled rows")
	}
	return out, nil
}

// A told ranking is one with what it is a ranking of.
type told struct {
	ranking
	row audit.Explanation // explainer, metric, attribute and groups
}

// rankings finds the rankings of features among explanations.
func rankings(list []audit.Explanation) map[string]told {
	out := map[string]told{}
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	for _, e := range list {
		if e.Part != audit.PartFeature || e.Feature == nil || e.Value == nil || e.Explainer == "stability" || e.Window != "" && e.Window != audit.AllWindows {
			continue
		}
		key := fmt.Sprintf("%q", []string{e.Explainer, e.Metric, e.Attribute, text(e.Group), text(e.Reference)})
		t := out[key]
		t.row = audit.Explanation{Explainer: e.Explainer, Metric: e.Metric, Attribute: e.Attribute, Group: e.Group, Reference: e.Reference, N: e.N, ReferenceN: e.ReferenceN}
		se := 0.0
		if e.StandardError != nil {
			se = *e.StandardError
		}
		t.features, t.values, t.se = append(t.features, *e.Feature), append(t.values, *e.Value), append(t.se, se)
		out[key] = t
	}
	return out
}

// compare tells how far the rankings that both have agree.
func (s *Study) compare(before, after map[string]told, earlier, later string, top int) []audit.Explanation {
	var keys []string
	for key := range after {
		if _, ok := before[key]; ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var out []audit.Explanation
	for _, key := range keys {
		a, b := before[key], after[key]
		if x, _ := shared(a.ranking, b.ranking); len(x) < 2 {
			continue
		}
		draws := byChance(stat.Generator(s.Spec.Seed, "stability", key, earlier, later), a.ranking, b.ranking, top)
		got := agree(a.ranking, b.ranking, top)
		for _, c := range []compared{
			{"top_jaccard", func(x agreement) float64 { return x.jaccard }},
			{"rank_biased_overlap", func(x agreement) float64 { return x.overlap }},
			{"kendall_tau", func(x agreement) float64 { return x.kendall }},
		} {
			e := b.row
			e.Explainer, e.Metric, e.MethodVersion, e.Window = "stability", c.metric, 1, later
			e.Permutations, e.Seed = agreementDraws, s.Spec.Seed
			e.Note = fmt.Sprintf("%s of %s, %s against %s", b.row.Explainer, b.row.Metric, later, earlier)
			out = append(out, beside(e, c.of(got), draws, c.of)...)
		}
	}
	return out
}

// beside tells an agreement and what noise alone leaves of it.
func beside(e audit.Explanation, value float64, draws []agreement, of func(agreement) float64) []audit.Explanation {
	var noise []float64
	as := 0
	for _, d := range draws {
		x := of(d)
		if math.IsNaN(x) {
			continue
		}
		noise = append(noise, x)
		// Rounding must not tell equal agreements apart.
		if x <= value+1e-12 {
			as++
		}
	}
	e.Part, e.Value = partAgreement, number(value)
	if e.Value == nil {
		e.Note += ": undefined, because all values of one are the same"
		return []audit.Explanation{e}
	}
	if len(noise) == 0 {
		return []audit.Explanation{e}
	}
	e.P = number(float64(as+1) / float64(len(noise)+1))
	slices.Sort(noise)
	floor := e
	floor.Part, floor.P, floor.Value = partNoise, nil, number(noise[len(noise)/20])
	return []audit.Explanation{e, floor}
}

// within compares the mean sizes of the attributions of this audit's own rows
// by window, or by version.
func (s *Study) within(ctx context.Context, labels []string, top int) ([]audit.Explanation, error) {
	rows := map[string][]int{}
	for row, label := range labels {
		rows[label] = append(rows[label], row)
	}
	var names []string
	for label, of := range rows {
		if len(of) >= fewRows {
			names = append(names, label)
		}
	}
	if len(names) < 2 {
		return nil, nil
	}
	slices.Sort(names)
	got, err := s.attributed(ctx, &s.Rows.Attributes[0], gapMetric{of: func(x float64) float64 { return x }, value: "score"})
	if err != nil {
		return nil, err
	}
	rank := func(label string) map[string]told {
		t := told{row: audit.Explanation{Explainer: "attribution", Metric: s.Model.outputName(), N: int64(len(rows[label]))}}
		for input, column := range s.Columns {
			mean, se := s.Rows.meanAndError(rows[label], func(row int) float64 { return math.Abs(got.Values[row][input]) })
			t.features, t.values, t.se = append(t.features, column), append(t.values, mean), append(t.se, se)
		}
		return map[string]told{"attribution": t}
	}
	var out []audit.Explanation
	for i := 1; i < len(names); i++ {
		out = append(out, s.compare(rank(names[i-1]), rank(names[i]), names[i-1], names[i], top)...)
	}
	return out, nil
}
