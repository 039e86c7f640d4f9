package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// Sample is what the first rows of a log hold, by index into its schema.
type Sample = source.SampleResult

// Check holds the configuration against the columns of the log, those of
// joined tables included, and against a sample of its rows, which may be nil.
// The warnings are doubts that do not stop an audit.
func (a *Audit) Check(schema source.Schema, sample *Sample) (mistakes Errors, warnings []Mistake) {
	c := checker{a: a, schema: schema, sample: sample}
	for _, u := range a.uses() {
		c.use(u)
	}
	c.gapsOfDecisions()
	c.mistakes.sort()
	c.warnings.sort()
	return c.mistakes, c.warnings
}

// CheckJoin holds join i against the columns of the log and of the table.
func (a *Audit) CheckJoin(i int, log, table source.Schema) Errors {
	c := checker{a: a}
	j := a.Data.Joins[i]
	path := fmt.Sprintf("data.joins.%d", i)
	for _, k := range j.On {
		c.schema = log
		c.find(path+".on", "the log", Ref{Name: k.Log})
		c.schema = table
		c.find(path+".on", "the joined table", Ref{Name: k.Table})
		c.joinTypes(path+".on", k, log, table)
	}
	for n, name := range j.Columns {
		c.find(fmt.Sprintf("%s.columns.%d", path, n), "the joined table", Ref{Name: name})
	}
	if j.Time != nil {
		c.schema = table
		c.find(path+".time", "the joined table", j.Time.Column)
	}
	c.mistakes.sort()
	return c.mistakes
}

// gapsOfDecisions doubts that gaps in decisions are left out on purpose, where
// nothing says which gaps are asked for.
func (c *checker) gapsOfDecisions() {
	e, m := c.a.Explain, c.a.Model
	if e == nil || m == nil || m.Threshold != "" || c.a.Columns.Decision == nil {
		return
	}
	if gap := e.Gap; gap == nil && e.anything() || gap != nil && len(gap.Metrics) > 0 {
		return
	}
	c.doubt("model", "gaps in decisions will not be explained, that in the mean score alone: there is no model.threshold", "add threshold: 0.5, or ask for that one with explain.gap.metrics: [mean_score]")
}

type checker struct {
	a        *Audit
	schema   source.Schema
	sample   *Sample
	mistakes Errors
	warnings Errors
}

func (c *checker) bad(path, message, hint string) {
	c.mistakes = append(c.mistakes, c.a.Mistake(path, message, hint))
}

func (c *checker) doubt(path, message, hint string) {
	c.warnings = append(c.warnings, c.a.Mistake(path, message, hint))
}

// at finds where in the configuration a part of a role is, which a bare column
// name does not have.
func at(path, key string) string { return path + "." + key }

// use checks one column.
func (c *checker) use(u use) {
	i, ok := c.column(u)
	if !ok {
		return
	}
	t := c.schema[i].Type
	if t.Kind == source.Null {
		c.doubt(at(u.path, "column"), fmt.Sprintf("column %s, the %s, holds nothing but missing values", quote(u.role.Column.Name), u.label), "")
		return
	}
	if message, hint := c.unfit(u, t); message != "" {
		c.bad(at(u.path, "column"), fmt.Sprintf("column %s is %s and cannot be the %s%s", quote(u.role.Column.Name), article(kindName(t)), u.label, message), hint)
		return
	}
	c.values(u, i)
}

// column finds the column of a role. One that is missing is a mistake, unless
// the configuration allows it.
func (c *checker) column(u use) (int, bool) {
	if !u.vital && c.a.Data.MissingColumn == "null" && c.count(u.role.Column.Name) == 0 {
		message := fmt.Sprintf("the log has no column %s; the %s is missing on every row", quote(u.role.Column.Name), u.label)
		c.doubt(at(u.path, "column"), message, didYouMean(u.role.Column.Name, c.names()))
		return 0, false
	}
	return c.find(at(u.path, "column"), "the log", u.role.Column)
}

func (c *checker) find(path, where string, ref Ref) (int, bool) {
	switch n := c.count(ref.Name); {
	case n == 0:
		hint := didYouMean(ref.Name, c.names())
		if hint == "" {
			hint = c.list()
		}
		c.bad(at(path, "name"), fmt.Sprintf("%s has no column %s", where, quote(ref.Name)), hint)
		return 0, false
	case ref.Nth > n:
		times := "once"
		if n > 1 {
			times = strconv.Itoa(n) + " times"
		}
		c.bad(at(path, "nth"), fmt.Sprintf("there is no column %s number %d; %s has it %s", quote(ref.Name), ref.Nth, where, times), "")
		return 0, false
	case n > 1 && ref.Nth == 0:
		c.doubt(path, fmt.Sprintf("%s has %d columns %s, which must hold the same values", where, n, quote(ref.Name)),
			fmt.Sprintf("to choose one, write {name: %s, nth: 1}", ref.Name))
	}
	nth := max(1, ref.Nth)
	for i, col := range c.schema {
		if col.Name == ref.Name {
			if nth--; nth == 0 {
				return i, true
			}
		}
	}
	return 0, false
}

func (c *checker) count(name string) int {
	n := 0
	for _, col := range c.schema {
		if col.Name == name {
			n++
		}
	}
	return n
}

func (c *checker) names() []string {
	var out []string
	for _, col := range c.schema {
		if !slices.Contains(out, col.Name) {
			out = append(out, col.Name)
		}
	}
	return out
}

// list names the columns for a message.
func (c *checker) list() string {
	const most = 12
	names := c.names()
	switch n := len(names); {
	case n == 0:
		return "it is empty, and so has no column at all"
	case n > most:
		return "its columns are " + shown(names[:most]) + fmt.Sprintf(" and %d more", n-most)
	}
	return "its columns are " + shown(names)
}

// shown lists names that the log gave.
func shown(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = spelling.Shown(n)
	}
	return strings.Join(out, ", ")
}
