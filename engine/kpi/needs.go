package kpi

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Needs lists the tables that the KPIs are made of. All rows in scope count, also
// those without a decision: a KPI may be about other rows than the audit.
func (s *Set) Needs(spec *audit.Spec) []table.Need {
	var out []table.Need
	for _, d := range s.all {
		if d.Lacks != "" {
			continue
		}
		for _, attribute := range append([]string{""}, d.Groups...) {
			out = append(out, d.needs(spec, s.subject(), attribute)...)
		}
	}
	if len(out) > 0 && spec.HasVersion {
		out = append(out, versionNeed())
	}
	return out
}

// versionNeed says which versions decided the rows of a window.
func versionNeed() table.Need {
	return table.Need{Dims: []table.Dim{table.Window, table.Version}, InScope: true}
}

// subject is the column of the person, "" without one.
func (s *Set) subject() string {
	if c := s.audit.Columns.Subject; c != nil {
		return c.Column.Name
	}
	return ""
}

// needs are the tables of one definition about one attribute, or about everybody.
func (d *Definition) needs(spec *audit.Spec, subject, attribute string) []table.Need {
	switch d.Kind {
	case "rate", "count":
		if d.Unit == "subject" {
			return []table.Need{d.personNeed(subject, attribute)}
		}
		if d.numerator.how == "sum" {
			return []table.Need{d.valueNeed(attribute, d.numerator.text, false)}
		}
		return []table.Need{d.countNeed(spec, attribute)}
	case "mean", "quantile":
		if d.Unit == "subject" {
			return []table.Need{d.personNeed(subject, attribute)}
		}
		return []table.Need{d.valueNeed(attribute, d.numerator.text, spec.HasSubject)}
	case "distinct":
		return []table.Need{d.distinctNeed(d.numerator.text, attribute)}
	case "ratio":
		return d.ratioNeeds(spec, attribute)
	}
	return nil
}

// dims are the dimensions that every table of an attribute has.
func dims(attribute string, more ...table.Dim) []table.Dim {
	out := []table.Dim{table.Window}
	if attribute != "" {
		out = append(out, table.Group(attribute))
	}
	return append(out, more...)
}

func (d *Definition) conditions() []table.Dim {
	var out []table.Dim
	if d.numerator.text != "" && d.numerator.how != "sum" {
		out = append(out, table.When(d.numerator.text))
	}
	if d.denominator.text != "" && d.denominator.text != d.numerator.text {
		out = append(out, table.When(d.denominator.text))
	}
	return out
}

func (d *Definition) countNeed(spec *audit.Spec, attribute string) table.Need {
	out := dims(attribute, d.conditions()...)
	if spec.HasSubject && d.Kind == "rate" {
		out = append(out, table.Shard)
	}
	if d.late.ripens() {
		out = append(out, table.Label)
	}
	return table.Need{Dims: out, InScope: true}
}

// personNeed is a table of people: who met the conditions, how often.
func (d *Definition) personNeed(subject, attribute string) table.Need {
	out := append([]table.Dim{table.Distinct(subject)}, d.conditions()...)
	return table.Need{Dims: dims(attribute, out...), InScope: true}
}

func (d *Definition) distinctNeed(column, attribute string) table.Need {
	out := []table.Dim{table.Distinct(column)}
	if d.denominator.text != "" && d.denominator.how == "" {
		out = append(out, table.When(d.denominator.text))
	}
	return table.Need{Dims: dims(attribute, out...), InScope: true}
}

// valueNeed is a table of the numbers that an expression gives, of the rows that
// meet the denominator.
func (d *Definition) valueNeed(attribute, number string, shards bool) table.Need {
	out := dims(attribute)
	if d.denominator.text != "" && d.Kind != "ratio" {
		out = append(out, table.When(d.denominator.text))
	}
	if shards {
		out = append(out, table.Shard)
	}
	return table.Need{Dims: out, Value: table.Number(number), InScope: true}
}

// ratioNeeds are the sums of both sides, by shard of people if there are any, else
// with the sum of their products, which the variance of a ratio of rows needs.
func (d *Definition) ratioNeeds(spec *audit.Spec, attribute string) []table.Need {
	var out []table.Need
	for i, side := range d.sides() {
		if side.how == "distinct" {
			out = append(out, d.distinctNeed(side.text, attribute))
		} else {
			out = append(out, d.valueNeed(attribute, d.side(i), spec.HasSubject))
		}
	}
	if d.additive() && !spec.HasSubject {
		out = append(out, d.valueNeed(attribute, d.product(), false))
	}
	return out
}

// sides are the numerator and the denominator.
func (d *Definition) sides() [2]aggregate { return [2]aggregate{d.numerator, d.denominator} }

// side is what one side of a ratio adds up. A sum over a sum is of the rows that have
// both; a count counts its rows, also those without the amount.
func (d *Definition) side(i int) string {
	own, other := d.sides()[i], d.sides()[1-i]
	if own.how != "sum" || other.how != "sum" || own.text == other.text {
		return own.number()
	}
	return "(" + own.number() + ") + 0 * (" + other.number() + ")"
}

// additive tells whether both sides of a ratio add up over rows.
func (d *Definition) additive() bool {
	return d.numerator.how != "distinct" && d.denominator.how != "distinct"
}

// product is both sides of a ratio multiplied, as one number per row.
func (d *Definition) product() string {
	return "(" + d.numerator.number() + ") * (" + d.denominator.number() + ")"
}
