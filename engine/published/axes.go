package published

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// axes holds tables of the same people against each other: by sex, by race, by
// both.
func (c *checker) axes() {
	sets, ok := c.sets()
	if !ok {
		c.find(Finding{Severity: Note, Kind: "several audits", Table: 1, Line: c.report.Tables[0].FirstLine,
			Text: "the file has several tables by the same attribute, and it is not clear which belong together: totals by sex, race and both were not compared " +
				"(--columns table=COLUMN names a column that tells)"})
		return
	}
	for _, set := range sets {
		for _, id := range set[1:] {
			c.totals(set[0], id)
		}
		for _, whole := range set {
			for _, part := range set {
				if within(c.tables[whole].axes, c.tables[part].axes) {
					c.margins(whole, part)
				}
			}
		}
	}
}

// sets are the tables that are about the same people. A file with several
// audits repeats the same attributes in the same order.
func (c *checker) sets() ([][]int, bool) {
	var names []string
	byName := map[string][]int{}
	for i, t := range c.tables {
		if t.headers[Applicants] == "" || slices.Contains(t.axes, "") {
			continue
		}
		if byName[t.name] == nil {
			names = append(names, t.name)
		}
		byName[t.name] = append(byName[t.name], i)
	}
	var out [][]int
	for _, name := range names {
		key := func(i int) string { return strings.Join(c.tables[i].axes, "\x00") }
		var mine [][]int
		for _, i := range byName[name] {
			if len(mine) == 0 || key(i) == key(mine[0][0]) {
				mine = append(mine, nil)
			}
			last := len(mine) - 1
			mine[last] = append(mine[last], i)
		}
		for _, set := range mine {
			var keys []string
			for k, i := range set {
				if slices.Contains(keys, key(i)) || len(set) != len(mine[0]) || key(i) != key(mine[0][k]) {
					return nil, false
				}
				keys = append(keys, key(i))
			}
			out = append(out, set)
		}
	}
	return out, true
}

// within says whether a has fewer attributes than b, and all of them.
func within(a, b []string) bool {
	return len(a) < len(b) && !slices.ContainsFunc(a, func(axis string) bool { return !slices.Contains(b, axis) })
}

// totals compares how many people two tables count, with those of unknown group.
func (c *checker) totals(a, b int) {
	one, two := c.tables[a], c.tables[b]
	n, m := one.sum(Applicants), two.sum(Applicants)
	if n.high == nil && m.high == nil || one.lacks(two) || two.lacks(one) {
		return
	}
	c.report.Checks++
	u, knownU, countedU := one.unknowns(c.stated)
	v, knownV, countedV := two.unknowns(c.stated)
	first, _ := two.lines()
	f := Finding{Severity: Problem, Kind: "totals by attribute", Table: b + 1, Line: first, Column: Applicants, Printed: count(m), Follows: count(n)}
	f.Text = fmt.Sprintf("by %s %s people are counted, by %s %s", one.attribute(), count(n), two.attribute(), count(m))
	switch {
	case knownU && knownV:
		exact := u.exact() && v.exact()
		switch {
		case n.meets(m) && !(countedU && countedV) || exact && n.plus(u).meets(m.plus(v)):
			return
		case n.plus(u).meets(m.plus(v)):
			f.Severity = Note
			f.Text += "; people of whom only one of the two is known could be the difference"
		case exact:
			f.Text += fmt.Sprintf("; with %s and %s people of unknown group that makes %s and %s, but both tables are about the same people",
				count(u), count(v), count(n.plus(u)), count(m.plus(v)))
		default:
			f.Text += "; the people of unknown group are too few to explain the difference"
		}
	case !knownU && !knownV:
		if n.meets(m) {
			c.selections(b, one, two, first)
			return
		}
		f.Text += "; both are about the same people, and no count of people of unknown group explains the difference"
	default:
		known, other := n.plus(u), m
		if knownV {
			known, other = m.plus(v), n
		}
		if n.meets(m) || other.low.Cmp(new(big.Rat)) >= 0 && (known.high == nil || other.low.Cmp(known.high) <= 0) {
			if !n.meets(m) && !known.meets(other) {
				f.Severity = Note
				f.Text += "; people of unknown group could explain the difference, but only one of the tables says how many there are"
				c.find(f)
			}
			return
		}
		f.Text += "; that is more than everybody, those of unknown group included"
	}
	c.find(f)
}

// selections compares how many people were selected, where two tables count the
// same people and nobody is of unknown group.
func (c *checker) selections(b int, one, two *table, line int) {
	total := func(t *table) (s span) {
		s = point(0)
		for i := range t.groups {
			k, ok := t.groups[i].selected()
			if !ok {
				return span{low: new(big.Rat)}
			}
			s = s.plus(k)
		}
		return s
	}
	if !one.sum(Applicants).exact() || !two.sum(Applicants).exact() {
		return
	}
	c.report.Checks++
	if k, l := total(one), total(two); !k.meets(l) {
		c.find(Finding{Severity: Problem, Kind: "selected by attribute", Table: b + 1, Line: line, Column: Selected, Printed: count(l), Follows: count(k),
			Text: fmt.Sprintf("by %s %s people were selected, by %s %s, of the same %s", one.attribute(), count(k), two.attribute(), count(l), count(one.sum(Applicants)))})
	}
}

// margins holds every group against the sum of its parts: all women against the
// women of every race. People whose other attribute is not known may be missing
// from the parts, so the whole may be larger, but then not more people may have
// been selected among them than they are.
func (c *checker) margins(a, b int) {
	whole, parts := c.tables[a], c.tables[b]
	other := slices.DeleteFunc(slices.Clone(parts.axes), func(axis string) bool { return slices.Contains(whole.axes, axis) })
	others := map[string]bool{}
	for _, t := range c.tables {
		if slices.Equal(t.axes, other) && t.name == whole.name {
			for _, r := range t.groups {
				others[r.place.key()] = true
			}
		}
	}
	under := map[string][]*row{}
	for i := range parts.groups {
		r := &parts.groups[i]
		others[r.place.project(other).key()] = true
		key := r.place.project(whole.axes).key()
		under[key] = append(under[key], r)
	}
	missing := c.missing(whole, parts)
	times := map[string]int{}
	for _, r := range whole.groups {
		times[r.place.key()]++
	}
	for i := range whole.groups {
		r := &whole.groups[i]
		if times[r.place.key()] > 1 { // several spellings, of which the parts have some
			continue
		}
		below := under[r.place.key()]
		if len(below) == 0 {
			continue
		}
		c.report.Checks++
		c.margin(a, b, r, below, len(below) == len(others), missing)
	}
}

// missing is how many people may be in a table and not in its parts, because
// another attribute of theirs is not known; nil if nothing says.
func (c *checker) missing(whole, parts *table) *big.Rat {
	u, knownU, _ := whole.unknowns(c.stated)
	v, knownV, _ := parts.unknowns(c.stated)
	switch {
	case !knownU && !knownV:
		return new(big.Rat)
	case !knownV || v.high == nil:
		return nil
	}
	return larger(new(big.Rat), new(big.Rat).Sub(v.high, u.low))
}

// lacks says that a table by more attributes leaves out a group of the other
// altogether, as non-binary people often are: then it counts fewer people.
func (t *table) lacks(whole *table) bool {
	if !within(whole.axes, t.axes) {
		return false
	}
	parts := map[string]bool{}
	for _, r := range t.groups {
		parts[r.place.project(whole.axes).key()] = true
	}
	return slices.ContainsFunc(whole.groups, func(r row) bool { return !parts[r.place.key()] })
}

// project keeps some attributes.
func (p place) project(axes []string) place {
	out := place{}
	for _, axis := range axes {
		out[axis] = p[axis]
	}
	return out
}

// margin holds a group against its parts. complete says that no part is missing
// from the table, missing how many people may be in the whole only, if that is known.
func (c *checker) margin(a, b int, r *row, below []*row, complete bool, missing *big.Rat) {
	s, ok := sumOf(r, below)
	if !ok {
		return
	}
	by, parts := c.tables[a].attribute(), c.tables[b].attribute()
	f := Finding{Severity: Problem, Kind: "sum of parts", Table: a + 1, Line: r.line, Lines: s.lines, Group: r.label}
	impossible := complete && s.hasSelected && s.more.high.Sign() >= 0 && s.moreSelected.low.Cmp(s.more.high) > 0
	switch {
	case s.more.high.Sign() < 0 || complete && missing != nil && s.more.low.Cmp(missing) > 0:
		f.Column, f.Printed, f.Follows = Applicants, r.cells[Applicants].text, count(s.n)
		f.Text = fmt.Sprintf("by %s this group has %s applicants, but by %s its parts add up to %s", by, count(r.count(Applicants)), parts, count(s.n))
		if s.hasSelected && !s.selected.meets(s.k) {
			f.Text += fmt.Sprintf(", and %s selected against %s", count(s.selected), count(s.k))
		}
		if impossible {
			f.Text += fmt.Sprintf("; %s more people cannot be %s more selected", grouped(s.more.high), grouped(s.moreSelected.low))
		}
	case s.hasSelected && (s.moreSelected.high.Sign() < 0 || impossible):
		f.Column, f.Printed, f.Follows = Selected, r.cells[Selected].text, count(s.k)
		f.Text = fmt.Sprintf("by %s %s of this group were selected, but by %s its parts add up to %s", by, count(s.selected), parts, count(s.k))
		if impossible && s.more.high.Sign() > 0 {
			f.Text += fmt.Sprintf("; the %s people whose place among the parts is unknown cannot make up for it", grouped(s.more.high))
		}
	default:
		return
	}
	c.find(f)
}

// partSum is what the parts of a group add up to, and how much more the group has.
type partSum struct {
	lines              []int
	n, k, selected     span
	more, moreSelected span
	hasSelected        bool
}

func sumOf(r *row, below []*row) (s partSum, ok bool) {
	s = partSum{lines: []int{r.line}, n: point(0), k: point(0)}
	s.selected, s.hasSelected = r.selected()
	for _, p := range below {
		k, known := p.selected()
		s.hasSelected = s.hasSelected && known
		s.n, s.k = s.n.plus(p.count(Applicants)), s.k.plus(k)
		s.lines = append(s.lines, p.line)
	}
	if s.more, ok = r.count(Applicants).minus(s.n); !ok {
		return s, false
	}
	if s.hasSelected {
		s.moreSelected, s.hasSelected = s.selected.minus(s.k)
	}
	return s, true
}
