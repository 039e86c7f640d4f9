package table

// Values is a table of distributions: for each combination of one category of
// each dimension, how often each number occurs. Numbers are counted exactly
// while the table has at most MaxDistinct different ones and MaxEntries
// occupied (cell, number) pairs, else, for all its cells, in fixed buckets made
// from the ordered bits of the float, of relative width 2^-9. Both forms depend
// on the rows alone, not on their order. Sums of x and x squared are exact in
// either form.
type Values struct {
	dims  []Dim
	cats  [][]Category
	exact bool
	keys  []uint64 // ascending, as in Counts
	cells []Distribution
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
	Sum, SumSquares float64 // exact, rounded once
	Missing         Cell    // rows without a number
	NaN, Inf        Cell    // rows whose number is not finite: counted, never part of Points
}

// Point is one number and how often it occurs.
type Point struct {
	X float64
	Cell
}

// Dims lists the dimensions.
func (v *Values) Dims() []Dim { return v.dims }

// Exact reports whether Points are the numbers themselves, not buckets.
func (v *Values) Exact() bool { return v.exact }

// Each calls f for every cell that holds a row, in key order. codes index
// Categories and are reused between calls.
func (v *Values) Each(f func(codes []int, d *Distribution)) {}

// Categories lists the categories of a dimension in canonical order.
func (v *Values) Categories(d Dim) []Category { return nil }

// Rollup sums over every dimension that is not listed.
func (v *Values) Rollup(dims ...Dim) (*Values, error) { return nil, nil }

// Merge adds two tables of the same dimensions.
func (v *Values) Merge(o *Values) (*Values, error) { return nil, nil }
