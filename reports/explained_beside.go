package reports

import (
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
	parts := []string{q.amount(*q.total.Value) + " by the model’s " + q.answers() + " on the sampled rows"}
	if q.logged != nil && q.logged.Value != nil {
		parts = append(parts, q.amount(*q.logged.Value)+" by the logged "+q.answers()+" of the same rows")
	}
	if q.log != nil {
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
