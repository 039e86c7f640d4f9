package scan

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// flatLimit is the largest array of counts by cell and id; where a larger one
// would be needed, the occupied entries are in a hash.
const flatLimit = 1 << 22

// lateRows is how many rows are put aside before they are counted: where all
// numbers differ, the table is in buckets before any were.
const lateRows = 2 * table.MaxDistinct

// grid counts rows by cell and id. Both are numbered from 0 and grow.
type grid struct {
	late       []uint64 // at first: rows of one copy, cell<<32 | id
	runs       []run    // likewise: rows of one cell whose ids follow each other
	inRuns     int      // rows
	begun      bool     // no longer
	cells, ids int      // that there are, as far as is known

	stride  int          // ids that the array has room for
	rows    []uint32     // cell * stride + id
	since   int64        // rows counted in it since they were last carried over
	carried []table.Cell // beside rows, once there is what rows cannot hold: more than 2^32, or copies

	entries *interner    // instead of the array: cell<<32 | id
	counts  []uint32     // by entry: rows of one copy
	list    []table.Cell // by entry, beside counts: what they cannot hold, as far as there is any
}

// run are rows of one copy in one cell, with the ids from one on.
type run struct{ cell, from, rows uint32 }

// waiting is how many rows are put aside.
func (g *grid) waiting() int { return len(g.late) + g.inRuns }

// eachLate calls f for every row that is put aside.
func (g *grid) eachLate(f func(cell, id uint32)) {
	for _, word := range g.late {
		f(uint32(word>>32), uint32(word))
	}
	for _, r := range g.runs {
		for i := range r.rows {
			f(r.cell, r.from+i)
		}
	}
}

// fit makes room for the cells and ids that are known by now, and for more rows.
func (g *grid) fit(cells, ids, rows int) {
	g.cells, g.ids = cells, ids
	if late := g.waiting(); late > lateRows || !g.begun && cells*ids < late+rows {
		g.begin()
	}
	if !g.begun || g.entries != nil {
		return
	}
	if ids > g.stride || cells*g.stride > len(g.rows) {
		g.resize()
	}
	if g.since += int64(rows); g.since > math.MaxUint32 {
		g.carry()
		g.since = int64(rows)
	}
}

// begin counts what was put aside.
func (g *grid) begin() {
	old := grid{late: g.late, runs: g.runs}
	g.late, g.runs, g.inRuns, g.begun = nil, nil, 0, true
	g.resize()
	old.eachLate(func(cell, id uint32) { g.put(cell, id, table.Cell{N: 1, Rows: 1}) })
}

// putRun puts rows of one cell aside whose ids follow each other.
func (g *grid) putRun(cell, from uint32, rows int) {
	g.inRuns += rows
	if last := len(g.runs) - 1; last >= 0 && g.runs[last].cell == cell && g.runs[last].from+g.runs[last].rows == from {
		g.runs[last].rows += uint32(rows)
		return
	}
	g.runs = append(g.runs, run{cell, from, uint32(rows)})
}

// renumber gives the rows that are put aside other ids.
func (g *grid) renumber(id []uint32) {
	old := *g
	if old.inRuns > 0 {
		g.late, g.runs, g.inRuns = make([]uint64, 0, old.waiting()), nil, 0
	} else {
		g.late = g.late[:0]
	}
	old.eachLate(func(cell, own uint32) { g.late = append(g.late, uint64(cell)<<32|uint64(id[own])) })
}

// putLate puts a row of one copy aside, for each of some rows.
func (g *grid) putLate(cells, ids []uint32, rows *scope) {
	switch {
	case cap(g.late)-len(g.late) >= rows.n:
	case len(g.late) == 0:
		g.late = make([]uint64, 0, rows.n)
	default: // at once all that there can be, so that it is copied once
		g.late = room(g.late, max(rows.n, lateRows+rows.n-len(g.late)))
	}
	rows.each(func(i int) { g.late = append(g.late, uint64(cells[i])<<32|uint64(ids[i])) })
}

// flatten counts what was put aside, and tells whether all is in the array. Few
// rows stay where they are if their array would be much larger than they.
func (g *grid) flatten(cells, ids int) bool {
	if g.cells, g.ids = cells, ids; !g.begun && cells*ids <= 1<<16+16*g.waiting() {
		g.begin()
	}
	return g.flat()
}

// resize makes the array larger, or gives it up for a hash.
func (g *grid) resize() {
	cells, ids, stride := g.cells, g.ids, g.stride
	if ids > stride {
		stride = (ids + ids/8 + 16) &^ 15
	}
	if cells*stride > flatLimit {
		old := *g
		*g = grid{begun: true, cells: cells, ids: ids, entries: newInterner()}
		old.each(g.put)
		return
	}
	size := min(cells*stride*5/4+1024, flatLimit)
	g.rows = moved(g.rows, g.stride, stride, size)
	if g.carried != nil {
		g.carried = moved(g.carried, g.stride, stride, size)
	}
	g.stride = stride
}

// moved copies an array to a larger one of another stride.
func moved[T any](old []T, from, to, size int) []T {
	out := make([]T, size)
	if from == 0 {
		return out
	}
	for at := 0; at+from <= len(old) && at/from*to+from <= size; at += from {
		copy(out[at/from*to:], old[at:at+from])
	}
	return out
}

// carry moves the counts to where there is room for them.
func (g *grid) carry() {
	g.since = 0
	if g.carried == nil {
		g.carried = make([]table.Cell, len(g.rows))
	}
	for at, n := range g.rows {
		if n > 0 {
			g.carried[at] = g.carried[at].Add(table.Cell{N: int64(n), Rows: int64(n)})
		}
	}
	clear(g.rows)
}

// flat tells whether rows of one copy may be counted in the array.
func (g *grid) flat() bool { return g.rows != nil }

func (g *grid) put(cell, id uint32, c table.Cell) {
	if !g.begun {
		if c == (table.Cell{N: 1, Rows: 1}) {
			g.late = append(g.late, uint64(cell)<<32|uint64(id))
			return
		}
		g.begin()
	}
	switch g.entries {
	case nil:
		at := int(cell)*g.stride + int(id)
		if g.since += c.Rows; c.N == c.Rows && g.since <= math.MaxUint32 {
			g.rows[at] += uint32(c.Rows)
			return
		}
		if g.carried == nil || g.since > math.MaxUint32 {
			g.carry()
		}
		g.carried[at] = g.carried[at].Add(c)
	default:
		at, fresh := g.entries.number(uint64(cell)<<32 | uint64(id))
		if fresh {
			g.counts = append(g.counts, 0)
		}
		if c.N == c.Rows && c.Rows <= int64(math.MaxUint32-g.counts[at]) {
			g.counts[at] += uint32(c.Rows)
			return
		}
		if more := len(g.counts) - len(g.list); more > 0 {
			g.list = append(g.list, make([]table.Cell, more)...)
		}
		g.list[at] = g.list[at].Add(c)
	}
}

// each calls f for every cell and id that holds a row.
func (g *grid) each(f func(cell, id uint32, c table.Cell)) {
	g.eachLate(func(cell, id uint32) { f(cell, id, table.Cell{N: 1, Rows: 1}) })
	for at := range g.rows {
		if c := g.at(at); c.Rows > 0 {
			f(uint32(at/g.stride), uint32(at%g.stride), c)
		}
	}
	for at, n := range g.counts {
		c := table.Cell{N: int64(n), Rows: int64(n)}
		if at < len(g.list) {
			c = c.Add(g.list[at])
		}
		word := g.entries.words[at]
		f(uint32(word>>32), uint32(word), c)
	}
}

// at is what the array holds at a place.
func (g *grid) at(at int) table.Cell {
	n := int64(g.rows[at])
	c := table.Cell{N: n, Rows: n}
	if g.carried != nil {
		c = c.Add(g.carried[at])
	}
	return c
}

// single is how many entries of a hash have an id from first on, unless they are
// few; they are then 0.
func (g *grid) single(first uint32, few int) int {
	if len(g.counts) <= few {
		return 0
	}
	n := 0
	for _, word := range g.entries.words {
		if uint32(word) >= first {
			n++
		}
	}
	return n
}

func (g *grid) bytes() int64 {
	total := int64(cap(g.late))*8 + int64(cap(g.runs))*12 + int64(len(g.rows)+cap(g.counts))*4 + int64(len(g.carried)+cap(g.list))*16
	if g.entries != nil {
		total += g.entries.bytes()
	}
	return total
}
