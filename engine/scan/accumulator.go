package scan

import (
	"fmt"
	"math/bits"

	"github.com/plumbline-audit/plumbline/engine/table"
)

const (
	// denseBits is the widest key that is counted in an array; a wider one is
	// counted in a hash map of the full key.
	denseBits = 20
	// keyBlock is the number of rows whose keys are made and counted at a time,
	// so that the keys stay in the processor's nearest cache.
	keyBlock = 1024
	// keyBits is the widest key.
	keyBits = 63
)

// accumulator counts the rows of one table for one worker. A key packs one code
// per dimension into as many bits as its categories need so far, the last
// dimension lowest; when a dimension outgrows its bits the keys are packed
// anew.
type accumulator struct {
	need     table.Need
	dims     []int // positions among the worker's dimensions
	width    []uint
	weighted bool

	rows   []int64        // by key, while dense
	copies []int64        // by key, while dense and weighted
	far    map[uint64]int // key → index into cells, when not dense
	cells  []table.Cell
	over   bool // more cells than the need allows: nothing is counted any more

	early *table.Counts // counted before a dimension was folded

	keys    [keyBlock]uint64 // scratch
	varying []packed         // scratch
}

// packed is a dimension's codes and where they stand in a key.
type packed struct {
	codes  []uint32
	stride uint64
}

func newAccumulator(need table.Need, dims []int, weighted bool) *accumulator {
	a := &accumulator{need: need, dims: dims, width: make([]uint, len(dims)), weighted: weighted}
	a.reserve(0, 0)
	return a
}

// reserve makes empty counts for keys of so many bits.
func (a *accumulator) reserve(width uint, cells int) {
	a.rows, a.copies, a.far, a.cells = nil, nil, nil, nil
	if width > denseBits || a.need.Most > 0 && 1<<width > 2*a.need.Most {
		a.far = make(map[uint64]int, cells)
		return
	}
	a.rows = make([]int64, 1<<width)
	if a.weighted {
		a.copies = make([]int64, 1<<width)
	}
}

// add counts a frame. dims are the worker's dimensions, with their codes.
func (a *accumulator) add(f *frame, dims []*dimension) error {
	if err := a.fit(dims); err != nil {
		return err
	}
	scope := f.scopeOf(a.need)
	if scope.total.Rows == 0 || a.over {
		return nil
	}
	// A dimension that has one code throughout is part of every key.
	base, shift := uint64(0), uint(0)
	a.varying = a.varying[:0]
	for d := len(a.dims) - 1; d >= 0; d-- {
		if dim := dims[a.dims[d]]; dim.constant {
			base |= uint64(dim.first()) << shift
		} else {
			a.varying = append(a.varying, packed{dim.codes(), 1 << shift})
		}
		shift += a.width[d]
	}
	if len(a.varying) == 0 {
		a.put(base, scope.total)
		return nil
	}
	for from := 0; from < scope.n; from += keyBlock {
		keys := a.keys[:min(keyBlock, scope.n-from)]
		for i := range keys {
			keys[i] = base
		}
		if scope.rows == nil {
			a.packAll(keys, from)
			a.countAll(keys, f, from)
		} else {
			rows := scope.rows[from : from+len(keys)]
			a.packRows(keys, rows)
			a.countRows(keys, f, rows)
		}
	}
	return nil
}

// packAll adds the codes of consecutive rows to their keys, two dimensions at a
// time. A code is multiplied, not shifted: processors do that faster by a
// number that is not known beforehand.
func (a *accumulator) packAll(keys []uint64, from int) {
	rest := a.varying
	for ; len(rest) >= 2; rest = rest[2:] {
		x, s := rest[0].codes[from:][:len(keys)], rest[0].stride
		y, t := rest[1].codes[from:][:len(keys)], rest[1].stride
		for i := range keys {
			keys[i] += uint64(x[i])*s + uint64(y[i])*t
		}
	}
	for _, d := range rest {
		x := d.codes[from:][:len(keys)]
		for i := range keys {
			keys[i] += uint64(x[i]) * d.stride
		}
	}
}

// packRows adds the codes of chosen rows to their keys.
func (a *accumulator) packRows(keys []uint64, rows []int32) {
	for _, d := range a.varying {
		for i, row := range rows[:len(keys)] {
			keys[i] += uint64(d.codes[row]) * d.stride
		}
	}
}

func (a *accumulator) countAll(keys []uint64, f *frame, from int) {
	switch {
	case a.rows == nil:
		for i, k := range keys {
			a.put(k, table.Cell{N: f.weight(from + i), Rows: 1})
		}
	case a.weighted:
		for i, k := range keys {
			a.rows[k]++
			a.copies[k] += f.weights[from+i]
		}
	default:
		counts := a.rows
		for _, k := range keys {
			counts[k]++
		}
	}
}

func (a *accumulator) countRows(keys []uint64, f *frame, rows []int32) {
	if a.rows != nil && !a.weighted {
		counts := a.rows
		for _, k := range keys {
			counts[k]++
		}
		return
	}
	for i, k := range keys {
		a.put(k, table.Cell{N: f.weight(int(rows[i])), Rows: 1})
	}
}

func (a *accumulator) put(key uint64, c table.Cell) {
	if a.over {
		return
	}
	if a.rows != nil {
		a.rows[key] += c.Rows
		if a.weighted {
			a.copies[key] += c.N
		}
		return
	}
	at, ok := a.far[key]
	if !ok {
		if a.need.Most > 0 && len(a.cells) == a.need.Most {
			a.giveUp()
			return
		}
		at = len(a.cells)
		a.far[key] = at
		a.cells = append(a.cells, table.Cell{})
	}
	a.cells[at] = a.cells[at].Add(c)
}

// giveUp lets go of a table that has too many cells.
func (a *accumulator) giveUp() {
	a.rows, a.copies, a.far, a.cells, a.over = nil, nil, nil, nil, true
}

// fit makes room for the categories that the dimensions have by now.
func (a *accumulator) fit(dims []*dimension) error {
	if a.over {
		return nil
	}
	total, grew := uint(0), false
	for d, at := range a.dims {
		w := widthOf(dims[at])
		grew = grew || w > a.width[d]
		total += max(w, a.width[d])
	}
	if !grew {
		return nil
	}
	if total > keyBits && a.need.Most > 0 {
		a.giveUp()
		return nil
	}
	if total > keyBits {
		return fmt.Errorf("table %s has too many cells: %s", a.need.Key(), describe(a.dims, dims))
	}
	a.repack(dims, total)
	return nil
}

// widthOf is the number of bits that a dimension's codes need.
func widthOf(d *dimension) uint {
	return uint(bits.Len(uint(max(0, len(d.categories())-1))))
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

// repack widens the keys of everything counted so far.
func (a *accumulator) repack(dims []*dimension, total uint) {
	old := *a
	a.width = make([]uint, len(a.dims))
	for d, at := range a.dims {
		a.width[d] = max(old.width[d], widthOf(dims[at]))
	}
	a.reserve(total, len(old.cells))
	old.each(func(codes []int, cell table.Cell) {
		var k uint64
		for d, code := range codes {
			k = k<<a.width[d] | uint64(code)
		}
		a.put(k, cell)
	})
}

// each calls f for every cell that holds a row; codes are reused.
func (a *accumulator) each(f func(codes []int, cell table.Cell)) {
	codes := make([]int, len(a.dims))
	visit := func(key uint64, cell table.Cell) {
		for d := len(a.width) - 1; d >= 0; d-- {
			codes[d] = int(key & (1<<a.width[d] - 1))
			key >>= a.width[d]
		}
		f(codes, cell)
	}
	for key, rows := range a.rows {
		switch {
		case rows == 0:
		case a.weighted:
			visit(uint64(key), table.Cell{N: a.copies[key], Rows: rows})
		default:
			visit(uint64(key), table.Cell{N: rows, Rows: rows})
		}
	}
	for key, at := range a.far {
		visit(key, a.cells[at])
	}
}

// farCell is what a cell takes in a hash map: itself, its key and its share.
const farCell = 48

// bytes is the memory that the counts take.
func (a *accumulator) bytes() int64 {
	total := int64(len(a.rows)+len(a.copies))*8 + int64(len(a.cells))*farCell
	if a.early != nil {
		total += int64(a.early.Len()) * farCell / 2
	}
	return total
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
	if a.early != nil {
		return b.Counts().Merge(a.early)
	}
	return b.Counts(), nil
}
