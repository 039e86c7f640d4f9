package explain

import (
	"errors"
	"math"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// A Contrast is a mean of a quantity over some rows, or, with Against, the
// difference of two such means: a gap between groups.
type Contrast struct {
	Quantity Quantity
	// In and Against say which rows belong to each side; Against is nil for a
	// mean alone.
	In, Against func(row int) bool
	// Ratio takes the two means' ratio, not their difference. Its expectation
	// under exchanges is the ratio of the expected means.
	Ratio bool
	// Ordered takes, of the scores themselves, how often those of In lie above
	// those of Against: the area under the curve. Its expectation is that of the
	// exchanged scores.
	Ordered bool
}

// value puts the means of the two sides together. weights are what a small
// change of each mean does to it.
func (c Contrast) value(mean [2]float64) (value float64, weights [2]float64) {
	if c.Ratio {
		return mean[0] / mean[1], [2]float64{1 / mean[1], -mean[0] / mean[1] / mean[1]}
	}
	if c.Ordered { // of In, the share of those of Against that lie below
		return mean[0], [2]float64{1, -1}
	}
	return mean[0] - mean[1], [2]float64{1, -1}
}

// An Importance says what one input does for a contrast: the contrast as it
// is less its expectation when the input's values are dealt to other rows
// (Fisher, Rudin and Dominici, "All Models are Wrong, but Many are Useful",
// JMLR 20 (2019), equation 3.4: every row with the value of every other).
type Importance struct {
	Original float64 // the contrast of the rows as they are
	Switched float64 // its expectation with the input exchanged
	// SE is the standard error of Switched - Original from the sampling of
	// rows, or of people: the rows whose value is exchanged and those that give theirs.
	SE float64
	// Rows are the rows of each side; 0 for the side that is not there.
	Rows, AgainstRows int
}

// ErrNoRows says that a side of a contrast has fewer than two rows.
var ErrNoRows = errors.New("fewer than two rows")

// TreeImportance gives the importance of every input of a forest for each of
// the contrasts, by one walk for all: the exact expectation over all
// exchanges, without drawing any. output says which score quantities are of.
// The outer slice has an element for each contrast, the inner for each input.
func TreeImportance(forest *model.Forest, rows Rows, class int, output model.Output, contrasts []Contrast) ([][]Importance, error) {
	if rows.Rows < 2 {
		return nil, ErrNoRows
	}
	what, err := model.NewWhatIf(forest, rows.Batch, class)
	if err != nil {
		return nil, err
	}
	sums := make([][]exchange, len(contrasts))
	sides := make([][]int8, len(contrasts))
	ordered := false
	for i, c := range contrasts {
		if sides[i], err = c.sides(rows.Rows); err != nil {
			return nil, err
		}
		if c.Ordered {
			ordered = true
			continue
		}
		for input := range forest.Inputs() {
			sums[i] = append(sums[i], newExchange(rows.Rows, len(what.Classes(input))))
		}
	}
	curves := what.NewCurves()
	for row := range rows.Rows {
		for input, margins := range curves.Of(row) {
			if output == model.Probability {
				if err := what.Predict(margins); err != nil {
					return nil, err
				}
			}
			for i, c := range contrasts {
				if sides[i][row] != 0 && !c.Ordered {
					sums[i][input].add(row, what.Classes(input), what.Class(input, row), int(sides[i][row]), margins, c.Quantity)
				}
			}
		}
	}
	out := make([][]Importance, len(contrasts))
	for i, c := range contrasts {
		for input := range sums[i] {
			out[i] = append(out[i], sums[i][input].importance(c, sides[i], rows.People, func(row int) int { return what.Class(input, row) }))
		}
	}
	if ordered {
		return out, orderedImportance(what, rows, output, contrasts, sides, out)
	}
	return out, nil
}

// sides gives 1 for a row of In, -1 for one of Against, else 0.
func (c Contrast) sides(rows int) ([]int8, error) {
	sides := make([]int8, rows)
	var in, against int
	for row := range sides {
		switch {
		case c.Quantity.Known != nil && !c.Quantity.Known(row):
		case c.In == nil || c.In(row):
			sides[row] = 1
			in++
		case c.Against != nil && c.Against(row):
			sides[row] = -1
			against++
		}
	}
	if in < 2 || c.Against != nil && against < 2 {
		return nil, ErrNoRows
	}
	return sides, nil
}

// An exchange collects, for one input and one contrast, the quantities of
// rows with exchanged values.
type exchange struct {
	own   []float64 // of each row with its own value
	mean  []float64 // of each row over the values of all other rows
	given [2][]float64
	self  [2][]float64
}

func newExchange(rows, classes int) exchange {
	e := exchange{own: make([]float64, rows), mean: make([]float64, rows)}
	for side := range e.given {
		e.given[side] = make([]float64, classes)
		e.self[side] = make([]float64, rows)
	}
	return e
}

// add takes a row's scores with each class of the input's values.
func (e *exchange) add(row int, counts []int, class, side int, scores []float64, q Quantity) {
	given := e.given[sideIndex(side)]
	total, others, x := 0.0, 0, 0.0
	for c, count := range counts {
		if c == 0 || scores[c] != scores[c-1] { // the same score, the same number
			x = q.Of(row, scores[c])
		}
		given[c] += x
		if c == class {
			e.own[row] = x
			count--
		}
		total += float64(x * float64(count))
		others += count
	}
	e.mean[row] = total / float64(others)
	e.self[sideIndex(side)][row] = e.own[row]
}

func sideIndex(side int) int {
	if side < 0 {
		return 1
	}
	return 0
}

// importance puts the sides together. The standard error is that of the
// linear part of the statistic (the projections of a U-statistic of two
// arguments): a row counts as one whose value is exchanged, and as one that
// gives its value to all others.
func (e *exchange) importance(c Contrast, sides []int8, people []int, class func(row int) int) Importance {
	var n [2]int
	var own, switched [2]float64
	for row, side := range sides {
		if side != 0 {
			i := sideIndex(int(side))
			n[i]++
			own[i] += e.own[row]
			switched[i] += e.mean[row]
		}
	}
	sums := own
	for i := range n {
		if n[i] > 0 {
			own[i] /= float64(n[i])
			switched[i] /= float64(n[i])
		}
	}
	out := Importance{Rows: n[0], AgainstRows: n[1]}
	var before, after [2]float64
	out.Original, before = c.value(own)
	out.Switched, after = c.value(switched)
	if len(e.given[0]) == 1 { // the model does not look at the input, or it has one value
		out.Switched = out.Original
		return out
	}

	rows := float64(len(sides))
	influence := make([]float64, len(sides))
	for row, side := range sides {
		for i := range n {
			if n[i] == 0 {
				continue
			}
			// As giver: how the rows of this side change with its value.
			others := float64(n[i])
			given, had := e.given[i][class(row)], sums[i]
			if side != 0 && sideIndex(int(side)) == i {
				given -= e.self[i][row]
				had -= e.own[row]
				others--
			}
			influence[row] += float64(after[i]*(given/others-switched[i])) - float64(before[i]*(had/others-own[i]))
			// As the one whose value is exchanged.
			if side != 0 && sideIndex(int(side)) == i {
				influence[row] += float64(rows / float64(n[i]) * (float64(after[i]*(e.mean[row]-switched[i])) - float64(before[i]*(e.own[row]-own[i]))))
			}
		}
	}
	out.SE = errorOfMean(influence, people)
	return out
}

// errorOfMean is the standard error of a mean to which each row adds this much,
// of rows or, with people, of persons.
func errorOfMean(influence []float64, people []int) float64 {
	rows := float64(len(influence))
	if people != nil {
		return clusteredError(influence, people) / rows
	}
	variance := 0.0
	for _, x := range influence {
		variance += float64(x * x)
	}
	return math.Sqrt(variance / (rows * (rows - 1)))
}
