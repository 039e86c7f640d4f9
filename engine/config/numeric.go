package config

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// TextColumns lists the columns that play a part in the audit and whose values
// a text format has as spelled, so that only a sample tells numbers from words.
func (a *Audit) TextColumns(schema source.Schema) []int {
	var out []int
	for _, u := range a.uses() {
		i, _, ok := schema.Find(u.role.Column.Name, u.role.Column.Nth)
		if ok && u.part != "" && schema[i].Type.Text && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// MarkNumeric notes which columns of the spec hold numbers: by their type, or
// in a text format if every value of the sample is a number and some is
// finite: words such as inf and nan alone say nothing.
func (a *Audit) MarkNumeric(s *audit.Spec, schema source.Schema, sample *source.SampleResult) {
	at := 0
	for _, u := range a.uses() {
		if u.part == "" {
			continue
		}
		if i, _, ok := schema.Find(u.role.Column.Name, u.role.Column.Nth); ok {
			numeric := holdsNumbers(schema[i].Type, u.role, sample.Values[i])
			if at < len(s.Roles) {
				s.Roles[at].Numeric = numeric
			} else {
				s.ModelColumns[at-len(s.Roles)].Numeric = numeric
			}
		}
		at++
	}
}

func holdsNumbers(t source.Type, r Role, values []string) bool {
	if r.Type == "text" { // somebody says that digits are names here
		return false
	}
	switch t.Kind {
	case source.Int, source.Uint, source.Float, source.Decimal:
		return true
	}
	if !t.Text {
		return false
	}
	some := false
	for _, v := range values {
		if v == "" || slices.ContainsFunc(r.Missing, func(m string) bool { return same(t, m, v) }) {
			continue
		}
		x, ok := ParseNumber(v)
		if !ok {
			return false
		}
		some = some || x-x == 0
	}
	return some
}
