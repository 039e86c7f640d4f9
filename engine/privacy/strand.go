package privacy

import (
	"cmp"
	"math"
	"slices"
)

// reach bounds the system that one search looks at: the windows beside a row's own,
// the rows of one sum, and all rows. What is left out stays as it is, so a bound can make a
// search find less room than there is, never more.
type reach struct {
	windows, ofSum, rows int
	own                  bool // windows with the most of the group's own cases, not of all
	any                  bool // it does not matter how many rows have to be hidden
}

// wide reaches are tried in turn; mostly the first does. The last is for a group
// that has a few cases in many windows.
func wide() []reach {
	return []reach{
		{windows: 1, ofSum: 16, rows: 300},
		{windows: 3, ofSum: 16, rows: 300, own: true},
		{windows: 6, ofSum: 16, rows: 500, own: true},
		{windows: 12, ofSum: 6, rows: 500, own: true},
	}
}

// narrow is what is tried where more rows may be tried afterwards.
func narrow() []reach { return wide()[:2] }

// whole is what is tried where nothing else did.
func whole() []reach {
	return []reach{
		{windows: 12, ofSum: math.MaxInt, rows: 1200, own: true},
		{windows: math.MaxInt, ofSum: math.MaxInt, rows: mostRows, any: true},
	}
}

// Bounds on every system, and on the steps of all together.
const (
	mostRows   = 2500
	mostPivots = 4000
	mostTerms  = 480_000_000
	mostWhole  = 80_000_000 // of them those before the proofs
)

// strand is a way for cases to move: those of an atom, in rows whose decisions are
// hidden; or those of one atom against those of another of the same decision, in
// rows whose labels are.
type strand struct{ gains, loses atom }

// nothing is the other atom of a strand that has one.
const nothing atom = -1

// strands are the ways in which a count of a row can move by itself.
func (l *lattice) strands(f form, t topic) []strand {
	var out []strand
	if t == decisions {
		for _, a := range f {
			if l.occurs(a) {
				out = append(out, strand{a, nothing})
			}
		}
	}
	for _, same := range sameDecision() {
		for _, a := range same {
			for _, b := range same {
				if f.has(a) && !f.has(b) && l.occurs(a) && l.occurs(b) {
					out = append(out, strand{a, b})
				}
			}
		}
	}
	return out
}

// topic is what has to be hidden in a row for a strand to run through it.
func (s strand) topic() topic {
	if s.loses == nothing {
		return decisions
	}
	return labels
}

// bounds are how far a strand can fall and rise in a row of a table. Of a strand that
// moves alone they allow for what the choice of a reference tells.
func (l *lattice) bounds(s strand, o *row, m *moves, alone bool) (down, up float64) {
	down, up = m.now(o, s.gains), math.Inf(1)
	if s.loses != nothing {
		up = m.now(o, s.loses)
	}
	for i := range o.caps {
		if !alone {
			break
		}
		c := &o.caps[i]
		switch room, by := c.room(o, m), c.per(s); {
		case by > 0:
			up = min(up, room/by)
		case by < 0:
			down = min(down, -room/by)
		}
	}
	return max(0, down), max(0, up)
}

// way is what is tried at a time: strands that move together, and how far around.
type way struct {
	strands []strand
	topic   topic // what has to be hidden of every row
	reach   reach
}

// ways lists what is tried for a count, in turn: every strand by itself, and all
// atoms together, where the choice of a reference ties the atoms of a group to each
// other, or some rows show their decisions and others do not.
func (l *lattice) ways(f form, t topic, far []reach) []way {
	var out []way
	for _, by := range far {
		for _, s := range l.strands(f, t) {
			out = append(out, way{[]strand{s}, s.topic(), by})
		}
	}
	var all []strand
	for a := range kinds {
		if l.occurs(a) {
			all = append(all, strand{a, nothing})
		}
	}
	switch {
	case len(all) < 2:
	case far[len(far)-1].any:
		out = append(out, way{all, labels, far[len(far)-1].among(all)})
	case t == decisions && l.capped:
		for _, by := range narrow() {
			out = append(out, way{all, decisions, by.among(all)})
		}
	}
	return out
}

// among is a reach with as many cells, where so many strands move together.
func (by reach) among(all []strand) reach {
	by.rows, by.own = by.rows/len(all), false
	return by
}

// stretch moves a count in one direction, up to what is needed, if rows around it
// move in any way that agrees with what is shown, and returns how far. may tells
// which rows can. Every table on the way is one that agrees, so a search that is cut
// short is safe. The rows that moved are added to touched, with what has to be
// hidden of them, and m is the table arrived at.
func (l *lattice) stretch(r *row, f form, t topic, direction, need int64, may func(*row, topic) bool, far []reach, touched map[*row]topic) (moved int64, m *moves) {
	m = newMoves()
	if len(r.set) > 2 && r.values[0] == lump {
		return 0, m
	}
	for _, w := range l.ways(f, t, far) {
		if moved >= need || l.steps > l.budget {
			break
		}
		x := l.system(r, f, w, m, float64(direction), float64(need-moved), may)
		if x == nil {
			continue
		}
		n := int64(math.Floor(x.solve() + 1e-6))
		l.steps += x.terms
		if n <= 0 {
			continue
		}
		next := m.plus(x)
		if !l.agrees(next, may) {
			continue // too many steps of arithmetic: what came out proves nothing
		}
		m, moved = next, moved+n
		for i := range x.over {
			if o := x.over[i].row; x.moved(i) != 0 {
				of := w.topicOf(o, may)
				if was, ok := touched[o]; !ok || was > of {
					touched[o] = of
				}
			}
		}
	}
	return moved, m
}

// topicOf is what has to be hidden of a row that moves.
func (w way) topicOf(o *row, may func(*row, topic) bool) topic {
	if len(w.strands) > 1 && may(o, decisions) {
		return decisions
	}
	return w.topic
}

// free tells whether a count is free to move by the limit, up and down together: its
// feasibility interval is as wide, or wider. Mostly up alone does.
func (l *lattice) free(r *row, f form, t topic, may func(*row, topic) bool, far []reach) (map[*row]topic, *moves, bool) {
	touched := map[*row]topic{}
	up, m := l.stretch(r, f, t, 1, l.min, may, far, touched)
	if up >= l.min {
		return touched, m, true
	}
	down, _ := l.stretch(r, f, t, -1, l.min-up, may, far, touched)
	return touched, newMoves(), up+down >= l.min
}

// needs tells whether a topic of a row has to be hidden anyway.
func (r *row) needs(t topic) bool { return r.used && r.use <= t }

// need notes what has to be hidden of a row.
func (r *row) need(t topic) {
	if !r.used || t < r.use {
		r.used, r.use = true, t
	}
}

// isHidden tells whether a row may move because it is hidden.
func isHidden(o *row, t topic) bool { return o.hidden[t] }

// near lists the rows that are tied to one through rows that may move, in the whole
// period, the row's own window and some others; the nearest first, and of a sum
// those that have to be hidden anyway, then those with the most cases.
func (l *lattice) near(r *row, t topic, by reach, of atom, may func(*row, topic) bool) []*row {
	l.mark++
	l.periods(r, t, by, of, may)
	out := append(l.found[:0], r)
	r.mark = l.mark
	for i := 0; i < len(out) && len(out) < by.rows; i++ {
		for _, e := range l.ties.of[out[i].at] {
			if l.ties.mark[e.sum] == l.mark {
				continue
			}
			l.ties.mark[e.sum] = l.mark
			taken := 0
			for _, needed := range []bool{true, false} {
				for _, o := range l.ties.rows[e.sum] {
					if taken == by.ofSum || len(out) == by.rows {
						break
					}
					if o.mark == l.mark || l.marks[o.period] != l.mark || o.needs(t) != needed || !may(o, t) {
						continue
					}
					o.mark = l.mark
					out = append(out, o)
					taken++
				}
			}
		}
	}
	l.found = out
	l.steps += 20 * len(out)
	return out
}

// periods marks the whole period, a row's own window and as many others as asked in
// which the group may move: those with the most cases in all, so that different
// groups take the same ones, or with the most of the group's cases of a kind.
func (l *lattice) periods(r *row, t topic, by reach, of atom, may func(*row, topic) bool) {
	l.marks[0], l.marks[r.period] = l.mark, l.mark
	beside := l.ties.beside[r.at]
	if by.own {
		beside = slices.Clone(beside)
		slices.SortStableFunc(beside, func(a, b *row) int { return cmp.Compare(b.atoms[of], a.atoms[of]) })
	}
	for _, o := range beside {
		if by.windows == 0 {
			return
		}
		if o != r && o.cases() > 0 && may(o, t) && (!by.own || o.atoms[of] > 0) {
			l.marks[o.period] = l.mark
			by.windows--
		}
	}
}
