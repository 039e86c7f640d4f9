package scan

import (
	"fmt"
	"math/bits"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// denseBits is the largest key that is counted in an array; a wider one is
// counted in a hash map of the full key.
const denseBits = 21

// accumulator counts the rows of one table for one worker. A key packs one code
// per dimension into as many bits as its categories need so far; when a
// dimension outgrows its bits the keys are packed anew.
type accumulator struct {
	need  table.Need
	dims  []int  // positions among the worker's dimensions
	width []uint // bits per dimension
	total uint

	keys  []uint32       // scratch: one per row, while dense
	dense []table.Cell   // by key
	far   map[uint64]int // key → index into cells, when not dense
	cells []table.Cell
}

func newAccumulator(need table.Need, dims []int) *accumulator {
	a := &accumulator{need: need, dims: dims, width: make([]uint, len(dims))}
	a.dense = make([]table.Cell, 1)
	return a
}

// add counts a frame. codes are those of the worker's dimensions.
func (a *accumulator) add(f *frame, dims []*dimension) error {
	if err := a.fit(dims); err != nil {
		return err
	}
	if f.repeat > 1 {
		a.addOne(f, dims)
		return nil
	}
	if a.dense == nil {
		a.addSparse(f, dims)
		return nil
	}
	a.keys = grow(a.keys, f.rows)
	clear(a.keys)
	for d, at := range a.dims {
		codes, shift := dims[at].out, a.shift(d)
		for i, code := range codes[:f.rows] {
			a.keys[i] |= code << shift
		}
	}
	a.count(f)
	return nil
}

// shift is the position of dimension d's bits: the last dimension has the
// lowest.
func (a *accumulator) shift(d int) uint {
	s := uint(0)
	for _, w := range a.width[d+1:] {
		s += w
	}
	return s
}

// count adds the rows whose keys are in a.keys.
func (a *accumulator) count(f *frame) {
	dense, keys := a.dense, a.keys
	rows, all := f.rowsFor(a.need)
	switch {
	case all && f.weights == nil:
		for _, k := range keys {
			dense[k].Rows++
			dense[k].N++
		}
	case all:
		for i, k := range keys {
			dense[k].Rows++
			dense[k].N += f.weights[i]
		}
	default:
		for _, i := range rows {
			k := keys[i]
			dense[k].Rows++
			dense[k].N += f.weight(int(i))
		}
	}
}

func (a *accumulator) addSparse(f *frame, dims []*dimension) {
	rows, all := f.rowsFor(a.need)
	if all {
		for i := range f.rows {
			a.put(a.key(dims, i), table.Cell{N: f.weight(i), Rows: 1})
		}
		return
	}
	for _, i := range rows {
		a.put(a.key(dims, int(i)), table.Cell{N: f.weight(int(i)), Rows: 1})
	}
}

// addOne counts a constant batch: one row that stands for many.
func (a *accumulator) addOne(f *frame, dims []*dimension) {
	if rows, all := f.rowsFor(a.need); !all && len(rows) == 0 {
		return
	}
	a.put(a.key(dims, 0), table.Cell{N: f.weight(0) * f.repeat, Rows: f.repeat})
}

func (a *accumulator) key(dims []*dimension, row int) uint64 {
	var k uint64
	for d, at := range a.dims {
		k = k<<a.width[d] | uint64(dims[at].out[row])
	}
	return k
}

func (a *accumulator) put(key uint64, c table.Cell) {
	if a.dense != nil {
		a.dense[key] = a.dense[key].Add(c)
		return
	}
	at, ok := a.far[key]
	if !ok {
		at = len(a.cells)
		a.far[key] = at
		a.cells = append(a.cells, table.Cell{})
	}
	a.cells[at] = a.cells[at].Add(c)
}

// fit makes room for the categories that the dimensions have by now.
func (a *accumulator) fit(dims []*dimension) error {
	width := make([]uint, len(a.dims))
	total, grew := uint(0), false
	for d, at := range a.dims {
		width[d] = max(a.width[d], uint(bits.Len(uint(max(0, len(dims[at].categories())-1)))))
		grew = grew || width[d] > a.width[d]
		total += width[d]
	}
	if !grew {
		return nil
	}
	if total > 63 {
		return fmt.Errorf("table %s has too many cells: %s", a.need.Key(), describe(a.dims, dims))
	}
	a.repack(width, total)
	return nil
}

// describe lists the dimensions of a table with their sizes.
func describe(at []int, dims []*dimension) string {
	s := ""
	for i, d := range at {
		if i > 0 {
			s += " x "
		}
		s += fmt.Sprintf("%s %d", dims[d].dim, len(dims[d].categories()))
	}
	return s
}

func (a *accumulator) repack(width []uint, total uint) {
	type entry struct {
		codes []int
		cell  table.Cell
	}
	var old []entry
	a.each(func(codes []int, cell table.Cell) {
		old = append(old, entry{append([]int(nil), codes...), cell})
	})
	a.width, a.total = width, total
	a.dense, a.far, a.cells = nil, nil, nil
	if total <= denseBits {
		a.dense = make([]table.Cell, 1<<total)
	} else {
		a.far = make(map[uint64]int, len(old))
	}
	for _, e := range old {
		var k uint64
		for d, code := range e.codes {
			k = k<<width[d] | uint64(code)
		}
		a.put(k, e.cell)
	}
}

// each calls f for every cell that holds a row; codes are reused.
func (a *accumulator) each(f func(codes []int, cell table.Cell)) {
	codes := make([]int, len(a.dims))
	visit := func(key uint64, cell table.Cell) {
		if cell.Rows == 0 {
			return
		}
		for d := len(a.width) - 1; d >= 0; d-- {
			codes[d] = int(key & (1<<a.width[d] - 1))
			key >>= a.width[d]
		}
		f(codes, cell)
	}
	for key, cell := range a.dense {
		visit(uint64(key), cell)
	}
	for key, at := range a.far {
		visit(key, a.cells[at])
	}
}

// bytes is the memory that the counts take.
func (a *accumulator) bytes() int64 {
	return int64(len(a.dense))*16 + int64(len(a.cells))*48 + int64(cap(a.keys))*4
}

// counts turns the worker's table into its canonical form.
func (a *accumulator) counts(dims []*dimension) (*table.Counts, error) {
	cats := make([][]table.Category, len(a.dims))
	for d, at := range a.dims {
		cats[d] = dims[at].categories()
	}
	b, err := table.NewBuilder(a.need.Dims, cats)
	if err != nil {
		return nil, err
	}
	a.each(b.Add)
	return b.Counts(), nil
}
