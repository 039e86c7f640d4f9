package model

import (
	"cmp"
	"math"
	"slices"
)

// A WhatIf answers, for rows of a sample and all inputs at once, what a
// forest's margin would be if one input had the value of another row. Values
// that no node tells apart are one class, so there are few questions; and one
// walk of a tree answers all of them: beside the row's own path it follows,
// at each node, the other branch for the values that would take it.
//
// A WhatIf only reads and may be used by many goroutines, each with its own
// [Curves].
type WhatIf struct {
	forest  *Forest
	class   int // of the model
	columns [][]float64
	margins []float64
	inputs  []whatIfInput
	forks   [][]fork // of each tree, of each node
}

// whatIfInput has the classes of one input in the sample: numbers in
// ascending order, then the missing value, if there is one.
type whatIfInput struct {
	regular bool      // nodes cut the numbers in order
	values  []float64 // one of each class
	counts  []int
	of      []int32 // the class of each row
}

// A fork is a node in few bytes: the classes of its input before at go left,
// what is missing goes left where code is even.
type fork struct {
	next [2]int32 // left and right: a node, or ^leaf if negative
	code int32    // the place of its input in a row's codes
	at   int32    // irregular: the node itself has to be asked
}

const irregular = math.MinInt32

func (s *fork) input() int32 { return s.code >> 1 }

// NewWhatIf prepares the questions about one class of a forest for the rows
// of a sample.
func NewWhatIf(forest *Forest, sample Batch, class int) (*WhatIf, error) {
	for i := range forest.trees {
		if forest.trees[i].linear != nil {
			return nil, ErrLinearLeaves
		}
	}
	scores := make([]float64, sample.Rows*forest.classes)
	if err := forest.Margins(sample, scores); err != nil {
		return nil, err
	}
	w := &WhatIf{forest: forest, class: class, columns: sample.Columns, inputs: make([]whatIfInput, len(forest.inputs))}
	if forest.single {
		w.columns = rounded(sample.Columns)
	}
	for row := range sample.Rows {
		w.margins = append(w.margins, scores[row*forest.classes+class])
	}
	for i := range w.inputs {
		w.inputs[i] = w.classify(i)
	}
	for i := range forest.trees {
		forks := make([]fork, len(forest.trees[i].nodes))
		for j := range forks {
			forks[j] = w.inputs[forest.trees[i].nodes[j].input].fork(&forest.trees[i].nodes[j])
		}
		w.forks = append(w.forks, forks)
	}
	return w, nil
}

// classify gives the classes of an input: by the thresholds between its
// values, or by every value where nodes do not cut in order (categories, and
// zeros that go a way of their own).
func (w *WhatIf) classify(input int) whatIfInput {
	in := whatIfInput{regular: true}
	var cuts []float64
	for i := range w.forest.trees {
		for j := range w.forest.trees[i].nodes {
			n := &w.forest.trees[i].nodes[j]
			if n.input != input {
				continue
			}
			in.regular = in.regular && n.set == nil && n.missing != missingZero && n.threshold == n.threshold
			cuts = append(cuts, n.threshold)
		}
	}
	slices.Sort(cuts)
	key := func(x float64) float64 { return x }
	if in.regular {
		key = func(x float64) float64 {
			if x != x {
				return x
			}
			at, _ := slices.BinarySearch(cuts, x) // as many cuts are below x
			return float64(at)
		}
	}
	in.count(w.columns[input], key)
	return in
}

// count finds the classes of a column: rows with equal keys are one class.
func (in *whatIfInput) count(column []float64, key func(float64) float64) {
	rows := make([]int, len(column))
	keys := make([]float64, len(column))
	for row, x := range column {
		rows[row], keys[row] = row, key(x)
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		if keys[a] != keys[a] || keys[b] != keys[b] { // NaN comes last
			return cmp.Compare(keys[b], keys[a])
		}
		return cmp.Compare(keys[a], keys[b])
	})
	in.of = make([]int32, len(column))
	for i, row := range rows {
		last := len(in.values) - 1
		if i == 0 || keys[row] != keys[rows[i-1]] && !(keys[row] != keys[row] && keys[rows[i-1]] != keys[rows[i-1]]) {
			in.values = append(in.values, column[row])
			in.counts = append(in.counts, 0)
			last++
		}
		in.counts[last]++
		in.of[row] = int32(last)
	}
}

// numbers gives how many classes are not the missing value.
func (in *whatIfInput) numbers() int {
	if n := len(in.values); n > 0 && math.IsNaN(in.values[n-1]) {
		return n - 1
	}
	return len(in.values)
}

func (in *whatIfInput) fork(n *node) fork {
	s := fork{next: [2]int32{n.left, n.right}, code: int32(2 * n.input), at: irregular}
	if !in.regular {
		return s
	}
	s.at = 0
	for int(s.at) < in.numbers() && n.goesLeft(in.values[s.at]) {
		s.at++
	}
	if !n.goesLeft(math.NaN()) {
		s.code++
	}
	return s
}

// Classes gives how often each class of an input occurs in the sample.
func (w *WhatIf) Classes(input int) (counts []int) { return w.inputs[input].counts }

// Class gives the class of a row's own value.
func (w *WhatIf) Class(input, row int) int { return int(w.inputs[input].of[row]) }

// Margin gives a row's own margin.
func (w *WhatIf) Margin(row int) float64 { return w.margins[row] }
