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
	entries *interner    // instead of flat: cell<<32 | id
	counts  []table.Cell // by entry
	single  int          // entries that are finite numbers

	bucketed bool             // ids are buckets
	own      []uint32         // ids of the frame, while numbers still has single values
	moments  []*table.Moments // by cell, once bucketed
}

func newTally(need table.Need, dims []int, n *numbers) *tally {
	return &tally{need: need, cells: newCells(dims), numbers: n}
}

// add counts the frame that the table's numbers have read.
func (t *tally) add(f *frame, dims []*dimension) {
	list, count := scope(f, t.need)
	t.cells.number(dims, f.rows, list, count)
	t.fit()
	ids := t.ids(f.rows, list, count)
	out := t.cells.out
	if t.flat != nil && f.weights == nil && f.repeat == 1 && list == nil {
		for i := range count {
			c := &t.flat[int(out[i])*t.stride+int(ids[i])]
			c.Rows++
			c.N++
		}
	} else {
		for k := range count {
			i := at(list, k)
			t.put(out[i], ids[i], table.Cell{N: f.weight(i) * f.repeat, Rows: f.repeat})
		}
	}
	if t.bucketed {
		t.addMoments(f, list, count)
	}
	if !t.bucketed && t.single > table.MaxEntries {
		t.toBuckets()
	}
}

// ids gives the rows' ids: of their numbers, or of their buckets.
func (t *tally) ids(rows int, list []int32, count int) []uint32 {
	n := t.numbers
	if !t.bucketed || n.over {
		return n.ids
	}
	t.own = grow(t.own, rows)
	for k := range count {
		i := at(list, k)
		t.own[i] = n.bucket[n.ids[i]]
	}
	return t.own
}

// fit makes room for the cells and ids that are known by now.
func (t *tally) fit() {
	if t.entries != nil {
		return
	}
	ids, cells := t.idCount(), t.cells.len()
	if ids <= t.stride && cells*t.stride <= len(t.flat) {
		return
	}
	stride := max(t.stride, 8)
	for stride < ids {
		stride *= 2
	}
	old, oldStride := t.flat, t.stride
	if cells*stride > flatLimit {
		t.flat, t.entries = nil, newInterner()
	} else {
		t.flat, t.stride = make([]table.Cell, min(2*cells*stride, flatLimit)), stride
	}
	for at, c := range old {
		if c.Rows > 0 {
			t.put(uint32(at/oldStride), uint32(at%oldStride), c)
		}
	}
}

func (t *tally) idCount() int {
	if t.bucketed {
		return len(t.numbers.buckets.known)
	}
	return len(t.numbers.exact.words)
}

func (t *tally) put(cell, id uint32, c table.Cell) {
	if t.flat != nil {
		at := int(cell)*t.stride + int(id)
		t.flat[at] = t.flat[at].Add(c)
		return
	}
	at, fresh := t.entries.number(uint64(cell)<<32 | uint64(id))
	if fresh {
		t.counts = append(t.counts, table.Cell{})
		if id >= firstNumber {
			t.single++
		}
	}
	t.counts[at] = t.counts[at].Add(c)
}

// each calls f for every entry that holds a row.
func (t *tally) each(f func(cell, id uint32, c table.Cell)) {
	for at, c := range t.flat {
		if c.Rows > 0 {
			f(uint32(at/t.stride), uint32(at%t.stride), c)
		}
	}
	for at, c := range t.counts {
		word := t.entries.words[at]
		f(uint32(word>>32), uint32(word), c)
	}
}

// toBuckets turns numbers into buckets, with their moments.
func (t *tally) toBuckets() {
	if t.bucketed {
		return
	}
	old := *t
	t.bucketed, t.flat, t.stride, t.entries, t.counts = true, nil, 0, nil, nil
	t.fit()
	old.each(func(cell, id uint32, c table.Cell) {
		t.put(cell, t.numbers.bucket[id], c)
		if id >= firstNumber {
			t.moment(cell).Add(t.numbers.value(id), c.N)
		}
	})
}

func (t *tally) moment(cell uint32) *table.Moments {
	for int(cell) >= len(t.moments) {
		t.moments = append(t.moments, &table.Moments{})
	}
	return t.moments[cell]
}

func (t *tally) addMoments(f *frame, list []int32, count int) {
	n, out := t.numbers, t.cells.out
	for k := range count {
		i := at(list, k)
		id := n.ids[i]
		if id < firstNumber {
			continue
		}
		x := 0.0
		if n.over {
			x = n.xs[i]
		} else {
			x = n.value(id)
		}
		t.moment(out[i]).Add(x, f.weight(i)*f.repeat)
	}
}

// values turns the worker's table into its canonical form.
func (t *tally) values(dims []*dimension) (*table.Values, error) {
	b, err := table.NewValuesBuilder(t.need.Dims, t.cells.categories(dims))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.need.Key(), err)
	}
	codes := make([]int, len(t.need.Dims))
	buckets := make([][]table.Point, t.cells.len())
	t.each(func(cell, id uint32, c table.Cell) {
		t.cells.codes(cell, codes)
		switch {
		case id == numberMissing:
			b.AddMissing(codes, c)
		case id < firstNumber:
			b.Add(codes, notFinite(id), c)
		case t.bucketed:
			buckets[cell] = append(buckets[cell], table.Point{X: t.numbers.middle(id), Cell: c})
		default:
			b.Add(codes, t.numbers.value(id), c)
		}
	})
	for cell, points := range buckets {
		if len(points) > 0 {
			t.cells.codes(uint32(cell), codes)
			b.AddBucketed(codes, points, t.moments[cell])
		}
	}
	return b.Values(), nil
}

func notFinite(id uint32) float64 {
	if id == numberNaN {
		return math.NaN()
	}
	return math.Inf(1)
}

func (t *tally) bytes() int64 {
	total := t.cells.bytes() + int64(len(t.flat)+cap(t.counts))*16 + int64(len(t.moments))*2048
	if t.entries != nil {
		total += t.entries.bytes()
	}
	return total
}
