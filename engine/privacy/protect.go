package privacy

import "slices"

// mostSteps bounds how often the pattern around one count is widened before its
// whole table is hidden: to find the smallest pattern is hard in general, to hide
// more is always safe.
const mostSteps = 20

// protect hides every row with a small count, and as many others as it takes
// that no small count can be worked out from what is left, by the rules of
// statistical disclosure control (Hundepool et al., Statistical Disclosure
// Control, 2012, ch. 4).
//
// The check is by feasibility: for each small count there are two tables that agree
// with everything that is shown, between which the count differs by min or more
// (stretch). What to hide for that is found as cubes: take the group, another value
// for some of its attributes; adding one person to the corners in turn and taking one
// from the others changes no total over those. The pattern that hides the fewest
// people is taken; ties go to the first by name. What turns out not to be needed is
// shown again.
func (l *lattice) protect() {
	l.sort()
	l.tie()
	for _, r := range l.order {
		switch {
		case len(l.smallForms(r, decisions)) > 0:
			r.hide(decisions)
		case len(l.smallForms(r, labels)) > 0:
			r.hide(labels)
		}
	}
	l.hideWindows()
	l.budget = mostWhole
	for _, r := range l.order {
		if r.window != "" {
			continue
		}
		for _, f := range l.smallForms(r, decisions) {
			l.keep(r, f, decisions)
		}
		for _, f := range l.smallForms(r, labels) {
			if r.hidden[decisions] { // how many decisions there are is free to move as well
				l.keep(r, f, decisions)
			} else {
				l.keep(r, f, labels, decisions)
			}
		}
	}
	l.reopen()
}

// hideWindows hides all groups by window, if some of them have small counts: which of
// them are not needed is found afterwards.
func (l *lattice) hideWindows() {
	some, everybody := false, false
	for _, r := range l.order {
		if _, small := l.sensitive(r); small && r.window != "" {
			some, everybody = true, everybody || len(r.set) == 0
		}
	}
	for _, r := range l.order {
		if some && r.window != "" && (everybody || len(r.set) > 0) {
			r.hide(decisions)
		}
	}
}

// extent is how much of a table is hidden as a whole.
type extent int

const (
	cells      extent = iota // the cells, and what is finer
	attributes               // every table of the attributes
)

// keep hides as much as it takes that a count over the whole period cannot be worked
// out: some cells, or else the whole table, or more, first of the topics that are
// named first.
//
// The last resort needs no check. Where all tables of an attribute are hidden, all
// that is known of a group is the total over all groups: one that is shown is no
// small count, and one that is hidden is free to move itself.
func (l *lattice) keep(r *row, f form, topics ...topic) {
	for e := cells; e <= attributes; e++ {
		for _, t := range topics {
			if l.cover(r, t, f) {
				return
			}
			l.hideTable(r, t, e)
		}
	}
}

// onlyTotals tells whether of groups by window nothing is shown but their margins:
// a table with two sides, in which no cell is shown to be empty. Such a cell lies
// anywhere between max(0, a+b-n) and min(a, b), where its margins a and b and what
// they leave of the total n are no small counts if they are shown.
func (l *lattice) onlyTotals() bool {
	if slices.ContainsFunc(l.order, func(o *row) bool { return len(o.set) > 0 && o.window != "" && !o.hidden[decisions] }) {
		return false
	}
	cells := map[string]int{}
	for _, o := range l.order {
		cells[key(o.set, nil, o.window)]++
	}
	for _, set := range l.sets {
		for _, w := range l.windows {
			if n := cells[key(set, nil, w)]; n > 0 && n != cells[key(set, nil, "")] {
				return false
			}
		}
	}
	return true
}

// hideTable hides the whole table of a row.
func (l *lattice) hideTable(r *row, t topic, e extent) {
	for _, o := range l.order {
		shares := slices.ContainsFunc(o.set, func(a int) bool { return slices.Contains(r.set, a) })
		if e == attributes && shares || includes(o.set, r.set) {
			o.hide(t)
		}
	}
}

// cover hides the cheapest cells that keep a count from being worked out. It
// reports whether there are any.
func (l *lattice) cover(r *row, t topic, f form) bool {
	enough := func() bool {
		_, _, ok := l.free(r, f, topicNow(r), isHidden, wide())
		return ok
	}
	before := map[*row][2]bool{}
	for range mostSteps {
		if enough() {
			return true
		}
		best := l.cheapest(r, t, f)
		if best == nil {
			break
		}
		for _, d := range best {
			if _, seen := before[d.row]; !seen {
				before[d.row] = d.row.hidden
			}
			d.row.hide(t)
		}
	}
	if enough() {
		return true
	}
	for o, shown := range before { // each by itself, in any order
		o.hidden = shown
	}
	return l.detour(r, t, f)
}

// detour lets all rows around a count move, also those that are shown, and hides
// those that do, where no pattern of cubes was found. It reports whether that gives
// the room.
func (l *lattice) detour(r *row, t topic, f form) bool {
	was := r.hidden
	r.hide(t)
	touched, _, ok := l.free(r, f, topicNow(r), func(o *row, moved topic) bool {
		return o.hidden[moved] || moved >= t && (len(o.set) > 0 || len(r.set) == 0)
	}, wide())
	if !ok {
		r.hidden = was
		return false
	}
	for o, t := range touched { // each by itself, in any order
		o.hide(t)
	}
	return true
}

// cheapest is the cube that hides the fewest people for the room that it gives;
// nil if none gives any.
func (l *lattice) cheapest(r *row, t topic, f form) change {
	var best change
	var cost, room int64
	for _, c := range l.cubes(r) {
		price := c.cost(t)
		if price == 0 {
			continue // it has given its room already
		}
		n := min(l.min, l.gain(c, r, t, f))
		if n > 0 && (best == nil || price*room < cost*n) {
			best, cost, room = c, price, n
		}
	}
	return best
}

// gain is the room that a cube gives by itself.
func (l *lattice) gain(c change, r *row, t topic, f form) int64 {
	return newTable().push(c, r, t, f, 1, l.min) + newTable().push(c, r, t, f, -1, l.min)
}

// topicNow is what of a row is hidden.
func topicNow(r *row) topic {
	if r.hidden[decisions] {
		return decisions
	}
	return labels
}
