package parquet

import "github.com/plumbline-audit/plumbline/engine/source"

// short is the size of strings that are put together without a call: a copy of
// 16 bytes is two instructions, and the next string overwrites what of it is
// too much.
const short = 16

// place copies s to out[at:], and grows out if need be.
func place(out []byte, at int, s []byte) []byte {
	if len(out)-at < len(s) {
		out = grow(out[:at], max(len(s)+short, 1<<10))
		out = out[:cap(out)]
	}
	copy(out[at:], s)
	return out
}

// leastShown is how many rows of a page are worth a batch of their own.
const leastShown = 1 << 12

// showing is how many of the next rows can be given as they lie in the open
// page's memory, which lasts until they are used up: only then is the next page
// read. It is 0 if they need to be decoded.
func (c *column) showing(want int) int {
	if c.coded || c.leaf.form != asStrings || c.values.shape != slab || !c.leaf.raw() {
		return 0
	}
	n := min(want, c.left, c.fitting())
	if n < want && n < leastShown {
		return 0
	}
	return n
}

// show fills the empty buffer with n strings of the open page without copying
// them.
func (c *column) show(n int) error {
	valid, err := c.levels(n)
	if err != nil {
		return err
	}
	c.markValid(n, valid)
	if c.shown, err = c.values.slabStrings(valid); err != nil {
		return err
	}
	if valid < n {
		ends := grow(c.strs.Offsets[:0], n+1)
		copy(ends, c.shown.Offsets)
		if valid == 0 {
			set(ends, ends[0])
		} else {
			spreadEnds(ends, c.bitmap, valid)
		}
		c.strs.Offsets, c.shown.Offsets = ends, ends
	}
	c.size, c.have = n, n
	return c.advance(n)
}

// slabStrings is the next n strings of a page that was decoded whole.
func (v *values) slabStrings(n int) (source.Strings, error) {
	if n > v.slab.Len()-v.next {
		return source.Strings{}, errValuesShort
	}
	v.next += n
	return source.Strings{Bytes: v.slab.Bytes, Offsets: v.slab.Offsets[v.next-n : v.next+1]}, nil
}
