package explain

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// partLogged is the gap of what was logged for the sampled rows: beside the
// model's own, which is taken apart.
const partLogged audit.Part = "logged"

// Gaps divides gaps between groups among the inputs.
func Gaps() Explainer {
	return Explainer{
		Name: "gap", Title: "Where a gap comes from",
		Definition: "The difference of the two groups' mean Shapley values, input by input: the parts and what the draw of the background leaves add up to the gap of the model's decisions or scores among the sampled rows. The part logged is the gap of what was logged for them; the whole log's is among the measurements. " +
			"An absent input has the values of the background's rows.",
		DoesNotShow: "It shows through which inputs the model makes the gap, not whether a difference in an input is fair, nor what would change if people had other values.",
		NeedsModel:  true,
		Asked:       func(e *audit.ExplainSpec) bool { return e.Gap != nil },
		Explain:     explainGap,
	}
}

// A gapMetric is a mean over rows whose gap is explained.
type gapMetric struct {
	key, name string
	of        func(score float64) float64
	counts    func(row int) bool // nil for all rows
	value     string             // what is attributed: decision or score
	logged    []float64          // what the log has of it, NaN for none; nil if it has not
}

// gapMetrics are those that are asked for, or all that can be had.
func (s *Study) gapMetrics(asked []string) []gapMetric {
	labels, d := s.Rows.Labels, s.Model.Decision
	var all []gapMetric
	if d != nil {
		decide := func(score float64) float64 {
			if d.Positive(score) {
				return 1
			}
			return 0
		}
		decisions := s.loggedDecisions()
		all = append(all, gapMetric{"selection_rate", "selection_rate_difference", decide, nil, "decision", decisions})
		if labels != nil {
			all = append(all,
				gapMetric{"true_positive_rate", "true_positive_rate_difference", decide, func(row int) bool { return labels[row] == 1 }, "decision", decisions},
				gapMetric{"false_positive_rate", "false_positive_rate_difference", decide, func(row int) bool { return labels[row] == 0 }, "decision", decisions})
		}
	}
	all = append(all, gapMetric{"mean_score", "score_mean_difference", func(score float64) float64 { return score }, nil, "score", s.Scores})
	return slices.DeleteFunc(all, func(m gapMetric) bool { return len(asked) > 0 && !slices.Contains(asked, m.key) })
}

// loggedDecisions are 1, 0 or, where there is none, NaN.
func (s *Study) loggedDecisions() []float64 {
	var out []float64
	for _, d := range s.Decisions {
		x := float64(d)
		if d < 0 {
			x = math.NaN()
		}
		out = append(out, x)
	}
	return out
}

// loggedGap is the gap of what was logged for the same rows, less those that
// have nothing logged; ok is false where too few have.
func (s *Study) loggedGap(p contrasted, m gapMetric) (gap Gap, ok bool) {
	if m.logged == nil {
		return Gap{}, false
	}
	unknown := func(row int) bool { return math.IsNaN(m.logged[row]) }
	in, against := slices.DeleteFunc(slices.Clone(p.in), unknown), slices.DeleteFunc(slices.Clone(p.against), unknown)
	for _, missing := range []int{len(p.in) - len(in), len(p.against) - len(against)} {
		if missing > 0 && missing < s.least { // the sizes would tell how many
			return Gap{}, false
		}
	}
	whole := &Attributions{Value: m.logged, Values: make([][]float64, len(m.logged)), People: s.Rows.People} // with no inputs
	gap, err := whole.TakeApart(in, against)
	return gap, err == nil && min(len(in), len(against)) >= fewRows
}

func explainGap(ctx context.Context, s *Study) ([]audit.Explanation, error) {
	spec := s.Spec.Explain.Gap
	var out []audit.Explanation
	var short error
	var missing, notes []string
	if s.Model.Decision == nil && s.Decisions != nil && len(spec.Metrics) == 0 {
		s.Note("Gaps in decisions, such as that in the selection rate, are not explained: model.threshold, which says what scores decide, is not given.")
	}
	for i := range s.Rows.Attributes {
		a := &s.Rows.Attributes[i]
		if len(spec.Attributes) > 0 && !slices.Contains(spec.Attributes, a.Name) {
			continue
		}
		left := map[string][]string{} // the metrics that groups are too small for
		var order [][]string
		for _, m := range s.gapMetrics(spec.Metrics) {
			pairs, small := s.pairs(a, m.counts)
			if key := strings.Join(small, "\x00"); len(small) > 0 {
				if left[key] == nil {
					order = append(order, small)
				}
				left[key] = append(left[key], spoken(m.name))
			}
			if len(pairs) == 0 {
				continue
			}
			got, err := s.attributed(ctx, a, m)
			if stopped(err) { // what comes next may cost less
				short, missing = err, append(missing, spoken(m.name)+" of "+a.Name)
				continue
			}
			if err != nil {
				return out, err
			}
			for _, p := range pairs {
				rows, err := s.gapRows(p, m, got)
				if err != nil {
					return out, err
				}
				out = append(out, rows...)
			}
		}
		for _, small := range order {
			notes = append(notes, s.tooSmall(a.Name, left[strings.Join(small, "\x00")], small, "not explained"))
		}
	}
	if len(out) == 0 && short == nil { // which says it of all groups
		return nil, fmt.Errorf("no gap can be explained: no two groups have %d of the sampled rows each", fewRows)
	}
	for _, note := range notes {
		s.Note(note)
	}
	return out, notReached(short, missing...)
}

// gapRows are the total, the parts and what is left of one gap, and beside them
// the gap of what was logged.
func (s *Study) gapRows(p contrasted, m gapMetric, got *attributed) ([]audit.Explanation, error) {
	gap, err := got.TakeApart(p.in, p.against)
	if err != nil {
		return nil, err
	}
	base := p.row("gap", m.name)
	base.Background, base.BackgroundRows, base.ModelRows, base.Additivity = got.from, got.background, got.ModelRows, number(got.Additivity)
	if base.Exact = got.exact; !got.exact {
		base.Permutations, base.Seed = got.permutations, s.Spec.Seed
	}
	total := base
	total.Part = audit.PartTotal
	out := []audit.Explanation{uncertain(total, gap.Total, gap.SE, s.Spec.Alpha)}
	for input, part := range gap.Parts {
		e := base
		e.Feature, e.Part = &s.Columns[input], audit.PartFeature
		out = append(out, uncertain(e, part.Value, part.SE, s.Spec.Alpha))
	}
	rank(out[1:])
	rest := base
	rest.Part, rest.Value = audit.PartRemainder, number(gap.Remainder)
	if got.exact {
		rest.Note = "rounding alone"
	} else {
		rest.Note = "the two groups were compared with different rows of the background"
	}
	out = append(out, rest)
	if gap, ok := s.loggedGap(p, m); ok {
		e := p.row("gap", m.name)
		e.Part, e.Exact, e.N, e.ReferenceN = partLogged, true, int64(gap.Rows), int64(gap.Against)
		out = append(out, uncertain(e, gap.Total, gap.SE, s.Spec.Alpha))
	}
	return out, nil
}

// attributed are attributions with how they were made.
type attributed struct {
	*Attributions
	from         string
	background   int
	permutations int
	exact        bool
}

// attributed gives the Shapley values of all rows for what a metric is a mean
// of. Explainers share them.
func (s *Study) attributed(ctx context.Context, a *Attribute, m gapMetric) (*attributed, error) {
	from, background := s.background(a)
	key := from + "|" + m.value
	if from == "reference" {
		key += "|" + a.Name
	}
	if got, ok := s.memory[key]; ok {
		return got, nil
	}
	got, err := s.attributedBy(ctx, background, m)
	if err != nil {
		return nil, err
	}
	got.from, got.background = from, background.Rows
	got.People = s.Rows.People
	if s.memory == nil {
		s.memory = map[string]*attributed{}
	}
	s.memory[key] = got
	return got, nil
}

// attributedBy takes the way that the model allows: trees and sums exactly,
// else by sets or orders of the inputs.
func (s *Study) attributedBy(ctx context.Context, background model.Batch, m gapMetric) (*attributed, error) {
	output := s.Model.Output
	if m.value == "margin" {
		output = model.Margin
	}
	linear, ok := s.Model.Scorer.(*model.Linear)
	walks := s.Model.Forest != nil && output == model.Margin
	if additive := ok && linear.Additive(output); m.value == "decision" || !walks && !additive {
		return s.permuted(ctx, background, m.of, output)
	}
	if err := s.Model.Spend(int64(s.Rows.Rows + background.Rows)); err != nil {
		return nil, err
	}
	got := &attributed{exact: true}
	var err error
	if walks {
		got.Attributions, err = TreeAttributions(ctx, s.Model.Forest, s.Rows.Batch, background, s.Model.Class)
	} else {
		got.Attributions, err = LinearAttributions(ctx, linear, s.Rows.Batch, background, s.Model.Class)
	}
	return got, err
}

const (
	// shareOfBudget is how much of what is left one attribution may use: there
	// are several attributes and values.
	shareOfBudget = 4
	// enough is the standard error, as a share of the range of a row's values,
	// at which no more orders are drawn.
	enough = .01
)

// permuted scores all sets of few inputs with the whole background, if the
// budget allows; else it draws orders of the inputs until the standard errors
// are small enough; and where the budget does not reach for that either, it
// compares each row with as many rows of the background as it does.
func (s *Study) permuted(ctx context.Context, background model.Batch, of func(float64) float64, output model.Output) (*attributed, error) {
	inputs, rows, whole := len(s.Columns), int64(s.Rows.Rows), int64(background.Rows)
	most := s.Model.Left() / shareOfBudget / rows // for each row
	p := &Permuter{Scorer: counted{s.Model}, Output: output, Class: s.Model.Class, Background: background, Value: of, Rounds: 1, Batch: 1 << 16, Seed: s.Spec.Seed, RowKeys: s.Keys}
	switch {
	case inputs <= mostEnumerated && whole<<inputs <= most:
		p.Exact = true
	case leastPasses*2*int64(inputs)*whole <= most:
		p.Target, p.MostForRow = enough, most
	default:
		p.Others = int(min(whole, most/int64(2*inputs)))
		if p.Others < 1 && s.Model.Left()/rows < int64(2*inputs) {
			return nil, ErrBudget
		}
		p.Others = max(1, p.Others) // many inputs may take more than their share
	}
	got, err := p.Of(ctx, s.Rows.Batch)
	if err != nil {
		return nil, err
	}
	out := &attributed{Attributions: got, exact: p.Exact, permutations: 2 * p.Others}
	if p.Target > 0 {
		passes := 0
		for _, n := range got.Passes {
			passes += n
		}
		out.permutations = 2 * background.Rows * passes / s.Rows.Rows
	}
	return out, nil
}

// counted is the model as a scorer that counts its rows.
type counted struct{ a *Audited }

func (c counted) Inputs() []model.Input { return c.a.Scorer.Inputs() }
func (c counted) Classes() int          { return c.a.Scorer.Classes() }

func (c counted) Score(ctx context.Context, batch model.Batch, output model.Output, scores []float64) error {
	if err := c.a.Spend(int64(batch.Rows)); err != nil {
		return err
	}
	return c.a.Scorer.Score(ctx, batch, output, scores)
}

// background gives the rows that stand for an absent input: the first of the
// reference group, or of everybody. Their order is that of hashes, so they are
// a sample.
func (s *Study) background(a *Attribute) (from string, rows model.Batch) {
	reference := s.Reference(a)
	from = "reference"
	if s.Spec.Explain.Background != "reference" || reference < 0 {
		from, reference = "pooled", -1
	}
	var at []int
	for row := 0; row < s.Rows.Rows && len(at) < s.Spec.Explain.BackgroundRows; row++ {
		if reference < 0 || int(a.Of[row]) == reference {
			at = append(at, row)
		}
	}
	rows.Rows = len(at)
	for _, column := range s.Rows.Columns {
		values := make([]float64, len(at))
		for i, row := range at {
			values[i] = column[row]
		}
		rows.Columns = append(rows.Columns, values)
	}
	return from, rows
}
