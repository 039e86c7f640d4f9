package model

import (
	"context"
	"math"
	"math/bits"
	"path/filepath"
	"strings"
	"testing"
)

// forests gives the forests of testdata with their rows.
func forests(t *testing.T, run func(t *testing.T, forest *Forest, rows Batch)) {
	paths, err := filepath.Glob("testdata/*.model.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		scorer, err := read(path)
		if err != nil {
			t.Fatal(err)
		}
		if forest, ok := scorer.(*Forest); ok && forest.trees[0].linear == nil {
			name, _, _ := strings.Cut(path, ".model.")
			t.Run(filepath.Base(path), func(t *testing.T) {
				run(t, forest, readAnswers(t, name+".rows.json").batch(t, forest.Inputs()))
			})
		}
	}
}

func (b Batch) cut(from, to int) Batch {
	c := Batch{Rows: to - from}
	for _, column := range b.Columns {
		c.Columns = append(c.Columns, column[from:to])
	}
	return c
}

// The values are those of the definition: every coalition of the inputs
// scored against every background row.
func TestShapleyIsItsDefinition(t *testing.T) {
	forests(t, func(t *testing.T, forest *Forest, rows Batch) {
		background := rows.cut(52, 58)
		class := forest.classes - 1
		s, err := NewShapley(forest, background, class)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, len(forest.inputs))
		for _, row := range []int{0, 7, 45, 50, 60, 80} {
			s.Values(rows, row, got)
			want := enumerate(t, forest, rows.cut(row, row+1), background, class)
			for i := range want {
				// XGBoost's own sums have 32 bits; the attribution's have 64.
				if tolerance := map[bool]float64{false: 1e-12, true: 2e-6}[forest.single] * (1 + math.Abs(want[i])); math.Abs(got[i]-want[i]) > tolerance {
					t.Errorf("row %d, %s: %v, by all coalitions %v", row, forest.inputs[i].Name, got[i], want[i])
				}
			}
		}
	})
}

func enumerate(t *testing.T, forest *Forest, row, background Batch, class int) []float64 {
	t.Helper()
	n := len(forest.inputs)
	value := make([]float64, 1<<n)
	scores := make([]float64, background.Rows*forest.classes)
	for mask := range value {
		mixed := Batch{Rows: background.Rows}
		for i, column := range background.Columns {
			mixed.Columns = append(mixed.Columns, append([]float64(nil), column...))
			for j := range mixed.Columns[i] {
				if mask>>i&1 == 1 {
					mixed.Columns[i][j] = row.Columns[i][0]
				}
			}
		}
		if err := forest.Score(context.Background(), mixed, Margin, scores); err != nil {
			t.Fatal(err)
		}
		for j := range background.Rows {
			value[mask] += scores[j*forest.classes+class] / float64(background.Rows)
		}
	}
	phi := make([]float64, n)
	for mask := range value {
		size := bits.OnesCount(uint(mask))
		for i := range n {
			if mask>>i&1 == 0 {
				weight := math.Gamma(float64(size+1)) * math.Gamma(float64(n-size)) / math.Gamma(float64(n+1))
				phi[i] += weight * (value[mask|1<<i] - value[mask])
			}
		}
	}
	return phi
}

// Two inputs, 80 where both are 1 and else 0, the four rows as background: the
// published values of shap's test of an AND (tests/explainers/test_tree.py).
func TestShapleyAnd(t *testing.T) {
	forest := &Forest{
		inputs: []Input{{Name: "a"}, {Name: "b"}}, classes: 1, base: []float64{0}, divisor: 1, link: identity("regression"),
		trees: []tree{{
			leaves: []float64{0, 0, 80},
			nodes: []node{
				{input: 0, threshold: .5, left: ^int32(0), right: 1},
				{input: 1, threshold: .5, left: ^int32(1), right: ^int32(2)},
			},
		}},
	}
	rows := Batch{Rows: 4, Columns: [][]float64{{0, 0, 1, 1}, {0, 1, 0, 1}}}
	s, err := NewShapley(forest, rows, 0)
	if err != nil {
		t.Fatal(err)
	}
	for row, want := range [][2]float64{{-10, -10}, {-30, 10}, {10, -30}, {30, 30}} {
		var got [2]float64
		if s.Values(rows, row, got[:]); got != want {
			t.Errorf("row %d: %v, want %v", row, got, want)
		}
	}
}

// A curve has the margins that the forest gives when one column is exchanged.
func TestCurvesAreScores(t *testing.T) {
	forests(t, func(t *testing.T, forest *Forest, rows Batch) {
		class := forest.classes - 1
		w, err := NewWhatIf(forest, rows, class)
		if err != nil {
			t.Fatal(err)
		}
		curves := w.NewCurves()
		scores := make([]float64, rows.Rows*forest.classes)
		for row := 0; row < rows.Rows; row += 7 {
			for input, got := range curves.Of(row) {
				exchanged := Batch{Rows: rows.Rows}
				for i, column := range rows.Columns {
					same := make([]float64, rows.Rows)
					for j := range same {
						same[j] = column[row]
					}
					if i == input {
						same = column
					}
					exchanged.Columns = append(exchanged.Columns, same)
				}
				if err := forest.Score(context.Background(), exchanged, Margin, scores); err != nil {
					t.Fatal(err)
				}
				for other := range rows.Rows {
					want := scores[other*forest.classes+class]
					if x := got[w.Class(input, other)]; math.Abs(x-want) > map[bool]float64{false: 1e-12, true: 2e-6}[forest.single]*(1+math.Abs(want)) {
						t.Fatalf("row %d with %s of row %d: %v, scored %v", row, forest.inputs[input].Name, other, x, want)
					}
				}
			}
		}
	})
}

func TestLinearLeavesAreRefused(t *testing.T) {
	scorer, err := read("testdata/lgb-linear.model.txt")
	if err != nil {
		t.Fatal(err)
	}
	forest := scorer.(*Forest)
	rows := readAnswers(t, "testdata/lgb-linear.rows.json").batch(t, forest.Inputs())
	if _, err := NewShapley(forest, rows, 0); err != ErrLinearLeaves {
		t.Errorf("attribution: %v", err)
	}
	if _, err := NewWhatIf(forest, rows, 0); err != ErrLinearLeaves {
		t.Errorf("what if: %v", err)
	}
}
