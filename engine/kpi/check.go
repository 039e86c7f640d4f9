package kpi

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// Check holds every expression against the columns of the log. unknown are
// columns that expressions name and the log lacks. A KPI of a pack whose columns
// are not there is not measured, and says why.
func (s *Set) Check(schema source.Schema) (mistakes config.Errors, unknown []string) {
	if s.Empty() {
		return nil, nil
	}
	c := &checker{Set: s, schema: schema}
	c.mapped()
	s.labels = s.labelColumns(schema)
	for _, d := range s.all {
		d.Lacks, d.reads, d.late = "", nil, late{matures: s.matures()}
		for _, part := range d.parts() {
			c.part(d, part)
		}
		c.composed(d)
	}
	if s.ofKind {
		s.keep(func(d *Definition) bool { return d.Lacks == "" })
		return nil, nil
	}
	if len(c.mistakes) == 0 {
		c.empty()
	}
	return c.mistakes, c.unknown
}

type checker struct {
	*Set
	schema   source.Schema
	mistakes config.Errors
	unknown  []string
}

// part is an expression of a definition, and what it has to give.
type part struct {
	key  string
	text string
	at   int // offset in the key's text
	want string
}

const (
	aCondition = "condition"
	aNumber    = "number"
	aColumn    = "column"
)

// parts lists a definition's expressions.
func (d *Definition) parts() []part {
	side := func(key string, a aggregate, plain string) []part {
		if a.text == "" {
			return nil
		}
		want := map[string]string{"": plain, "count": aCondition, "sum": aNumber, "distinct": aColumn}[a.how]
		return []part{{key, a.text, a.at, want}}
	}
	switch d.Kind {
	case "rate", "count":
		return append(side("numerator", d.numerator, aCondition), side("denominator", d.denominator, aCondition)...)
	case "mean", "quantile":
		plain := aNumber
		if d.Unit == "subject" {
			plain = aCondition
		}
		return append(side("numerator", d.numerator, plain), side("denominator", d.denominator, aCondition)...)
	case "distinct":
		return append(side("numerator", d.numerator, aColumn), side("denominator", d.denominator, aCondition)...)
	case "ratio":
		return append(side("numerator", d.numerator, aNumber), side("denominator", d.denominator, aNumber)...)
	}
	return nil
}

// mapped refuses names that are mapped to columns which the log lacks.
func (c *checker) mapped() {
	k := c.audit.KPIs
	for _, from := range slices.Sorted(maps.Keys(k.Map)) {
		to := k.Map[from]
		if _, _, ok := c.schema.Find(to, 0); ok {
			continue
		}
		c.unknown = append(c.unknown, to)
		hint := ""
		if near := c.schema.Nearest(to); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.mistakes = append(c.mistakes, c.audit.Mistake("kpis.map."+from, fmt.Sprintf("%s is mapped to %q, and the log has no such column", from, to), hint))
	}
}

func (c *checker) part(d *Definition, p part) {
	var fault *expr.Error
	if p.want == aColumn {
		if _, _, ok := c.schema.Find(p.text, 0); ok {
			d.reads = append(d.reads, p.text)
			return
		}
		fault = &expr.Error{Message: fmt.Sprintf("the log has no column %q", p.text), Column: p.text}
		if near := c.schema.Nearest(p.text); near != "" {
			fault.Hint = fmt.Sprintf("did you mean %q?", near)
		}
	} else if program, err := expr.Compile(p.text, c.schema); err == nil {
		for _, i := range program.Columns() {
			d.reads = append(d.reads, c.schema[i].Name)
			d.late.see(p.key, slices.Contains(c.labels, c.schema[i].Name))
		}
		fault = misfit(program, p.want)
	} else {
		if !errors.As(err, &fault) {
			fault = &expr.Error{Message: err.Error()}
		}
	}
	if fault == nil {
		return
	}
	if fault.Column != "" {
		c.unknown = append(c.unknown, fault.Column)
	}
	switch {
	case d.Pack != "" && fault.Column != "":
		d.lack(fmt.Sprintf("the log has no column %s", fault.Column))
	case c.ofKind:
		d.lack(fault.Message)
	case d.Pack != "":
		c.mistakes = append(c.mistakes, c.audit.Mistake(d.Path, fmt.Sprintf("KPI %s, %s: %s", d.Name, p.key, fault.Message), fault.Hint))
	default:
		c.mistakes = append(c.mistakes, c.audit.MistakeAt(d.Path+"."+p.key, p.at+fault.Offset, fault.Message, fault.Hint))
	}
}

// composed says what a KPI lacks besides columns of its own.
func (c *checker) composed(d *Definition) {
	a := c.audit
	windowed := a.Windows.Every != "" || len(a.Windows.Ranges) > 0
	switch {
	case d.Unit == "subject" && a.Columns.Subject == nil:
		d.lack("columns.subject is not given")
	case (d.Kind == "growth" || d.Base == "previous") && !windowed:
		d.lack("the audit has no windows")
	case d.Kind == "gap" && len(d.By) == 0:
		d.lack("the audit has no columns.groups")
	}
	for _, t := range d.Of {
		if of := c.byName[t.Name]; of != nil && of.Lacks != "" {
			d.lack("it is made of " + t.Name + ", which is not measured")
		}
	}
}

// misfit says that an expression gives something else than is needed.
func misfit(program *expr.Program, want string) *expr.Error {
	switch {
	case want == aCondition && program.Kind() != expr.Bool:
		return &expr.Error{Message: "the expression gives a number where a condition is needed", Hint: "compare it with something"}
	case want == aNumber && program.Kind() != expr.Number:
		return &expr.Error{Message: "the expression gives a condition where a number is needed", Hint: "write (condition) ? 1.0 : 0.0, or use kind rate"}
	}
	return nil
}

func (d *Definition) lack(why string) {
	if d.Lacks == "" {
		d.Lacks = why
	}
}

// empty refuses a pack of which nothing can be measured.
func (c *checker) empty() {
	for i, name := range c.audit.KPIs.Packs {
		some, why := false, ""
		for _, d := range c.all {
			if d.Pack == name {
				some, why = some || d.Lacks == "", orElse(why, d.Lacks)
			}
		}
		if !some && why != "" {
			c.mistakes = append(c.mistakes, c.audit.Mistake(fmt.Sprintf("kpis.packs.%d", i),
				fmt.Sprintf("nothing of pack %s can be measured: %s", name, why), "map its columns to the log's: see plumbline packs show "+name))
		}
	}
}
