package model

import (
	"math"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// For every model of the libraries and any rows, the layout gives the margins
// of the walk, bit by bit.
func TestLayout(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.model.*")
	if err != nil {
		t.Fatal(err)
	}
	laid := 0
	for _, path := range paths {
		scorer, err := read(path)
		if err != nil {
			t.Fatal(err)
		}
		forest, ok := scorer.(*Forest)
		if !ok || forest.layout == nil {
			continue
		}
		laid++
		t.Run(filepath.Base(path), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { sameAsWalk(t, forest) })
		})
	}
	if laid < 20 {
		t.Errorf("only %d models have a layout", laid)
	}
}

func sameAsWalk(t *rapid.T, forest *Forest) {
	batch := Batch{Rows: rapid.IntRange(1, 2*blockRows+3).Draw(t, "rows")}
	for i := range forest.inputs {
		values := []float64{math.NaN(), 0, math.Copysign(0, -1), 1e-36, -1e-36, math.Inf(1), math.Inf(-1), -0.5, 3.7, 1e9}
		for _, cut := range thresholds(forest, i) {
			values = append(values, cut, math.Nextafter(cut, 1e300), math.Nextafter(cut, -1e300), float64(math.Nextafter32(float32(cut), 1e30)))
		}
		for code := range 14 {
			values = append(values, float64(code))
		}
		column := make([]float64, batch.Rows)
		for row := range column {
			column[row] = rapid.SampledFrom(values).Draw(t, "value")
		}
		batch.Columns = append(batch.Columns, column)
	}
	want, got := make([]float64, batch.Rows*forest.classes), make([]float64, batch.Rows*forest.classes)
	forest.walk(batch, want)
	forest.layout.score(forest, batch, got)
	for i := range want {
		if math.Float64bits(want[i]) != math.Float64bits(got[i]) {
			t.Fatalf("score %d is %v by the layout, %v by the walk", i, got[i], want[i])
		}
	}
}

func thresholds(forest *Forest, input int) []float64 {
	var cuts []float64
	for _, tree := range forest.trees {
		for _, n := range tree.nodes {
			if n.input == input {
				cuts = append(cuts, n.threshold)
			}
		}
	}
	return cuts
}
