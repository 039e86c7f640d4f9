package detectors

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// OutcomesParams are the parameters of Outcomes.
type OutcomesParams struct {
	Categories []OutcomeCategory `yaml:"categories" keyed:"true" doc:"the outcomes by name, each with its condition: {full: \"label == 'full'\", partial: \"label == 'partial'\"}; rows to which none applies are (other)"`
	Ordered    bool              `yaml:"ordered" doc:"the categories stand in their order, the lowest first: measure, too, how often one group's is the higher, and the share at or above each"`
	Error      string            `yaml:"error" doc:"CEL expression of a number that should be 0: predicted - actual"`

	Reasons     string `yaml:"reasons" doc:"column of the reasons of a decision, a list or text with separator between them: measure how often each is cited"`
	Separator   string `yaml:"separator" default:";" doc:"what stands between two reasons"`
	Unfavorable string `yaml:"unfavorable" doc:"CEL expression that is true for the rows whose reasons count: \"decision == 'denied'\""`
}

// OutcomeCategory is one of severalOutcomes outcomes.
type OutcomeCategory struct {
	Name string `yaml:"-"`
	When string `yaml:"when" required:"true" short:"true" doc:"CEL expression that is true for rows with this outcome"`
}

// Check implements config's check of parameters.
func (p OutcomesParams) Check() error {
	if n := len(p.Categories); n == 1 || n > mostCategories {
		return fmt.Errorf("outcomes has 2 to %d categories, not %d", mostCategories, n)
	}
	if (p.Reasons == "") != (p.Unfavorable == "") {
		return errors.New("reasons and unfavorable go together: the column, and the rows whose reasons count")
	}
	return nil
}

// Columns are the columns that the parameters name, by their places.
func (p OutcomesParams) Columns() map[string]string { return map[string]string{"reasons": p.Reasons} }

// Lists are the columns among them whose values may be lists.
func (p OutcomesParams) Lists() map[string]string { return p.Columns() }

// Conditions are the expressions, by their places.
func (p OutcomesParams) Conditions() map[string]string {
	out := map[string]string{}
	for _, c := range p.Categories {
		out["categories."+c.Name] = c.When
	}
	out["unfavorable"] = p.Unfavorable
	return out
}

// Numbers are the expressions that give numbers, by their places.
func (p OutcomesParams) Numbers() map[string]string { return map[string]string{"error": p.Error} }

// mostCategories bounds the table of all conditions together.
const mostCategories = 12

// otherOutcome is the category of rows to which no condition applies.
const otherOutcome = "(other)"

// Outcomes measures outcomes that are more than yes and no.
func Outcomes() detect.Detector {
	return detect.Detector{
		Name:  "outcomes",
		Title: "More outcomes than two",
		Doc: `Outcomes that are more than yes and no. Of categories: how often each group has each (category_share, with
difference and ratio), whether the shares differ at all (chi-square), how strongly outcome and group go together
(Cramér's V, corrected for its bias: 0 is not at all, 1 is that one tells the other) and how much of a group's outcomes would have
to change to have the reference's shares (total variation). Of ordered categories, too, the chance that an outcome of
the group is the higher one, ties half, and the share at or above each category. Of a number that should be 0, such as predicted
less actual: its mean, mean size and root mean square, and their gaps. reference: best is the group with the highest
share of the first category. With reasons, how often each is cited among the unfavorable rows that give any. A row counts in every number unless one of its conditions depends on a missing value and
none is true.`,
		How:     inferenceDoc + " Means by Welch's test; of ordered categories DeLong's variance; where there is a subject, a jackknife over people.",
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Main:    "category_share",
		Metrics: outcomeMetrics(),
		Params:  OutcomesParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(OutcomesParams)
			if len(p.Categories) == 0 && p.Error == "" && p.Reasons == "" {
				return detect.Plan{}, errors.New("nothing to measure: name categories, each with its condition, error, a number, or reasons, a column")
			}
			o := outcomesOf{funnel: funnel{spec: spec}, ordered: p.Ordered, number: p.Error, reasons: p.Reasons, separator: cmp.Or(p.Separator, ";"), unfavorable: p.Unfavorable}
			for _, c := range p.Categories { // which are conditions, as stages are
				o.stages = append(o.stages, FunnelStage(c))
			}
			return detect.Plan{Needs: o.needs(), Detect: o.detect}, nil
		},
	}
}

func categoryShare() rate {
	return rate{
		name: "category_share", short: "share", doc: "the rows of a group that have the outcome",
		formula: "rows with the outcome / rows", source: "multinomial share", empty: "no row",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func cumulativeShare() rate {
	return rate{
		name: "cumulative_share", short: "share", doc: "the rows of a group that have the outcome or a higher one",
		formula: "rows at or above the outcome / rows", source: "cumulative shares of ordered categories (McCullagh 1980)", empty: "no row",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func outcomeMetrics() []detect.Metric {
	out := slices.Concat(categoryShare().metrics(), cumulativeShare().metrics(), reasonRate().metrics())
	for i := range out {
		out[i].Version = 1
	}
	return append(append(out,
		detect.Metric{Name: "outcome_chi_square", Title: "Outcomes against groups", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 2, Shown: true,
			Doc:        "How far the groups' outcomes are from one set of shares for all; compare it with its p.",
			Convention: "sum over groups and categories of (rows - expected)^2 / expected; rows with a known group",
			Source:     "Pearson 1900. Test: chi-square; where more than a fifth of the expected counts are below 5 (Cochran 1954), Fisher-Freeman-Halton, of all tables or of 9,999 dealt at random; no p where rows are of people"},
		detect.Metric{Name: "cramers_v", Title: "Cramér's V", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0", High: "1"},
			Doc:        "How strongly outcome and group go together: 0 is no more than by chance, 1 is that one tells the other.",
			Convention: "bias-corrected: sqrt(max(0, chi-square/n - (r-1)(c-1)/(n-1)) / min(r' - 1, c' - 1)), r' = r - (r-1)^2/(n-1)",
			Source:     "Bergsma 2013"},
		detect.Metric{Name: "outcome_total_variation", Title: "Distance of outcomes", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0", High: "1"},
			Doc:        "The share of a group's outcomes that would have to change to have the reference's shares. In small groups it is above 0 by chance.",
			Convention: "half the sum over categories of |share of the group − share of the reference|",
			Source:     "total variation distance"},
		detect.Metric{Name: "outcome_superiority", Title: "Chance of the higher outcome", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0", High: "1"},
			Doc:        "The chance that an outcome of the group is higher than one of the reference, ties counted half; .5 is alike.",
			Convention: "P(a > b) + P(a = b) / 2",
			Source:     "Mann-Whitney U over both sizes. Interval and test: DeLong 1988, or a jackknife over people"}), errorMetrics()...)
}

// outcomesOf measures outcomes; its categories are read as the stages of a funnel are.
type outcomesOf struct {
	funnel
	ordered bool
	number  string

	reasons, separator, unfavorable string
}

func (o outcomesOf) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(o.spec) {
		if len(o.stages) > 0 {
			out = append(out, o.need(a))
		}
		if o.number != "" {
			out = append(out, o.numberNeed(a), detect.GroupNeed(o.spec, a))
		}
		if o.reasons != "" {
			out = append(out, o.reasonNeed(a))
		}
	}
	return out
}

// What a row is that has no one outcome.
const (
	noOutcome = -1 - iota
	severalOutcomes
)

// outcome is the category of a row, the number of categories for another; ok is false
// where it has none that is known.
func outcome(said []fact) int {
	at, missing := len(said), false
	for i, s := range said {
		switch {
		case s == holds && at < len(said):
			return severalOutcomes
		case s == holds:
			at = i
		case s == unknown:
			missing = true
		}
	}
	if missing && at == len(said) {
		return noOutcome
	}
	return at
}

func (o outcomesOf) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("outcomes", o.spec)
	for _, a := range detect.Attributes(o.spec) {
		if len(o.stages) > 0 {
			c := t.Counts(o.need(a))
			if err := o.exclusive(e, c); err != nil {
				return detect.Output{}, err
			}
			o.categories(e, a, c)
		}
		if o.number != "" {
			o.numbers(e, a, t)
		}
		if o.reasons != "" {
			o.reasonShares(e, a, t.Counts(o.reasonNeed(a)))
		}
	}
	canonical(e.out, outcomeMetrics())
	return detect.Output{Measurements: e.out, Findings: o.tell(e.out), Notes: e.notes}, nil
}

// exclusive makes sure that no row has two outcomes, and notes those that have none.
func (o outcomesOf) exclusive(e *emitter, c *table.Counts) error {
	read := o.reader(c)
	var both, none int64
	c.Each(func(codes []int, cell table.Cell) {
		switch outcome(read(codes)) {
		case severalOutcomes:
			both += cell.N
		case noOutcome:
			none += cell.N
		}
	})
	if none > 0 {
		e.note(fmt.Sprintf("%s rows have no outcome that is known, because its conditions depend on a missing value, and are left out", whole(none)))
	}
	if both > 0 {
		return fmt.Errorf("%s rows have more than one of the categories; make the conditions exclude each other", whole(both))
	}
	return nil
}

// categories emits what is about categories.
func (o outcomesOf) categories(e *emitter, a detect.Attribute, c *table.Counts) {
	is := func(k int) passage {
		return func(said []fact) (passed, counts bool) {
			at := outcome(said)
			return at == k, at >= 0
		}
	}
	parts := make([]section, len(o.stages)+1)
	for k := range parts {
		parts[k] = o.section(a, c, is(k))
	}
	o.choose(&parts[0])
	if absent := parts[0].absent; absent != "" {
		e.note("attribute " + a.Name + ": " + absent)
	}
	for k := range parts {
		parts[k].chosen, parts[k].absent = parts[0].chosen, parts[0].absent
	}
	if last := len(parts) - 1; parts[last].slices[0].overall.tally.Positive == 0 {
		parts = parts[:last]
	}
	for k, part := range parts {
		o.about(e, o.category(k), func() { e.rate(part, categoryShare()) })
	}
	if o.ordered {
		for k := 1; k < len(o.stages); k++ {
			up := o.section(a, c, func(said []fact) (passed, counts bool) {
				at := outcome(said)
				return at >= k, at >= 0 && at < len(said)
			})
			up.chosen, up.absent = parts[0].chosen, parts[0].absent
			o.about(e, o.category(k), func() { e.rate(up, cumulativeShare()) })
		}
	}
	for i := range parts[0].slices {
		o.association(e, parts, i)
		o.distances(e, parts, i)
		if o.ordered {
			o.superiority(e, parts[:len(o.stages)], i)
		}
	}
}

func (o outcomesOf) category(k int) string {
	if k == len(o.stages) {
		return otherOutcome
	}
	return o.stages[k].Name
}
