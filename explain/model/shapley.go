package model

import "errors"

// ErrLinearLeaves says that an exact method for trees does not hold, because
// the value of a leaf depends on the inputs.
var ErrLinearLeaves = errors.New("trees with linear leaves have no exact attribution: use permutations")

// A Shapley attributes margins of a forest to its inputs: the exact Shapley
// values of the game in which an absent input takes the value of a background
// row, averaged over the background (interventional TreeSHAP; Lundberg and
// others, Nature Machine Intelligence 2 (2020) 56-67, algorithm 3).
//
// The values of a row add up to its margin less the mean margin of the
// background. A Shapley may be used by one goroutine at a time.
type Shapley struct {
	forest     *Forest
	background [][]float64 // a row each
	weights    [][]float64
	class      int

	trees []*shapleyTree // of each tree; nil for one that is walked
	fails fails          // of the tree and the row at hand

	row      []float64
	other    []float64
	assigned []side // of each input
	values   []float64
}

// side says from which row an input has its value on this walk.
type side uint8

const (
	undecided side = iota
	fromRow
	fromOther
)

// NewShapley prepares the attribution of one class of a forest against the
// rows of a background.
func NewShapley(forest *Forest, background Batch, class int) (*Shapley, error) {
	deepest := 0
	for i := range forest.trees {
		if forest.trees[i].linear != nil {
			return nil, ErrLinearLeaves
		}
		deepest = max(deepest, forest.trees[i].depth())
	}
	if background.Rows == 0 || class < 0 || class >= forest.classes {
		return nil, errors.New("an attribution needs background rows and a class of the model")
	}
	if err := check(background, forest.inputs, 1, make([]float64, background.Rows)); err != nil {
		return nil, err
	}
	s := &Shapley{
		forest: forest, class: class, weights: coalitionWeights(min(deepest, len(forest.inputs))),
		row: make([]float64, len(forest.inputs)), assigned: make([]side, len(forest.inputs)),
	}
	for row := range background.Rows {
		s.background = append(s.background, s.take(background, row, make([]float64, len(forest.inputs))))
	}
	s.trees = make([]*shapleyTree, len(forest.trees))
	most := 0
	for i := range forest.trees {
		if t := &forest.trees[i]; t.class == class && len(t.nodes) > 0 {
			s.trees[i], most = newShapleyTree(t, s.background), max(most, len(t.leaves))
		}
	}
	s.fails = fails{make([]uint32, most), make([]uint32, most)} // there is a leaf more than there are nodes
	return s, nil
}

// take copies one row of a batch.
func (s *Shapley) take(batch Batch, row int, to []float64) []float64 {
	for i, column := range batch.Columns {
		to[i] = column[row]
		if s.forest.single {
			to[i] = single(to[i])
		}
	}
	return to
}

// coalitionWeights gives (u-1)! v! / (u+v)! at [u][v]: what a leaf that needs
// u inputs of the row and v of the background is worth to each of the u.
func coalitionWeights(most int) [][]float64 {
	w := make([][]float64, most+2)
	for u := range w {
		w[u] = make([]float64, most+2)
		for v := range w[u] {
			if u == 0 {
				continue
			}
			w[u][v] = 1 / float64(u)
			for i := 1; i <= v; i++ {
				w[u][v] *= float64(i) / float64(u+i)
			}
		}
	}
	return w
}

// Values writes the Shapley value of each input for one row of a batch.
func (s *Shapley) Values(batch Batch, row int, values []float64) {
	s.Block(batch, row, [][]float64{values})
}

// Block writes the values of as many rows of a batch, one after another: tree by
// tree, so that what a tree knows stays in the processor's cache.
func (s *Shapley) Block(batch Batch, from int, values [][]float64) {
	rows := make([][]float64, len(values))
	for i := range rows {
		rows[i] = s.take(batch, from+i, make([]float64, len(s.row)))
		clear(values[i])
	}
	for k := range s.forest.trees {
		t := &s.forest.trees[k]
		if t.class != s.class || len(t.nodes) == 0 {
			continue
		}
		for i, row := range rows {
			if p := s.trees[k]; p != nil {
				p.follow(row, s.fails)
				p.add(s.fails, s.weights, values[i])
			} else {
				s.walkAll(t, row, values[i])
			}
		}
	}
	for i := range values {
		for input := range values[i] {
			values[i][input] /= float64(len(s.background))
		}
	}
}

// walkAll adds the values of one tree, one background row after another: for
// trees with paths too long for patterns.
func (s *Shapley) walkAll(t *tree, row, values []float64) {
	s.row, s.values = row, values
	for _, other := range s.background {
		s.other = other
		s.walk(t, rootOf(t), 0, 0)
	}
}

// walk follows the row and the background row through what is under a node,
// u inputs being settled for the one and v for the other. It returns what the
// leaves there are worth to each of the u and cost each of the v.
func (s *Shapley) walk(t *tree, at int32, u, v int) (gain, loss float64) {
	for at >= 0 {
		n := &t.nodes[at]
		mine, others := n.next(s.row[n.input]), n.next(s.other[n.input])
		if mine == others || s.assigned[n.input] == fromRow {
			at = mine
			continue
		}
		if s.assigned[n.input] == fromOther {
			at = others
			continue
		}
		s.assigned[n.input] = fromRow
		gain, loss = s.walk(t, mine, u+1, v)
		s.assigned[n.input] = fromOther
		otherGain, otherLoss := s.walk(t, others, u, v+1)
		s.assigned[n.input] = undecided
		s.values[n.input] += gain - otherLoss
		return gain + otherGain, loss + otherLoss
	}
	leaf := t.leaves[^at]
	return float64(leaf * s.weights[u][v]), float64(leaf * s.weights[v][u])
}
