package explain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// Importances says what errors and gaps owe to each input.
func Importances() Explainer {
	return Explainer{
		Name: "importance", Title: "What each input does for errors and gaps",
		Definition: "Of a loss: how much it grows when the input's values are dealt to other rows. Of a gap, a ratio or the area under the curve: as it is less what it is when they are; what the input carries of it, with its sign. " +
			"Of single inputs of trees it is the expectation over all exchanges of the sampled rows (Fisher, Rudin and Dominici 2019), else the mean of drawn ones, in which every row gets the values of another. " +
			"Conditional: values are dealt within strata alone.",
		DoesNotShow: "It shows what this model does with an input, not what causes the outcome; inputs that tell the same share their importance, and the exchange makes rows that nobody has.",
		NeedsModel:  true,
		Asked:       func(e *audit.ExplainSpec) bool { return e.Importance != nil },
		Explain:     explainImportance,
	}
}

// An asked contrast is a contrast with how its importance is told.
type askedContrast struct {
	Contrast
	row  audit.Explanation // its explainer, metric and groups
	loss bool              // importance is the growth
}

func explainImportance(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	asked := append(s.losses(), s.gapContrasts()...)
	if len(asked) == 0 {
		return nil, fmt.Errorf("there is nothing to explain: neither columns.label for a loss nor two groups of %d rows for a gap", fewRows)
	}
	contrasts := make([]Contrast, len(asked))
	for i, a := range asked {
		contrasts[i] = a.Contrast
	}
	before := s.Model.Spent()
	units, exact := s.units(), 0
	found := make([][]Importance, len(asked))
	if s.Model.Forest != nil && (s.Model.Output == model.Margin || s.Model.Forest.Classes() == 1) {
		if err := s.Model.Spend(int64(s.Rows.Rows)); err != nil {
			return nil, err
		}
		var err error
		if found, err = TreeImportance(s.Model.Forest, s.Rows, s.Model.Class, s.Model.Output, contrasts); err != nil {
			return nil, err
		}
		exact = len(s.Columns)
	}
	var short error
	repeats := s.Spec.Explain.Importance.Repeats
	if exact < len(units) {
		drawn, err := s.drawnImportance(ctx, units[exact:], contrasts, repeats, s.overAll)
		if err != nil && len(drawn) == 0 {
			drawn = make([][]Importance, len(asked))
		}
		for i := range found {
			found[i] = append(found[i], drawn[i]...)
		}
		var missing []string
		for _, u := range units[min(len(units), len(found[0])):] {
			missing = append(missing, u.name)
		}
		short = notReached(err, missing...)
	}
	spent := s.Model.Spent() - before
	var out []audit.Explanation
	for i, a := range asked {
		first := len(out)
		for at, imp := range found[i] {
			e := a.explanation(imp, s.Spec.Alpha)
			e.Feature, e.Part, e.Exact, e.ModelRows = &units[at].name, audit.PartFeature, at < exact, spent
			if at >= exact {
				e.Permutations, e.Seed = repeats, s.Spec.Seed
			}
			if e.Note == "" {
				e.Note = units[at].note(s.Columns)
			}
			out = append(out, e)
		}
		rank(out[first:])
	}
	if short == nil {
		var within []audit.Explanation
		within, short = s.withinStrata(ctx, asked, contrasts)
		out = append(out, within...)
	}
	return out, cmp.Or(short, ctx.Err())
}

// explanation tells an importance with its sign and its rows.
func (a askedContrast) explanation(imp Importance, alpha float64) audit.Explanation {
	value := imp.Original - imp.Switched
	if a.loss {
		value = -value
	}
	e := uncertain(a.row, value, imp.SE, alpha)
	if e.N, e.ReferenceN = int64(imp.Rows), int64(imp.AgainstRows); e.Value == nil {
		e.Note = "undefined: the reference has no positive decision"
	}
	return e
}

// units are the model's inputs, and after them the configured groups.
func (s *Study) units() []unit {
	var out []unit
	for i, column := range s.Columns {
		out = append(out, unit{column, []int{i}})
	}
	for _, g := range s.Spec.Explain.Importance.Groups {
		u := unit{name: g.Name}
		for _, f := range g.Features {
			u.inputs = append(u.inputs, slices.Index(s.Columns, f)) // Open has found them
		}
		out = append(out, u)
	}
	return out
}

// note says which inputs a group has.
func (u unit) note(columns []string) string {
	if len(u.inputs) == 1 && columns[u.inputs[0]] == u.name {
		return ""
	}
	text := "exchanged together:"
	for i, input := range u.inputs {
		if i > 0 {
			text += ","
		}
		text += " " + columns[input]
	}
	return text
}

// rank numbers features by the size of their values.
func rank(list []audit.Explanation) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	size := func(i int) float64 {
		if list[i].Value == nil {
			return -1
		}
		return math.Abs(*list[i].Value)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size(b), size(a)) })
	for place, i := range order {
		list[i].Rank = place + 1
	}
}

// clip keeps probabilities of a log loss from 0 and 1, as the libraries do.
const clip = 1e-15

// losses are the losses of labeled rows, and the area under the curve, the
// configured one first.
func (s *Study) losses() []askedContrast {
	labels := s.Rows.Labels
	if labels == nil {
		return nil
	}
	if s.Model.Output != model.Probability {
		return s.areas() // which looks at the order of scores alone
	}
	known := func(row int) bool { return labels[row] >= 0 }
	enough := 0
	for row := range labels {
		if known(row) {
			enough++
		}
	}
	if enough < fewRows {
		s.Note("No loss is explained: fewer than " + fmt.Sprint(fewRows) + " sampled rows have a label.")
		return nil
	}
	quantities := []Quantity{
		{"log_loss", func(row int, p float64) float64 {
			p = min(max(p, clip), 1-clip)
			if labels[row] == 0 {
				p = 1 - p
			}
			return -math.Log(p)
		}, known},
		{"brier_score", func(row int, p float64) float64 { d := p - float64(labels[row]); return d * d }, known},
	}
	if d := s.Model.Decision; d != nil {
		quantities = append(quantities, Quantity{"zero_one_loss", func(row int, p float64) float64 {
			if d.Positive(p) == (labels[row] == 1) {
				return 0
			}
			return 1
		}, known})
	}
	var out []askedContrast
	for _, q := range quantities {
		out = append(out, askedContrast{Contrast{Quantity: q}, audit.Explanation{Explainer: "importance", Metric: q.Name, MethodVersion: 1}, true})
	}
	out = append(out, s.areas()...)
	first := s.Spec.Explain.Importance.Loss
	slices.SortStableFunc(out, func(a, b askedContrast) int {
		switch first {
		case a.row.Metric:
			return -1
		case b.row.Metric:
			return 1
		}
		return 0
	})
	return out
}

// gapContrasts are the gaps of every group, and after them the ratios of
// selection rates.
func (s *Study) gapContrasts() []askedContrast {
	var out, ratios []askedContrast
	for _, m := range s.gapMetrics(nil) {
		for i := range s.Rows.Attributes {
			pairs, _ := s.pairs(&s.Rows.Attributes[i], m.counts)
			for _, p := range pairs {
				in, against := member(s.Rows.Rows, p.in), member(s.Rows.Rows, p.against)
				c := Contrast{Quantity: Quantity{Name: m.name, Of: func(_ int, score float64) float64 { return m.of(score) }}, In: in, Against: against}
				out = append(out, askedContrast{c, p.row("importance", m.name), false})
				if m.key == "selection_rate" {
					c.Ratio, c.Quantity.Name = true, "selection_rate_ratio"
					ratios = append(ratios, askedContrast{c, p.row("importance", c.Quantity.Name), false})
				}
			}
		}
	}
	return append(out, ratios...)
}

func member(n int, rows []int) func(row int) bool {
	in := make([]bool, n)
	for _, row := range rows {
		in[row] = true
	}
	return func(row int) bool { return in[row] }
}
