package scan

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// tally counts how often each number occurs in each cell of one table, for one
// worker. Beside accumulator, which counts rows, it has one dimension more: the
// ids of numbers, or of their buckets.
type tally struct {
	need    table.Need
	cells   *cells
	numbers *numbers
	grid    grid
	pile    *pile // of lists; nil else
	piled   int64 // the last frame that it counted
	sums    *sums // of the numbers, once the table is in buckets; else they follow from the counts
}

func newTally(need table.Need, cells *cells, n *numbers) *tally {
	return &tally{need: need, cells: cells, numbers: n}
}

// add counts the frame whose cells are numbered and whose numbers are read.
func (t *tally) add(f *frame) {
	if t.pile != nil && t.pile.add(f, t) {
		return
	}
	rows := f.scopeOf(t.need)
	if t.numbers.wait == nil {
		t.grid.fit(t.cells.len(), t.ids(), rows.n)
	}
	cells, ids := t.cells.out, t.numbers.ids
	if t.sums != nil && !t.numbers.over {
		ids = t.numbers.bucketIDs(rows)
	}
	plain := f.weights == nil && f.repeat == 1
	switch {
	case plain && !t.grid.begun && t.cells.same && t.numbers.serial:
		t.grid.putRun(cells[0], ids[0], rows.n)
	case plain && !t.grid.begun:
		t.grid.putLate(cells, ids, rows)
	case plain && t.grid.flat() && rows.rows == nil && t.cells.same:
		kernel.Count(t.grid.rows[int(cells[0])*t.grid.stride:], ids[:rows.n])
	case plain && t.grid.flat() && rows.rows == nil:
		kernel.Count2(t.grid.rows, cells, ids, uint32(t.grid.stride))
	case plain && t.grid.flat():
		kernel.Count2Rows(t.grid.rows, cells, ids, uint32(t.grid.stride), rows.rows)
	default:
		rows.each(func(i int) {
			t.grid.put(cells[i], ids[i], table.Cell{N: f.weight(i) * f.repeat, Rows: f.repeat})
		})
	}
	switch {
	case t.sums != nil:
		t.addSums(f, rows)
	case t.grid.single(firstNumber, table.MaxEntries) > table.MaxEntries:
		t.toBuckets()
	}
}

// ids is how many ids there are.
func (t *tally) ids() int {
	if t.sums != nil {
		return len(t.numbers.buckets.known)
	}
	return len(t.numbers.exact.words)
}

func (t *tally) addSums(f *frame, rows *scope) {
	n, cells := t.numbers, t.cells.out
	t.sums.fit(t.cells.len())
	if n.over && rows.rows == nil && f.weights == nil && f.repeat == 1 {
		t.sums.addAll(cells, n.ids, n.xs[:rows.n])
		return
	}
	rows.each(func(i int) {
		if id := n.ids[i]; id < firstNumber {
			return
		} else if n.over {
			t.sums.add(cells[i], n.xs[i], f.weight(i)*f.repeat)
		} else {
			t.sums.add(cells[i], n.value(id), f.weight(i)*f.repeat)
		}
	})
}

// toBuckets turns numbers into buckets.
func (t *tally) toBuckets() {
	if t.pile != nil {
		t.pile.flush()
	}
	if t.sums != nil {
		return
	}
	old, n := t.grid, t.numbers
	t.sums = &sums{}
	t.sums.fit(t.cells.len())
	toSums := func(cell, id uint32, copies int64) {
		if id >= firstNumber {
			t.sums.add(cell, n.value(id), copies)
		}
	}
	if !old.begun && old.inRuns == 0 {
		old.eachLate(func(cell, id uint32) { toSums(cell, id, 1) })
		t.grid.renumber(n.bucketed())
		return
	}
	bucket := n.bucketed()
	t.grid = grid{begun: true}
	t.grid.fit(t.cells.len(), len(n.buckets.known), 0)
	old.each(func(cell, id uint32, c table.Cell) {
		t.grid.put(cell, bucket[id], c)
		toSums(cell, id, c.N)
	})
}

// point is the number that an id stands for.
func (t *tally) point(id uint32) float64 {
	if t.sums != nil {
		return t.numbers.middle(id)
	}
	return t.numbers.value(id)
}

// values turns the worker's table into its canonical form.
func (t *tally) values(dims []*dimension) (*table.Values, error) {
	b, err := table.NewValuesBuilder(t.need.Dims, t.cells.categories(dims))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.need.Key(), err)
	}
	codes, points := make([]int, len(t.need.Dims)), make([][]table.Point, t.cells.len())
	t.grid.each(func(cell, id uint32, c table.Cell) {
		switch {
		case id >= firstNumber && t.sums != nil:
			points[cell] = append(points[cell], table.Point{X: t.point(id), Cell: c})
		case id >= firstNumber:
			t.cells.codes(cell, codes)
			b.Add(codes, t.point(id), c)
		default:
			t.cells.codes(cell, codes)
			addOdd(b, codes, id, c)
		}
	})
	for cell := range points {
		if len(points[cell]) > 0 {
			t.cells.codes(uint32(cell), codes)
			b.AddBucketed(codes, points[cell], t.sums.moments(uint32(cell)))
		}
	}
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
	total := t.grid.bytes()
	if t.sums != nil {
		total += t.sums.bytes()
	}
	return total
}
