package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explained are the explanations of one question: an explainer's answer about
// a metric, and a group where there is one.
type explained struct {
	explainer, metric, attribute string
	group, reference             *string
	total, rest                  *audit.Explanation
	logged                       *audit.Explanation   // the gap of what was logged for the same rows
	log                          *audit.Measurement   // the gap of the whole log
	every                        bool                 // the whole log was explained, no sample of it
	features                     []*audit.Explanation // the largest first
	within                       []*audit.Explanation // the same, exchanged within strata
}

// questions puts explanations together, in the order of the result.
func questions(r *audit.Result) []*explained {
	var out []*explained
	at := map[string]*explained{}
	for i := range r.Explanations {
		e := &r.Explanations[i]
		if e.Part != audit.PartFeature && e.Part != audit.PartTotal && e.Part != audit.PartRemainder && e.Part != "conditional" && e.Part != "logged" || e.Window != audit.AllWindows {
			continue
		}
		key := strings.Join([]string{e.Explainer, e.Metric, e.Attribute, textOr(e.Group), textOr(e.Reference)}, "\x00")
		q := at[key]
		if q == nil {
			q = &explained{explainer: e.Explainer, metric: e.Metric, attribute: e.Attribute, group: e.Group, reference: e.Reference}
			at[key], out = q, append(out, q)
		}
		switch e.Part {
		case audit.PartTotal:
			q.total = e
		case audit.PartRemainder:
			q.rest = e
		case "logged":
			q.logged = e
		case "conditional":
			q.within = append(q.within, e)
		default:
			q.features = append(q.features, e)
		}
	}
	for _, q := range out {
		byRank := func(a, b *audit.Explanation) int { return cmp.Compare(a.Rank, b.Rank) }
		slices.SortStableFunc(q.features, byRank)
		slices.SortStableFunc(q.within, byRank)
		if q.explainer == "gap" {
			q.lay(r)
		}
	}
	return out
}

func textOr(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// subject says what a question is about.
func (q *explained) subject() string {
	text := explainedMetric(q.metric)
	if q.group != nil {
		text += ", " + attributeName(q.attribute) + ": " + partyName(q.attribute, q.group)
	}
	if q.reference != nil {
		text += " against " + partyName(q.attribute, q.reference)
	}
	return text
}

// explainedMetric is a metric in words.
func explainedMetric(metric string) string {
	switch metric {
	case "auc":
		return "area under the curve"
	case "brier_score":
		return "Brier score"
	case "path_dependent_margin":
		return "margin along the paths of the trees"
	case "zero_one_loss":
		return "zero-one loss"
	}
	base, gap := strings.CutSuffix(metric, "_difference")
	if metric == "score_mean_difference" {
		base = "mean score"
	}
	text := strings.ReplaceAll(base, "_", " ")
	if gap {
		return "gap in " + text
	}
	return text
}

// inPoints says whether the numbers are of a rate: hundredths.
func (q *explained) inPoints() bool { return strings.HasSuffix(q.metric, "_rate_difference") }

// amount writes the size of an explanation: gaps in points, else a number.
func (q *explained) amount(x float64) string {
	if q.inPoints() {
		return points(x)
	}
	return thousandths(x)
}

// spread is an explanation's interval in words.
func (q *explained) spread(e *audit.Explanation) string {
	if e.Interval == nil || e.Interval.Low == nil || e.Interval.High == nil {
		return ""
	}
	return between(*e.Interval.Low, *e.Interval.High, q.amount)
}

// between writes an interval. An end that is nearly 0 is 0 with its sign: "< 0.1"
// is no end of anything.
func between(low, high float64, amount func(float64) string) string {
	end := func(x float64) string {
		text := amount(x)
		if rest, ok := strings.CutPrefix(text, "> −"); ok {
			return "−" + strings.ReplaceAll(rest, "1", "0")
		}
		if rest, ok := strings.CutPrefix(text, "< "); ok {
			return "+" + strings.ReplaceAll(rest, "1", "0")
		}
		return text
	}
	return end(low) + " to " + end(high)
}

func featureName(e *audit.Explanation) string {
	if e.Feature == nil {
		return "the draw of the background"
	}
	return clean(*e.Feature)
}

// howExplained says how the numbers of a question were made.
func howExplained(r *audit.Result, q *explained) string {
	e := q.features[0]
	asked := rowsAsked(r, q.features)
	rows := count(e.N) + asked
	switch {
	case e.ReferenceN > 0 && e.Group == nil: // of no group: pairs of labels
		rows = fmt.Sprintf("%s%s with a positive label and %s with a negative one", count(e.N), asked, count(e.ReferenceN))
	case e.ReferenceN > 0:
		rows = fmt.Sprintf("%s%s of %s and %s of %s", count(e.N), asked, partyName(q.attribute, e.Group), count(e.ReferenceN), partyName(q.attribute, e.Reference))
	}
	parts := append([]string{rows}, q.draws()...)
	parts = append(parts, circumstances(r, q.features)...)
	if q.inPoints() {
		parts = append(parts, "numbers in points")
	}
	return strings.Join(parts, "; ") + "."
}

// rowsAsked is what the rows are that a model was asked about: a sample, or all
// of the log.
func rowsAsked(r *audit.Result, list []*audit.Explanation) string {
	asks := slices.ContainsFunc(list, func(e *audit.Explanation) bool { return e.ModelRows > 0 })
	if m := r.Model; asks && m != nil && m.Rows > 0 && int64(m.Rows) >= r.Data.Copies {
		return " rows"
	}
	return " sampled rows"
}

// howMade says how other numbers were made: of as many rows as the largest.
func howMade(r *audit.Result, list []*audit.Explanation) string {
	rows := int64(0)
	for _, e := range list {
		rows = max(rows, e.N+e.ReferenceN)
	}
	return howMadeOf(r, rows, list)
}

// howMadeOf says how numbers were made of so many rows.
func howMadeOf(r *audit.Result, rows int64, list []*audit.Explanation) string {
	exact := true
	var drawn *audit.Explanation
	for _, e := range list {
		exact = exact && e.Exact
		if e.Permutations > 0 {
			drawn = e
		}
	}
	parts := []string{count(rows) + rowsAsked(r, list)}
	switch {
	case drawn != nil && drawn.ModelRows > 0:
		parts = append(parts, fmt.Sprintf("%d orders of the inputs for each row, seed %d", drawn.Permutations, drawn.Seed))
	case drawn != nil:
		parts = append(parts, fmt.Sprintf("chance by %s draws, seed %d", count(int64(drawn.Permutations)), drawn.Seed))
	case exact:
		parts = append(parts, "exact for these rows")
	}
	return strings.Join(append(parts, circumstances(r, list)...), "; ") + "."
}

// circumstances are the background, the cost, the additivity error and the
// parity of explanations.
func circumstances(r *audit.Result, list []*audit.Explanation) []string {
	background, backgroundRows, modelRows, parity := "", 0, int64(0), false
	var additivity *float64
	errors := false
	for _, e := range list {
		if e.Background != "" {
			background, backgroundRows = e.Background, e.BackgroundRows
		}
		modelRows, parity, errors = max(modelRows, e.ModelRows), parity || e.Parity != "", errors || e.StandardError != nil
		if e.Additivity != nil && (additivity == nil || *e.Additivity > *additivity) {
			additivity = e.Additivity
		}
	}
	var parts []string
	if errors {
		parts = append(parts, "standard errors are of the draw of the rows and of all that was drawn besides")
	}
	switch background {
	case "":
	case "reference":
		parts = append(parts, fmt.Sprintf("background: %s rows of the reference group", count(int64(backgroundRows))))
	case "pooled":
		parts = append(parts, fmt.Sprintf("background: %s rows of everybody", count(int64(backgroundRows))))
	case "training":
		parts = append(parts, "background: the data that the trees were made of")
	default:
		parts = append(parts, "background: "+clean(background))
	}
	if modelRows > 0 {
		parts = append(parts, count(modelRows)+" model rows")
	}
	if additivity != nil {
		parts = append(parts, fmt.Sprintf("additivity error %.1g", *additivity))
	}
	if p := r.Model; p != nil && p.Parity != nil && parity {
		parts = append(parts, "parity with the log: "+parityText(p.Parity))
	}
	return parts
}

// draws says what is exact and what was drawn: groups of inputs are, also
// beside inputs that are not.
func (q *explained) draws() []string {
	exact, drawn := false, (*audit.Explanation)(nil)
	for _, e := range q.features {
		exact = exact || e.Exact
		if e.Permutations > 0 {
			drawn = e
		}
	}
	switch {
	case drawn == nil && exact:
		return []string{"exact for these rows"}
	case drawn == nil:
		return nil
	case exact:
		return []string{fmt.Sprintf("inputs exact for these rows, groups of inputs by %d exchanges of all rows, seed %d", drawn.Permutations, drawn.Seed)}
	case q.explainer == "importance":
		return []string{fmt.Sprintf("%d exchanges of all rows, seed %d", drawn.Permutations, drawn.Seed)}
	}
	return []string{fmt.Sprintf("%d orders of the inputs for each row, seed %d", drawn.Permutations, drawn.Seed)}
}

// parityText says how far the model's scores and decisions are those of the log.
func parityText(p *audit.Parity) string {
	decisions := ""
	if p.Decisions > 0 {
		decisions = fmt.Sprintf("%s of %s decisions differ", count(int64(p.Differ)), count(int64(p.Decisions)))
	}
	switch {
	case p.Largest != nil && p.Differ > 0:
		joint := " and "
		if p.Verdict == "beyond" && *p.Largest <= p.Tolerance {
			joint = ", but "
		}
		return scoresApart(p.Rows, *p.Largest, p.Tolerance) + joint + decisions
	case p.Largest != nil:
		return scoresApart(p.Rows, *p.Largest, p.Tolerance)
	case p.Decisions > 0 && p.Differ == 0:
		return fmt.Sprintf("all of %s decisions are the same", count(int64(p.Decisions)))
	case p.Decisions > 0:
		return decisions
	}
	return "not compared, the log has no score"
}

// scoresApart says how far scores of the same rows are from each other.
func scoresApart(rows int, largest, tolerance float64) string {
	of := fmt.Sprintf("the scores of %s rows ", count(int64(rows)))
	switch {
	case largest == 0:
		return of + "are the same"
	case largest <= tolerance:
		return of + fmt.Sprintf("differ by at most %.2g, within the tolerance", largest)
	}
	return of + fmt.Sprintf("differ by up to %.2g, beyond the tolerance of %g", largest, tolerance)
}
