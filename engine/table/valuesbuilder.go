package table

import (
	"math"
	"slices"
)

// ValuesBuilder adds up numbers whose cells stand in any order, and puts them
// into canonical form.
type ValuesBuilder struct {
	rows     *Builder // every row, with a number or without
	bucketed bool     // some numbers are known by their bucket only
	cells    map[uint64]*gathering
}

// gathering is one cell of a table that is being built.
type gathering struct {
	Distribution
	late    []Point   // not yet sorted into Points
	runs    [][]Point // each in rising order, not yet added to Points
	moments Moments   // of what was given in buckets
}

// NewValuesBuilder prepares a table. Codes passed to Add index cats as given
// here.
func NewValuesBuilder(dims []Dim, cats [][]Category) (*ValuesBuilder, error) {
	b, err := NewBuilder(dims, cats)
	if err != nil {
		return nil, err
	}
	b.dense, b.sum = nil, map[uint64]Cell{} // every cell that is given stays
	return &ValuesBuilder{rows: b, cells: map[uint64]*gathering{}}, nil
}

func (b *ValuesBuilder) at(codes []int, c Cell) *gathering {
	key := b.rows.key(codes)
	b.rows.add(key, c)
	g := b.cells[key]
	if g == nil {
		g = &gathering{}
		b.cells[key] = g
	}
	return g
}

// Add adds rows that have a number, which need not be finite.
func (b *ValuesBuilder) Add(codes []int, x float64, c Cell) {
	if c == (Cell{}) {
		return
	}
	g := b.at(codes, c)
	switch {
	case math.IsNaN(x):
		g.NaN = g.NaN.Add(c)
	case math.IsInf(x, 0):
		g.Inf = g.Inf.Add(c)
	default:
		if x == 0 {
			x = 0 // minus zero is zero
		}
		g.add(Point{x, c})
	}
}

// AddMissing adds rows that have no number.
func (b *ValuesBuilder) AddMissing(codes []int, c Cell) {
	if c == (Cell{}) {
		return
	}
	g := b.at(codes, c)
	g.Missing = g.Missing.Add(c)
}

// AddPoints adds rows whose finite numbers stand in rising order, each once and
// with a row. The builder keeps ps.
func (b *ValuesBuilder) AddPoints(codes []int, ps []Point) {
	if len(ps) == 0 {
		return
	}
	var all Cell
	for _, p := range ps {
		all = all.Add(p.Cell)
	}
	g := b.at(codes, all)
	if len(g.Points) > 0 {
		ps = union(g.Points, ps)
	}
	g.Points = ps
}

// AddBucketed adds rows of which only the bucket of each number is known, and
// the moments of the numbers themselves. Every point must have a row. The whole
// table is then in buckets.
func (b *ValuesBuilder) AddBucketed(codes []int, ps []Point, m *Moments) {
	b.bucketed = true
	if len(ps) == 0 {
		return
	}
	var all Cell
	for _, p := range ps {
		all = all.Add(p.Cell)
	}
	g := b.at(codes, all)
	g.moments.Merge(m)
	for _, p := range ps {
		g.late = append(g.late, Point{Bucket(p.X), p.Cell})
	}
	g.settleMany()
}

// merge adds a cell of another table.
func (b *ValuesBuilder) merge(codes []int, d *Distribution) {
	g := b.at(codes, d.All())
	g.Missing, g.NaN, g.Inf = g.Missing.Add(d.Missing), g.NaN.Add(d.NaN), g.Inf.Add(d.Inf)
	switch {
	case !b.bucketed:
	case d.moments != nil:
		g.moments.Merge(d.moments)
	default:
		g.moments.AddPoints(d.Points)
	}
	run := d.Points
	if b.bucketed && len(run) > 0 { // buckets rise with their numbers, which several may share
		run = slices.Clone(run)
		for i := range run {
			run[i].X = Bucket(run[i].X)
		}
		run = points(run)
	}
	if len(run) > 0 {
		g.runs = append(g.runs, run)
	}
}

// add puts a point aside; points are sorted in when they have become many, so
// that building is not quadratic and repeated numbers take no memory.
func (g *gathering) add(p Point) {
	g.late = append(g.late, p)
	g.settleMany()
}

func (g *gathering) settleMany() {
	if len(g.late) >= max(1024, len(g.Points)) {
		g.settle()
	}
}

func (g *gathering) settle() {
	if len(g.late) == 0 && len(g.runs) == 0 {
		return
	}
	runs := g.runs
	if g.runs = nil; len(g.late) > 0 {
		runs = append(runs, points(g.late))
	}
	if len(g.Points) > 0 {
		runs = append(runs, g.Points)
	}
	g.Points = unionAll(runs)
	g.late = g.late[:0]
}

// Values finishes the table: it chooses between numbers and buckets, and drops
// categories that no cell uses.
func (b *ValuesBuilder) Values() *Values {
	keys := make([]uint64, 0, len(b.cells))
	for key, g := range b.cells {
		keys = append(keys, key)
		g.settle()
		g.late = nil
	}
	slices.Sort(keys)
	v := &Values{exact: !b.bucketed && b.few(), cells: make([]Distribution, len(keys))}
	for i, key := range keys {
		v.cells[i] = b.cells[key].finish(b.bucketed, v.exact)
	}
	v.counts = b.rows.Counts() // the same cells in the same order
	return v
}

// few reports whether the numbers are few enough to be kept.
func (b *ValuesBuilder) few() bool {
	entries := 0
	for _, g := range b.cells {
		entries += len(g.Points)
	}
	if entries <= MaxDistinct || entries > MaxEntries {
		return entries <= MaxDistinct
	}
	distinct := map[float64]struct{}{}
	for _, g := range b.cells {
		for _, p := range g.Points {
			if distinct[p.X] = struct{}{}; len(distinct) > MaxDistinct {
				return false
			}
		}
	}
	return true
}

// finish computes what follows from the points. given tells that the points
// came in buckets with moments, keep that they stay as they are.
func (g *gathering) finish(given, keep bool) Distribution {
	d := g.Distribution
	m := g.moments
	if !given {
		m.AddPoints(d.Points)
	}
	if !keep && !given {
		for i := range d.Points {
			d.Points[i].X = Bucket(d.Points[i].X)
		}
		d.Points = points(d.Points)
	}
	if cap(d.Points) > len(d.Points)*9/8 {
		d.Points = append(make([]Point, 0, len(d.Points)), d.Points...)
	}
	if len(d.Points) == 0 {
		d.Points = nil
	}
	for _, p := range d.Points {
		d.Cell = d.Cell.Add(p.Cell)
	}
	m.Sum.normalize()
	m.Squares.normalize()
	d.Sum, d.SumSquares = m.Sum.Float64(), m.Squares.Float64()
	if !keep {
		d.moments = &m
	}
	return d
}
