package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// values holds what the configuration says about a column's values against
// those of the sample.
func (c *checker) values(u use, column int) {
	if c.sample == nil {
		return
	}
	distinct, looked := c.sample.Distinct[column]
	if !looked {
		return
	}
	seen := seen{t: c.schema[column].Type, values: c.sample.Values[column], places: c.sample.Places[column], where: "the first rows"}
	if c.sample.Complete {
		seen.where = "the log"
	}
	seen.all = distinct == len(seen.values)
	switch u.serve {
	case asNumber, asScore, asWeight:
		c.numbers(u, seen)
	}
	if m, ok := c.a.numberInput(u); ok {
		c.inputNumbers(u, m, seen)
	}
	switch cols := &c.a.Columns; {
	case u.path == "columns.decision":
		c.rule(u.path, cols.Decision.Rule, seen)
	case u.path == "columns.label":
		c.rule(u.path, cols.Label.Rule, seen)
	case strings.HasPrefix(u.part, "group:"):
		i := slices.IndexFunc(cols.Groups, func(g Group) bool { return "group:"+g.Name == u.part })
		c.group(u.path, cols.Groups[i], seen, distinct)
	}
}

// ValueColumns lists the columns whose values Check holds against the
// configuration; of others it asks for no more than their type.
func (a *Audit) ValueColumns(schema source.Schema) []int {
	var out []int
	for _, u := range a.uses() {
		i, _, ok := schema.Find(u.role.Column.Name, u.role.Column.Nth)
		if !ok || slices.Contains(out, i) {
			continue
		}
		number := u.serve == asNumber || u.serve == asScore
		listed := u.path == "columns.decision" || u.path == "columns.label" || strings.HasPrefix(u.part, "group:")
		_, input := a.numberInput(u)
		if u.serve == asWeight || number && schema[i].Type.Kind == source.String || listed && !number || input && !numeral(schema[i].Type) {
			out = append(out, i)
		}
	}
	return out
}

// seen are the values of a column that the sample met.
type seen struct {
	t      source.Type
	values []string
	places []string // of values, if known
	all    bool     // every value of the sample is in values
	where  string   // the sample, in words
}

// has tells whether a value as written in the configuration is among them. A
// typed value matches by its canonical text, so 1 and '1' fit the integer 1,
// the float 1.0, the text "1" and true; a number also matches another spelling
// of itself, as does a cell of CSV that is one; other text only as spelled.
func (s seen) has(written string) bool {
	return slices.ContainsFunc(s.values, func(v string) bool { return same(s.t, written, v) })
}

func same(t source.Type, written, value string) bool {
	switch {
	case written == value:
		return true
	case t.Kind == source.Bool:
		return written == "1" && value == "true" || written == "0" && value == "false"
	case t.Kind == source.String && !t.Text || t.Kind == source.Binary:
		return false
	}
	x, okX := ParseNumber(written)
	y, okY := ParseNumber(value)
	return okX && okY && x == y
}

// rule doubts positive and negative values that never occur.
func (c *checker) rule(path string, r Rule, s seen) {
	for _, list := range []struct {
		key    string
		values []string
	}{{"positive", r.Positive}, {"negative", r.Negative}} {
		for i, v := range list.values {
			if s.all && !s.has(v) {
				message := fmt.Sprintf("%s value %s does not occur in %s", list.key, quote(v), s.where)
				c.doubt(fmt.Sprintf("%s.%s.%d", path, list.key, i), message, s.hint(v, s.values))
			}
		}
	}
}

// hint names the nearest value, or the values if they are few.
func (s seen) hint(v string, values []string) string {
	if near := didYouMean(v, values); near != "" {
		return near
	}
	const few = 8
	if len(values) == 0 {
		return "the column holds no value there"
	}
	if len(values) > few {
		return ""
	}
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, quote(v))
	}
	return "its values there are " + strings.Join(quoted, ", ")
}

// group refuses an attribute with too many values, and doubts a reference that
// never occurs.
func (c *checker) group(path string, g Group, s seen, distinct int) {
	if len(g.Bins) > 0 {
		return
	}
	names := groupNames(g, s)
	count := len(names)
	if _, rest := g.Map["*"]; !s.all && !rest {
		count = distinct - len(g.Map) - len(g.Missing)
	}
	if count > g.MaxValues {
		message := fmt.Sprintf("column %s, the group %s, has %s values in %s; the limit is max_values: %d", quote(g.Column.Name), quote(g.Name), thousands(count), s.where, g.MaxValues)
		c.bad(at(path, "column"), message, "cut numbers with bins, merge values with map, or raise max_values")
		return
	}
	if v := g.Reference.Value; g.Reference.Policy == "value" && s.all && !slices.ContainsFunc(names, func(n string) bool { return n == v }) {
		message := fmt.Sprintf("reference %s of group %s does not occur in %s", quote(v), quote(g.Name), s.where)
		c.doubt(at(path, "reference"), message, s.hint(v, names))
	}
}

// groupNames lists the groups that the values seen fall into.
func groupNames(g Group, s seen) []string {
	var out []string
	have := map[string]bool{}
	for _, v := range s.values {
		if slices.ContainsFunc(g.Missing, func(m string) bool { return same(s.t, m, v) }) {
			continue
		}
		if x, ok := ParseNumber(v); ok && g.Type == "number" {
			v = source.Text(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: x})
		}
		if to, ok := g.Map[v]; ok {
			v = to
		} else if to, ok := g.Map["*"]; ok {
			v = to
		}
		if !have[v] {
			have[v] = true
			out = append(out, v)
		}
	}
	return out
}

// thousands writes a count as 1,234,567.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// numbers refuses a column whose values are no numbers, or no counts.
func (c *checker) numbers(u use, s seen) {
	for i, v := range s.values {
		if v == "" || slices.ContainsFunc(u.role.Missing, func(m string) bool { return same(s.t, m, v) }) {
			continue
		}
		x, ok := ParseNumber(v)
		wrong := ""
		switch {
		case math.IsNaN(x):
			continue // a missing value
		case s.t.Kind == source.String && !ok:
			wrong = "is not a number"
		case u.serve == asWeight && (x < 0 || x != math.Trunc(x) || math.IsInf(x, 0)):
			wrong = "is not a non-negative whole number"
		}
		if wrong != "" {
			place := ""
			if i < len(s.places) {
				place = s.places[i] + ": "
			}
			message := fmt.Sprintf("column %s cannot be the %s: %svalue %s %s", quote(u.role.Column.Name), u.label, place, quote(v), wrong)
			c.bad(at(u.path, "column"), message, "if it stands for no value, list it under missing")
			return
		}
	}
}
