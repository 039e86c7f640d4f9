package model

import (
	"context"
	"math"
)

// A Forest is an ensemble of decision trees.
type Forest struct {
	inputs  []Input
	classes int
	base    []float64 // of each class, before the first tree
	trees   []tree
	// single says that values, thresholds and sums have 32 bits (XGBoost);
	// they are held in 64.
	single bool
	// divisor of the sum before the link: the iterations of a random forest
	// of LightGBM, else 1.
	divisor float64
	link    link
	// layout is for speed; nil if the trees are not fit for it.
	layout *layout
}

// A tree adds one leaf to the margin of one class. Its root is node 0; a tree
// without nodes is its only leaf.
type tree struct {
	class  int
	nodes  []node
	leaves []float64
	linear []linearLeaf // of each leaf, when the tree has linear models
	// covers and leafCovers are how much of the training data came to each node
	// and leaf; nil if the file does not say.
	covers, leafCovers []float64
}

// A node sends a row left if its value is at most the threshold, or, if set
// is not nil, if its category is in the set (out of it, if outside).
type node struct {
	input       int
	threshold   float64
	set         []uint64
	outside     bool
	missing     missing
	defaultLeft bool
	left, right int32 // a node, or ^leaf if negative
}

// missing says which values go the default way at a node.
type missing uint8

const (
	missingNone missing = iota // none: NaN is zero
	missingZero                // zero and NaN
	missingNaN                 // NaN
)

// zeroAtMost is the largest magnitude that LightGBM takes for zero
// (kZeroThreshold, a float32, in include/LightGBM/meta.h).
const zeroAtMost = float64(float32(1e-35))

// goesLeft says which way a row with this value goes.
func (n *node) goesLeft(x float64) bool {
	if x != x {
		if n.missing == missingNaN {
			return n.defaultLeft
		}
		x = 0
	}
	if n.missing == missingZero && x >= -zeroAtMost && x <= zeroAtMost {
		return n.defaultLeft
	}
	if n.set != nil {
		return n.inSet(x) != n.outside
	}
	return x <= n.threshold
}

// next gives where a row with this value goes.
func (n *node) next(x float64) int32 {
	if n.goesLeft(x) {
		return n.left
	}
	return n.right
}

// inSet says whether the category is in the node's set: its number cut to an
// integer; a negative or too large one is in none. XGBoost looks at the sign
// before it cuts, LightGBM after.
func (n *node) inSet(x float64) bool {
	if x <= -1 || x < 0 && n.outside || x >= float64(len(n.set)*64) {
		return false
	}
	c := int(x)
	return n.set[c/64]>>(c%64)&1 == 1
}

// leaf gives the leaf that a row falls in.
func (t *tree) leaf(columns [][]float64, row int) int {
	if len(t.nodes) == 0 {
		return 0
	}
	at := int32(0)
	for at >= 0 {
		n := &t.nodes[at]
		at = n.next(columns[n.input][row])
	}
	return int(^at)
}

// A linearLeaf is the linear model of one leaf.
type linearLeaf struct {
	constant     float64
	inputs       []int
	coefficients []float64
}

// value gives the leaf's number for a row: the linear model, or the plain
// value where an input of the model is missing.
func (t *tree) value(leaf int, columns [][]float64, row int) float64 {
	if t.linear == nil {
		return t.leaves[leaf]
	}
	l := &t.linear[leaf]
	sum := l.constant
	for i, input := range l.inputs {
		x := columns[input][row]
		if x != x {
			return t.leaves[leaf]
		}
		sum += float64(l.coefficients[i] * x)
	}
	return sum
}

// Inputs implements [Scorer].
func (f *Forest) Inputs() []Input { return f.inputs }

// Classes implements [Scorer].
func (f *Forest) Classes() int { return f.classes }

// Trees gives the number of trees.
func (f *Forest) Trees() int { return len(f.trees) }

// Score implements [Scorer].
func (f *Forest) Score(_ context.Context, batch Batch, output Output, scores []float64) error {
	if err := f.Margins(batch, scores); err != nil {
		return err
	}
	return f.finish(output, scores)
}

// Margins writes the margins of the rows. The base comes first, then the
// leaves in the order of the trees, each sum rounded as the library rounds it.
func (f *Forest) Margins(batch Batch, scores []float64) error {
	if err := check(batch, f.inputs, f.classes, scores); err != nil {
		return err
	}
	if f.layout != nil {
		f.layout.score(f, batch, scores)
	} else {
		f.walk(batch, scores)
	}
	return nil
}

// walk gives the margins node by node: what the layout has to be equal to.
func (f *Forest) walk(batch Batch, scores []float64) {
	columns := batch.Columns
	if f.single {
		columns = rounded(columns)
	}
	for row := range batch.Rows {
		sums := scores[row*f.classes : (row+1)*f.classes]
		copy(sums, f.base)
		for i := range f.trees {
			t := &f.trees[i]
			sum := sums[t.class] + t.value(t.leaf(columns, row), columns, row)
			if f.single {
				sum = float64(float32(sum))
			}
			sums[t.class] = sum
		}
	}
}

// finish turns margins into what is asked for.
func (f *Forest) finish(output Output, scores []float64) error {
	if output == Margin {
		return nil
	}
	if f.divisor != 1 {
		for i := range scores {
			scores[i] /= f.divisor
		}
	}
	return f.link.apply(scores, f.classes)
}

// rounded gives the columns in 32 bits, as XGBoost takes them.
func rounded(columns [][]float64) [][]float64 {
	out := make([][]float64, len(columns))
	for i, column := range columns {
		out[i] = make([]float64, len(column))
		for row, x := range column {
			out[i][row] = float64(float32(x))
		}
	}
	return out
}

// below gives the largest 32-bit number that is less than x, so that v < x is
// v <= below(x) for every 32-bit v. Nothing is below minus infinity, and no
// value is at most NaN.
func below(x float32) float64 {
	if math.IsInf(float64(x), -1) {
		return math.NaN()
	}
	return float64(math.Nextafter32(x, float32(math.Inf(-1))))
}

// LinearLeaves says whether a leaf's value depends on the row, so that what is
// exact for trees does not hold.
func (f *Forest) LinearLeaves() bool {
	for i := range f.trees {
		if f.trees[i].linear != nil {
			return true
		}
	}
	return false
}
