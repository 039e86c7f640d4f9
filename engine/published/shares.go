package published

import (
	"fmt"
	"math/big"
	"slices"
)

// shares holds percentages of one whole against the counts: of all groups, of all
// people with those of unknown group, or of the printed total, whichever fits
// best. People of unknown group may be among all selected without being counted
// anywhere, so parts of them may be of any larger number, if it is one for all.
func (c *checker) shares(id int, t *table, role, of Role) {
	if _, ok := t.headers[role]; !ok || t.headers[of] == "" {
		return
	}
	for _, r := range t.groups {
		if r.cells[role].known() {
			c.report.Checks++
		}
	}
	if role == Part && t.oneWhole() {
		return
	}
	best, whole := t.off(role, of, c.wholes(t, of))
	for _, r := range best {
		n := r.cells[role]
		share, _ := r.count(of).over(whole)
		c.find(Finding{Severity: Problem, Kind: string(role), Table: id, Line: r.line, Group: r.label, Column: role, Printed: n.text, Follows: share.like(n),
			Text: fmt.Sprintf("the %s is printed as %s, but %s of %s is %s", role.words(t), n.text, count(r.count(of)), count(whole), share.like(n))})
	}
}

// wholes are the numbers of people that shares may be of.
func (c *checker) wholes(t *table, of Role) []span {
	groups := t.sum(of)
	out := []span{groups}
	if of == Applicants {
		if u, ok, _ := t.unknowns(c.stated); ok {
			out = append(out, groups.plus(u))
		}
	} else if len(t.unknown) > 0 {
		u := point(0)
		for _, r := range t.unknown {
			u = u.plus(r.count(of))
		}
		out = append(out, groups.plus(u))
	}
	for _, total := range t.totals {
		out = append(out, total.count(of))
	}
	return out
}

// off are the groups whose shares do not follow from the whole that fits best.
func (t *table) off(role, of Role, wholes []span) (best []row, whole span) {
	for i, w := range wholes {
		var off []row
		for _, r := range t.groups {
			share, ok := r.count(of).over(w)
			if n := r.cells[role]; ok && n.known() && r.cells[of].known() && !share.meets(n.span()) && !cutOff(n, share) {
				off = append(off, r)
			}
		}
		if i == 0 || len(off) < len(best) {
			best, whole = off, w
		}
	}
	return best, whole
}

// oneWhole says whether all parts are of one number of selected people, not below
// those of the groups.
func (t *table) oneWhole() bool {
	common := span{low: t.sum(Selected).low}
	for _, r := range t.groups {
		p, k := r.cells[Part], r.count(Selected)
		if !p.known() || !r.cells[Selected].known() {
			continue
		}
		w, ok := wholeOf(k, p)
		if !ok && widest(p).low.Sign() == 0 { // 0 %, of however many
			continue
		}
		if !ok || !common.meets(w) {
			return false
		}
		common = common.within(w)
	}
	return true
}

// counts takes a column whose cells say 667 (48%) for one of counts, although its
// heading names the percentages: Selected (%).
func (l *layout) counts(below []line, g guesser) {
	for j, role := range l.roles {
		to := map[Role]Role{Rate: Selected, Share: Applicants}[role]
		if to == "" || slices.Contains(l.roles, to) || len(g.columns) > 0 || !g.dressed(below, j, role) {
			continue
		}
		l.roles[j] = to
	}
}

// dressed says whether most cells of a column are counts with percentages.
func (g guesser) dressed(below []line, j int, role Role) bool {
	dressed, filled := 0, 0
	for i, b := range below[:min(len(below), mostLooked)] {
		if i > 0 && b.blank {
			break
		}
		if c := b.cell(j); c != "" {
			filled++
			if len(g.parts(c, role)) == 2 && !g.fraction.MatchString(c) {
				dressed++
			}
		}
	}
	return dressed > 0 && 2*dressed > filled
}

// beside finds out what the percentages beside counts of the selected are of: the
// applicants of the group, as 667 (48%), or all selected, as 667 (55%). Whichever
// more lines follow from counts; where none do, and a column of rates stands beside
// them or the heading says no more than %, nobody knows.
func (l *layout) beside(below []line, g guesser) {
	l.within = Rate
	j, has := l.column[Selected]
	if !has || !g.dressed(below, j, Selected) {
		return
	}
	at, rated := l.column[Rate]
	var rates, all int
	var wholes []span
	sum := new(big.Rat)
	for i, b := range below[:min(len(below), mostLooked)] {
		if i > 0 && b.blank {
			break
		}
		parts := g.parts(b.cell(j), Selected)
		k, p := parts[Selected], parts[Rate]
		if !k.known() || !p.known() {
			continue
		}
		all++
		if w, ok := wholeOf(k.span(), p.scale()); ok {
			wholes = append(wholes, w)
			sum.Add(sum, k.low)
		}
		if l.rateOf(b, g, k, at, rated).meets(widest(p.scale())) {
			rates++
		}
	}
	parts := ofSum(wholes, sum, 1, 2)
	if common := inCommon(wholes); common > 2 && common == len(wholes) { // two agree by chance
		parts = max(parts, common)
	}
	switch {
	case parts > rates && 2*parts >= all:
		l.within = Part
	case rates == 0 && all > 1 && (rated || l.counted()):
		l.within = ""
		l.aside[j] = "has percentages that fit neither the selected of each group nor its part of all selected"
	}
}

// rateOf is the rate of a line: of its counts, else the printed one.
func (l *layout) rateOf(b line, g guesser, k number, at int, rated bool) span {
	if j, has := l.column[Applicants]; has {
		n := g.number(b.cell(j), true)
		if n.state == unreadable {
			n = g.parts(b.cell(j), Applicants)[Applicants]
		}
		if of, ok := k.span().over(n.span()); ok && n.known() {
			return of
		}
	}
	if p := g.number(b.cell(at), false); rated && p.known() {
		if p.marked || p.printed != nil && p.printed.Cmp(unit(0)) > 0 {
			return widest(p.scale())
		}
		return widest(p)
	}
	return span{low: point(2).low, high: point(2).low} // no rate
}

// asParts gives the percentage beside a count of the selected its role.
func asParts(parts map[Role]number, role Role) map[Role]number {
	p, has := parts[Rate]
	if _, fraction := parts[Applicants]; !has || fraction {
		return parts
	}
	out := map[Role]number{Selected: parts[Selected]}
	if role != "" {
		out[role] = p
	}
	return out
}
