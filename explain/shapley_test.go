package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// function is a scorer of one number.
type function struct {
	inputs []model.Input
	of     func(row []float64) float64
}

func (f function) Inputs() []model.Input { return f.inputs }
func (f function) Classes() int          { return 1 }
func (f function) Score(_ context.Context, b model.Batch, _ model.Output, scores []float64) error {
	row := make([]float64, len(b.Columns))
	for i := range scores {
		for j, column := range b.Columns {
			row[j] = column[i]
		}
		scores[i] = f.of(row)
	}
	return nil
}

func same(x float64) float64 { return x }

// With interactions of two inputs at most, one pair of orders is exact: the
// published case of shap's permutation explainer (tests/explainers/test_permutation.py).
func TestSecondOrderIsExact(t *testing.T) {
	x := []float64{2, 3, 5, 7}
	p := Permuter{
		Scorer:     function{make([]model.Input, 4), func(x []float64) float64 { return x[0]*x[2] + x[1] + x[2] + x[2]*x[3] }},
		Background: model.Batch{Rows: 1, Columns: [][]float64{{0}, {0}, {0}, {0}}}, Value: same,
	}
	a, err := p.Of(context.Background(), model.Batch{Rows: 1, Columns: [][]float64{x[:1], x[1:2], x[2:3], x[3:]}})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{x[0] * x[2] / 2, x[1], x[2] + x[0]*x[2]/2 + x[2]*x[3]/2, x[2] * x[3] / 2}
	for i, w := range want {
		if math.Abs(a.Values[0][i]-w) > 1e-12 {
			t.Errorf("input %d: %v, want %v", i, a.Values[0][i], w)
		}
	}
	if a.ModelRows != 8 || a.Additivity > 1e-12 {
		t.Errorf("%d model rows, additivity %v", a.ModelRows, a.Additivity)
	}
}

// Drawn values lie around the exact ones of the trees as their standard
// errors say: of 200 seeds, 92 to 98 in 100 intervals of 95 hold the value.
func TestPermuterIsCalibrated(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(8, 9)), 40)
	background := model.Batch{Rows: 30}
	row := model.Batch{Rows: 1}
	for _, column := range r.Columns {
		background.Columns = append(background.Columns, column[:30])
		row.Columns = append(row.Columns, column[35:36])
	}
	exact, err := model.NewShapley(forest, background, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float64, 6)
	exact.Values(row, 0, want)
	held, total := 0, 0
	for seed := range uint64(200) {
		p := Permuter{Scorer: forest, Background: background, Value: same, Rounds: 16, Seed: seed}
		a, err := p.Of(context.Background(), row)
		if err != nil {
			t.Fatal(err)
		}
		if a.Additivity > 1e-9 {
			t.Fatalf("additivity %v", a.Additivity)
		}
		for i, w := range want {
			if a.SE[0][i] == 0 {
				continue
			}
			total++
			if math.Abs(a.Values[0][i]-w) <= 1.96*a.SE[0][i]+1e-12 {
				held++
			}
		}
	}
	if share := float64(held) / float64(total); share < .92 || share > .98 {
		t.Errorf("%d of %d intervals hold the exact value", held, total)
	}
}

// All sets of the inputs give the exact values of the trees.
func TestExactIsTheTrees(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(8, 9)), 25)
	r.Columns[2][20] = r.Columns[2][3] // what is the same is in no set
	background := model.Batch{Rows: 15}
	for _, column := range r.Columns {
		background.Columns = append(background.Columns, column[:15])
	}
	p := Permuter{Scorer: forest, Background: background, Value: same, Exact: true, Batch: 100}
	got, err := p.Of(context.Background(), r.Batch)
	if err != nil {
		t.Fatal(err)
	}
	want, err := TreeAttributions(context.Background(), forest, r.Batch, background, 0)
	if err != nil {
		t.Fatal(err)
	}
	for row := range got.Values {
		for i, x := range got.Values[row] {
			if math.Abs(x-want.Values[row][i]) > 1e-12 {
				t.Errorf("row %d, input %d: %v, trees %v", row, i, x, want.Values[row][i])
			}
		}
	}
	if got.Additivity > 1e-12 || got.Reached != 25 {
		t.Errorf("additivity %v, reached %d", got.Additivity, got.Reached)
	}
	p.Scorer = function{make([]model.Input, 11), func([]float64) float64 { return 0 }}
	many := model.Batch{Rows: 1, Columns: make([][]float64, 11)}
	for i := range many.Columns {
		many.Columns[i] = []float64{1}
	}
	p.Background = many
	if _, err := p.Of(context.Background(), many); err != ErrManyInputs {
		t.Errorf("11 inputs: %v", err)
	}
}

// Stopped at a target, intervals hold the exact value 92 to 98 times in 100 of
// 200 seeds, and the errors are as small as was asked.
func TestPermuterToTargetIsCalibrated(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(18, 19)), 45)
	background := model.Batch{Rows: 10}
	row := model.Batch{Rows: 1}
	for _, column := range r.Columns {
		background.Columns = append(background.Columns, column[:10])
		row.Columns = append(row.Columns, column[38:39])
	}
	exact, err := model.NewShapley(forest, background, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float64, 6)
	exact.Values(row, 0, want)
	held, total := 0, 0
	for seed := range uint64(200) {
		p := Permuter{Scorer: forest, Background: background, Value: same, Target: .004, Seed: seed}
		a, err := p.Of(context.Background(), row)
		if err != nil {
			t.Fatal(err)
		}
		if a.Additivity > 1e-9 {
			t.Fatalf("additivity %v", a.Additivity)
		}
		low, high := want[0], want[0]
		for _, w := range want {
			low, high = min(low, w), max(high, w)
		}
		for i, w := range want {
			if a.SE[0][i] == 0 {
				continue
			}
			if a.Passes[0] < mostPasses && a.SE[0][i] > .005*(high-low) {
				t.Errorf("seed %d, input %d: standard error %v of a range of %v", seed, i, a.SE[0][i], high-low)
			}
			total++
			if math.Abs(a.Values[0][i]-w) <= stat.StudentUpper(.025, float64(a.Passes[0]-1))*a.SE[0][i]+1e-12 {
				held++
			}
		}
	}
	if share := float64(held) / float64(total); share < .92 || share > .98 {
		t.Errorf("%d of %d intervals hold the exact value", held, total)
	}
}
