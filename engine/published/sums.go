package published

import (
	"fmt"
	"math/big"
)

// sums holds total rows against the sum of the groups, with or without the
// people of unknown group.
func (c *checker) sums(id int, t *table) {
	for i := range t.totals {
		total := &t.totals[i]
		for _, role := range []Role{Applicants, Selected} {
			printed := total.cells[role]
			if !printed.known() {
				continue
			}
			s, ok := point(0), false
			for _, r := range t.groups {
				if covers(total.place, r.place) {
					s, ok = s.plus(r.count(role)), true
				}
			}
			unknown := point(0)
			for _, r := range t.unknown {
				unknown = unknown.plus(r.count(role))
			}
			if !ok {
				continue
			}
			c.report.Checks++
			if s.meets(printed.span()) || len(t.unknown) > 0 && s.plus(unknown).meets(printed.span()) {
				continue
			}
			c.find(Finding{Severity: Problem, Kind: "total", Table: id, Line: total.line, Group: total.label, Column: role, Printed: printed.text, Follows: count(s),
				Text: fmt.Sprintf("the %s is printed as %s, but the groups add up to %s", role.words(t), printed.text, count(s))})
		}
	}
}

// covers says whether a total is about a group: it has the values that the total
// has.
func covers(total, group place) bool {
	for axis, value := range total {
		if group[axis] != value {
			return false
		}
	}
	return true
}

// median notes a scoring table in which more than half of everybody is above the
// median of everybody.
func (c *checker) median(id int, t *table) {
	if !t.scoring {
		return
	}
	people, above := t.sum(Applicants), point(0)
	for i := range t.groups {
		k, ok := t.groups[i].selected()
		if !ok {
			return
		}
		above = above.plus(k)
	}
	unknown, known, _ := t.unknowns(c.stated)
	if known {
		people = people.plus(unknown)
	}
	if people.high == nil || people.high.Sign() == 0 {
		return
	}
	c.report.Checks++
	if half := new(big.Rat).Mul(people.high, big.NewRat(1, 2)); above.low.Cmp(half) > 0 {
		f := Finding{Severity: Note, Kind: "median", Table: id, Line: t.groups[0].line, Column: Rate,
			Text: fmt.Sprintf("%s of %s people scored above the median, but never more than half can", count(above), count(people))}
		if !known {
			f.Text += "; people of unknown group, whose number is not given, could explain it"
		}
		c.find(f)
	}
}
