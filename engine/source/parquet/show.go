package parquet

import (
	"encoding/binary"
	"unsafe"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// shown are rows in the memory of the open page, in place of the buffer. That
// memory lasts until they are used up: only then is the next page read.
type shown struct {
	ints   []int64
	floats []float64
	narrow []int32
	strs   source.Strings
}

// leastShown is how many rows of a page are worth a batch of their own.
const leastShown = 1 << 12

// showing is how many of the next rows can be given without copying: those of
// a page that was decoded whole, or whose bytes are what its values are in
// memory. It is 0 if they need to be decoded.
func (c *column) showing(want int) int {
	n := min(want, c.left, c.fitting())
	switch {
	case c.coded || n < want && n < leastShown:
		return 0
	case c.leaf.form == asStrings && c.values.shape == slab && c.leaf.raw():
		return n
	case c.leaf.form != asStrings && (c.values.shape == joined || c.inPlace()) && c.present(n):
		return n
	}
	return 0
}

// present tells whether the next n rows are known to have a value each.
func (c *column) present(n int) bool {
	if c.leaf.def == 0 {
		return true
	}
	level, run, err := c.def.peek() // what is wrong with it is found again when it is read
	return err == nil && level == c.leaf.def && run >= n
}

// inPlace tells whether the page's values are numbers that lie in memory as the
// processor has them.
func (c *column) inPlace() bool {
	v, l := &c.values, c.leaf
	return v.shape == fixed && (l.physical == typeInt64 || l.physical == typeDouble || l.form == asNarrow) &&
		binary.NativeEndian.Uint16([]byte{1, 0}) == 1 && uintptr(unsafe.Pointer(unsafe.SliceData(v.data)))%uintptr(l.width) == 0
}

// taken are the next n values of a page that is in place, uncopied.
func taken[T int32 | int64 | float64](v *values, n int) ([]T, error) {
	var one T
	b, err := v.fixedBytes(int(unsafe.Sizeof(one)), n)
	if err != nil || n == 0 {
		return nil, err
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n), nil
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
	switch {
	case v.shape == fixed && c.leaf.form == asInts:
		c.shown.ints, err = taken[int64](v, n)
	case v.shape == fixed && c.leaf.form == asNarrow:
		c.shown.narrow, err = taken[int32](v, n)
	case v.shape == fixed:
		c.shown.floats, err = taken[float64](v, n)
	case c.leaf.form == asInts:
		if to > v.count {
			return errValuesShort
		}
		c.shown.ints = v.numbers[from:to]
	case c.leaf.form == asFloats:
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
	if err != nil {
		return err
	}
	if v.shape != fixed {
		v.next = to
	}
	c.size, c.have = n, n
	return c.advance(n)
}

// showNulls gives the strings shown offsets of their own with the rows that
// have no value.
func (c *column) showNulls(n, valid int) {
	if valid == n {
		return
	}
	ends := grow(c.strs.Offsets[:0], n+1)
	if valid == 0 {
		set(ends, c.shown.strs.Offsets[0])
	} else {
		spreadEnds(ends, c.shown.strs.Offsets, c.bitmap, valid)
	}
	c.strs.Offsets, c.shown.strs.Offsets = ends, ends
}
