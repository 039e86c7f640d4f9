package privacy

import "math"

// table is a table that differs from the true one in some rows.
type table map[*row]*atoms

func newTable() table { return table{} }

// of is a row of the table.
func (x table) of(r *row) *atoms {
	if a, ok := x[r]; ok {
		return a
	}
	return &r.atoms
}

// put adds to an atom of a row.
func (x table) put(r *row, a atom, by int64) {
	if x[r] == nil {
		own := r.atoms
		x[r] = &own
	}
	x[r][a] += by
}

// push moves a count of a row by one cube, as far as needed and as no cell falls
// below zero, and returns how far.
func (x table) push(c change, r *row, t topic, f form, direction, need int64) (moved int64) {
	sign := c.of(r) * direction
	if sign == 0 {
		return 0
	}
	if t == decisions { // each atom moves by itself
		for _, a := range f {
			n := min(need-moved, x.least(c, a, -sign))
			x.shift(c, a, sign, n)
			moved += n
		}
		return moved
	}
	// The decisions of a group are shown: an atom moves against another of the
	// same decision.
	for _, same := range [][]atom{{truePositive, falsePositive, selected}, {falseNegative, trueNegative, rejected}} {
		for _, a := range same {
			for _, b := range same {
				if f.has(a) && !f.has(b) {
					n := min(need-moved, x.least(c, a, -sign), x.least(c, b, sign))
					x.shift(c, a, sign, n)
					x.shift(c, b, -sign, n)
					moved += n
				}
			}
		}
	}
	return moved
}

// least is how often a cube can be taken from the rows of a sign before one of
// them has none left of an atom.
func (x table) least(c change, a atom, sign int64) int64 {
	n := int64(math.MaxInt64)
	for _, d := range c {
		if d.by*sign > 0 {
			n = min(n, x.of(d.row)[a]/max(d.by, -d.by))
		}
	}
	if n == math.MaxInt64 {
		return 0
	}
	return n
}

func (x table) shift(c change, a atom, sign, n int64) {
	for _, d := range c {
		if n != 0 {
			x.put(d.row, a, d.by*n*unit(sign))
		}
	}
}

// unit is the sign of a number that is not zero.
func unit(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

// change says by how much rows change, if the first corner of a cube gains one.
type change []delta

type delta struct {
	row *row
	by  int64
}

// of is the change of a row.
func (c change) of(r *row) int64 {
	for _, d := range c {
		if d.row == r {
			return d.by
		}
	}
	return 0
}

// cost is how many people are hidden who were not; of two patterns with as many
// people the one with fewer rows is cheaper.
func (c change) cost(t topic) int64 {
	var n int64
	for _, d := range c {
		if !d.row.hidden[t] {
			n += d.row.cases() + 1
		}
	}
	return n
}
