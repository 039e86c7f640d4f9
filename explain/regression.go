package explain

import (
	"errors"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// A design is the columns of a regression, the first of them the constant.
type design struct {
	columns [][]float64
	feature []int // of each column; -1 for the constant and what is put before the features
}

// manyCategories is how many categories of a feature get a column of their own.
const manyCategories = 30

// fewOfCategory is how many rows a category needs for that.
const fewOfCategory = 10

// designOf makes columns of features, for some rows: a number in units of its
// standard deviation around its mean, 0 where it is missing, with a column that
// says so; a category as a column of its own, except the most frequent one, and
// the rare ones together.
func designOf(features []Feature, rows []int) design {
	d := design{columns: [][]float64{constant(len(rows))}, feature: []int{-1}}
	for i, f := range features {
		columns := f.numberColumns(rows)
		if f.Categories != nil {
			columns = f.categoryColumns(rows)
		}
		for _, c := range columns {
			d.columns, d.feature = append(d.columns, c), append(d.feature, i)
		}
	}
	return d
}

func constant(n int) []float64 {
	one := make([]float64, n)
	for i := range one {
		one[i] = 1
	}
	return one
}

func (f Feature) numberColumns(rows []int) [][]float64 {
	var known []int
	for _, row := range rows {
		if x := f.Values[row]; x == x {
			known = append(known, row)
		}
	}
	if len(known) < 2 {
		return nil
	}
	mean, variance := meanAndVariance(known, func(row int) float64 { return f.Values[row] })
	if !(variance > 0) || math.IsInf(variance, 0) {
		variance = 1
	}
	scaled, missing := make([]float64, len(rows)), make([]float64, len(rows))
	for i, row := range rows {
		if x := f.Values[row]; x == x {
			scaled[i] = (x - mean) / math.Sqrt(variance)
		} else {
			missing[i] = 1
		}
	}
	if len(known) == len(rows) {
		return [][]float64{scaled}
	}
	return [][]float64{scaled, missing}
}

func (f Feature) categoryColumns(rows []int) [][]float64 {
	counts := make([]int, len(f.Categories)+1) // the last are the missing
	place := func(row int) int {
		if x := f.Values[row]; x >= 0 && int(x) < len(f.Categories) {
			return int(x)
		}
		return len(f.Categories)
	}
	for _, row := range rows {
		counts[place(row)]++
	}
	order := indices(len(counts))
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	column := make([]int, len(counts)) // 0 for the most frequent, which has none
	own := 0
	for _, c := range order[1:] {
		if counts[c] >= fewOfCategory && own < manyCategories {
			own++
			column[c] = own
		}
	}
	for _, c := range order[1:] {
		if column[c] == 0 { // the rare ones together
			column[c] = own + 1
		}
	}
	out := make([][]float64, own+1)
	for i := range out {
		out[i] = make([]float64, len(rows))
	}
	for i, row := range rows {
		if c := column[place(row)]; c > 0 {
			out[c-1][i] = 1
		}
	}
	return out
}

// A fit is a regression's coefficients, 0 for columns that others make up, and
// what a row does to them: influence is the change of the coefficients that a
// row stands for, so that sums of products of influences over rows, or people,
// are their variance (Huber 1967; Liang and Zeger 1986).
type fit struct {
	beta      []float64
	influence [][]float64 // of each row
	aliased   []bool
}

// errSeparated says that a logistic regression has no finite answer.
var errSeparated = errors.New("the features tell the decision without error, so that a logistic regression has no finite answer")

// leastSquares fits y by ordinary least squares.
func leastSquares(d design, y []float64) fit {
	gram := newGram(d, nil)
	moment := make([]float64, len(d.columns))
	for j, c := range d.columns {
		for i := range y {
			moment[j] += float64(c[i] * y[i])
		}
	}
	f := fit{beta: gram.solve(moment), aliased: gram.aliased}
	fitted := d.times(f.beta)
	for i := range y {
		f.influence = append(f.influence, gram.solve(d.row(i, y[i]-fitted[i])))
	}
	return f
}

// logistic fits the log odds of y by Newton's method.
func logistic(d design, y []float64) (fit, error) {
	f := fit{beta: make([]float64, len(d.columns))}
	weights, residuals := make([]float64, len(y)), make([]float64, len(y))
	for range 50 {
		for i, x := range d.times(f.beta) {
			p := sigmoid(x)
			weights[i], residuals[i] = float64(p*(1-p)), y[i]-p
		}
		gram := newGram(d, weights)
		score := make([]float64, len(d.columns))
		for j, c := range d.columns {
			for i := range y {
				score[j] += float64(c[i] * residuals[i])
			}
		}
		step, size := gram.solve(score), 0.0
		for j := range step {
			f.beta[j] += step[j]
			size = max(size, math.Abs(step[j]))
		}
		switch {
		case math.IsNaN(size) || slices.ContainsFunc(f.beta, func(b float64) bool { return math.Abs(b) > 50 }):
			return fit{}, errSeparated
		case size < 1e-10:
			f.aliased = gram.aliased
			for i := range y {
				f.influence = append(f.influence, gram.solve(d.row(i, residuals[i])))
			}
			return f, nil
		}
	}
	return fit{}, errSeparated
}

// sigmoid is the same on every processor, and does not overflow.
func sigmoid(x float64) float64 {
	if x < 0 {
		return 1 - sigmoid(-x)
	}
	return 1 / (1 + model.Exp(-x))
}

// times gives the rows' products with coefficients.
func (d design) times(beta []float64) []float64 {
	out := make([]float64, len(d.columns[0]))
	for j, c := range d.columns {
		if beta[j] != 0 {
			for i := range out {
				out[i] += float64(c[i] * beta[j])
			}
		}
	}
	return out
}

// row gives one row of the design, times a number.
func (d design) row(i int, by float64) []float64 {
	out := make([]float64, len(d.columns))
	for j, c := range d.columns {
		out[j] = float64(c[i] * by)
	}
	return out
}

// A gram is the matrix of the columns' products, factored after Cholesky in
// plain loops, so that every processor gives the same bits.
type gram struct {
	lower   [][]float64
	aliased []bool // columns that those before make up
}

// aliasedBelow is the share of a column's square that has to be its own.
const aliasedBelow = 1e-9

func newGram(d design, weights []float64) *gram {
	k := len(d.columns)
	g := &gram{aliased: make([]bool, k)}
	for a := range k {
		g.lower = append(g.lower, make([]float64, a+1))
		for b := range a + 1 {
			sum := 0.0
			for i, x := range d.columns[a] {
				product := float64(x * d.columns[b][i])
				if weights != nil {
					product = float64(product * weights[i])
				}
				sum += product
			}
			g.lower[a][b] = sum
		}
	}
	for a := range k {
		whole := g.lower[a][a]
		for b := range a + 1 {
			sum := g.lower[a][b]
			for c := range b {
				sum -= float64(g.lower[a][c] * g.lower[b][c])
			}
			switch {
			case b < a && g.aliased[b]:
				g.lower[a][b] = 0
			case b < a:
				g.lower[a][b] = sum / g.lower[b][b]
			case !(sum > aliasedBelow*whole):
				g.aliased[a], g.lower[a][a] = true, 1
				clear(g.lower[a][:a])
			default:
				g.lower[a][a] = math.Sqrt(sum)
			}
		}
	}
	return g
}

// solve gives the coefficients with these products; 0 where aliased.
func (g *gram) solve(moment []float64) []float64 {
	x := slices.Clone(moment)
	for a := range x {
		if g.aliased[a] {
			x[a] = 0
			continue
		}
		for b := range a {
			x[a] -= float64(g.lower[a][b] * x[b])
		}
		x[a] /= g.lower[a][a]
	}
	for a := len(x) - 1; a >= 0; a-- {
		if g.aliased[a] {
			continue
		}
		for b := a + 1; b < len(x); b++ {
			x[a] -= float64(g.lower[b][a] * x[b])
		}
		x[a] /= g.lower[a][a]
	}
	return x
}

// clusteredError is the standard error of a sum of influences, those of a
// person taken together; it has the factor c/(c-1) for c people.
func clusteredError(influence []float64, people []int) float64 {
	sums := map[int]float64{}
	for i, x := range influence {
		sums[people[i]] += x
	}
	if len(sums) < 2 {
		return math.NaN()
	}
	keys := make([]int, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	total := 0.0
	for _, k := range keys {
		total += float64(sums[k] * sums[k])
	}
	c := float64(len(sums))
	return math.Sqrt(total * c / (c - 1))
}

// people numbers the persons of the rows, in order of appearance; each row is
// its own without columns.subject.
func (s *Study) people(rows []int) []int {
	if s.Subjects == nil {
		return indices(len(rows))
	}
	number := map[string]int{}
	out := make([]int, len(rows))
	persons := 0
	for i, row := range rows {
		name := s.Subjects[row]
		at, ok := number[name]
		if !ok || name == "" { // rows of nobody known are not one person's
			at = persons
			number[name] = at
			persons++
		}
		out[i] = at
	}
	return out
}
