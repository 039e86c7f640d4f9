package privacy

import "slices"

// mostSteps bounds how often the pattern around one count is widened before its
// whole table is hidden: to find the smallest pattern is hard in general, to hide
// more is always safe.
const mostSteps = 20

// mostWidened is how many patterns are added before it is asked again which counts
// have their room.
const mostWidened = 20

// protect hides every row with a small count, and as many others as it takes
// that no small count can be worked out from what is left, by the rules of
// statistical disclosure control (Hundepool et al., Statistical Disclosure
// Control, 2012, ch. 4).
//
// The check is by feasibility: for each small count there are two tables of
// whole numbers that agree with everything that is shown, between which the count
// differs by min or more. They are found as cubes: take the group, another value
// for some of its attributes, and perhaps another window; adding one person to the
// corners in turn and taking one from the others changes no total over those. The pattern
// that hides the fewest people is taken; ties go to the first by name.
func (l *lattice) protect() {
	l.sort()
	for _, r := range l.order {
		switch {
		case len(l.smallForms(r, decisions)) > 0:
			r.hide(decisions)
		case len(l.smallForms(r, labels)) > 0:
			r.hide(labels)
		}
	}
	// The whole period comes first, while there is time to search.
	order := slices.Clone(l.order)
	slices.SortStableFunc(order, func(a, b *row) int { return min(1, len(a.window)) - min(1, len(b.window)) })
	var counts []count
	for _, r := range order {
		for _, f := range l.smallForms(r, decisions) {
			counts = append(counts, count{r, f, decisions})
		}
		for _, f := range l.smallForms(r, labels) {
			counts = append(counts, count{r, f, labels})
		}
	}
	l.protectAll(l.tight(counts))
	l.reopen(counts)
}

// protectAll protects counts one by one, and asks now and then which have their
// room by what was hidden for others.
func (l *lattice) protectAll(counts []count) {
	for len(counts) > 0 {
		c := counts[0]
		counts = counts[1:]
		if c.topic == decisions || c.row.hidden[decisions] { // how many decisions there are is free to move as well
			l.keep(c.row, c.form, decisions)
		} else {
			l.keep(c.row, c.form, labels, decisions)
		}
		if l.widened >= mostWidened {
			counts, l.widened = l.tight(counts), 0
		}
	}
}

// extent is how much of a table is hidden as a whole.
type extent int

const (
	cells      extent = iota // the cells, and what is finer; of a window, of every window
	attributes               // every table of the attributes; of a window, of every window
	groups                   // of a window, every group in every window
	everything               // of a window, every window of every table
)

// keep hides as much as it takes that a count cannot be worked out: some cells, or
// else the whole table, or more, first of the topics that are named first.
//
// The last resort needs no check. Where all tables of an attribute are hidden, all
// that is known of a group is the total over all groups; where all windows are,
// the total over all windows. A total that is shown is no small count, and one that
// is hidden is free to move itself.
func (l *lattice) keep(r *row, f form, topics ...topic) {
	last := attributes
	if r.window != "" || len(r.set) == 0 {
		last = everything
	}
	for e := cells; e <= last; e++ {
		for _, t := range topics {
			if l.totals && len(r.set) > 0 && r.window != "" && r.hidden[decisions] || l.cover(r, t, f) {
				return
			}
			l.hideTable(r, t, e)
			if t == decisions && len(r.set) > 0 && r.window != "" {
				l.totals = l.totals || l.onlyTotals() // what is hidden stays hidden
				if l.totals {
					return
				}
			}
		}
	}
}

// onlyTotals tells whether of groups by window nothing is shown but their margins:
// a table with two sides, in which no cell is shown to be empty. Such a cell lies
// anywhere between max(0, a+b-n) and min(a, b), where its margins a and b and what
// they leave of the total n are no small counts if they are shown.
func (l *lattice) onlyTotals() bool {
	if l.asked {
		return l.totals // which cells are empty does not change
	}
	if slices.ContainsFunc(l.order, func(o *row) bool { return len(o.set) > 0 && o.window != "" && !o.hidden[decisions] }) {
		return false
	}
	l.asked = true
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

// swept is what says which rows hideTable hides. What is hidden as a table stays
// hidden.
type swept struct {
	set    string
	window bool
	topic  topic
	extent extent
}

// hideTable hides the whole table of a row. A window never hides the whole period.
func (l *lattice) hideTable(r *row, t topic, e extent) {
	k := swept{key(r.set, nil, ""), r.window != "", t, e}
	if l.swept[k] {
		return
	}
	l.swept[k] = true
	l.widened++
	for _, o := range l.order {
		if r.window != "" && o.window == "" {
			continue
		}
		shares := slices.ContainsFunc(o.set, func(a int) bool { return slices.Contains(r.set, a) })
		if e == everything || e == groups && len(o.set) > 0 || e == attributes && shares || includes(o.set, r.set) {
			o.hide(t)
		}
	}
}

// cover hides the cheapest cells that keep a count from being worked out. It
// reports whether there are any.
func (l *lattice) cover(r *row, t topic, f form) bool {
	if l.width(r, f) >= l.min {
		return true
	}
	before := map[*row][2]bool{}
	for range mostSteps {
		if l.room(r, f) >= l.min {
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
		l.widened++
	}
	if l.width(r, f) >= l.min {
		return true
	}
	for o, shown := range before { // each by itself, in any order
		o.hidden = shown
	}
	return t == decisions && l.detourHides(r, f)
}

// detourHides hides the rows of a detour, where no pattern of cubes was found. It
// reports whether that gives the room.
func (l *lattice) detourHides(r *row, f form) bool {
	list := l.detour(r, f)
	before := make([][2]bool, len(list))
	for i, o := range list {
		before[i] = o.hidden
		o.hide(decisions)
	}
	if len(list) > 0 && l.width(r, f) >= l.min {
		return true
	}
	for i, o := range list {
		o.hidden = before[i]
	}
	return false
}

// cheapest is the cube that hides the fewest people for the room that it gives;
// nil if none gives any.
func (l *lattice) cheapest(r *row, t topic, f form) change {
	var best change
	var cost, room int64
	for _, c := range l.cubes(r) {
		price := c.cost(t)
		if price == 0 || r.window != "" && c.hidesWhole(t) {
			continue // it has given its room already, or a window would hide the whole period
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
