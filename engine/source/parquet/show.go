package parquet

import "github.com/plumbline-audit/plumbline/engine/source"

// shown are rows in the memory of the open page, in place of the buffer. That
// memory lasts until they are used up: only then is the next page read.
type shown struct {
	ints   []int64
	floats []float64
	strs   source.Strings
}

// leastShown is how many rows of a page are worth a batch of their own.
const leastShown = 1 << 12

// showing is how many of the next rows can be given without copying: those of
// a page that was decoded whole. It is 0 if they need to be decoded.
func (c *column) showing(want int) int {
	switch {
	case c.coded:
		return 0
	case c.leaf.form == asStrings && c.values.shape == slab && c.leaf.raw():
	case c.leaf.form != asStrings && c.values.shape == joined && c.leaf.def == 0:
	default:
		return 0
	}
	n := min(want, c.left, c.fitting())
	if n < want && n < leastShown {
		return 0
	}
	return n
}

// show fills the empty buffer with n rows of the open page without copying
// their values.
func (c *column) show(n int) error {
	valid, err := c.levels(n)
	if err != nil {
		return err
	}
	c.markValid(n, valid)
	v := &c.values
	from, to := v.next, v.next+valid
	switch c.leaf.form {
	case asInts:
		if to > v.count {
			return errValuesShort
		}
		c.shown.ints = v.numbers[from:to]
	case asFloats:
		if to > v.count {
			return errValuesShort
		}
		c.shown.floats = v.floating[from:to]
	default:
		if to > v.slab.Len() {
			return errValuesShort
		}
		c.shown.strs = source.Strings{Bytes: v.slab.Bytes, Offsets: v.slab.Offsets[from : to+1]}
		c.showNulls(n, valid)
	}
	v.next, c.size, c.have = to, n, n
	return c.advance(n)
}

// showNulls gives the strings shown offsets of their own with the rows that
// have no value.
func (c *column) showNulls(n, valid int) {
	if valid == n {
		return
	}
	ends := grow(c.strs.Offsets[:0], n+1)
	copy(ends, c.shown.strs.Offsets)
	if valid == 0 {
		set(ends, ends[0])
	} else {
		spreadEnds(ends, c.bitmap, valid)
	}
	c.strs.Offsets, c.shown.strs.Offsets = ends, ends
}
