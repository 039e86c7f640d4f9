package detectors

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Without a subject or an id the halves are dealt from one table of all columns, as
// long as it is not large. It is read once: each cell is dealt, and added to a few
// tables that together have every depth columns; the tables that are searched are
// summed from those.

// split is a table of a few columns being filled.
type split struct {
	columns []int
	stride  []int // of each column in a key
	dense   []halves
	sparse  map[int]*halves // where a dense table would be large
}

// mostDense is the number of cells up to which a table is an array.
const mostDense = 1 << 16

func newSplit(columns, sizes []int) split {
	t := split{columns: columns, stride: make([]int, len(columns))}
	cells := 1
	for i := len(columns) - 1; i >= 0; i-- {
		t.stride[i] = cells
		cells *= sizes[columns[i]]
	}
	if cells <= mostDense {
		t.dense = make([]halves, cells)
	} else {
		t.sparse = map[int]*halves{}
	}
	return t
}

func (t *split) at(codes []int) *halves {
	key := 0
	for i, c := range t.columns {
		key += codes[c] * t.stride[i]
	}
	if t.dense != nil {
		return &t.dense[key]
	}
	h := t.sparse[key]
	if h == nil {
		h = &halves{}
		t.sparse[key] = h
	}
	return h
}

// base turns a filled table into one to search.
func (t *split) base() base {
	b := base{columns: t.columns}
	put := func(key int, h halves) {
		if rows, _, _ := h.all(); rows == 0 {
			return
		}
		codes := make([]int, len(t.columns))
		for i, stride := range t.stride {
			codes[i] = key / stride
			key %= stride
		}
		b.entries = append(b.entries, entry{codes: codes, halves: h})
	}
	for key, h := range t.dense {
		put(key, h)
	}
	keys := make([]int, 0, len(t.sparse))
	for key := range t.sparse {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		put(key, *t.sparse[key])
	}
	return b
}

// readSplit deals the table of all columns into those of each choice of them.
func (s *search) readSplit(c *table.Counts, choices [][]int) {
	all := make([]int, len(s.columns))
	sizes := make([]int, len(s.columns))
	for i, col := range s.columns {
		all[i], sizes[i] = i, len(c.Categories(col.dim))
	}
	s.learn(all, c)
	var tables []split
	for _, columns := range blocks(sizes, s.params.Depth) {
		tables = append(tables, newSplit(columns, sizes))
	}
	of, rng := s.outcome(c), stat.Generator(s.spec.Seed, "subgroups", "halves")
	c.Each(func(codes []int, cell table.Cell) {
		first := toDiscovery(rng, cell.N)
		x := halves{rows: [2]int64{discovery: first, heldOut: cell.N - first}}
		in, counted := of(codes)
		if in {
			x.n = x.rows
		}
		if counted {
			x.k = x.rows
		}
		for i := range tables {
			tables[i].at(codes).add(x)
		}
	})
	wide := make([]base, len(tables))
	for i := range tables {
		wide[i] = tables[i].base()
	}
	for _, columns := range choices {
		from := slices.IndexFunc(wide, func(b base) bool { return contains(b.columns, columns) })
		s.bases = append(s.bases, wide[from].rolled(columns, sizes))
	}
}

// blocks are choices of columns of which one has any depth columns: neighbors
// stand in one block as long as tables of depth blocks stay dense, so that a cell
// is added to few tables.
func blocks(sizes []int, depth int) [][]int {
	var list [][]int
	cells := 0
	for i, size := range sizes {
		if room := math.Pow(mostDense, 1/float64(depth)); len(list) == 0 || float64(cells*size) > room {
			list, cells = append(list, nil), 1
		}
		list[len(list)-1], cells = append(list[len(list)-1], i), cells*size
	}
	var out [][]int
	for _, choice := range subsets(len(list), min(depth, len(list))) {
		var columns []int
		for _, at := range choice {
			columns = append(columns, list[at]...)
		}
		out = append(out, columns)
	}
	return out
}

// rolled sums a table by some of its columns.
func (b base) rolled(columns, sizes []int) base {
	t := newSplit(columns, sizes)
	codes := make([]int, len(sizes))
	for _, e := range b.entries {
		for i, c := range b.columns {
			codes[c] = e.codes[i]
		}
		t.at(codes).add(e.halves)
	}
	return t.base()
}
