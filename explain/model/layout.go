package model

import (
	"math"
	"slices"
)

// A layout is a forest of plain trees made fast: every value becomes the
// number of thresholds below it, once for all trees; every tree is padded to a
// perfect one, so that a walk is the same few instructions at each level,
// without a branch. The sums are those of the trees, to the last bit.
//
// A node compares a bin with a cut; what else differs between nodes (where a
// missing value goes, sets of categories) becomes another column of bins.
type layout struct {
	inputs  []binning
	columns int
	trees   []perfectTree
}

// What a forest must keep to for a layout; others are walked node by node.
const (
	maxDepth   = 8       // padding doubles a tree with every level
	maxColumns = 1 << 10 // a column's place in a block of 64 rows has 16 bits
	maxCuts    = 1<<16 - 2
)

// blockRows are scored together, so that their bins stay in the cache while
// all trees pass over them.
const blockRows = 64

// A binning turns the values of one input into bins.
type binning struct {
	cuts    []uint64 // thresholds as [ordered] has them, sorted
	columns []binColumn
}

// A binColumn is one column of bins made from an input.
type binColumn struct {
	at      int // its number among all columns
	missing missing
	// missingBin is the bin of a missing value: 0 is left of every cut,
	// alwaysRight right of it.
	missingBin uint16
	node       *node // with a set: bin 1 goes right
}

const alwaysRight = math.MaxUint16

// A perfectTree has 2^depth-1 nodes, the children of i at 2i+1 and 2i+2, and
// 2^depth leaves. A node holds the place of its column in a block (high half)
// and its cut.
type perfectTree struct {
	class, depth int
	nodes        []uint32
	leaves       []float64
}

// newLayout gives the layout, or nil if the forest is not fit for one.
func newLayout(f *Forest) *layout {
	l := &layout{inputs: make([]binning, len(f.inputs))}
	for i := range f.trees {
		t := &f.trees[i]
		if t.linear != nil || t.depth() > maxDepth {
			return nil
		}
		for j := range t.nodes {
			n := &t.nodes[j]
			if n.set == nil {
				if math.IsNaN(n.threshold) {
					return nil
				}
				l.inputs[n.input].cuts = append(l.inputs[n.input].cuts, ordered(n.threshold))
			}
		}
	}
	for i := range l.inputs {
		slices.Sort(l.inputs[i].cuts)
		l.inputs[i].cuts = slices.Compact(l.inputs[i].cuts)
		if len(l.inputs[i].cuts) > maxCuts {
			return nil
		}
	}
	defer l.pad()
	for i := range f.trees {
		if !l.add(&f.trees[i]) {
			return nil
		}
	}
	return l
}

// pad brings the cuts of each input to one less than a power of two with
// what is below nothing, as [binning.bin] wants them.
func (l *layout) pad() {
	for i := range l.inputs {
		in := &l.inputs[i]
		for n := len(in.cuts); n&(n+1) != 0; n++ {
			in.cuts = append(in.cuts, math.MaxUint64)
		}
	}
}

// depth gives the number of nodes on the longest walk. Children follow their
// parents.
func (t *tree) depth() int {
	depths := make([]int, len(t.nodes))
	most := 0
	for i := range t.nodes {
		below := depths[i] + 1
		most = max(most, below)
		for _, child := range []int32{t.nodes[i].left, t.nodes[i].right} {
			if child >= 0 {
				depths[child] = max(depths[child], below)
			}
		}
	}
	return most
}

// add adds a tree; it says whether there are columns enough.
func (l *layout) add(t *tree) bool {
	p := perfectTree{class: t.class, depth: t.depth()}
	p.nodes = make([]uint32, 1<<p.depth-1)
	p.leaves = make([]float64, 1<<p.depth)
	l.fill(&p, t, 0, rootOf(t))
	l.trees = append(l.trees, p)
	return l.columns <= maxColumns
}

func rootOf(t *tree) int32 {
	if len(t.nodes) == 0 {
		return ^int32(0)
	}
	return 0
}

// fill copies what is under a node, or a leaf as often as it has places.
func (l *layout) fill(p *perfectTree, t *tree, place int, from int32) {
	if place >= len(p.nodes) {
		p.leaves[place-len(p.nodes)] = t.leaves[^from]
		return
	}
	left, right := from, from
	if from >= 0 {
		n := &t.nodes[from]
		p.nodes[place] = l.node(n)
		left, right = n.left, n.right
	}
	l.fill(p, t, 2*place+1, left)
	l.fill(p, t, 2*place+2, right)
}

// node gives the column and the cut of a node.
func (l *layout) node(n *node) uint32 {
	in := &l.inputs[n.input]
	want := binColumn{missing: n.missing}
	cut := 0
	if n.set == nil {
		cut, _ = slices.BinarySearch(in.cuts, ordered(n.threshold))
	} else {
		want.node = n
	}
	if n.missing != missingNone && !n.defaultLeft {
		want.missingBin = alwaysRight
	}
	for _, c := range in.columns {
		if c.same(want) {
			return uint32(c.at*blockRows)<<16 | uint32(cut)
		}
	}
	want.at = l.columns
	l.columns++
	in.columns = append(in.columns, want)
	return uint32(want.at*blockRows)<<16 | uint32(cut)
}

func (c binColumn) same(d binColumn) bool {
	if c.missing != d.missing || c.missingBin != d.missingBin || (c.node == nil) != (d.node == nil) {
		return false
	}
	return c.node == nil || c.node.outside == d.node.outside && slices.Equal(c.node.set, d.node.set)
}
