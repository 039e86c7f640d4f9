package reports

import (
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// inLog is the gap that a question shares out, as the whole log has it; nil
// where it was not measured or is withheld.
func (q *explained) inLog(r *audit.Result) *audit.Measurement {
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Metric == q.metric && m.Attribute == q.attribute && m.GroupKind == audit.KindValue && m.Window == audit.AllWindows && m.Value != nil &&
			textOr(m.Group) == textOr(q.group) && textOr(m.Reference) == textOr(q.reference) && m.Stratum == nil && m.Version == nil && m.Column == nil {
			return m
		}
	}
	return nil
}

// lay lays the whole log's gap beside that of a question, and says whether the
// question is about all rows of the log.
func (q *explained) lay(r *audit.Result) {
	q.log = q.inLog(r)
	switch {
	case r.Model != nil && r.Model.Rows > 0:
		q.every = int64(r.Model.Rows) >= r.Data.Copies
	case q.log != nil && q.total != nil:
		q.every = q.log.N == q.total.N && (q.log.RefDen == nil || *q.log.RefDen == q.total.ReferenceN)
	}
}

// sized is an amount with its unit.
func (q *explained) sized(x float64) string {
	if q.inPoints() {
		return q.amount(x) + " points"
	}
	return q.amount(x)
}

// untold has the interval of a number that is not told from zero by it; "" of
// one that is.
func (q *explained) untold(e *audit.Explanation) string {
	low, high := ends(e)
	if low == nil || high == nil || *low > 0 || *high < 0 || *low == *high {
		return ""
	}
	return " (" + q.spread(e) + ", not told from zero)"
}

// place is which rows a gap is of, where they are not those of the whole log, its
// interval, if that is to be told, and how it lies to that of the whole log.
func (q *explained) place() string {
	interval := q.untold(q.total)
	switch {
	case q.every && q.unlike() == "":
		return interval
	case q.every:
		return " by the model" + interval + ", unlike the logged " + q.amount(*q.log.Value)
	case q.unlike() != "":
		return " on the sampled rows" + interval + ", unlike " + q.amount(*q.log.Value) + " in the whole log"
	}
	return " on the sampled rows" + interval
}

// sampled says how many rows a gap of logged decisions or scores is of, its
// interval, if that is to be told, and what it is in the whole log; only the
// interval where they are the same rows.
func (q *explained) sampled() string {
	if q.every {
		return q.untold(q.total)
	}
	text := " in a sample of " + count(q.total.N+q.total.ReferenceN) + " rows" + q.untold(q.total)
	switch {
	case q.unlike() != "":
		text += ", unlike " + q.amount(*q.log.Value) + " in the whole log"
	case q.log != nil:
		text += ", " + q.amount(*q.log.Value) + " in the whole log"
	}
	return text
}

// unlike says how the whole log's gap contradicts that of the sampled rows: it
// has another sign, or lies outside its interval. It is "" where it does not.
// Scores are logged to 32 bits, so that a smaller difference says nothing.
func (q *explained) unlike() string {
	if q.log == nil || q.total == nil || q.total.Value == nil {
		return ""
	}
	here, there := *q.total.Value, *q.log.Value
	if math.Abs(here-there) < 1e-6 {
		return ""
	}
	var how []string
	if here*there < 0 {
		how = append(how, "in the other direction")
	}
	if low, high := ends(q.total); low != nil && high != nil && (there < *low || there > *high) {
		how = append(how, "outside the interval, "+q.spread(q.total))
	}
	return strings.Join(how, ", ")
}

// tooFew tells a sample that leaves open whether there is a gap, where the whole
// log has one.
func (q *explained) tooFew() bool {
	if q.every || q.log == nil || q.log.Interval == nil || q.total == nil || q.total.Value == nil || q.untold(q.total) == "" {
		return false
	}
	low, high := q.log.Interval.Low, q.log.Interval.High
	return low != nil && *low > 0 || high != nil && *high < 0
}

// warning says that the sampled rows are unlike the log, or too few, and what
// helps: more rows, where it is their draw that makes them so.
func (q *explained) warning() string {
	how := q.unlike()
	switch {
	case how == "" && q.tooFew():
		return "This sample is too small to tell the gap from zero: it is " + q.sized(*q.total.Value) + " here, " + q.spread(q.total) + ", and " + q.sized(*q.log.Value) + " in the whole log. A larger explain.rows tells more."
	case how == "":
		return ""
	}
	gap := ": the gap is " + q.sized(*q.total.Value) + " here and " + q.sized(*q.log.Value) + " in the whole log, " + how + "."
	logged := explained{total: q.logged, log: q.log}
	if q.explainer == "gap" && (q.every || q.logged != nil && logged.unlike() == "") {
		return "The model’s " + q.answers() + " are unlike the log" + gap
	}
	return "This sample is unlike the log" + gap + " A larger explain.rows brings it nearer."
}

// answers are what the model gives of a metric: decisions or scores.
func (q *explained) answers() string {
	if q.inPoints() {
		return "decisions"
	}
	return "scores"
}

// beside lays the gap that is shared out next to that of what was logged for
// the same rows and to that of the whole log: they differ by the draw of the
// rows, and by what the model answers otherwise than the log. It is "" where
// there is nothing to lay beside.
func (q *explained) beside() string {
	if q.explainer != "gap" || q.total == nil || q.total.Value == nil {
		return ""
	}
	rows := "the sampled rows"
	if q.every {
		rows = "all rows of the log"
	}
	parts := []string{q.amount(*q.total.Value) + " by the model’s " + q.answers() + " on " + rows}
	if q.logged != nil && q.logged.Value != nil {
		parts = append(parts, q.amount(*q.logged.Value)+" by the logged "+q.answers()+" of the same rows")
	}
	if q.log != nil && !q.every {
		parts = append(parts, q.amount(*q.log.Value)+" in the whole log")
	}
	if len(parts) == 1 {
		return ""
	}
	text := "The gap is " + strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
	if q.inPoints() {
		text += ", in points"
	}
	return text + "; the first is shared out."
}

// beyondLog says that the model is explained although it does not answer as
// the log says; "" where it does.
func beyondLog(r *audit.Result) string {
	m := r.Model
	if m == nil || m.Parity == nil || m.Parity.Verdict != "beyond" || m.Refused != "" {
		return ""
	}
	return "Take these with care: the model that was asked does not answer as the log says (" + parityText(m.Parity) + "), and is explained because the configuration says so."
}
