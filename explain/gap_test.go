package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
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

// The gap of what was logged is a difference of two shares of the rows that
// have something logged, with the error of two means.
func TestLoggedGap(t *testing.T) {
	group, n := []int32{}, 60
	m := gapMetric{name: "selection_rate_difference"}
	for row := range 2 * n { // of the first group 12 of 60, of the second 30 of 60
		group = append(group, int32(row/n))
		x := 0.0
		if row < 12 || row >= n+30 {
			x = 1
		}
		m.logged = append(m.logged, x)
	}
	s := &Study{Rows: Rows{Attributes: []Attribute{{Name: "g", Groups: []string{"a", "b"}, Of: group}}}, chosen: map[string]string{"g": "b"}, Spec: &audit.Spec{}}
	pairs, _ := s.pairs(&s.Rows.Attributes[0], nil)
	if len(pairs) != 1 || pairs[0].name != "a" {
		t.Fatalf("%+v", pairs)
	}
	check := func(name string, value, se float64) {
		t.Helper()
		gap, ok := s.loggedGap(pairs[0], m)
		if !ok || math.Abs(gap.Total-value) > 1e-12 || math.Abs(gap.SE-se) > 1e-12 {
			t.Errorf("%s: %v ± %v, %v; want %v ± %v", name, gap.Total, gap.SE, ok, value, se)
		}
	}
	// A share p of n has the variance p (1 - p) / (n - 1).
	check("all", .2-.5, math.Sqrt(.2*.8/59+.5*.5/59))
	m.logged[0], m.logged[1] = math.NaN(), math.NaN()
	check("two without", 10./58-.5, math.Sqrt(10./58*48/58/57+.5*.5/59))
	s.least = 3
	if _, ok := s.loggedGap(pairs[0], m); ok {
		t.Error("sizes tell that two rows have nothing logged, where fewer than three may not be told")
	}
	m.logged = nil
	if _, ok := s.loggedGap(pairs[0], m); ok {
		t.Error("a gap of nothing")
	}
}
