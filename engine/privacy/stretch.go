package privacy

import (
	"math"
	"slices"
)

// Bounds on the system that one search looks at: the other values of an
// attribute, the other windows, the cells and the steps. What is left out stays as
// it is, so a bound can make a search find less room than there is, never more.
const (
	mostValues  = 6
	mostPeriods = 5
	mostCells   = 700
	mostPivots  = 150
	mostTerms   = 300_000_000 // of all systems together
)

// system is the published tables around one row as linear equations: cells that
// may move, each an atom of a hidden row, and the sums that are shown or that tie
// one table to another. It stands at the true table, where every cell is at least
// zero, and it is walked from there by the simplex method.
type system struct {
	first map[*row]int // the first cell of a row
	kind  [kinds]int   // where the cell of an atom stands after the first; -1 if it has none
	at    []float64    // the value of each cell
	rows  [][]float64  // by equation, then by cell; changes of the cells sum to zero
	basis []int        // by equation, after solve
	terms int          // that were added up
}

// cell is the place of an atom of a row; -1 if it does not move.
func (x *system) cell(o *row, a atom) int {
	at, ok := x.first[o]
	if !ok || x.kind[a] < 0 {
		return -1
	}
	return at + x.kind[a]
}

// stretch is how far a count can move in one direction, up to what is needed, if
// hidden cells around it move in any way that agrees with what is shown. Every
// table on the way is one that agrees, so a search that is cut short is safe.
func (l *lattice) stretch(r *row, f form, direction, need int64) int64 {
	if len(r.set) == 0 || r.values[0] == lump && len(r.set) > 2 {
		return 0
	}
	if l.steps > mostTerms || !r.hidden[labels] {
		return 0
	}
	x := l.systemAround(r, false)
	if x == nil {
		return 0
	}
	moved := x.move(r, f, direction, need)
	l.steps += x.terms
	return moved
}

// move is how far a count of a row can move in a system.
func (x *system) move(r *row, f form, direction, need int64) int64 {
	objective := make([]float64, len(x.at))
	for _, a := range f {
		if i := x.cell(r, a); i >= 0 {
			objective[i] = float64(direction)
		}
	}
	return int64(math.Floor(x.climb(objective, float64(need), mostPivots) + 1e-6))
}

// detour lists the rows that would have to be hidden, with those that are, for a
// count to have room: it lets all rows around it move and sees which did.
// The whole period stays. It is nil if there are none.
func (l *lattice) detour(r *row, f form) []*row {
	if len(r.set) == 0 || r.values[0] == lump && len(r.set) > 2 || l.steps > mostTerms {
		return nil
	}
	moved := map[*row]bool{}
	var left = l.min
	for _, direction := range []int64{-1, 1} {
		x := l.systemAround(r, true)
		if x == nil {
			return nil
		}
		left -= x.move(r, f, direction, left)
		l.steps += x.terms
		for o := range x.first { // each by itself, in any order
			for a := range kinds {
				if i := x.cell(o, a); i >= 0 && math.Abs(x.at[i]-float64(o.atoms[a])) > 1e-6 && !o.hidden[decisions] {
					moved[o] = true
				}
			}
		}
	}
	if left > 0 {
		return nil
	}
	var out []*row
	for _, o := range l.order {
		if moved[o] {
			out = append(out, o)
		}
	}
	return out
}

// systemAround writes the equations of the tables that share an attribute with a
// row, among the values and windows with the most cases. With free, what is shown by
// window or, around a row of the whole period, everywhere, may move, too.
func (l *lattice) systemAround(r *row, free bool) *system {
	if !free && l.near == r && l.nearHidden == l.hiddenRows() {
		return l.nearSystem.copied()
	}
	values := l.manyValues(r)
	periods := l.manyPeriods(r)
	kinds := l.someKinds()
	var rows []*row              // that may move
	l.steps += 40 * len(l.order) // to look at a row costs more than to add up a term
	for _, o := range l.order {
		if (o.hidden[labels] || free && l.mayHide(o, r)) && slices.Contains(periods, o.window) && l.shares(o, r) && l.among(o, values) {
			rows = append(rows, o)
		}
	}
	if n := len(rows) * len(kinds); n == 0 || n > mostCells || !slices.Contains(rows, r) {
		return nil
	}
	x := l.systemOf(rows, kinds, func(o *row) bool { return o.hidden[decisions] || free && l.mayHide(o, r) })
	x.solve()
	if free {
		return x
	}
	l.steps += x.terms
	l.near, l.nearHidden, l.nearSystem = r, l.hiddenRows(), x
	return x.copied()
}

// someKinds are the kinds of cases that there are. A kind that nobody is of stays so.
func (l *lattice) someKinds() []atom {
	var out []atom
	for a := range kinds {
		if l.find(nil, nil, "").atoms[a] > 0 {
			out = append(out, a)
		}
	}
	return out
}

// systemOf writes the equations of some rows that may move, in some kinds of cases.
// Of rows whose decisions are not free, only the labels move.
func (l *lattice) systemOf(rows []*row, of []atom, free func(*row) bool) *system {
	x := &system{first: map[*row]int{}}
	for a := range x.kind {
		x.kind[a] = slices.Index(of, atom(a))
	}
	for _, o := range rows {
		x.first[o] = len(x.at)
		for _, a := range of {
			x.at = append(x.at, float64(o.atoms[a]))
		}
	}
	for _, o := range rows {
		if !free(o) {
			for _, same := range [][]atom{{truePositive, falsePositive, selected}, {falseNegative, trueNegative, rejected}, {undecided}} {
				x.equal(same, o)
			}
		}
	}
	l.ties(x, rows)
	return x
}

// mayHide tells whether a row may be hidden for the sake of another: a window never
// hides the whole period.
func (l *lattice) mayHide(o, r *row) bool { return r.window == "" || o.window != "" }

func (x *system) copied() *system {
	y := &system{first: x.first, kind: x.kind, at: slices.Clone(x.at), terms: len(x.at) * len(x.rows), basis: slices.Clone(x.basis)}
	for _, e := range x.rows {
		y.rows = append(y.rows, slices.Clone(e))
	}
	return y
}

// hiddenRows tells one state of what is hidden from another: an FNV-1a hash of
// all rows.
func (l *lattice) hiddenRows() uint64 {
	h := uint64(14695981039346656037)
	for _, o := range l.order {
		for _, hidden := range o.hidden {
			if hidden {
				h ^= 1
			}
			h *= 1099511628211
		}
	}
	return h
}

// lost tells whether a row holds all in whom some value is missing.
func (r *row) lost() bool { return len(r.values) > 0 && r.values[0] == lump }

// shares tells whether two rows have an attribute in common.
func (l *lattice) shares(o, r *row) bool {
	return slices.ContainsFunc(o.set, func(a int) bool { return slices.Contains(r.set, a) })
}

// among tells whether all values of a row are looked at.
func (l *lattice) among(o *row, values map[int][]string) bool {
	if o.values[0] == lump {
		return len(o.set) == 2
	}
	for i, a := range o.set {
		if !slices.Contains(values[a], o.values[i]) {
			return false
		}
	}
	return true
}

// manyValues are, by attribute, the row's own value and those with the most cases.
func (l *lattice) manyValues(r *row) map[int][]string {
	out := map[int][]string{}
	for a, domain := range l.domain {
		list := slices.DeleteFunc(slices.Clone(domain), func(v string) bool { return l.find([]int{a}, []string{v}, "") == nil })
		slices.SortStableFunc(list, func(v, w string) int {
			return int(l.find([]int{a}, []string{w}, "").cases() - l.find([]int{a}, []string{v}, "").cases())
		})
		keep := mostValues
		if len(r.set) > 1 || l.crossed(a) {
			keep = mostValues / 2
		}
		own := ""
		if i := slices.Index(r.set, a); i >= 0 {
			if own = missing; r.values[0] != lump {
				own = r.values[i]
			}
			list = slices.DeleteFunc(list, func(v string) bool { return v == own })
			if l.find([]int{a}, []string{own}, "") != nil {
				list = append([]string{own}, list...)
			}
		}
		out[a] = list[:min(keep, len(list))]
	}
	return out
}

// crossed tells whether an attribute stands in a table with another.
func (l *lattice) crossed(a int) bool {
	return slices.ContainsFunc(l.sets, func(s []int) bool { return len(s) > 1 && slices.Contains(s, a) })
}

// manyPeriods are the whole period, the row's own window and those in which the
// group has the most cases, if its windows are published at all.
func (l *lattice) manyPeriods(r *row) []string {
	out := []string{""}
	if r.window != "" {
		out = append(out, r.window)
	}
	var list []*row
	for _, w := range l.windows {
		if o := l.find(r.set, r.values, w); o != nil && w != r.window && o.hidden[labels] {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, func(a, b *row) int { return int(b.cases() - a.cases()) })
	for _, o := range list[:min(mostPeriods, len(list))] {
		out = append(out, o.window)
	}
	return out
}

// ties adds the sums that tie the rows of a system to coarser ones: over the
// values of an attribute, and over windows. A coarser row that is not in the
// system stays as it is.
func (l *lattice) ties(x *system, rows []*row) {
	sums := map[string][]*row{}
	var order []string
	part := func(k string, o *row) {
		if sums[k] == nil {
			order = append(order, k)
		}
		sums[k] = append(sums[k], o)
	}
	whole := map[string]*row{}
	for _, o := range rows {
		lost := o.lost()
		if len(o.set) == 2 && (lost || slices.Contains(o.values, missing)) {
			if all := l.find(o.set, []string{lump}, o.window); all != nil { // all in whom a value is missing
				k := key(o.set, []string{lump}, o.window) + "\x00lump"
				if whole[k] = all; lost {
					part(k, nil)
				} else {
					part(k, o)
				}
			}
		}
		for i := range o.set {
			if lost {
				break
			}
			set := slices.Delete(slices.Clone(o.set), i, i+1)
			values := slices.Delete(slices.Clone(o.values), i, i+1)
			if l.published(set, o.window) {
				k := key(set, values, o.window) + "\x00" + key(o.set, nil, "")
				part(k, o)
				whole[k] = l.find(set, values, o.window)
			}
		}
		if o.window != "" && l.published(o.set, "") {
			k := key(o.set, o.values, "") + "\x00over windows"
			part(k, o)
			whole[k] = l.find(o.set, o.values, "")
		}
		// A row whose parts are published and stay makes its own equation.
		if o.window == "" && slices.ContainsFunc(l.windows, func(w string) bool { return l.published(o.set, w) }) {
			k := key(o.set, o.values, "") + "\x00over windows"
			part(k, nil)
			whole[k] = o
		}
		for _, set := range l.sets {
			if !lost && len(set) == len(o.set)+1 && includes(set, o.set) && l.published(set, o.window) {
				k := key(o.set, o.values, o.window) + "\x00" + key(set, nil, "")
				part(k, nil)
				whole[k] = o
			}
		}
	}
	for _, k := range order {
		for a := range kinds {
			if x.kind[a] < 0 {
				continue
			}
			e := make([]float64, len(x.at))
			for _, o := range sums[k] {
				if i := x.cell(o, a); i >= 0 {
					e[i] = 1
				}
			}
			if i := x.cell(whole[k], a); i >= 0 {
				e[i] = -1
			}
			x.rows = append(x.rows, e)
		}
	}
}

// equal holds the sum of some atoms of a row.
func (x *system) equal(atoms []atom, o *row) {
	e := make([]float64, len(x.at))
	for _, a := range atoms {
		if i := x.cell(o, a); i >= 0 {
			e[i] = 1
		}
	}
	x.rows = append(x.rows, e)
}
