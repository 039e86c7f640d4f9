package privacy

import (
	"cmp"
	"slices"
)

// Bounds on the search for rows to show again: how many are tried at once, and the
// terms of all systems that are looked at, per row of those.
const (
	mostAtOnce = 16
	mostTries  = 500_000
	mostOpen   = 500 // counts whose room is not found at the start
)

// reopen shows rows again that no small count needs. Patterns are chosen for one
// count after another, so that a later one often serves an earlier one as well.
//
// The rows with the most people come first. As many as possible are tried at once,
// and half as many where a count would lose its room.
func (l *lattice) reopen(counts []count) {
	l.sought = 0
	tight := l.tight(counts)
	if l.sought > mostAtOnce*mostTries || len(tight) > mostOpen {
		return // to ask again for every row would take too long
	}
	var bound, near []count
	for _, c := range tight {
		if l.loose(c) {
			near = append(near, c)
		} else {
			bound = append(bound, c)
		}
	}
	settled := slices.DeleteFunc(slices.Clone(counts), func(c count) bool {
		return slices.ContainsFunc(near, c.is) || slices.ContainsFunc(bound, c.is)
	})
	var candidates []*row
	for _, o := range l.order {
		if len(o.set) > 0 && o.published && l.least(o) != o.hidden && !l.needed(o, bound) {
			candidates = append(candidates, o)
		}
	}
	slices.SortStableFunc(candidates, func(a, b *row) int { return cmp.Compare(b.cases(), a.cases()) })
	l.strict, l.sought = true, 0
	for batch := range slices.Chunk(candidates, mostAtOnce) {
		l.try(batch, settled, near)
	}
}

// loose tells whether a count has its room by the cells around it alone.
func (l *lattice) loose(c count) bool {
	return l.width(c.row, c.form) >= l.min || l.room(c.row, c.form) >= l.min
}

// is tells whether two counts are the same.
func (c count) is(d count) bool {
	return c.row == d.row && c.topic == d.topic && slices.Equal(c.form, d.form)
}

// least is what a row hides because of its own counts.
func (l *lattice) least(o *row) [2]bool {
	if len(l.smallForms(o, decisions)) > 0 {
		return [2]bool{true, true}
	}
	return [2]bool{labels: len(l.smallForms(o, labels)) > 0}
}

// needed tells whether a row may be what protects a count whose room is not found
// without everybody's rows: any row of its attributes may, or of its windows.
func (l *lattice) needed(o *row, bound []count) bool {
	return slices.ContainsFunc(bound, func(c count) bool {
		return c.row.window != "" && o.window != "" || len(c.row.set) == 0 || l.shares(o, c.row)
	})
}

// try shows rows, as far as every count keeps its room.
func (l *lattice) try(rows []*row, counts, near []count) {
	if len(rows) == 0 || l.sought > mostSought {
		return
	}
	before := make([][2]bool, len(rows))
	for i, o := range rows {
		before[i], o.hidden = o.hidden, l.least(o)
	}
	if len(l.tight(counts)) == 0 && !slices.ContainsFunc(near, func(c count) bool { return !l.loose(c) }) {
		return
	}
	for i, o := range rows {
		o.hidden = before[i]
	}
	if half := len(rows) / 2; half > 0 {
		l.try(rows[:half], counts, near)
		l.try(rows[half:], counts, near)
	}
}
