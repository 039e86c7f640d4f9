package scan

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// flatLimit is the largest array that counts numbers per cell; a larger one
// becomes a hash of the occupied entries.
const flatLimit = 1 << 19

// tally counts how often each number occurs in each cell of one table, for one
// worker. Beside accumulator, which counts rows, it has one dimension more: the
// ids of numbers.
type tally struct {
	need    table.Need
	cells   *cells
	numbers *numbers

	stride  int          // ids that flat has room for
	flat    []table.Cell // cell * stride + id
	late    []entry      // instead of flat, while few rows were met
	entries *interner    // instead of flat: cell<<32 | id
	counts  []table.Cell // by entry

	buckets *bucketed // instead of all these, once ids are buckets
}

// entry is a row, or several, of one cell and number. Rows are put aside before
// they are counted in a hash: where all numbers differ, the table is in buckets
// before any were.
type entry struct {
	cell, id uint32
	table.Cell
}

// lateRows is how many rows are put aside.
const lateRows = 2 * table.MaxDistinct

func newTally(need table.Need, dims []int, n *numbers) *tally {
	return &tally{need: need, cells: newCells(dims), numbers: n}
}

// add counts the frame that the table's numbers have read.
func (t *tally) add(f *frame, dims []*dimension) {
	rows := f.scopeOf(t.need)
	t.cells.number(dims, f.rows, rows)
	if t.buckets != nil {
		t.addBuckets(f, rows)
		return
	}
	t.fit()
	out, ids := t.cells.out, t.numbers.ids
	if t.flat != nil && f.weights == nil && f.repeat == 1 && rows.rows == nil {
		for i := range rows.n {
			c := &t.flat[int(out[i])*t.stride+int(ids[i])]
			c.Rows++
			c.N++
		}
		return
	}
	rows.each(func(i int) {
		t.put(out[i], ids[i], table.Cell{N: f.weight(i) * f.repeat, Rows: f.repeat})
	})
	if len(t.late) > lateRows {
		t.settle()
	}
	if t.entries != nil && t.single() > table.MaxEntries {
		t.toBuckets()
	}
}

func (t *tally) addBuckets(f *frame, rows *scope) {
	n, b, out := t.numbers, t.buckets, t.cells.out
	b.fit(t.cells.len(), len(n.buckets.known))
	rows.each(func(i int) {
		c := table.Cell{N: f.weight(i) * f.repeat, Rows: f.repeat}
		id := n.ids[i]
		switch {
		case id < firstNumber:
			b.at(out[i], id).Cell = b.at(out[i], id).Add(c)
		case n.over:
			b.at(out[i], id).add(n.xs[i], c)
		default:
			b.at(out[i], n.bucket[id]).add(n.value(id), c)
		}
	})
}

// fit makes room for the cells and ids that are known by now.
func (t *tally) fit() {
	if t.entries != nil || t.late != nil {
		return
	}
	ids, cells := len(t.numbers.exact.words), t.cells.len()
	if ids <= t.stride && cells*t.stride <= len(t.flat) {
		return
	}
	stride := max(t.stride, 8)
	for stride < ids {
		stride *= 2
	}
	old, oldStride := t.flat, t.stride
	if cells*stride > flatLimit {
		t.flat, t.late = nil, make([]entry, 0, 1024)
	} else {
		t.flat, t.stride = make([]table.Cell, min(2*cells*stride, flatLimit)), stride
	}
	for at, c := range old {
		if c.Rows > 0 {
			t.put(uint32(at/oldStride), uint32(at%oldStride), c)
		}
	}
}

func (t *tally) put(cell, id uint32, c table.Cell) {
	switch {
	case t.flat != nil:
		at := int(cell)*t.stride + int(id)
		t.flat[at] = t.flat[at].Add(c)
	case t.entries == nil:
		t.late = append(t.late, entry{cell, id, c})
	default:
		at, fresh := t.entries.number(uint64(cell)<<32 | uint64(id))
		if fresh {
			t.counts = append(t.counts, table.Cell{})
		}
		t.counts[at] = t.counts[at].Add(c)
	}
}

// settle counts what was put aside.
func (t *tally) settle() {
	late := t.late
	t.late, t.entries = nil, newInterner()
	for _, e := range late {
		t.put(e.cell, e.id, e.Cell)
	}
}

// single is how many entries are finite numbers.
func (t *tally) single() int {
	if len(t.counts) <= table.MaxEntries {
		return 0 // not more than the limit, whatever they are
	}
	n := 0
	for _, word := range t.entries.words {
		if uint32(word) >= firstNumber {
			n++
		}
	}
	return n
}

// each calls f for every cell and number that holds a row.
func (t *tally) each(f func(cell, id uint32, c table.Cell)) {
	for at, c := range t.flat {
		if c.Rows > 0 {
			f(uint32(at/t.stride), uint32(at%t.stride), c)
		}
	}
	for _, e := range t.late {
		f(e.cell, e.id, e.Cell)
	}
	for at, c := range t.counts {
		word := t.entries.words[at]
		f(uint32(word>>32), uint32(word), c)
	}
}

// toBuckets turns numbers into buckets.
func (t *tally) toBuckets() {
	if t.buckets != nil {
		return
	}
	n, b := t.numbers, &bucketed{}
	b.fit(t.cells.len(), len(n.buckets.known))
	t.each(func(cell, id uint32, c table.Cell) {
		if id < firstNumber {
			b.at(cell, id).Cell = b.at(cell, id).Add(c)
		} else {
			b.at(cell, n.bucket[id]).add(n.value(id), c)
		}
	})
	t.buckets, t.flat, t.late, t.entries, t.counts = b, nil, nil, nil, nil
}

// values turns the worker's table into its canonical form.
func (t *tally) values(dims []*dimension) (*table.Values, error) {
	b, err := table.NewValuesBuilder(t.need.Dims, t.cells.categories(dims))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.need.Key(), err)
	}
	if t.buckets != nil {
		t.buckets.addTo(b, t)
		return b.Values(), nil
	}
	codes := make([]int, len(t.need.Dims))
	t.each(func(cell, id uint32, c table.Cell) {
		t.cells.codes(cell, codes)
		if id < firstNumber {
			addOdd(b, codes, id, c)
		} else {
			b.Add(codes, t.numbers.value(id), c)
		}
	})
	return b.Values(), nil
}

// addOdd adds rows without a finite number.
func addOdd(b *table.ValuesBuilder, codes []int, id uint32, c table.Cell) {
	switch id {
	case numberMissing:
		b.AddMissing(codes, c)
	case numberNaN:
		b.Add(codes, math.NaN(), c)
	default:
		b.Add(codes, math.Inf(1), c)
	}
}

func (t *tally) bytes() int64 {
	total := t.cells.bytes() + int64(len(t.flat)+cap(t.counts))*16 + int64(cap(t.late))*24
	if t.entries != nil {
		total += t.entries.bytes()
	}
	if t.buckets != nil {
		total += t.buckets.bytes()
	}
	return total
}
