package model

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The values are the libraries' own: those of XGBoost 3.2.0 to the precision of
// its 32 bits, those of LightGBM 4.7.0 to that of 64. Written by
// testdata/contributions.py, the rows 45 to 59.
func TestPathDependentAgreesWithTheLibraries(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.contributions.json")
	if err != nil || len(paths) < 18 {
		t.Fatalf("%d models: %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".contributions.json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			models, err := filepath.Glob(name + ".model.*")
			if err != nil {
				t.Fatal(err)
			}
			scorer, err := read(models[0])
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want [][][]float64
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
			forest := scorer.(*Forest)
			rows := readAnswers(t, name+".rows.json").batch(t, forest.Inputs())
			tolerance := 1e-11
			if forest.single {
				tolerance = 3e-6
			}
			for class := range forest.classes {
				p, err := NewPathDependent(forest, class)
				if err != nil {
					t.Fatal(err)
				}
				got := make([]float64, len(forest.inputs))
				for i, row := range want {
					p.Values(rows, 45+i, got)
					for input, x := range append(got[:len(got):len(got)], p.Base()) {
						if w := row[class][input]; math.Abs(x-w) > tolerance*(1+math.Abs(w)) {
							t.Errorf("row %d, class %d, input %d: %v, the library's %v", 45+i, class, input, x, w)
						}
					}
				}
			}
		})
	}
}

// With the base the values add up to the margin.
func TestPathDependentAddsUp(t *testing.T) {
	forests(t, func(t *testing.T, forest *Forest, rows Batch) {
		class := forest.classes - 1
		p, err := NewPathDependent(forest, class)
		if err != nil {
			t.Fatal(err)
		}
		scores := make([]float64, rows.Rows*forest.classes)
		if err := forest.Margins(rows, scores); err != nil {
			t.Fatal(err)
		}
		values := make([]float64, len(forest.inputs))
		for row := range rows.Rows {
			p.Values(rows, row, values)
			sum := p.Base()
			for _, v := range values {
				sum += v
			}
			want := scores[row*forest.classes+class]
			if tolerance := map[bool]float64{false: 1e-11, true: 3e-6}[forest.single] * (1 + math.Abs(want)); math.Abs(sum-want) > tolerance {
				t.Errorf("row %d: %v, margin %v", row, sum, want)
			}
		}
	})
}

// XGBoost's own case (tests/python/test_shap.py): an AND that is 1 where both
// are 1 and else 0, of four rows, gives 0.375, 0.375 and the base 0.25.
func TestPathDependentAnd(t *testing.T) {
	forest := &Forest{
		inputs: []Input{{Name: "a"}, {Name: "b"}}, classes: 1, base: []float64{0}, divisor: 1, link: identity("regression"),
		trees: []tree{{
			leaves: []float64{0, 0, 1}, covers: []float64{4, 2}, leafCovers: []float64{2, 1, 1},
			nodes: []node{
				{input: 0, threshold: .5, left: ^int32(0), right: 1},
				{input: 1, threshold: .5, left: ^int32(1), right: ^int32(2)},
			},
		}},
	}
	p, err := NewPathDependent(forest, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, 2)
	p.Values(Batch{Rows: 1, Columns: [][]float64{{1}, {1}}}, 0, got)
	if math.Abs(got[0]-.375) > 1e-15 || math.Abs(got[1]-.375) > 1e-15 || p.Base() != .25 {
		t.Errorf("%v and %v", got, p.Base())
	}
	forest.trees[0].covers = nil
	if _, err := NewPathDependent(forest, 0); err != ErrNoCovers {
		t.Errorf("without covers: %v", err)
	}
}
