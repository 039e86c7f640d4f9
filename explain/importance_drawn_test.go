package explain

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// drawnStudy asks a forest as if it were no forest.
func drawnStudy(forest *model.Forest, r Rows, seed uint64) *Study {
	return &Study{Spec: &audit.Spec{Seed: seed}, Rows: r, Model: &Audited{Scorer: forest, Output: model.Probability}}
}

// Over seeds the draws have the mean that the exact walk gives, which is that
// over all ordered pairs of rows.
func TestDrawnImportanceHasTheExactMean(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(3, 4)), 90)
	list := contrasts(r)
	exact, err := TreeImportance(forest, r, 0, model.Probability, list)
	if err != nil {
		t.Fatal(err)
	}
	const seeds, duration, campaign = 300, 3, 4
	for at, input := range []int{duration, campaign} {
		var sum, squares [3]float64
		for seed := range uint64(seeds) {
			study := drawnStudy(forest, r, seed)
			got, err := study.drawnImportance(context.Background(), []unit{{"u", []int{input}}}, list, 2, study.overAll)
			if err != nil {
				t.Fatal(err)
			}
			for i := range sum {
				if math.Abs(got[i][0].Original-exact[i][input].Original) > 1e-12 {
					t.Fatalf("original %v, want %v", got[i][0].Original, exact[i][input].Original)
				}
				sum[i] += got[i][0].Switched
				squares[i] += got[i][0].Switched * got[i][0].Switched
			}
		}
		for i := range sum {
			mean := sum[i] / seeds
			se := math.Sqrt((squares[i]/seeds - mean*mean) / (seeds - 1))
			if math.Abs(mean-exact[i][input].Switched) > 4*se+1e-12 {
				t.Errorf("%d, contrast %d: mean %v ± %v, exact %v", at, i, mean, se, exact[i][input].Switched)
			}
		}
	}
}

// Over many samples and draws the standard error is the spread of the
// importance; an input that does nothing has none.
func TestDrawnImportanceStandardError(t *testing.T) {
	forest := bankForest(t)
	const samples = 200
	for _, repeats := range []int{1, 5} {
		var sum, squares, errors [3]float64
		random := rand.New(rand.NewPCG(5, uint64(repeats)))
		for seed := range uint64(samples) {
			r := drawn(random, 250)
			study := drawnStudy(forest, r, seed)
			got, err := study.drawnImportance(context.Background(), []unit{{"duration", []int{3}}}, contrasts(r), repeats, study.overAll)
			if err != nil {
				t.Fatal(err)
			}
			for i := range sum {
				x := got[i][0].Switched - got[i][0].Original
				sum[i] += x
				squares[i] += x * x
				errors[i] += got[i][0].SE
			}
		}
		for i := range sum {
			spread := math.Sqrt((squares[i] - sum[i]*sum[i]/samples) / (samples - 1))
			// 200 samples know a standard deviation to 5 in 100.
			if ratio := errors[i] / samples / spread; ratio < .85 || ratio > 1.18 {
				t.Errorf("%d repeats, contrast %d: standard error %v, spread %v", repeats, i, errors[i]/samples, spread)
			}
		}
	}
}

// Of a sum w·x the exchange of all inputs at once leaves a gap in mean scores
// of 0 in expectation: the group of all carries the gap, to its own error.
func TestDrawnGroupOfAllInputsCarriesTheGap(t *testing.T) {
	linear, err := model.ReadLinear([]byte(`{"inputs":["a","b"],"coefficients":[0.5,-2],"intercept":1,"link":"identity"}`))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(8, 8))
	r := Rows{Batch: model.Batch{Rows: 1000, Columns: make([][]float64, 2)}}
	group := make([]bool, r.Rows)
	for row := range r.Rows {
		group[row] = random.IntN(2) == 0
		shift := 0.0
		if group[row] {
			shift = 1
		}
		r.Columns[0] = append(r.Columns[0], random.NormFloat64()+shift)
		r.Columns[1] = append(r.Columns[1], random.NormFloat64())
	}
	c := Contrast{Quantity: Quantity{Name: "mean", Of: func(_ int, x float64) float64 { return x }},
		In: func(row int) bool { return group[row] }, Against: func(row int) bool { return !group[row] }}
	s := &Study{Spec: &audit.Spec{Seed: 1}, Rows: r, Model: &Audited{Scorer: linear, Output: model.Margin}}
	got, err := s.drawnImportance(context.Background(), []unit{{"all", []int{0, 1}}, {"a", []int{0}}}, []Contrast{c}, 5, s.overAll)
	if err != nil {
		t.Fatal(err)
	}
	all, a := got[0][0], got[0][1]
	if math.Abs(all.Switched) > 3.5*all.SE || all.SE > .3 {
		t.Errorf("all: %+v", all)
	}
	if carried := a.Original - a.Switched; math.Abs(carried-.5) > 3.5*a.SE || a.SE > .1 {
		t.Errorf("a carries %v ± %v, want w (mean - mean) = 0.5", carried, a.SE)
	}
	s.Model.most, s.Model.spent = 7000, 0
	if got, err = s.drawnImportance(context.Background(), []unit{{"all", []int{0, 1}}, {"a", []int{0}}}, []Contrast{c}, 5, s.overAll); !errors.Is(err, ErrBudget) || len(got[0]) != 1 || s.Model.Spent() != 6000 {
		t.Errorf("%d units from %d rows: %v", len(got[0]), s.Model.Spent(), err)
	}
}
