package kpi

import "strings"

// aggregate is what a numerator or a denominator adds up over rows.
type aggregate struct {
	how  string // sum, count, distinct, or "" for an expression that stands by itself
	text string
	at   int // where text begins in what was written
}

// aggregateOf takes sum(x), count(condition) and distinct(column) apart.
func aggregateOf(text string) aggregate {
	lead := len(text) - len(strings.TrimLeft(text, " \t\n"))
	body := strings.TrimSpace(text)
	for _, how := range []string{"sum", "count", "distinct"} {
		rest, ok := strings.CutPrefix(body, how)
		if !ok || !strings.HasPrefix(strings.TrimLeft(rest, " "), "(") || !whole(strings.TrimLeft(rest, " ")) {
			continue
		}
		open := strings.IndexByte(body, '(')
		inner := body[open+1 : len(body)-1]
		return aggregate{how, strings.TrimSpace(inner), lead + open + 1 + len(inner) - len(strings.TrimLeft(inner, " \t\n"))}
	}
	return aggregate{"", body, lead}
}

// whole tells whether the bracket that a text begins with closes at its end.
func whole(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			i = closing(text, i) - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i == len(text)-1
			}
		}
	}
	return false
}

// number is the aggregate's share of one row as a CEL expression.
func (a aggregate) number() string {
	if a.how == "count" {
		return "(" + a.text + ") ? 1.0 : 0.0"
	}
	return a.text
}
