package scan

import (
	"cmp"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// bucketed counts the buckets of numbers per cell, with what the exact sums
// need: the form of a tally that has given up single numbers.
type bucketed struct {
	stride  int       // ids that flat has room for
	flat    []content // cell * stride + id
	entries *interner // instead of flat: cell<<32 | id
	list    []content // by entry
}

// content is what is known of the rows of one cell and bucket.
type content struct {
	table.Cell
	rest table.Residue
	more *table.Moments // instead of rest, once there are more copies than it takes
}

// contentLimit is the largest flat array of contents.
const contentLimit = 1 << 18

// fit makes room for the cells and ids that are known by now.
func (b *bucketed) fit(cells, ids int) {
	if b.entries != nil || ids <= b.stride && cells*b.stride <= len(b.flat) {
		return
	}
	stride := max(b.stride, 1024)
	for stride < ids {
		stride *= 2
	}
	old, oldStride := b.flat, b.stride
	if cells*stride > contentLimit {
		b.flat, b.entries = nil, newInterner()
	} else {
		b.flat, b.stride = make([]content, min(2*cells*stride, contentLimit)), stride
	}
	for at, c := range old {
		if c.Rows > 0 {
			*b.at(uint32(at/oldStride), uint32(at%oldStride)) = c
		}
	}
}

// at is the place of a cell and bucket.
func (b *bucketed) at(cell, id uint32) *content {
	if b.flat != nil {
		return &b.flat[int(cell)*b.stride+int(id)]
	}
	at, fresh := b.entries.number(uint64(cell)<<32 | uint64(id))
	if fresh {
		b.list = append(b.list, content{})
	}
	return &b.list[at]
}

// add adds rows with one number.
func (c *content) add(x float64, rows table.Cell) {
	held := c.N
	c.Cell = c.Cell.Add(rows)
	switch {
	case c.more != nil:
		c.more.Add(x, rows.N)
	case c.N < table.MaxResidueCopies:
		c.rest.Add(x, rows.N)
	default:
		c.more = &table.Moments{}
		c.more.AddResidue(table.Bucket(x), held, &c.rest)
		c.more.Add(x, rows.N)
	}
}

// each calls f for every cell and bucket that holds a row; of a flat array, in
// the order of cells and buckets, which saves sorting them cell by cell.
func (b *bucketed) each(known []int, f func(cell, id uint32, c *content)) {
	if b.flat != nil {
		order := make([]uint32, len(known))
		for i := range order {
			order[i] = uint32(i)
		}
		slices.SortFunc(order, func(i, k uint32) int { return cmp.Compare(known[i], known[k]) })
		for cell := range len(b.flat) / b.stride {
			of := b.flat[cell*b.stride:]
			for _, id := range order {
				if c := &of[id]; c.Rows > 0 {
					f(uint32(cell), id, c)
				}
			}
		}
	}
	for at := range b.list {
		word := b.entries.words[at]
		f(uint32(word>>32), uint32(word), &b.list[at])
	}
}

// addTo puts the contents into a table.
func (b *bucketed) addTo(to *table.ValuesBuilder, t *tally) {
	points := make([][]table.Point, t.cells.len())
	moments := make([]table.Moments, t.cells.len())
	codes := make([]int, len(t.need.Dims))
	b.each(t.numbers.buckets.known, func(cell, id uint32, c *content) {
		if id < firstNumber {
			t.cells.codes(cell, codes)
			addOdd(to, codes, id, c.Cell)
			return
		}
		x := t.numbers.middle(id)
		points[cell] = append(points[cell], table.Point{X: x, Cell: c.Cell})
		if c.more != nil {
			moments[cell].Merge(c.more)
		} else {
			moments[cell].AddResidue(x, c.N, &c.rest)
		}
	})
	for cell := range points {
		if len(points[cell]) > 0 {
			t.cells.codes(uint32(cell), codes)
			to.AddBucketed(codes, points[cell], &moments[cell])
		}
	}
}

func (b *bucketed) bytes() int64 {
	total := int64(len(b.flat)+cap(b.list)) * 64
	if b.entries != nil {
		total += b.entries.bytes()
	}
	return total
}
