package published

import (
	"fmt"
	"slices"
	"strings"
)

// notSelected is the column, from 1, that counts those not selected; 0 for none. Where
// blocks of columns stood side by side nobody knows to which block it belongs.
func (g guesser) notSelected(l layout, below []line) int {
	if l.made > 0 {
		return 0
	}
	for j, h := range l.headers {
		if l.roles[j] == "" && !slices.Contains(l.categories, j) && g.others.MatchString(strings.ToLower(h)) && !percentHeader(h) && g.numbersBelow(below, j) {
			return j + 1
		}
	}
	return 0
}

// everybody holds those selected and those not selected against the applicants. They
// cannot be more; they may be fewer, where some withdrew or wait.
func (c *checker) everybody(id int, t *table) {
	var fewer []row
	for _, r := range slices.Concat(t.groups, t.totals, t.unknown) {
		n, k, others := r.count(Applicants), r.count(Selected), r.others
		if n.high == nil || !r.cells[Selected].known() || !others.known() {
			continue
		}
		c.report.Checks++
		switch both := k.plus(others.span()); {
		case both.meets(n):
		case n.high.Cmp(both.low) < 0:
			c.find(Finding{Severity: Problem, Kind: "more than applied", Table: id, Line: r.line, Group: r.label, Column: Applicants, Printed: r.cells[Applicants].text, Follows: count(both),
				Text: fmt.Sprintf("%s selected and %s not selected are %s, but there are %s applicants", count(k), count(others.span()), count(both), count(n))})
		default:
			fewer = append(fewer, r)
		}
	}
	if len(fewer) == 0 {
		return
	}
	f := Finding{Severity: Note, Kind: "fewer than applied", Table: id, Line: fewer[0].line, Group: fewer[0].label}
	for _, r := range fewer {
		f.Lines = append(f.Lines, r.line)
	}
	k, others := fewer[0].count(Selected), fewer[0].others.span()
	f.Text = fmt.Sprintf("%s selected and %s not selected are %s of %s applicants; nobody says what became of the others", count(k), count(others), count(k.plus(others)), count(fewer[0].count(Applicants)))
	if len(fewer) > 1 {
		f.Group, f.Text = "", f.Text+fmt.Sprintf(" (%s)", fewer[0].label)
	}
	c.find(f)
}
