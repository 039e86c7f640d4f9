package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// first is the first explanation of an explainer that has a value and is asked
// for.
func first(r *audit.Result, explainer string, want func(e *audit.Explanation) bool) *audit.Explanation {
	for i := range r.Explanations {
		if e := &r.Explanations[i]; e.Explainer == explainer && e.Value != nil && want(e) {
			return e
		}
	}
	return nil
}

// dependenceLine names the input whose mean curve has the widest range.
func dependenceLine(r *audit.Result) string {
	type span struct{ low, high float64 }
	spans := map[string]span{}
	widest, metric := "", ""
	for i := range r.Explanations {
		e := &r.Explanations[i]
		if e.Explainer != "dependence" || e.Part != audit.PartPoint || e.Group != nil || e.Value == nil || e.Feature == nil {
			continue
		}
		s, ok := spans[*e.Feature]
		if !ok {
			s = span{math.Inf(1), math.Inf(-1)}
		}
		s = span{math.Min(s.low, *e.Value), math.Max(s.high, *e.Value)}
		spans[*e.Feature], metric = s, e.Metric
		if w := spans[widest]; widest == "" || s.high-s.low > w.high-w.low {
			widest = *e.Feature
		}
	}
	if widest == "" {
		return ""
	}
	s := spans[widest]
	if len(spans) == 1 {
		return fmt.Sprintf("the mean %s follows %s from %s to %s", explainedMetric(metric), clean(widest), plainThousandths(s.low), plainThousandths(s.high))
	}
	return fmt.Sprintf("of %d inputs, the mean %s follows %s furthest, from %s to %s", len(spans), explainedMetric(metric), clean(widest), plainThousandths(s.low), plainThousandths(s.high))
}

// flipLine tells the share of decisions, or how far the score moves.
func flipLine(r *audit.Result) string {
	var parts []string
	for i := range r.Explanations {
		e := &r.Explanations[i]
		if e.Explainer != "flip" || e.Part != audit.PartTotal || e.Value == nil {
			continue
		}
		text := fmt.Sprintf("%s of %s decisions change with %s alone", percent(*e.Value), count(e.N), clean(e.Attribute))
		if *e.Value == 0 && e.ModelRows == 0 {
			text = "the model does not take " + clean(e.Attribute) + ", so that no decision can change with it alone"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		if e := first(r, "flip", func(e *audit.Explanation) bool { return e.Metric == "absolute_score_shift" }); e != nil {
			parts = append(parts, fmt.Sprintf("the score of %s moves by %s on average with the value of another group", clean(textOr(e.Group)), plainThousandths(*e.Value)))
		}
	}
	return strings.Join(parts, "; ")
}

// decompositionLine takes the first gap apart in the first way it was.
func decompositionLine(r *audit.Result) string {
	total := first(r, "decomposition", func(e *audit.Explanation) bool { return e.Part == audit.PartTotal })
	if total == nil {
		return ""
	}
	q := &explained{explainer: "decomposition", metric: total.Metric, attribute: total.Attribute, group: total.Group, reference: total.Reference, total: total}
	q.lay(r)
	text := "the " + q.subject() + " is " + q.amount(*total.Value) + q.sampled()
	same := func(part audit.Part) *audit.Explanation {
		return first(r, "decomposition", func(e *audit.Explanation) bool {
			return e.Part == part && e.Metric == total.Metric && e.Attribute == total.Attribute && textOr(e.Group) == textOr(total.Group) && e.Stratum == nil
		})
	}
	if c, w := same("composition"), same("rates"); c != nil && w != nil {
		text += fmt.Sprintf(": %s from who is in which %s, %s within them", q.amount(*c.Value), clean(textOr(c.Feature)), q.amount(*w.Value))
		if o := same("outside"); o != nil && textOr(o.Feature) == textOr(c.Feature) {
			text += fmt.Sprintf(", %s from strata that one group is not in", q.amount(*o.Value))
		}
	}
	if a := same("adjusted"); a != nil {
		text += "; with the features held equal " + q.amount(*a.Value)
		if spread := q.spread(a); spread != "" {
			text += " (" + spread + ")"
		}
	}
	if q.inPoints() {
		text += ", in points"
	}
	return text
}

// surrogateLine tells how near the stand-in comes, and what it puts first.
func surrogateLine(r *audit.Result, all []*explained) string {
	e := first(r, "surrogate", func(e *audit.Explanation) bool {
		return e.Group == nil && (e.Metric == "r_squared" || e.Metric == "auc")
	})
	if e == nil {
		return ""
	}
	name := map[string]string{"r_squared": "R²", "auc": "area under the curve"}[e.Metric]
	text := fmt.Sprintf("a stand-in gives back rows that it has not seen with an %s of %s", name, plainThousandths(*e.Value))
	for _, q := range all {
		if q.explainer == "surrogate" && len(q.features) > 0 {
			return text + "; of the " + q.subject() + ", " + featureName(q.features[0]) + " comes first"
		}
	}
	if r.Privacy != nil {
		return text // what it puts first may be left out
	}
	return text + ", and is not explained"
}

// stabilityLine tells the comparison that agrees least.
func stabilityLine(r *audit.Result) string {
	const metric = "rank_biased_overlap"
	var least *audit.Explanation
	comparisons := 0
	for i := range r.Explanations {
		e := &r.Explanations[i]
		if e.Explainer != "stability" || e.Part != "agreement" || e.Metric != metric || e.Value == nil {
			continue
		}
		if comparisons++; least == nil || *e.Value < *least.Value {
			least = e
		}
	}
	if least == nil {
		return ""
	}
	text := fmt.Sprintf("%s: the order of the inputs agrees to %s of 1", clean(least.Note), plainThousandths(*least.Value))
	if comparisons > 1 {
		text += fmt.Sprintf(", the least of %d comparisons", comparisons)
	}
	if noise := first(r, "stability", func(o *audit.Explanation) bool {
		return o.Part == "noise" && o.Metric == metric && o.Note == least.Note && textOr(o.Group) == textOr(least.Group) && o.Attribute == least.Attribute
	}); noise != nil {
		said := "; that is no less than the draw of the rows alone leaves"
		if *least.Value < *noise.Value {
			said = "; more has changed than the draw of the rows accounts for"
		}
		text += said + fmt.Sprintf(" (at least %s in 19 of 20 cases)", plainThousandths(*noise.Value))
	}
	return text
}

func plainThousandths(x float64) string { return strings.TrimPrefix(thousandths(x), "+") }
