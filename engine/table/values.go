package table

import (
	"cmp"
	"math"
	"slices"
)

// Values is a table of distributions: for each combination of one category of
// each dimension, how often each number occurs. Numbers are counted exactly
// while the table has at most MaxDistinct different ones and MaxEntries
// occupied (cell, number) pairs, else, for all its cells, in fixed buckets made
// from the ordered bits of the float, of relative width 2^-9. Both forms depend
// on the rows alone, not on their order. Sums of x and x squared are exact in
// either form.
type Values struct {
	exact  bool
	unread bool
	counts *Counts        // every row of a cell, with a number or without
	cells  []Distribution // beside the cells of counts
}

// Limits of exact counting.
const (
	MaxDistinct = 1 << 16
	MaxEntries  = 1 << 20
)

// Distribution is the numbers of one cell. Points are in rising order, finite,
// each with how many copies and rows have it; a point of a bucketed table is
// the middle of its bucket. Minus zero is zero.
type Distribution struct {
	Points          []Point
	Cell                    // of the points together
	Sum, SumSquares float64 // of the finite numbers: exact, rounded once
	Missing         Cell    // rows without a number
	NaN, Inf        Cell    // rows whose number is not finite: counted, never part of Points

	moments *Moments // of a bucketed table; those of an exact one follow from Points
}

// Point is one number and how often it occurs.
type Point struct {
	X float64
	Cell
}

// All is every row of the cell, with a number or without.
func (d *Distribution) All() Cell { return d.Cell.Add(d.Missing).Add(d.NaN).Add(d.Inf) }

// Dims lists the dimensions.
func (v *Values) Dims() []Dim {
	if v.counts == nil {
		return nil
	}
	return v.counts.dims
}

// Exact reports whether Points are the numbers themselves, not buckets.
func (v *Values) Exact() bool { return v.exact || v.counts == nil }

// Unread is a table of a stretch of numbers for which the log was not read again.
func Unread() *Values { return &Values{unread: true} }

// Unread reports whether the log was not read for the table.
func (v *Values) Unread() bool { return v.unread }

// Counts is the table of every row, with a number or without.
func (v *Values) Counts() *Counts {
	if v.counts == nil {
		return &Counts{}
	}
	return v.counts
}

// Bytes is about the memory that the table takes.
func (v *Values) Bytes() int64 {
	const cell, point, digits = 160, 24, 200 // of a distribution with its key, of a point, of sums
	total := int64(len(v.cells)) * cell
	for i := range v.cells {
		total += int64(cap(v.cells[i].Points)) * point
		if v.cells[i].moments != nil {
			total += digits
		}
	}
	return total
}

// Each calls f for every cell that holds a row, in key order. codes index
// Categories and are reused between calls; d belongs to the table.
func (v *Values) Each(f func(codes []int, d *Distribution)) {
	i := 0
	v.Counts().Each(func(codes []int, _ Cell) {
		f(codes, &v.cells[i])
		i++
	})
}

// Categories lists the categories of a dimension in canonical order.
func (v *Values) Categories(d Dim) []Category { return v.Counts().Categories(d) }

// Rollup sums over every dimension that is not listed. A table in buckets stays
// in buckets, also where the fewer cells could be counted exactly.
func (v *Values) Rollup(dims ...Dim) (*Values, error) {
	if slices.Equal(dims, v.Dims()) {
		return v, nil
	}
	c := v.Counts()
	from, cats, err := c.pick(dims)
	if err != nil {
		return nil, err
	}
	b, err := NewValuesBuilder(dims, cats)
	if err != nil {
		return nil, err
	}
	b.bucketed = !v.Exact()
	picked := make([]int, len(dims))
	v.Each(func(codes []int, d *Distribution) {
		for i, f := range from {
			picked[i] = codes[f]
		}
		b.merge(picked, d)
	})
	return b.Values(), nil
}

// Only keeps the cells of some categories of a dimension. A table in buckets
// stays in buckets.
func (v *Values) Only(dim Dim, keep func(Category) bool) (*Values, error) {
	c := v.Counts()
	at, cats, err := c.pick([]Dim{dim})
	if err != nil {
		return nil, err
	}
	b, err := NewValuesBuilder(c.dims, c.cats)
	if err != nil {
		return nil, err
	}
	b.bucketed = !v.Exact()
	v.Each(func(codes []int, d *Distribution) {
		if keep(cats[0][codes[at[0]]]) {
			b.merge(codes, d)
		}
	})
	return b.Values(), nil
}

// Merge adds two tables of the same dimensions. Categories are matched by name,
// never by position. It is associative and commutative.
func (v *Values) Merge(o *Values) (*Values, error) {
	cats, err := v.Counts().union(o.Counts())
	if err != nil {
		return nil, err
	}
	b, err := NewValuesBuilder(v.Dims(), cats)
	if err != nil {
		return nil, err
	}
	b.bucketed = !v.Exact() || !o.Exact()
	offset := make([]int, len(cats))
	codes := make([]int, len(cats))
	for _, t := range []*Values{v, o} {
		t.Each(func(own []int, d *Distribution) {
			for i := range own {
				codes[i] = own[i] + offset[i]
			}
			b.merge(codes, d)
		})
		for i := range offset {
			offset[i] = len(v.counts.cats[i])
		}
	}
	return b.Values(), nil
}

// points sorts points and adds up equal ones, in place.
func points(ps []Point) []Point {
	rising := func(a, b Point) int { return cmp.Compare(a.X, b.X) }
	if !slices.IsSortedFunc(ps, rising) {
		slices.SortFunc(ps, rising)
	}
	out := ps[:0]
	for _, p := range ps {
		if n := len(out); n > 0 && out[n-1].X == p.X {
			out[n-1].Cell = out[n-1].Cell.Add(p.Cell)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// union adds up two lists of rising points.
func union(a, b []Point) []Point {
	if len(a) == 0 {
		return slices.Clone(b)
	}
	out := make([]Point, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].X < b[0].X:
			out, a = append(out, a[0]), a[1:]
		case a[0].X > b[0].X:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, Point{a[0].X, a[0].Cell.Add(b[0].Cell)})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// unionAll adds up lists of rising points, neighbors first, so that each point is
// met log2(lists) times. The lists stay as they are.
func unionAll(runs [][]Point) []Point {
	if len(runs) == 1 {
		return slices.Clone(runs[0])
	}
	for len(runs) > 1 {
		var next [][]Point
		for i := 0; i+1 < len(runs); i += 2 {
			next = append(next, union(runs[i], runs[i+1]))
		}
		if len(runs)%2 == 1 {
			next = append(next, runs[len(runs)-1])
		}
		runs = next
	}
	return runs[0]
}

// finite reports whether a number can be a point.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
