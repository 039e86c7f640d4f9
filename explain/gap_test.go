package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// sexes gives the rows of the two groups.
func sexes(r Rows) (in, against []int) {
	for row, g := range r.Attributes[0].Of {
		if g == 0 {
			in = append(in, row)
		} else {
			against = append(against, row)
		}
	}
	return in, against
}

// Of a linear model a part is the coefficient times the difference of the
// means (Oaxaca's explained part with the model's own coefficients), whatever
// the background.
func TestGapOfLinearModel(t *testing.T) {
	linear, err := model.ReadLinear([]byte(`{"inputs":["age","balance","day","duration","campaign","pdays"],"coefficients":[0.1,-0.002,0.3,0.004,-2,0.01],"intercept":7,"link":"identity"}`))
	if err != nil {
		t.Fatal(err)
	}
	r := drawn(rand.New(rand.NewPCG(1, 1)), 80)
	p := Permuter{Scorer: linear, Background: r.Batch, Value: same}
	a, err := p.Of(context.Background(), r.Batch)
	if err != nil {
		t.Fatal(err)
	}
	in, against := sexes(r)
	g, err := a.TakeApart(in, against)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range []float64{.1, -.002, .3, .004, -2, .01} {
		m1, _ := meanAndVariance(in, func(row int) float64 { return r.Columns[i][row] })
		m2, _ := meanAndVariance(against, func(row int) float64 { return r.Columns[i][row] })
		if want := w * (m1 - m2); math.Abs(g.Parts[i].Value-want) > 1e-9 {
			t.Errorf("input %d: %v, want %v", i, g.Parts[i].Value, want)
		}
	}
	if math.Abs(g.Remainder) > 1e-9 {
		t.Errorf("remainder %v", g.Remainder)
	}
}

// Of trees the parts are exact, and one drawn comparison for each row agrees
// with them within its standard error.
func TestGapOfTrees(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(2, 2)), 600)
	background := drawn(rand.New(rand.NewPCG(3, 3)), 50).Batch
	exact, err := TreeAttributions(context.Background(), forest, r.Batch, background, 0)
	if err != nil {
		t.Fatal(err)
	}
	in, against := sexes(r)
	want, err := exact.TakeApart(in, against)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(want.Remainder) > 1e-9 || exact.Additivity > 1e-9 {
		t.Errorf("remainder %v, additivity %v", want.Remainder, exact.Additivity)
	}
	one := Permuter{Scorer: forest, Background: background, Value: same, Others: 1, Seed: 4}
	a, err := one.Of(context.Background(), r.Batch)
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.TakeApart(in, against)
	if err != nil {
		t.Fatal(err)
	}
	sum := got.Remainder
	for i, part := range got.Parts {
		sum += part.Value
		if math.Abs(part.Value-want.Parts[i].Value) > 3*part.SE+1e-9 {
			t.Errorf("input %d: drawn %v ± %v, exact %v", i, part.Value, part.SE, want.Parts[i].Value)
		}
	}
	if math.Abs(sum-got.Total) > 1e-12 || math.Abs(got.Total-want.Total) > 1e-12 {
		t.Errorf("parts add up to %v of %v, exact %v", sum, got.Total, want.Total)
	}
}
