package explain

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// audited is a model without a budget.
func audited(scorer model.Scorer) *Audited {
	forest, _ := scorer.(*model.Forest)
	return &Audited{Scorer: scorer, Forest: forest, Output: model.Probability}
}

// Of a linear model the partial dependence is a line with the coefficient's
// slope through the mean score, the accumulated one the same line with mean 0
// and no error.
func TestDependenceOfLinearModel(t *testing.T) {
	linear, err := model.ReadLinear([]byte(`{"inputs":["age","balance","day","duration","campaign","pdays"],"coefficients":[0.1,-0.002,0.3,0.004,-2,0.01],"intercept":7,"link":"identity"}`))
	if err != nil {
		t.Fatal(err)
	}
	r := drawn(rand.New(rand.NewPCG(1, 1)), 300)
	found, err := audited(linear).dependences(context.Background(), r, linear.Inputs(), dependenceAsked{inputs: []int{0, 3, 4}, by: &r.Attributes[0], points: 12})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range []float64{.1, .004, -2} {
		d := found[i]
		if len(d.partial) != 3 || len(d.accumulated) != 3 {
			t.Fatalf("%d and %d curves", len(d.partial), len(d.accumulated))
		}
		for _, c := range append(d.partial, d.accumulated...) {
			for k := range c.values[1:] {
				if slope := (c.mean[k+1] - c.mean[k]) / (c.values[k+1] - c.values[k]); math.Abs(slope-w) > 1e-9 {
					t.Errorf("input %d, group %d: slope %v, want %v", d.input, c.group, slope, w)
				}
			}
		}
		for _, c := range d.accumulated {
			for _, se := range c.se {
				if se > 1e-9 {
					t.Errorf("input %d, group %d: standard error %v of a line", d.input, c.group, se)
				}
			}
		}
	}
}

// The mean of the curves of single rows is the partial dependence (Goldstein and
// others 2015, section 3.1), and of a linear model each has the coefficient's slope.
func TestIndividualCurves(t *testing.T) {
	linear, err := model.ReadLinear([]byte(`{"inputs":["age","balance","day","duration","campaign","pdays"],"coefficients":[0.1,-0.002,0.3,0.004,-2,0.01],"intercept":7,"link":"identity"}`))
	if err != nil {
		t.Fatal(err)
	}
	r := drawn(rand.New(rand.NewPCG(1, 1)), 60)
	found, err := audited(linear).dependences(context.Background(), r, linear.Inputs(), dependenceAsked{inputs: []int{0}, points: 12, individual: 60})
	if err != nil {
		t.Fatal(err)
	}
	d := found[0]
	if len(d.individual) != 60 {
		t.Fatalf("%d curves of single rows, want 60", len(d.individual))
	}
	for k, x := range d.partial[0].values {
		sum := 0.0
		for i, c := range d.individual {
			if c.member != i+1 || c.se != nil {
				t.Errorf("curve %d is that of row %d, with errors %v", i, c.member, c.se)
			}
			if slope := (c.mean[k] - c.mean[0]) - .1*(x-c.values[0]); math.Abs(slope) > 1e-9 {
				t.Errorf("row %d at %v is %v off its line", c.member, x, slope)
			}
			sum += c.mean[k] / 60
		}
		if math.Abs(sum-d.partial[0].mean[k]) > 1e-9 {
			t.Errorf("at %v: the mean of the rows' curves is %v, the partial dependence %v", x, sum, d.partial[0].mean[k])
		}
	}
	// With groups, each group has so many rows.
	found, err = audited(linear).dependences(context.Background(), r, linear.Inputs(), dependenceAsked{inputs: []int{0}, by: &r.Attributes[0], points: 4, individual: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found[0].individual {
		if c.group < 0 || c.member > 3 {
			t.Errorf("group %d, row %d", c.group, c.member)
		}
	}
	if n := len(found[0].individual); n != 6 {
		t.Errorf("%d curves of single rows of two groups, want 6", n)
	}
}

// Two inputs that are nearly the same, of which the model takes a product: the
// accumulated effect is x²/2, that of the partial dependence a line (Apley and
// Zhu's example of what local effects are for).
func TestAccumulatedEffectsOfDependentInputs(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	r := Rows{Batch: model.Batch{Rows: 4000, Columns: make([][]float64, 2)}}
	for range r.Rows {
		x := random.Float64()
		r.Columns[0] = append(r.Columns[0], x)
		r.Columns[1] = append(r.Columns[1], x)
	}
	product := function{make([]model.Input, 2), func(x []float64) float64 { return x[0] * x[1] }}
	found, err := audited(product).dependences(context.Background(), r, product.inputs, dependenceAsked{inputs: []int{0}, points: 40})
	if err != nil {
		t.Fatal(err)
	}
	c := found[0].accumulated[0]
	for k, x := range c.values {
		// From 0 the effect is x²/2; its mean over uniform x is 1/6.
		if want := x*x/2 - 1./6; math.Abs(c.mean[k]-want) > .01 {
			t.Errorf("at %v: %v, want %v", x, c.mean[k], want)
		}
	}
	p := found[0].partial[0]
	for k, x := range p.values {
		if math.Abs(p.mean[k]-x/2) > .01 {
			t.Errorf("partial at %v: %v, want %v", x, p.mean[k], x/2)
		}
	}
}

// What the trees answer in one walk is what the scorer says of every row.
func TestDependenceOfTreesIsScored(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(3, 4)), 150)
	r.Columns[1][7], r.Columns[1][8] = math.NaN(), math.NaN()
	want := dependenceAsked{inputs: []int{0, 1, 2, 3, 4, 5}, by: &r.Attributes[0], points: 20}
	walked, err := audited(forest).dependences(context.Background(), r, forest.Inputs(), want)
	if err != nil {
		t.Fatal(err)
	}
	plain := audited(forest)
	plain.Forest = nil
	scored, err := plain.dependences(context.Background(), r, forest.Inputs(), want)
	if err != nil {
		t.Fatal(err)
	}
	for i := range walked {
		a, b := walked[i], scored[i]
		for j, curves := range [][2][]curve{{a.partial, b.partial}, {a.accumulated, b.accumulated}} {
			for g := range curves[0] {
				for k, x := range curves[0][g].mean {
					if y := curves[1][g].mean[k]; math.Abs(x-y) > 1e-12 {
						t.Errorf("input %d, kind %d, group %d, point %d: %v, scored %v", i, j, g, k, x, y)
					}
				}
			}
		}
	}
	if at := walked[1].partial[0].values; !math.IsNaN(at[len(at)-1]) {
		t.Errorf("the missing value has no point: %v", at)
	}
}

// The rows that the budget allows are used, and no more.
func TestDependenceWithinBudget(t *testing.T) {
	linear := function{make([]model.Input, 6), func(x []float64) float64 { return x[0] }}
	r := drawn(rand.New(rand.NewPCG(3, 4)), 100)
	a := audited(linear)
	a.most = 5000
	found, err := a.dependences(context.Background(), r, linear.inputs, dependenceAsked{inputs: []int{0, 1, 2, 3, 4, 5}, points: 10})
	if !errors.Is(err, ErrBudget) || len(found) == 0 || len(found) == 6 || a.Spent() > 5000 {
		t.Errorf("%d curves from %d rows: %v", len(found), a.Spent(), err)
	}
}
