package model

import (
	"errors"
	"math"
	"slices"
)

// Curves holds a row's margins for every class of every input. It belongs to
// one goroutine.
type Curves struct {
	w       *WhatIf
	row     int
	codes   []int32     // of the row: two for each input, as forks compare them
	curves  [][]float64 // of each input: margins of its classes
	changes [][]float64 // of each input: differences between neighboring classes
	whole   []admitted  // of each input: all its classes
	paths   []admitted  // of each input: its classes that follow the row's path
	path    []int32     // of the row through the tree at hand
	own     float64     // the row's leaf there
}

// admitted are the classes of an input that reach a node: numbers from low to
// before high, and the missing value or not.
type admitted struct {
	low, high int32
	missing   bool
}

func (a admitted) empty() bool { return a.low >= a.high && !a.missing }

// sides divides the classes at a node.
func (a admitted) sides(s *fork) [2]admitted {
	missingLeft := s.code&1 == 0
	return [2]admitted{
		{a.low, min(a.high, s.at), a.missing && missingLeft},
		{max(a.low, s.at), a.high, a.missing && !missingLeft},
	}
}

// NewCurves makes room for the curves of one row.
func (w *WhatIf) NewCurves() *Curves {
	c := &Curves{w: w, codes: make([]int32, 2*len(w.inputs))}
	for i := range w.inputs {
		in := &w.inputs[i]
		c.curves = append(c.curves, make([]float64, len(in.values)))
		c.changes = append(c.changes, make([]float64, len(in.values)+1))
		c.whole = append(c.whole, admitted{0, int32(in.numbers()), in.numbers() < len(in.values)})
	}
	c.paths = slices.Clone(c.whole)
	return c
}

// Of gives, for each input, the row's margin with each class of it.
// The slices are valid until the next call.
func (c *Curves) Of(row int) [][]float64 {
	c.start(row)
	for i := range c.w.forest.trees {
		if t := &c.w.forest.trees[i]; t.class == c.w.class {
			c.follow(t, c.w.forks[i])
		}
	}
	for i, curve := range c.curves {
		if !c.w.inputs[i].regular {
			c.each(i)
			continue
		}
		sum := c.w.margins[row]
		for j := range curve {
			sum += c.changes[i][j]
			curve[j] = sum
		}
	}
	return c.curves
}

// start brings a row to the first tree.
func (c *Curves) start(row int) {
	c.row = row
	for i, changes := range c.changes {
		clear(changes)
		class := c.w.inputs[i].of[row]
		c.codes[2*i], c.codes[2*i+1] = class, class
		if c.whole[i].missing && class == c.whole[i].high { // left, or right, of every cut
			c.codes[2*i], c.codes[2*i+1] = -1, math.MaxInt32
		}
	}
}

// side is 0 where a code goes left at a fork and 1 where it goes right. The
// comparison has no branch: where a row goes cannot be foretold.
func (s *fork) side(codes []int32) int {
	return int(uint64(int64(s.at)-int64(codes[s.code])-1) >> 63)
}

// asked is the same where the node itself has to be asked.
func (c *Curves) asked(n *node) int {
	if n.goesLeft(c.w.columns[n.input][c.row]) {
		return 0
	}
	return 1
}

// follow walks the row's own path, and from each node the other branch with
// those classes of its input that would take it.
func (c *Curves) follow(t *tree, forks []fork) {
	path, codes := c.path[:0], c.codes
	at := rootOf(t)
	for at >= 0 {
		path = append(path, at)
		s := &forks[at]
		side := s.side(codes)
		if s.at == irregular {
			side = c.asked(&t.nodes[at])
		}
		at = s.next[side&1]
	}
	c.path, c.own = path, t.leaves[^at]
	for _, at := range path {
		s := &forks[at]
		if s.at == irregular {
			continue
		}
		mine := s.side(codes) & 1
		sides := c.paths[s.input()].sides(s)
		c.paths[s.input()] = sides[mine]
		if others := sides[1-mine]; !others.empty() {
			c.stray(t, forks, s.next[1-mine], s.input(), others)
		}
	}
	for _, at := range path {
		c.paths[forks[at].input()] = c.whole[forks[at].input()]
	}
}

// stray walks what these classes of one input reach, the row keeping its
// other values.
func (c *Curves) stray(t *tree, forks []fork, at int32, input int32, classes admitted) {
	codes := c.codes
	for at >= 0 {
		s := &forks[at]
		side := s.side(codes)
		if s.at == irregular {
			side = c.asked(&t.nodes[at])
		}
		if s.input() != input {
			at = s.next[side&1]
			continue
		}
		for side, classes := range classes.sides(s) {
			if !classes.empty() {
				c.stray(t, forks, s.next[side], input, classes)
			}
		}
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

// Predict forks margins into predictions, for a model of one class.
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
