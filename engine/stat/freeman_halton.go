package stat

import (
	"math"
	"slices"
)

// The two ways to the p of a table of several rows and columns.
const (
	MethodFreemanHalton     = "fisher-freeman-halton"
	MethodFreemanHaltonDeal = "fisher-freeman-halton-monte-carlo"
)

// mostTables is the number of partial tables up to which all are looked at.
const mostTables = 200_000

// FreemanHalton is the exact test that rows and columns are independent: the chance,
// given all margins, of a table that is as improbable as this one (Freeman and Halton
// 1951, Biometrika 38, 141-149). Where there are too many tables to look at, it is
// the share of draws tables dealt at random, this one counted among them.
func FreemanHalton(counts [][]int64, draws int, seed uint64, use ...string) (Test, error) {
	var rows []int64
	var columns []int64
	for _, row := range counts {
		if columns == nil {
			columns = make([]int64, len(row))
		}
		n := int64(0)
		for k, c := range row {
			if c < 0 {
				return Test{}, ErrCounts
			}
			n, columns[k] = n+c, columns[k]+c
		}
		if n > 0 {
			rows = append(rows, n)
		}
	}
	columns = slices.DeleteFunc(columns, func(n int64) bool { return n == 0 })
	if len(rows) < 2 || len(columns) < 2 {
		return Test{}, ErrNoVariation
	}
	e := enumeration{columns: columns, at: logFactorials(counts)}
	for _, n := range rows {
		e.all += n
		e.margins += lgamma(n)
	}
	for _, n := range columns {
		e.margins += lgamma(n)
	}
	e.margins -= lgamma(e.all)
	e.limit = e.at * (1 - 1e-12)
	e.left, e.now = slices.Clone(columns), make([]int64, len(columns))
	if e.row(rows, 0, 0) {
		return Test{P: min(1, e.p), Method: MethodFreemanHalton}, nil
	}
	rng, beyond := Generator(seed, use...), 1
	for range draws {
		rest, sum := slices.Clone(columns), 0.0
		for _, n := range rows {
			deal(rng, rest, n, e.now)
			for _, c := range e.now {
				sum += lgamma(c)
			}
		}
		if sum >= e.limit {
			beyond++
		}
	}
	return Test{P: float64(beyond) / float64(draws+1), Method: MethodFreemanHaltonDeal}, nil
}

func lgamma(n int64) float64 {
	x, _ := math.Lgamma(float64(n) + 1)
	return x
}

// logFactorials is the sum over cells of ln n!: the higher, the less probable a table.
func logFactorials(counts [][]int64) (sum float64) {
	for _, row := range counts {
		for _, c := range row {
			sum += lgamma(c)
		}
	}
	return sum
}

// enumeration looks at every table of given margins.
type enumeration struct {
	columns, left, now []int64
	all                int64
	margins            float64 // of the logarithm of a table's probability
	at, limit          float64
	p                  float64
	seen               int
}

// row fills the rows from one on; false where there are too many tables.
func (e *enumeration) row(rows []int64, from int, sum float64) bool {
	if from == len(rows)-1 {
		for _, c := range e.left {
			sum += lgamma(c)
		}
		if sum >= e.limit {
			e.p += math.Exp(e.margins - sum)
		}
		return true
	}
	return e.cell(rows, from, 0, rows[from], sum)
}

// cell fills the cells of a row from one on, of which n are left.
func (e *enumeration) cell(rows []int64, row, k int, n int64, sum float64) bool {
	if e.seen++; e.seen > mostTables {
		return false
	}
	if k == len(e.columns)-1 {
		if n > e.left[k] {
			return true
		}
		e.left[k] -= n
		ok := e.row(rows, row+1, sum+lgamma(n))
		e.left[k] += n
		return ok
	}
	for c := range min(n, e.left[k]) + 1 {
		e.left[k] -= c
		ok := e.cell(rows, row, k+1, n-c, sum+lgamma(c))
		e.left[k] += c
		if !ok {
			return false
		}
	}
	return true
}
