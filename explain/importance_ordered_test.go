package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// area is the contrast of the area under the curve of labeled rows.
func area(r Rows) Contrast {
	return Contrast{Quantity: Quantity{Name: "auc"}, Ordered: true,
		In: func(row int) bool { return r.Labels[row] == 1 }, Against: func(row int) bool { return r.Labels[row] == 0 }}
}

// exchangedScores are those of every row with the value of every other.
func exchangedScores(t *testing.T, forest *model.Forest, r Rows, input int) [][]float64 {
	t.Helper()
	out := make([][]float64, r.Rows)
	for row := range out {
		batch := model.Batch{Rows: r.Rows}
		for i, column := range r.Columns {
			values := make([]float64, r.Rows)
			for k := range values {
				if values[k] = column[row]; i == input {
					values[k] = column[k]
				}
			}
			batch.Columns = append(batch.Columns, values)
		}
		out[row] = make([]float64, r.Rows)
		if err := forest.Score(context.Background(), batch, model.Probability, out[row]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// The area is that of its definition (Mann and Whitney): the share of pairs of
// a positive and a negative row that the scores put in order, ties by half; and
// exchanged, of the scores that each has with the values of all other rows.
func TestImportanceOfArea(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(5, 6)), 60)
	got, err := TreeImportance(forest, r, 0, model.Probability, []Contrast{contrasts(r)[0], area(r)})
	if err != nil {
		t.Fatal(err)
	}
	order := func(a, b float64) float64 {
		switch {
		case a > b:
			return 1
		case a == b:
			return .5
		}
		return 0
	}
	for input := range forest.Inputs() {
		scores := exchangedScores(t, forest, r, input)
		var original, switched, pairs, exchanges float64
		for i := range scores {
			for j := range scores {
				if r.Labels[i] != 1 || r.Labels[j] != 0 {
					continue
				}
				original += order(scores[i][i], scores[j][j])
				pairs++
				for k := range scores {
					for l := range scores {
						if k != i && l != j {
							switched += order(scores[i][k], scores[j][l])
							exchanges++
						}
					}
				}
			}
		}
		imp := got[1][input]
		if math.Abs(imp.Original-original/pairs) > 1e-12 || math.Abs(imp.Switched-switched/exchanges) > 1e-12 {
			t.Errorf("%s: %v and %v, by all pairs %v and %v", forest.Inputs()[input].Name, imp.Original, imp.Switched, original/pairs, switched/exchanges)
		}
	}
}

// Where trees are exact, the mean of draws lies within its standard error, and
// samples of rows scatter as the standard error says.
func TestErrorOfAreaAndRatio(t *testing.T) {
	forest := bankForest(t)
	const samples, input = 150, 3
	for name, of := range map[string]func(r Rows) Contrast{
		"area": area,
		"ratio": func(r Rows) Contrast {
			c := contrasts(r)[1]
			c.Ratio = true
			return c
		},
	} {
		var values, errors []float64
		for seed := range uint64(samples) {
			r := drawn(rand.New(rand.NewPCG(seed, 77)), 400)
			got, err := TreeImportance(forest, r, 0, model.Probability, []Contrast{of(r)})
			if err != nil {
				t.Fatal(err)
			}
			imp := got[0][input]
			values, errors = append(values, imp.Original-imp.Switched), append(errors, imp.SE)
			if seed > 0 {
				continue
			}
			s := drawnStudy(forest, r, seed)
			list, err := s.drawnImportance(context.Background(), []unit{{"duration", []int{input}}}, []Contrast{of(r)}, 40, s.overAll)
			if err != nil {
				t.Fatal(err)
			}
			if d := list[0][0]; math.Abs(d.Switched-imp.Switched) > imp.SE || math.Abs(d.SE/imp.SE-1) > .25 {
				t.Errorf("%s: drawn %v ± %v, exact %v ± %v", name, d.Switched, d.SE, imp.Switched, imp.SE)
			}
		}
		_, variance := meanAndVariance(indices(samples), func(i int) float64 { return values[i] })
		mean, _ := meanAndVariance(indices(samples), func(i int) float64 { return errors[i] })
		if ratio := mean / math.Sqrt(variance); ratio < .8 || ratio > 1.25 {
			t.Errorf("%s: mean standard error %v, samples scatter by %v", name, mean, math.Sqrt(variance))
		}
	}
}

// Rows that are there twice, of the same people, tell as much as once: the
// error by people is that of the rows there once, but for the correction of
// few.
func TestErrorFollowsPeople(t *testing.T) {
	forest := bankForest(t)
	once := drawn(rand.New(rand.NewPCG(8, 9)), 300)
	twice := Rows{Batch: model.Batch{Rows: 600}, Attributes: []Attribute{{Name: "sex", Groups: once.Attributes[0].Groups}}}
	for _, column := range once.Columns {
		twice.Columns = append(twice.Columns, append(append([]float64{}, column...), column...))
	}
	twice.Labels = append(append([]int8{}, once.Labels...), once.Labels...)
	twice.Attributes[0].Of = append(append([]int32{}, once.Attributes[0].Of...), once.Attributes[0].Of...)
	for row := range 600 {
		twice.People = append(twice.People, row%300)
	}
	lists := func(r Rows) []Contrast { return append(contrasts(r), area(r)) }
	want, err := TreeImportance(forest, once, 0, model.Probability, lists(once))
	if err != nil {
		t.Fatal(err)
	}
	got, err := TreeImportance(forest, twice, 0, model.Probability, lists(twice))
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		for input, w := range want[i] {
			if g := got[i][input]; math.Abs(g.SE-w.SE) > .02*w.SE+1e-12 {
				t.Errorf("contrast %d, input %d: %v, once %v", i, input, g.SE, w.SE)
			}
		}
	}
	in, against := sexes(once)
	one, err := TreeAttributions(context.Background(), forest, once.Batch, once.Batch, 0)
	if err != nil {
		t.Fatal(err)
	}
	gap, err := one.TakeApart(in, against)
	if err != nil {
		t.Fatal(err)
	}
	two, err := TreeAttributions(context.Background(), forest, twice.Batch, once.Batch, 0)
	if err != nil {
		t.Fatal(err)
	}
	two.People = twice.People
	in, against = sexes(twice)
	doubled, err := two.TakeApart(in, against)
	if err != nil {
		t.Fatal(err)
	}
	for input, part := range gap.Parts {
		if part.SE > 0 && math.Abs(doubled.Parts[input].SE/part.SE-1) > .01 {
			t.Errorf("gap, input %d: %v, once %v", input, doubled.Parts[input].SE, part.SE)
		}
	}
}

// Within strata that fix an input nothing can be exchanged, and the share of
// rows that can is said.
func TestImportanceWithin(t *testing.T) {
	s := study(t, 300)
	s.Spec.Explain.Importance.Within = []string{"campaign"}
	list := explained(t, s, Importances())
	found := 0
	for _, e := range list {
		if e.Part != partConditional {
			continue
		}
		found++
		switch *e.Feature {
		case "campaign":
			if e.Value != nil && *e.Value != 0 {
				t.Errorf("%s of campaign within campaign: %v", e.Metric, *e.Value)
			}
		case "duration":
			if e.Value == nil || e.Metric == "permuted_share" && *e.Value != 1 {
				t.Errorf("%s of duration: %v", e.Metric, e.Value)
			}
		}
	}
	if found < 12 {
		t.Errorf("%d numbers", found)
	}
}
