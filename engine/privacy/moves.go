package privacy

import "math"

// moves are the cases that a table has more or fewer than the true one.
type moves struct {
	by    map[*row]*[kinds]float64
	order []*row // that differ, in the order in which they came
}

func newMoves() *moves { return &moves{by: map[*row]*[kinds]float64{}} }

// now is an atom of a row in the table.
func (m *moves) now(o *row, a atom) float64 {
	n := float64(o.atoms[a])
	if d := m.by[o]; d != nil {
		n += d[a]
	}
	return n
}

// changes is by how much a count of a row differs.
func (m *moves) changes(o *row, f form) (by float64) {
	for _, a := range f {
		by += m.by[o][a]
	}
	return math.Abs(by)
}

func (m *moves) put(o *row, a atom, by float64) {
	d := m.by[o]
	if d == nil {
		d = &[kinds]float64{}
		m.by[o], m.order = d, append(m.order, o)
	}
	d[a] += by
}

// plus is the table that a system arrived at from another.
func (m *moves) plus(x *system) *moves {
	out := newMoves()
	for _, o := range m.order {
		d := *m.by[o]
		out.by[o], out.order = &d, append(out.order, o)
	}
	for i, c := range x.over {
		by := x.moved(i)
		if by == 0 {
			continue
		}
		out.put(c.row, c.gains, by)
		if c.loses != nothing {
			out.put(c.row, c.loses, -by)
		}
	}
	return out
}

// agrees tells whether a table is one, and agrees with all that is shown: the sums
// hold, no cell is below zero, rows that show their decisions keep them, and what the
// choice of a reference tells is so. It looks at the tables as they are written, not
// at what the arithmetic made of them.
func (l *lattice) agrees(m *moves, may func(*row, topic) bool) bool {
	const slack = 1e-6
	off := map[[2]int]float64{} // by sum and kind of case
	var sums [][2]int
	for _, o := range m.order {
		d := m.by[o]
		for a, by := range d {
			if by == 0 {
				continue
			}
			if m.now(o, atom(a)) < -slack {
				return false
			}
			for _, e := range l.ties.of[o.at] {
				k := [2]int{e.sum, a}
				if _, seen := off[k]; !seen {
					sums = append(sums, k)
				}
				off[k] += float64(e.by * by)
			}
		}
		if !may(o, decisions) {
			for _, same := range sameDecision() {
				if n := d[same[0]] + d[same[1]] + d[same[2]]; math.Abs(n) > slack {
					return false
				}
			}
			if math.Abs(d[undecided]) > slack || !may(o, labels) {
				return false
			}
		}
		for i := range o.caps {
			if o.caps[i].left(o, m) < -slack*(1+math.Abs(o.caps[i].most)) {
				return false
			}
		}
	}
	for _, k := range sums {
		if math.Abs(off[k]) > slack {
			return false
		}
	}
	return true
}

// sameDecision are the kinds of cases with the same decision, which labels tell apart.
func sameDecision() [2][3]atom {
	return [2][3]atom{{truePositive, falsePositive, selected}, {falseNegative, trueNegative, rejected}}
}
