package model

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// BoostOptions say how trees are grown. The zero value asks for the defaults.
type BoostOptions struct {
	// Logistic grows trees for the log odds of a target of 0 and 1, else for
	// its mean.
	Logistic bool
	Rounds   int     // 60
	Depth    int     // 3
	Rate     float64 // 0.15
	Leaf     int     // fewest rows of a leaf: 20
}

const (
	boostBins   = 64 // of a number
	boostLambda = 1  // added to the rows of a leaf
)

// Boost grows a small gradient-boosted forest (Friedman, Annals of Statistics
// 29 (2001) 1189-1232) on histograms of the inputs. It draws nothing: the same
// rows in the same order give the same trees on every machine. A missing value
// goes the way that fits better; categories are split by their means (Fisher,
// JASA 53 (1958) 789-798).
func Boost(inputs []Input, rows Batch, target []float64, o BoostOptions) (*Forest, error) {
	if rows.Rows == 0 || len(target) != rows.Rows {
		return nil, errors.New("boosting needs rows, and a target for each")
	}
	if err := check(rows, inputs, 1, target); err != nil {
		return nil, err
	}
	o.Rounds, o.Depth, o.Leaf = cmp.Or(o.Rounds, 60), cmp.Or(o.Depth, 3), cmp.Or(o.Leaf, 20)
	o.Rate = cmp.Or(o.Rate, .15)
	b := &booster{BoostOptions: o, target: target, rows: rows.Rows}
	for i, column := range rows.Columns {
		b.inputs = append(b.inputs, newBoostInput(column, inputs[i].Categories != nil))
	}
	forest := &Forest{inputs: inputs, classes: 1, divisor: 1, link: identity("regression")}
	base := 0.0
	for _, y := range target {
		base += y
	}
	base /= float64(rows.Rows)
	if o.Logistic {
		forest.link = each("binary", sigmoid(1))
		base = min(max(base, 1e-6), 1-1e-6)
		base = math.Log(base / (1 - base))
	}
	forest.base = []float64{base}
	b.margins = slices.Repeat([]float64{base}, rows.Rows)
	for range o.Rounds {
		t := b.tree()
		if len(t.nodes) == 0 {
			break
		}
		forest.trees = append(forest.trees, t)
	}
	forest.layout = newLayout(forest)
	return forest, nil
}

// A booster grows trees one after another.
type booster struct {
	BoostOptions
	inputs           []boostInput
	target, margins  []float64
	gradient, second []float64
	rows             int
}

// A boostInput is a column as bins: of numbers in order, or of categories. The
// last bin is the missing value's.
type boostInput struct {
	bins    []uint8
	cuts    []float64 // what the numbers of each bin do not exceed
	codes   []int     // of categories: the code of each bin
	missing int
}

// newBoostInput makes bins with about as many rows each; rare categories
// beyond the number of bins are taken for missing.
func newBoostInput(column []float64, categories bool) boostInput {
	in := boostInput{bins: make([]uint8, len(column))}
	sorted := slices.DeleteFunc(slices.Clone(column), func(x float64) bool { return x != x || categories && x < 0 })
	slices.Sort(sorted)
	if categories {
		return in.categorize(column, sorted)
	}
	distinct := slices.Compact(slices.Clone(sorted))
	edges := distinct
	if len(distinct) > boostBins {
		edges = nil
		for k := 1; k <= boostBins; k++ {
			edges = append(edges, sorted[k*len(sorted)/boostBins-1])
		}
		edges = slices.Compact(edges)
	}
	// A cut lies in the middle between what is left and what is right of it.
	for k := 0; k+1 < len(edges); k++ {
		at, _ := slices.BinarySearch(distinct, edges[k])
		in.cuts = append(in.cuts, distinct[at]+(distinct[at+1]-distinct[at])/2)
	}
	in.cuts = append(in.cuts, math.Inf(1)) // every number, so that the missing are alone
	in.missing = len(in.cuts)
	for row, x := range column {
		if x != x {
			in.bins[row] = uint8(in.missing)
			continue
		}
		at, _ := slices.BinarySearch(in.cuts, x)
		in.bins[row] = uint8(at)
	}
	return in
}

func (in boostInput) categorize(column, sorted []float64) boostInput {
	counts := map[int]int{}
	for _, x := range sorted {
		counts[int(x)]++
	}
	for code := range counts {
		in.codes = append(in.codes, code)
	}
	slices.SortFunc(in.codes, func(a, b int) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	in.codes = in.codes[:min(len(in.codes), boostBins)]
	in.missing = len(in.codes)
	place := map[int]int{}
	for bin, code := range in.codes {
		place[code] = bin
	}
	for row, x := range column {
		in.bins[row] = uint8(in.missing)
		if x >= 0 {
			if bin, ok := place[int(x)]; ok {
				in.bins[row] = uint8(bin)
			}
		}
	}
	return in
}

// tree grows the next tree and adds it to the margins.
func (b *booster) tree() tree {
	b.gradient, b.second = b.gradient[:0], b.second[:0]
	for i, y := range b.target {
		if b.Logistic {
			p := 1 / (1 + exp(-b.margins[i]))
			b.gradient, b.second = append(b.gradient, y-p), append(b.second, float64(p*(1-p)))
		} else {
			b.gradient, b.second = append(b.gradient, y-b.margins[i]), append(b.second, 1)
		}
	}
	all := make([]int, b.rows)
	for i := range all {
		all[i] = i
	}
	t := tree{}
	b.grow(&t, all, b.Depth)
	return t
}

// grow adds what these rows become: a node or, where nothing helps, a leaf.
func (b *booster) grow(t *tree, rows []int, depth int) int32 {
	best := boostSplit{}
	if depth > 0 && len(rows) >= 2*b.Leaf {
		best = b.best(rows)
	}
	if best.gain <= 0 {
		g, h := b.sum(rows)
		leaf := float64(b.Rate * g / (h + boostLambda))
		for _, row := range rows {
			b.margins[row] += leaf
		}
		t.leaves = append(t.leaves, leaf)
		return ^int32(len(t.leaves) - 1)
	}
	in := &b.inputs[best.input]
	at := len(t.nodes)
	t.nodes = append(t.nodes, node{input: best.input, missing: missingNaN, defaultLeft: best.left[in.missing]})
	if in.codes == nil {
		t.nodes[at].threshold = in.cuts[best.cut]
	} else {
		t.nodes[at].set = in.set(best.left)
	}
	var left, right []int
	for _, row := range rows {
		if best.left[in.bins[row]] {
			left = append(left, row)
		} else {
			right = append(right, row)
		}
	}
	l := b.grow(t, left, depth-1)
	r := b.grow(t, right, depth-1)
	t.nodes[at].left, t.nodes[at].right = l, r
	return int32(at)
}

// set gives the categories that go left.
func (in *boostInput) set(left [boostBins + 1]bool) []uint64 {
	set := []uint64{}
	for bin, code := range in.codes {
		if left[bin] {
			for len(set) <= code/64 {
				set = append(set, 0)
			}
			set[code/64] |= 1 << (code % 64)
		}
	}
	return set
}

func (b *booster) sum(rows []int) (g, h float64) {
	for _, row := range rows {
		g += b.gradient[row]
		h += b.second[row]
	}
	return g, h
}
