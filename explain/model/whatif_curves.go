package model

import (
	"errors"
	"math"
)

// Curves holds a row's margins for every class of every input. It belongs to
// one goroutine.
type Curves struct {
	w       *WhatIf
	curves  [][]float64 // of each input: margins of its classes
	changes [][]float64 // of each input: differences between neighboring classes
	paths   []admitted  // of each input: its classes that follow the row's path
	row     int
	own     float64 // the leaf of the row in the tree at hand
}

// admitted are the classes of an input that reach a node: numbers from low to
// before high, and the missing value or not.
type admitted struct {
	low, high int32
	missing   bool
}

func (a admitted) empty() bool { return a.low >= a.high && !a.missing }

// sides divides the classes at a node.
func (a admitted) sides(s split) (left, right admitted) {
	left = admitted{a.low, min(a.high, s.at), a.missing && s.missingLeft}
	right = admitted{max(a.low, s.at), a.high, a.missing && !s.missingLeft}
	return left, right
}

// NewCurves makes room for the curves of one row.
func (w *WhatIf) NewCurves() *Curves {
	c := &Curves{w: w, paths: make([]admitted, len(w.inputs))}
	for i := range w.inputs {
		c.curves = append(c.curves, make([]float64, len(w.inputs[i].values)))
		c.changes = append(c.changes, make([]float64, len(w.inputs[i].values)+1))
	}
	return c
}

// Of gives, for each input, the row's margin with each class of it.
// The slices are valid until the next call.
func (c *Curves) Of(row int) [][]float64 {
	c.row = row
	for _, changes := range c.changes {
		clear(changes)
	}
	for i := range c.w.forest.trees {
		t := &c.w.forest.trees[i]
		if t.class != c.w.class {
			continue
		}
		for j := range c.paths {
			in := &c.w.inputs[j]
			c.paths[j] = admitted{0, int32(in.numbers()), in.numbers() < len(in.values)}
		}
		c.own = t.leaves[t.leaf(c.w.columns, row)]
		c.follow(t, c.w.splits[i])
	}
	for i := range c.curves {
		if !c.w.inputs[i].regular {
			c.each(i)
			continue
		}
		sum := c.w.margins[row]
		for j := range c.curves[i] {
			sum += c.changes[i][j]
			c.curves[i][j] = sum
		}
	}
	return c.curves
}

// follow walks the row's own path, and from each node the other branch with
// those classes of its input that would take it.
func (c *Curves) follow(t *tree, splits []split) {
	for at := rootOf(t); at >= 0; {
		n := &t.nodes[at]
		taken := n.next(c.w.columns[n.input][c.row])
		if c.w.inputs[n.input].regular {
			left, right := c.paths[n.input].sides(splits[at])
			mine, others, branch := left, right, n.right
			if taken != n.left {
				mine, others, branch = right, left, n.left
			}
			c.paths[n.input] = mine
			c.stray(t, splits, branch, n.input, others)
		}
		at = taken
	}
}

// stray walks what these classes of one input reach, the row keeping its
// other values.
func (c *Curves) stray(t *tree, splits []split, at int32, input int, classes admitted) {
	if classes.empty() {
		return
	}
	for at >= 0 {
		n := &t.nodes[at]
		if n.input != input {
			at = n.next(c.w.columns[n.input][c.row])
			continue
		}
		left, right := classes.sides(splits[at])
		c.stray(t, splits, n.left, input, left)
		c.stray(t, splits, n.right, input, right)
		return
	}
	change := t.leaves[^at] - c.own
	changes := c.changes[input]
	if classes.low < classes.high {
		changes[classes.low] += change
		changes[classes.high] -= change
	}
	if last := len(changes) - 2; classes.missing {
		changes[last] += change
		changes[last+1] -= change
	}
}

// each asks the question of one input for every class by itself.
func (c *Curves) each(input int) {
	w := c.w
	row := make([][]float64, len(w.columns))
	for i, column := range w.columns {
		row[i] = []float64{column[c.row]}
	}
	for j, value := range w.inputs[input].values {
		row[input][0] = value
		sum := w.forest.base[w.class]
		for i := range w.forest.trees {
			if t := &w.forest.trees[i]; t.class == w.class {
				sum += t.leaves[t.leaf(row, 0)]
			}
		}
		if w.forest.single {
			sum = float64(float32(sum))
		}
		c.curves[input][j] = sum
	}
}

// ErrSeveralClasses says that the prediction of a class depends on the margins
// of the others.
var ErrSeveralClasses = errors.New("with several classes the exact walk knows margins alone: use output: margin")

// Predict turns margins into predictions, for a model of one class.
func (w *WhatIf) Predict(margins []float64) error {
	if w.forest.classes > 1 {
		return ErrSeveralClasses
	}
	if w.forest.divisor != 1 {
		for i := range margins {
			margins[i] /= w.forest.divisor
		}
	}
	return w.forest.link.apply(margins, 1)
}

// Missing says whether the last class of an input is the missing value.
func (w *WhatIf) Missing(input int) bool {
	values := w.inputs[input].values
	return len(values) > 0 && math.IsNaN(values[len(values)-1])
}
