package scan

import (
	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// cells numbers the combinations of categories that occur, for one table and
// worker, in order of first appearance. A number stays what it is when a
// dimension grows, so what was counted under it need not be moved.
type cells struct {
	need   table.Need // its dimensions, and the rows to look at
	dims   []int      // positions among the worker's dimensions
	levels []level
	out    []uint32 // the current frame's, for the rows that the table counts
	same   bool     // they are all one, and there is one

	pack   *packing // has the dimensions, among others; nil if there is none
	known  []uint32 // by its key: the number, or kernel.Unknown
	layout int      // of the packing, that known is for
}

// level numbers the pairs of a number of the level before and a code.
type level struct {
	pairs  [][2]uint32 // by number
	stride int
	near   []uint32          // before * stride + code → number + 1
	far    map[uint64]uint32 // instead of near when that would be large
}

// nearLimit is the largest array of pairs; beyond it pairs are hashed.
const nearLimit = 1 << 20

func newCells(need table.Need, dims []int) *cells {
	return &cells{need: need, dims: dims, levels: make([]level, len(dims))}
}

// number fills out for some of a frame's rows.
func (c *cells) number(f *frame, dims []*dimension, rows *scope) {
	c.out, c.same = grow(c.out, f.rows), false
	if c.pack != nil && c.pack.pack(f, dims) {
		c.lookUp(f, dims, rows)
		return
	}
	size := f.rows
	clear(c.out)
	for l := range c.levels {
		d := dims[c.dims[l]]
		lv, codes := &c.levels[l], d.codes()
		lv.fit(len(d.categories()), c.count(l))
		if rows.rows != nil {
			rows.each(func(i int) { c.out[i] = lv.number(c.out[i], codes[i]) })
			continue
		}
		for i, code := range codes[:size] {
			c.out[i] = lv.number(c.out[i], code)
		}
	}
}

// lookUp finds the numbers of all dimensions at once.
func (c *cells) lookUp(f *frame, dims []*dimension, rows *scope) {
	p := c.pack
	if p.layout != c.layout || c.known == nil {
		c.layout, c.known = p.layout, make([]uint32, 1<<p.bits)
		for i := range c.known {
			c.known[i] = kernel.Unknown
		}
	}
	if rows.n == 0 {
		return
	}
	if p.constant() {
		first := 0
		if rows.rows != nil {
			first = int(rows.rows[0])
		}
		n := c.one(dims, first)
		for i := range c.out {
			c.out[i] = n
		}
		c.same = true
		return
	}
	keys := p.byRow(f)
	if rows.rows != nil {
		if kernel.LookupRows(c.out, keys, c.known, rows.rows) {
			return
		}
		for _, row := range rows.rows {
			if c.out[row] == kernel.Unknown {
				c.out[row] = c.learn(keys[row], dims, int(row))
			}
		}
		return
	}
	if kernel.Lookup(c.out, keys, c.known) {
		return
	}
	const unknown = 1 << 31 // a bit that no number has
	for i := kernel.First(c.out, unknown); i < len(c.out); i += 1 + kernel.First(c.out[i+1:], unknown) {
		c.out[i] = c.learn(keys[i], dims, i)
	}
}

// learn finds the number of a key, which is that of a row.
func (c *cells) learn(key uint32, dims []*dimension, row int) uint32 {
	if c.known[key] == kernel.Unknown {
		c.known[key] = c.one(dims, row)
	}
	return c.known[key]
}

// one finds the number of one row.
func (c *cells) one(dims []*dimension, row int) (n uint32) {
	for l := range c.levels {
		d := dims[c.dims[l]]
		c.levels[l].fit(len(d.categories()), c.count(l))
		n = c.levels[l].number(n, d.code(row))
	}
	return n
}

// count is how many numbers the level before l has given.
func (c *cells) count(l int) int {
	if l == 0 {
		return 1
	}
	return len(c.levels[l-1].pairs)
}

// len is the number of combinations.
func (c *cells) len() int { return c.count(len(c.levels)) }

// fit makes room for codes and numbers that are known by now.
func (l *level) fit(codes, before int) {
	if l.far != nil || codes <= l.stride && before*l.stride <= len(l.near) {
		return
	}
	stride := max(l.stride, 4)
	for stride < codes {
		stride *= 2
	}
	if before*stride > nearLimit {
		l.far, l.near = make(map[uint64]uint32, len(l.pairs)), nil
		for n, p := range l.pairs {
			l.far[uint64(p[0])<<32|uint64(p[1])] = uint32(n)
		}
		return
	}
	l.stride, l.near = stride, make([]uint32, 2*before*stride)
	for n, p := range l.pairs {
		l.near[int(p[0])*stride+int(p[1])] = uint32(n + 1)
	}
}

func (l *level) number(before, code uint32) uint32 {
	if l.far != nil {
		key := uint64(before)<<32 | uint64(code)
		n, ok := l.far[key]
		if !ok {
			n = l.add(before, code)
			l.far[key] = n
		}
		return n
	}
	slot := &l.near[int(before)*l.stride+int(code)]
	if *slot == 0 {
		*slot = l.add(before, code) + 1
	}
	return *slot - 1
}

func (l *level) add(before, code uint32) uint32 {
	l.pairs = append(l.pairs, [2]uint32{before, code})
	return uint32(len(l.pairs) - 1)
}

// codes takes a number apart.
func (c *cells) codes(n uint32, into []int) {
	for l := len(c.levels) - 1; l >= 0; l-- {
		p := c.levels[l].pairs[n]
		into[l], n = int(p[1]), p[0]
	}
}

func (c *cells) bytes() int64 {
	total := int64(cap(c.out)+len(c.known)) * 4
	for _, l := range c.levels {
		total += int64(len(l.near))*4 + int64(cap(l.pairs))*8 + int64(len(l.far))*32
	}
	return total
}

// categories are those of the table's dimensions.
func (c *cells) categories(dims []*dimension) [][]table.Category {
	out := make([][]table.Category, len(c.dims))
	for i, at := range c.dims {
		out[i] = dims[at].categories()
	}
	return out
}
