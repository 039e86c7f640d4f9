package model

import (
	"errors"

	"gonum.org/v1/gonum/integrate/quad"
)

// ErrNoCovers says that a model's file does not tell how many rows of the
// training data came to each node.
var ErrNoCovers = errors.New("the model's file does not say how much of the training data came to each node: contributions along the paths cannot be had")

// A PathDependent attributes margins of a forest as the libraries' own
// contributions do (pred_contribs of XGBoost, pred_contrib of LightGBM): an
// absent input goes both ways at a node, in the shares in which the training
// data did (Lundberg, Erion and Lee, "Consistent Individualized Feature
// Attribution for Tree Ensembles", 2018). The background is thus the training
// data, and inputs that depend on each other are not taken apart as with
// [Shapley]: it is here for comparison.
//
// A leaf of value v, with z the share of the data and o, 0 or 1, the row's
// answer at each input j of its path, adds to input i
//
//	v (oᵢ - zᵢ) ∫₀¹ Π_{j≠i} (zⱼ + (oⱼ - zⱼ) t) dt
//
// The integrand has one degree less than the path has inputs, so that Gauss
// and Legendre's rule with half as many points is exact. A PathDependent may be
// used by one goroutine at a time.
type PathDependent struct {
	forest *Forest
	class  int
	rules  []quadrature // of each tree
	base   float64

	row  []float64
	path []step
}

type quadrature struct{ at, weight []float64 }

// A step is an input on the path to a node.
type step struct {
	input int
	z     float64 // product of the shares of its nodes
	o     float64 // 1 if the row answers as the path does at all of them
}

// NewPathDependent prepares the attribution of one class of a forest.
func NewPathDependent(forest *Forest, class int) (*PathDependent, error) {
	if forest.LinearLeaves() {
		return nil, ErrLinearLeaves
	}
	if class < 0 || class >= forest.classes {
		return nil, errors.New("an attribution needs a class of the model")
	}
	p := &PathDependent{forest: forest, class: class, row: make([]float64, len(forest.inputs)), base: forest.base[class]}
	for i := range forest.trees {
		t := &forest.trees[i]
		if len(t.covers) != len(t.nodes) || len(t.nodes) > 0 && len(t.leafCovers) != len(t.leaves) {
			return nil, ErrNoCovers
		}
		points := max(1, (min(t.depth(), len(forest.inputs))+1)/2)
		q := quadrature{make([]float64, points), make([]float64, points)}
		quad.Legendre{}.FixedLocations(q.at, q.weight, 0, 1)
		p.rules = append(p.rules, q)
		if t.class == class {
			p.base += t.expected(rootOf(t))
		}
	}
	return p, nil
}

// Base is the mean margin of the training data, as the covers have it.
func (p *PathDependent) Base() float64 { return p.base }

// share is how much of a node's data goes to a child. XGBoost takes a half
// where there was none (src/predictor/interpretability/shap.cc).
func (t *tree) share(at, child int32) float64 {
	if t.covers[at] <= 0 {
		return .5
	}
	if child < 0 {
		return t.leafCovers[^child] / t.covers[at]
	}
	return t.covers[child] / t.covers[at]
}

// expected is the mean leaf under a node.
func (t *tree) expected(at int32) float64 {
	if at < 0 {
		return t.leaves[^at]
	}
	n := &t.nodes[at]
	return float64(t.share(at, n.left)*t.expected(n.left)) + float64(t.share(at, n.right)*t.expected(n.right))
}

// Values writes what each input adds to one row of a batch.
func (p *PathDependent) Values(batch Batch, row int, values []float64) {
	for i, column := range batch.Columns {
		if p.row[i] = column[row]; p.forest.single {
			p.row[i] = single(p.row[i])
		}
	}
	clear(values)
	for i := range p.forest.trees {
		if t := &p.forest.trees[i]; t.class == p.class {
			p.walk(t, &p.rules[i], rootOf(t), values)
		}
	}
}

func (p *PathDependent) walk(t *tree, q *quadrature, at int32, values []float64) {
	if at < 0 {
		p.leaf(q, t.leaves[^at], values)
		return
	}
	n := &t.nodes[at]
	taken := n.next(p.row[n.input])
	known := -1
	for i := range p.path {
		if p.path[i].input == n.input {
			known = i
		}
	}
	for k, child := range [2]int32{n.left, n.right} {
		if k == 1 && n.right == n.left {
			break
		}
		share, answer := t.share(at, child), 0.0
		if child == taken {
			answer = 1
		}
		if share == 0 && answer == 0 {
			continue // neither the row nor the data come here
		}
		if known < 0 {
			p.path = append(p.path, step{n.input, share, answer})
			p.walk(t, q, child, values)
			p.path = p.path[:len(p.path)-1]
			continue
		}
		before := p.path[known]
		p.path[known].z, p.path[known].o = float64(before.z*share), float64(before.o*answer)
		p.walk(t, q, child, values)
		p.path[known] = before
	}
}

// leaf adds what a leaf is worth to each input of its path.
func (p *PathDependent) leaf(q *quadrature, value float64, values []float64) {
	for k, t := range q.at {
		product := float64(value * q.weight[k])
		for _, s := range p.path {
			product *= s.z + float64((s.o-s.z)*t)
		}
		if product == 0 {
			continue
		}
		for _, s := range p.path {
			values[s.input] += float64(product * (s.o - s.z) / (s.z + float64((s.o-s.z)*t)))
		}
	}
}
