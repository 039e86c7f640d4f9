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
	first := 0 // of the rows that belong together
	for i := range b.rows {
		if i > 0 && (b.rows[i].start != noBoundary || b.rows[i].table != b.rows[i-1].table) {
			first = i
		}
		if b.rows[i].kind != groupRow || i-first > mostTogether || !b.rows[i].largest(b.rows[first:i]) || !r.nameless(b.rows[i]) {
			continue
		}
		if !addsUp(b.rows[i], b.rows[first:i]) && !(i == first && addsUp(b.rows[i], b.following(i))) {
			continue
		}
		total := &b.rows[i]
		total.kind = totalRow
		value := plainWords(total.label)
		maps.DeleteFunc(total.place, func(_, v string) bool { return v == value })
		b.remark(Note, "reading", total.line, fmt.Sprintf("%q was taken for a total, as its numbers are those of the other rows added up", shorten(total.label)))
	}
}

// largest says that no row counts more people, but for totals.
func (r row) largest(rows []row) bool {
	n := r.count(Applicants)
	return n.exact() && !slices.ContainsFunc(rows, func(o row) bool { return o.kind == groupRow && o.count(Applicants).low.Cmp(n.low) > 0 })
}

// nameless says that nobody knows the name of a row for one of a group.
func (r *reader) nameless(x row) bool {
	known, _ := r.recognized(plainWords(x.label))
	return len(known) == 0
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
		if !n.span().exact() || !sum.exact() || n.span().low.Sign() == 0 || !sum.meets(n.span()) && !sum.plus(unknown).meets(n.span()) {
			return false
		}
		matched++
	}
	return groups > 1 && matched == 2 || groups > 2 && matched == 1 && !total.cells[Ratio].known()
}
