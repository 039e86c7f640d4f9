package reports

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// toldFeatures is how many inputs the first screen names.
const toldFeatures = 5

// explained tells of the first question that was answered, which is a gap
// where one is explained: the largest inputs, each with its interval. Then
// every explainer has a line.
func (s *screen) explained() {
	all := questions(s.r)
	for _, q := range all {
		if len(q.features) == 0 || q.features[0].Value == nil {
			continue
		}
		s.add("")
		unit := ""
		if q.inPoints() {
			unit = ", in points"
		}
		s.wrap("", "", q.carries()+unit+" ("+s.explainedOn(q)+"):", 2)
		if care := beyondLog(s.r); care != "" && q.features[0].ModelRows > 0 {
			s.wrap("  ", "  ", care, 3)
		}
		if unlike := q.warning(); unlike != "" {
			s.wrap("  ", "  ", unlike, 3)
		}
		s.largest(q)
		break
	}
	var told []audit.Explainer
	for _, e := range s.r.Explainers {
		if m := s.r.Model; m == nil || m.Refused == "" || e.Reason != m.Refused { // which a note says once
			told = append(told, e)
		}
	}
	if len(told) > 0 {
		s.add("")
	}
	for _, e := range told {
		line := explainerLine(s.r, e, all)
		if beyondLog(s.r) != "" && e.ModelRows > 0 {
			line += "; not the log’s model, take with care"
		}
		s.wrap("", "  ", upperFirst(e.Name)+": "+line, 3)
	}
}

// largest are a question's first inputs, and what the others make of the total.
func (s *screen) largest(q *explained) {
	line := func(name string, value float64, e *audit.Explanation) {
		text := name + "  " + q.amount(value)
		if e != nil {
			if spread := q.spread(e); spread != "" {
				text += "  (" + spread + ")"
			}
		}
		s.wrap("  ", "    ", text, 2)
	}
	others, smaller := 0, 0.0
	for i, e := range q.features {
		switch {
		case e.Value == nil:
		case i < toldFeatures:
			line(featureName(e), *e.Value, e)
		default:
			others++
			smaller += *e.Value
		}
	}
	if q.total == nil || q.total.Value == nil {
		return
	}
	if others > 0 {
		line(plural(others, "other input", "other inputs"), smaller, nil)
	}
	if q.rest != nil && q.rest.Value != nil && math.Abs(*q.rest.Value) > 1e-12 {
		line("the draw of the background", *q.rest.Value, nil)
	}
	line("together", *q.total.Value, q.total)
	if beside := q.beside(); beside != "" {
		s.wrap("  ", "  ", beside, 3)
	}
}

// explainedOn says what the numbers of a question rest on.
func (s *screen) explainedOn(q *explained) string {
	e := q.features[0]
	if s.r.Model != nil && e.ModelRows > 0 {
		return "explained with the model on " + count(int64(s.r.Model.Rows)) + rowsAsked(s.r, q.features)
	}
	return "of " + count(e.N+e.ReferenceN) + " sampled rows, without a model"
}

// carries is the heading of a question's inputs.
func (q *explained) carries() string {
	if q.explainer == "proxies" {
		return "What tells " + clean(q.attribute) + ", by " + explainedMetric(q.metric)
	}
	return "What carries the " + q.subject()
}

// explainerLine says what an explainer found, or why it did not.
func explainerLine(r *audit.Result, e audit.Explainer, all []*explained) string {
	found := ""
	switch e.Name {
	case "dependence":
		found = dependenceLine(r)
	case "flip":
		found = flipLine(r)
	case "decomposition":
		found = decompositionLine(r)
	case "surrogate":
		found = surrogateLine(r, all)
	case "stability":
		found = stabilityLine(r)
	case "proxies":
		found = largestLine(e.Name, all) + togetherText(r)
	default:
		found = largestLine(e.Name, all)
	}
	switch {
	case e.Status == "refused" && found != "":
		return found + "; the rest is not explained: " + clean(e.Reason)
	case e.Status == "refused":
		return "not explained: " + clean(e.Reason)
	case e.Reason != "" && found != "": // what it lacks is among what was not measured
		return found + "; stopped before its end"
	case e.Reason != "":
		return "stopped before it had an answer"
	case found == "" && r.Privacy != nil:
		return "left out, because of small cells"
	case found == "":
		return "nothing to tell"
	}
	return found
}

// largestLine names the largest input of an explainer's first question.
func largestLine(name string, all []*explained) string {
	for _, q := range all {
		if q.explainer != name || len(q.features) == 0 || q.features[0].Value == nil {
			continue
		}
		e := q.features[0]
		text := fmt.Sprintf("of the %s, %s comes first with %s", q.subject(), featureName(e), q.amount(*e.Value))
		if name == "gap" && q.total != nil && q.total.Value != nil {
			text = fmt.Sprintf("of the %s, %s%s, %s comes first with %s", q.subject(), q.amount(*q.total.Value), q.place(), featureName(e), q.amount(*e.Value))
		}
		if name == "proxies" {
			text = fmt.Sprintf("%s tells %s best, with a %s of %s", featureName(e), clean(q.attribute), explainedMetric(q.metric), q.amount(*e.Value))
		}
		if q.inPoints() {
			text += " points"
		}
		if apart := q.untold(e); apart != "" {
			text += apart
		} else if spread := q.spread(e); spread != "" {
			text += " (" + spread + ")"
		}
		return text
	}
	return ""
}

// togetherText is how well all features tell the first attribute's groups.
func togetherText(r *audit.Result) string {
	for i := range r.Explanations {
		e := &r.Explanations[i]
		if e.Explainer == "proxies" && e.Part == audit.PartTotal && e.Metric == "auc" && e.Value != nil && e.Group != nil {
			return fmt.Sprintf("; all features together tell %s with an area under the curve of %s (0.5 is chance)", clean(*e.Group), plainThousandths(*e.Value))
		}
	}
	return ""
}
