package model

import (
	"math"
	"math/rand/v2"
	"testing"
)

// randomTree grows to one side more than to the other, so that some paths have
// many inputs and others few, and inputs come back on a path.
func randomTree(random *rand.Rand, inputs, depth int) tree {
	t := tree{}
	var grow func(depth int) int32
	grow = func(depth int) int32 {
		if depth <= 0 {
			t.leaves = append(t.leaves, random.NormFloat64())
			return ^int32(len(t.leaves) - 1)
		}
		at := len(t.nodes)
		t.nodes = append(t.nodes, node{input: random.IntN(inputs), threshold: random.NormFloat64() / 2, missing: missingNaN, defaultLeft: random.IntN(2) == 0})
		l := grow(depth - 1)
		r := grow(depth - 1 - random.IntN(depth+2))
		t.nodes[at].left, t.nodes[at].right = l, r
		return int32(at)
	}
	grow(depth)
	return t
}

// Patterns give what the walk of every pair of rows gives: on short paths,
// whose lines are kept, on long ones, and where there are too many inputs.
func TestPatternsAreTheWalk(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 7))
	for _, size := range []struct {
		inputs, depth int
		walked        bool
	}{{4, 6, false}, {8, 7, false}, {20, 14, false}, {60, 45, true}} {
		inputs := make([]Input, size.inputs)
		rows := Batch{Rows: 60, Columns: make([][]float64, size.inputs)}
		for i := range rows.Columns {
			for range rows.Rows {
				x := random.NormFloat64()
				if random.IntN(10) == 0 {
					x = math.NaN()
				}
				rows.Columns[i] = append(rows.Columns[i], x)
			}
		}
		forest := &Forest{inputs: inputs, classes: 1, base: []float64{0}, divisor: 1, link: identity("regression"), trees: []tree{randomTree(random, size.inputs, size.depth)}}
		s, err := NewShapley(forest, rows.cut(0, 25), 0)
		if err != nil {
			t.Fatal(err)
		}
		if (s.trees[0] == nil) != size.walked {
			t.Errorf("%d inputs: walked %v", size.inputs, s.trees[0] == nil)
		}
		got := make([][]float64, 35)
		for i := range got {
			got[i] = make([]float64, size.inputs)
		}
		s.Block(rows, 25, got)
		for i := range got {
			want := make([]float64, size.inputs)
			s.walkAll(&forest.trees[0], s.take(rows, 25+i, make([]float64, size.inputs)), want)
			for input := range want {
				if math.Abs(got[i][input]-want[input]/25) > 1e-13 {
					t.Fatalf("%d inputs, row %d, input %d: %v, walked %v", size.inputs, i, input, got[i][input], want[input]/25)
				}
			}
		}
	}
}
