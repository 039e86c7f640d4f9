package model

import (
	"cmp"
	"math/bits"
	"slices"
)

// What a leaf is worth to a row depends only on which inputs of its path the row
// fails, and on how many rows of the background fail which. Both are sets of a
// few inputs, so that a leaf answers all rows that fail the same inputs from one
// line of a table, made when the first of them asks; the number of background
// rows does not matter then (the idea of patterns: Nadel and Wettenstein, "From
// Decision Trees to Boolean Logic: A Fast and Unified SHAP Algorithm", 2025).

// A shapleyTree is a tree prepared for patterns.
type shapleyTree struct {
	tree   *tree
	slots  []uint8 // of each node: the place of its input among those of its path
	leaves []shapleyLeaf
}

type shapleyLeaf struct {
	inputs []int32 // of its path, each once
	value  float64
	seen   []pattern // of the background
	lines  []int32   // by the set of failed inputs: where its line begins, or unmade; nil on long paths
	table  []float64
}

// A pattern is a set of failed inputs, and how many rows fail just these.
type pattern struct {
	failed uint32
	rows   float64
}

const (
	longestPath = 32 // inputs that a set holds
	tabledPath  = 8  // inputs up to which a leaf keeps its lines
	unmade      = -1
)

// newShapleyTree prepares a tree; nil if a path has too many inputs.
func newShapleyTree(t *tree, background [][]float64) *shapleyTree {
	p := &shapleyTree{tree: t, slots: make([]uint8, len(t.nodes)), leaves: make([]shapleyLeaf, len(t.leaves))}
	if !p.lay(0, nil) {
		return nil
	}
	seen := make([][]uint32, len(t.leaves))
	failed := p.room()
	for _, row := range background {
		p.follow(row, failed)
		for leaf, f := range failed.leaves {
			seen[leaf] = append(seen[leaf], f)
		}
	}
	for leaf := range p.leaves {
		l := &p.leaves[leaf]
		l.value = t.leaves[leaf]
		slices.SortFunc(seen[leaf], func(a, b uint32) int { return cmp.Compare(a, b) })
		for _, f := range seen[leaf] {
			if n := len(l.seen); n > 0 && l.seen[n-1].failed == f {
				l.seen[n-1].rows++
			} else {
				l.seen = append(l.seen, pattern{f, 1})
			}
		}
		if len(l.inputs) <= tabledPath {
			l.lines = slices.Repeat([]int32{unmade}, 1<<len(l.inputs))
		}
	}
	return p
}

// lay gives the inputs of every path their places.
func (p *shapleyTree) lay(at int32, path []int32) bool {
	if at < 0 {
		p.leaves[^at].inputs = slices.Clone(path)
		return true
	}
	n := &p.tree.nodes[at]
	slot := slices.Index(path, int32(n.input))
	if slot < 0 {
		slot = len(path)
		path = append(path[:slot:slot], int32(n.input))
	}
	if len(path) > longestPath {
		return false
	}
	p.slots[at] = uint8(slot)
	return p.lay(n.left, path) && p.lay(n.right, path)
}

// fails are the sets of failed inputs at the nodes and leaves of a tree.
type fails struct{ nodes, leaves []uint32 }

func (p *shapleyTree) room() fails {
	return fails{make([]uint32, len(p.tree.nodes)), make([]uint32, len(p.tree.leaves))}
}

// follow goes down both sides of every node. Children follow their parents.
func (p *shapleyTree) follow(row []float64, f fails) {
	nodes := p.tree.nodes
	f.nodes[0] = 0
	for i := range nodes {
		n := &nodes[i]
		here, fail := f.nodes[i], uint32(1)<<p.slots[i]
		left, right := here, here|fail
		if !n.goesLeft(row[n.input]) {
			left, right = right, left
		}
		if n.left >= 0 {
			f.nodes[n.left] = left
		} else {
			f.leaves[^n.left] = left
		}
		if n.right >= 0 {
			f.nodes[n.right] = right
		} else {
			f.leaves[^n.right] = right
		}
	}
}

// add adds what the tree's leaves are worth to a row.
func (p *shapleyTree) add(f fails, weights [][]float64, values []float64) {
	var room [longestPath]float64
	for leaf := range p.leaves {
		l := &p.leaves[leaf]
		failed := f.leaves[leaf]
		line := room[:len(l.inputs)]
		if l.lines == nil {
			if !l.line(failed, weights, line) {
				continue
			}
		} else {
			at := l.lines[failed]
			if at == unmade {
				at = l.keep(failed, weights)
			}
			if at == nothing {
				continue
			}
			line = l.table[at:][:len(l.inputs)]
		}
		for slot, input := range l.inputs {
			values[input] += line[slot]
		}
	}
}

// nothing says that a leaf is worth nothing to rows with this set.
const nothing = -2

func (l *shapleyLeaf) keep(failed uint32, weights [][]float64) int32 {
	var room [longestPath]float64
	line := room[:len(l.inputs)]
	l.lines[failed] = nothing
	if l.line(failed, weights, line) {
		l.lines[failed] = int32(len(l.table))
		l.table = append(l.table, line...)
	}
	return l.lines[failed]
}

// line says what a leaf is worth to each input of a row that fails these: the
// background row has to give all of them, and those that it fails itself, u of
// them, the row gives.
func (l *shapleyLeaf) line(failed uint32, weights [][]float64, line []float64) bool {
	clear(line)
	v := bits.OnesCount32(failed)
	loss, some := 0.0, false
	for _, other := range l.seen {
		if other.failed&failed != 0 || other.failed|failed == 0 {
			continue
		}
		some = true
		u := bits.OnesCount32(other.failed)
		gain := float64(other.rows * weights[u][v])
		for rest := other.failed; rest != 0; rest &= rest - 1 {
			line[bits.TrailingZeros32(rest)] += gain
		}
		loss += float64(other.rows * weights[v][u])
	}
	for slot := range line {
		if failed>>slot&1 == 1 {
			line[slot] = -loss
		}
		line[slot] *= l.value
	}
	return some
}
