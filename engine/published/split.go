package published

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// split parts a block into one table for each attribute: a list of men and women
// followed by one of races is two tables, each with a highest rate of its own.
func (b *block) split(x reading) []*table {
	rows := b.taken(x)
	var out []*table
	byKey := map[string]*table{}
	var last *table
	var early []row
	rounds := rounds{of: map[string]int{}, seen: map[string]bool{}}
	for i, r := range rows {
		if r.start != noBoundary {
			rounds.begin(rows[i:])
		}
		if r.kind != groupRow {
			if last == nil || last.name != r.table {
				early = append(early, r)
			} else {
				last.put(r)
			}
			continue
		}
		axes := r.place.axes()
		key := rounds.key(r)
		rounds.seen[key+r.place.key()] = true
		t := byKey[key]
		if t == nil {
			t = &table{title: b.title, name: r.table, axes: axes, headers: map[Role]string{}, stated: b.stated, verdicts: b.verdicts}
			for role, j := range b.layout.column {
				if j+1 != b.made {
					t.headers[role] = b.layout.headers[j]
				}
			}
			for role, j := range b.derived {
				t.headers[role] = b.layout.headers[j]
			}
			var names []string
			for _, j := range b.layout.categories {
				if h := b.layout.headers[j]; h != "" && j+1 != b.made {
					names = append(names, h)
				}
			}
			if len(names) > 0 {
				t.headers[Category] = strings.Join(names, " + ")
			}
			t.scoring = strings.Contains(strings.ToLower(t.headers[Rate]+" "+t.headers[Selected]+" "+b.title), "scor")
			if len(out) == 0 {
				t.remarks = slices.Clone(b.remarks)
			}
			byKey[key] = t
			out = append(out, t)
		}
		last = t
		t.put(r)
		rest := early[:0]
		for _, e := range early {
			if e.table == t.name {
				t.put(e)
			} else {
				rest = append(rest, e)
			}
		}
		early = rest
	}
	if b.made > 0 {
		for _, t := range out {
			t.drop()
		}
	}
	return out
}

// drop forgets the headings of numbers that a table has none of: of blocks of columns
// side by side one may lack what another has.
func (t *table) drop() {
	rows := slices.Concat(t.groups, t.totals, t.unknown)
	for _, role := range t.roles() {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.cells[role].state != absent }) {
			delete(t.headers, role)
		}
	}
}

// rounds tells tables by the same attribute apart that follow each other under
// one header.
type rounds struct {
	of   map[string]int // how many tables by these attributes have begun
	seen map[string]bool
}

// begin looks at the rows from a boundary to the next. Where most of them name
// groups that stand above, another table begins; else the one above goes on, as
// over the pages of a document. Of attributes that nobody knows an empty line
// parts tables too.
func (s *rounds) begin(rows []row) {
	known, again := map[string]int{}, map[string]int{}
	for i, r := range rows {
		if i > 0 && r.start != noBoundary {
			break
		}
		if r.kind != groupRow {
			continue
		}
		known[r.key()]++
		if _, strange := r.place[""]; s.seen[s.key(r)+r.place.key()] || strange && rows[0].start == emptyLine {
			again[r.key()]++
		}
	}
	for key, n := range again {
		if 2*n > known[key] {
			s.of[key]++
		}
	}
}

func (s *rounds) key(r row) string { return fmt.Sprint(s.of[r.key()], "\x00", r.key()) }

// key is what tells the tables of a block apart.
func (r row) key() string { return r.table + "\x00" + strings.Join(r.place.axes(), "\x00") }

func (t *table) put(r row) {
	switch r.kind {
	case totalRow:
		t.totals = append(t.totals, r)
	case unknownRow:
		t.unknown = append(t.unknown, r)
	default:
		t.groups = append(t.groups, r)
	}
}

// adopt gives names that nobody recognized, such as Other between White and
// Asian, the attributes of the rows around them.
func adopt(rows []row) {
	strange := func(p place) bool { _, ok := p[""]; return ok }
	for i := range rows {
		r := &rows[i]
		if r.kind != groupRow || !strange(r.place) {
			continue
		}
		for _, j := range nearby(i, len(rows)) {
			near := rows[j]
			if near.kind == groupRow && !strange(near.place) && len(near.place) == len(r.place) {
				for _, axis := range near.place.axes() {
					if _, has := r.place[axis]; !has {
						r.place[axis] = r.place[""]
						delete(r.place, "")
					}
				}
				break
			}
		}
	}
}

// nearby lists the rows around row i of n: those above it, the nearest first, then
// those below.
func nearby(i, n int) (out []int) {
	const reach = 50
	for j := i - 1; j >= max(0, i-reach); j-- {
		out = append(out, j)
	}
	for j := i + 1; j < min(n, i+reach); j++ {
		out = append(out, j)
	}
	return out
}

// scale finds out which columns are in percent.
func (b *block) scale() {
	for _, role := range []Role{Rate, Ratio, Share, Part} {
		j, ok := b.layout.column[role]
		if at, derived := b.derived[role]; derived {
			j, ok = at, true
		}
		if !ok || !b.percent(role, b.layout.headers[j]) {
			continue
		}
		for _, r := range b.rows {
			if !b.fractionAmong(role, r) {
				r.cells[role] = r.cells[role].scale()
			}
		}
	}
}

// fractionAmong says that a cell is a fraction in a column in which others have percent
// signs: it has decimals, is at most 1 and no percentage of its row's counts.
func (b *block) fractionAmong(role Role, r row) bool {
	n := r.cells[role]
	if n.marked || !n.known() || n.printed == nil || n.digits < 2 || n.printed.Cmp(big.NewRat(1, 1)) > 0 ||
		!slices.ContainsFunc(b.rows, func(o row) bool { return o.cells[role].marked }) {
		return false
	}
	of, ok := r.count(Selected).over(r.count(Applicants))
	return !(role == Rate && ok && r.cells[Selected].known() && of.meets(n.scale().span()))
}

// percent says whether a column is in percent: by a sign, else by its size, else
// by what agrees with the counts.
func (b *block) percent(role Role, header string) bool {
	if percentHeader(header) && !b.fractions(role) {
		return true
	}
	largest := map[Role]int64{Rate: 1, Share: 1, Part: 1, Ratio: 3}[role]
	known, large, asFraction, asPercent := 0, 0, 0, 0
	for _, r := range b.rows {
		n := r.cells[role]
		if !n.known() || n.printed == nil {
			continue
		}
		if n.marked {
			return true
		}
		known++
		if n.printed.Cmp(big.NewRat(largest, 1)) > 0 {
			large++
		}
		if of, ok := r.count(Selected).over(r.count(Applicants)); ok && role == Rate && r.cells[Selected].known() {
			if of.meets(n.span()) {
				asFraction++
			}
			if of.meets(n.scale().span()) {
				asPercent++
			}
		}
	}
	return 2*large > known || asPercent > asFraction
}

func percentHeader(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "%") || strings.Contains(s, "percent") || strings.Contains(s, "pct")
}

// fractions says that a column is headed in percent and yet holds fractions.
func (b *block) fractions(role Role) bool {
	known, small, agree := 0, 0, 0
	for _, r := range b.rows {
		n := r.cells[role]
		if !n.known() || n.printed == nil {
			continue
		}
		if n.marked {
			return false
		}
		known++
		if n.printed.Cmp(big.NewRat(1, 1)) <= 0 && n.digits > 1 {
			small++
		}
		if of, ok := r.count(Selected).over(r.count(Applicants)); ok && role == Rate && of.meets(n.scale().span()) {
			agree++
		}
	}
	return known > 0 && small == known && agree == 0
}

// attribute is what a table is about, in words: where nobody recognized it, what
// its names are headed with.
func (t *table) attribute() string {
	var names []string
	for _, a := range t.axes {
		if a == "" {
			a = "group"
			if h := strings.ToLower(t.headers[Category]); h != "" && !plainHeading(h) {
				a = shorten(h)
			}
		}
		names = append(names, a)
	}
	return strings.Join(names, " and ")
}

// plainHeading says that a heading of names says nothing of what they are.
func plainHeading(s string) bool {
	for _, word := range strings.Fields(plainWords(s)) {
		switch word {
		case "group", "groups", "category", "categories", "subgroup", "subgroups", "class", "demographic", "demographics", "characteristic", "characteristics", "name", "label", "value":
		default:
			return false
		}
	}
	return true
}

// lines are the first and the last line of a table.
func (t *table) lines() (first, last int) {
	for _, r := range slices.Concat(t.groups, t.totals, t.unknown) {
		if first == 0 || r.line < first {
			first = r.line
		}
		last = max(last, r.line)
	}
	return first, last
}

// roles are the kinds of numbers that a table has.
func (t *table) roles() []Role {
	var out []Role
	for _, role := range Roles() {
		if slices.Contains(slices.Collect(maps.Keys(t.headers)), role) && role.numeric() {
			out = append(out, role)
		}
	}
	return out
}
