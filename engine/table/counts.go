package table

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// Category is one value of a dimension.
type Category struct {
	Name    string
	Missing bool  // the rows whose value is missing; Name is ""
	Order   int64 // position in a dimension with a natural order: a window's start, a band's index
}

// Cell is what a table holds per combination of categories.
type Cell struct {
	N    int64 // copies: the sum of weights
	Rows int64
}

// Add returns the sum of two cells.
func (c Cell) Add(o Cell) Cell { return Cell{c.N + o.N, c.Rows + o.Rows} }

// Counts is a table of counts: a Cell per combination of one category of each
// dimension. Categories stand in canonical order, cells that hold no row are
// absent, so equal contents have equal representation whatever the order in
// which they were added up.
type Counts struct {
	dims  []Dim
	cats  [][]Category
	keys  []uint64 // ascending; mixed radix, last dimension fastest
	cells []Cell   // by key
	over  bool
}

// TooMany is a table that has more cells than were to be kept.
func TooMany(dims []Dim) *Counts {
	return &Counts{dims: slices.Clone(dims), cats: make([][]Category, len(dims)), over: true}
}

// Over says that the table has more cells than its Need allows, and therefore holds
// none.
func (c *Counts) Over() bool { return c.over }

// Dims lists the dimensions.
func (c *Counts) Dims() []Dim { return c.dims }

// Categories lists the categories of a dimension in canonical order: by Order,
// then numbers by size, then text; missing last. It is nil for a dimension that
// the table does not have.
func (c *Counts) Categories(d Dim) []Category {
	if i := slices.Index(c.dims, d); i >= 0 {
		return c.cats[i]
	}
	return nil
}

// Len is the number of cells that hold a row.
func (c *Counts) Len() int { return len(c.keys) }

// Total is the sum of all cells.
func (c *Counts) Total() Cell {
	var t Cell
	for _, x := range c.cells {
		t = t.Add(x)
	}
	return t
}

// Each calls f for every cell, in key order. codes index Categories of each
// dimension and are reused between calls.
func (c *Counts) Each(f func(codes []int, cell Cell)) {
	codes := make([]int, len(c.dims))
	for i, key := range c.keys {
		c.split(key, codes)
		f(codes, c.cells[i])
	}
}

func (c *Counts) split(key uint64, codes []int) {
	for d := len(c.dims) - 1; d >= 0; d-- {
		radix := uint64(len(c.cats[d]))
		codes[d] = int(key % radix)
		key /= radix
	}
}

// Rollup sums over every dimension that is not listed. The result has the
// listed dimensions in the listed order.
func (c *Counts) Rollup(dims ...Dim) (*Counts, error) {
	if slices.Equal(dims, c.dims) {
		return c, nil
	}
	from, cats, err := c.pick(dims)
	if err != nil {
		return nil, err
	}
	b, err := NewBuilder(dims, cats)
	if err != nil {
		return nil, err
	}
	b.expect(len(c.keys))
	picked := make([]int, len(dims))
	c.Each(func(codes []int, cell Cell) {
		for i, f := range from {
			picked[i] = codes[f]
		}
		b.Add(picked, cell)
	})
	return b.Counts(), nil
}

// Only keeps the cells of some categories of a dimension.
func (c *Counts) Only(d Dim, keep func(Category) bool) (*Counts, error) {
	at, cats, err := c.pick([]Dim{d})
	if err != nil {
		return nil, err
	}
	b, err := NewBuilder(c.dims, c.cats)
	if err != nil {
		return nil, err
	}
	b.expect(len(c.keys))
	c.Each(func(codes []int, cell Cell) {
		if keep(cats[0][codes[at[0]]]) {
			b.Add(codes, cell)
		}
	})
	return b.Counts(), nil
}

// pick finds dimensions: their positions and categories.
func (c *Counts) pick(dims []Dim) (from []int, cats [][]Category, err error) {
	from, cats = make([]int, len(dims)), make([][]Category, len(dims))
	for i, d := range dims {
		if from[i] = slices.Index(c.dims, d); from[i] < 0 {
			return nil, nil, fmt.Errorf("table %v has no dimension %q", c.dims, d)
		}
		cats[i] = c.cats[from[i]]
	}
	return from, cats, nil
}

// Merge adds two tables of the same dimensions. Categories are matched by name,
// never by position. It is associative and commutative.
func (c *Counts) Merge(o *Counts) (*Counts, error) {
	cats, err := c.union(o)
	if err != nil {
		return nil, err
	}
	b, err := NewBuilder(c.dims, cats)
	if err != nil {
		return nil, err
	}
	b.expect(len(c.keys) + len(o.keys))
	offset := make([]int, len(c.dims))
	for _, t := range []*Counts{c, o} {
		codes := make([]int, len(c.dims))
		t.Each(func(own []int, cell Cell) {
			for d := range own {
				codes[d] = own[d] + offset[d]
			}
			b.Add(codes, cell)
		})
		for d := range offset {
			offset[d] = len(c.cats[d])
		}
	}
	return b.Counts(), nil
}

// union lists the categories of two tables, the other's after the table's own.
func (c *Counts) union(o *Counts) ([][]Category, error) {
	if !slices.Equal(c.dims, o.dims) {
		return nil, fmt.Errorf("tables of different dimensions: %v and %v", c.dims, o.dims)
	}
	cats := make([][]Category, len(c.dims))
	for d := range cats {
		cats[d] = slices.Concat(c.cats[d], o.cats[d])
	}
	return cats, nil
}

// Builder adds up cells whose categories stand in any order, possibly more than
// once, and puts them into canonical form.
type Builder struct {
	out   Counts
	to    [][]int // per dimension: given position → canonical position
	size  uint64  // how many cells there may be
	dense []Cell  // by key, where these are few; else
	sum   map[uint64]Cell
}

// A builder holds all cells that there may be if they are at most fewCells, or
// perCell times as many as are expected to have a row.
const fewCells, perCell = 4096, 8

// NewBuilder prepares a table. Codes passed to Add index cats as given here.
// It fails if the categories span more combinations than 64 bits can number.
func NewBuilder(dims []Dim, cats [][]Category) (*Builder, error) {
	b := &Builder{to: make([][]int, len(dims)), size: 1}
	b.out.dims = slices.Clone(dims)
	for d, given := range cats {
		canonical, to := canonicalize(given)
		b.out.cats = append(b.out.cats, canonical)
		b.to[d] = to
		hi, lo := bits.Mul64(b.size, uint64(max(1, len(canonical))))
		if hi != 0 {
			return nil, fmt.Errorf("table %v has more cells than 64 bits can number; largest dimension: %s", dims, widest(dims, cats))
		}
		b.size = lo
	}
	b.expect(0)
	return b, nil
}

// expect says how many cells will have a row, before the first is added.
func (b *Builder) expect(cells int) {
	if b.size <= max(fewCells, perCell*uint64(cells)) {
		b.dense, b.sum = make([]Cell, b.size), nil
	} else {
		b.dense, b.sum = nil, make(map[uint64]Cell, cells)
	}
}

// widest names the dimension with the most categories.
func widest(dims []Dim, cats [][]Category) Dim {
	at := 0
	for d := range cats {
		if len(cats[d]) > len(cats[at]) {
			at = d
		}
	}
	return dims[at]
}

// Add adds a cell.
func (b *Builder) Add(codes []int, cell Cell) {
	if cell == (Cell{}) {
		return
	}
	b.add(b.key(codes), cell)
}

func (b *Builder) add(key uint64, cell Cell) {
	if b.dense != nil {
		b.dense[key] = b.dense[key].Add(cell)
	} else {
		b.sum[key] = b.sum[key].Add(cell)
	}
}

func (b *Builder) key(codes []int) uint64 {
	var key uint64
	for d, code := range codes {
		key = key*uint64(len(b.out.cats[d])) + uint64(b.to[d][code])
	}
	return key
}

// Counts finishes the table: categories that no cell uses are dropped.
func (b *Builder) Counts() *Counts {
	c := b.out
	for key, cell := range b.dense {
		if cell != (Cell{}) {
			c.keys, c.cells = append(c.keys, uint64(key)), append(c.cells, cell)
		}
	}
	if b.dense != nil {
		return c.compact()
	}
	c.keys = make([]uint64, 0, len(b.sum))
	for key := range b.sum {
		c.keys = append(c.keys, key)
	}
	slices.Sort(c.keys)
	c.cells = make([]Cell, len(c.keys))
	for i, key := range c.keys {
		c.cells[i] = b.sum[key]
	}
	return c.compact()
}

// compact drops unused categories, so that tables of equal contents are equal.
func (c Counts) compact() *Counts {
	used := make([][]bool, len(c.dims))
	for d := range used {
		used[d] = make([]bool, len(c.cats[d]))
	}
	c.Each(func(codes []int, _ Cell) {
		for d, code := range codes {
			used[d][code] = true
		}
	})
	out := Counts{dims: c.dims, cells: c.cells, keys: make([]uint64, 0, len(c.keys))}
	to := make([][]int, len(c.dims))
	for d := range used {
		to[d] = make([]int, len(used[d]))
		var kept []Category
		for i, u := range used[d] {
			if u {
				to[d][i] = len(kept)
				kept = append(kept, c.cats[d][i])
			}
		}
		out.cats = append(out.cats, kept)
	}
	c.Each(func(codes []int, _ Cell) {
		var key uint64
		for d, code := range codes {
			key = key*uint64(len(out.cats[d])) + uint64(to[d][code])
		}
		out.keys = append(out.keys, key) // dropping categories keeps the order of keys
	})
	return &out
}

// canonicalize sorts categories, merges equal ones, and tells where each went.
func canonicalize(given []Category) ([]Category, []int) {
	sorted := slices.Clone(given)
	slices.SortFunc(sorted, compareCategories)
	sorted = slices.Compact(sorted)
	to := make([]int, len(given))
	for i, g := range given {
		to[i], _ = slices.BinarySearchFunc(sorted, g, compareCategories)
	}
	return sorted, to
}

func compareCategories(a, b Category) int {
	if a.Missing != b.Missing {
		if a.Missing {
			return 1
		}
		return -1
	}
	if c := cmp.Compare(a.Order, b.Order); c != 0 { // most often, and names take long to compare
		return c
	}
	return CompareNames(a.Name, b.Name)
}
