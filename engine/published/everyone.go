package published

import (
	"fmt"
	"maps"
	"slices"
)

// mostTogether bounds how many rows are added up to look for their total.
const mostTogether = 200

// everyone finds rows that are totals by their numbers, whatever they are called:
// the counts are those of the rows above added up. A row is taken for one only
// where nothing else says what it is: a sex or race, or a share of less than
// everybody.
func (r *reader) everyone(b *block) {
	if _, ok := b.layout.column[Applicants]; !ok && !slices.Contains(slices.Collect(maps.Keys(b.derived)), Applicants) {
		return
	}
	first, top := 0, 0 // of the rows that belong together, and of those on pages before
	for i := range b.rows {
		if i > 0 && b.rows[i].table != b.rows[i-1].table {
			first, top = i, i
		} else if b.rows[i].start != noBoundary {
			first = i
		}
		if b.rows[i].kind != groupRow || i-first > mostTogether || !b.rows[i].largest(b.rows[first:i]) {
			continue
		}
		name, strange := r.strange(b, b.rows[i])
		if !strange {
			continue
		}
		above := addsUp(b.rows[i], b.rows[first:i]) || i-top <= mostTogether && addsUp(b.rows[i], b.rows[top:i])
		if !above && !(i == first && addsUp(b.rows[i], b.following(i))) {
			continue
		}
		total := &b.rows[i]
		total.kind = totalRow
		maps.DeleteFunc(total.place, func(_, v string) bool { return v == plainWords(name) })
		b.remark(Note, "reading", total.line, fmt.Sprintf("%q was taken for a total, as its numbers are those of the other rows added up", shorten(total.label)))
	}
}

// largest says that no group since the last total counts more people.
func (r row) largest(rows []row) bool {
	n := r.count(Applicants)
	for i := len(rows) - 1; i >= 0 && rows[i].kind != totalRow; i-- {
		if rows[i].kind == groupRow && rows[i].count(Applicants).low.Cmp(n.low) > 0 {
			return false
		}
	}
	return n.exact()
}

// strange gives the name of a row, without that of its block of columns, if nobody
// knows it for one of a group.
func (r *reader) strange(b *block, x row) (string, bool) {
	name := ""
	for _, j := range b.layout.categories {
		if c := (line{cells: x.raw}).cell(j); c != "" && j+1 != b.made {
			if name != "" {
				return "", false
			}
			name = c
		}
	}
	known, _ := r.recognized(plainWords(name))
	return name, name != "" && len(known) == 0
}

// following are the rows below one that belong to it.
func (b *block) following(i int) []row {
	end := i + 1
	for end < min(len(b.rows), i+mostTogether) && b.rows[end].start == noBoundary && b.rows[end].table == b.rows[i].table && b.rows[end].kind != totalRow {
		end++
	}
	return b.rows[i+1 : end]
}

// addsUp says whether the counts of a row are the sums of rows: of all of them, of
// those since the last total, or of the last that are about the same attributes,
// with or without people of unknown group.
func addsUp(total row, rows []row) bool {
	if n := total.cells[Share]; n.known() && n.printed != nil && n.printed.Cmp(unit(0)) != 0 && n.printed.Cmp(point(100).low) != 0 {
		return false
	}
	since, same := 0, 0
	for i, x := range rows {
		if x.kind == totalRow {
			since, same = i+1, i+1
		} else if i > 0 && x.kind == groupRow && rows[i-1].kind == groupRow && x.key() != rows[i-1].key() {
			same = i
		}
	}
	return sumIs(total, rows) || sumIs(total, rows[since:]) || sumIs(total, rows[same:])
}

// sumIs says whether the counts of a row are those of at least two groups added
// up, exactly: two counts, or one count of three groups and no ratio to another
// group.
func sumIs(total row, rows []row) bool {
	groups, matched := 0, 0
	fewest := point(0).low
	if total.cells[Ratio].known() { // as groups have: small numbers agree by chance
		fewest = point(50).low
	}
	for _, role := range []Role{Applicants, Selected} {
		n, seen := total.cells[role], false
		sum, unknown := point(0), point(0)
		groups = 0
		for _, x := range rows {
			switch m := x.cells[role]; {
			case x.kind == groupRow:
				groups++
				sum, seen = sum.plus(x.count(role)), seen || m.known()
			case x.kind == unknownRow && m.known():
				unknown = unknown.plus(x.count(role))
			}
		}
		if !seen && n.state == absent {
			continue
		}
		if !n.span().exact() || !sum.exact() || n.span().low.Cmp(fewest) < 0 || !sum.meets(n.span()) && !sum.plus(unknown).meets(n.span()) {
			return false
		}
		matched++
	}
	return groups > 1 && matched == 2 || groups > 2 && matched == 1 && !total.cells[Ratio].known()
}
