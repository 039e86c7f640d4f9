package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// bankForest is the model of six numbers of the bank data in
// explain/model/testdata: age, balance, day, duration, campaign, pdays.
func bankForest(t *testing.T) *model.Forest {
	t.Helper()
	data, err := os.ReadFile("model/testdata/lgb-none.model.txt")
	if err != nil {
		t.Fatal(err)
	}
	forest, err := model.ReadLightGBM(data)
	if err != nil {
		t.Fatal(err)
	}
	return forest
}

// drawn gives random rows: two groups that differ in duration, and labels that
// follow it.
func drawn(random *rand.Rand, rows int) Rows {
	r := Rows{Batch: model.Batch{Rows: rows, Columns: make([][]float64, 6)}, Attributes: []Attribute{{Name: "sex", Groups: []string{"f", "m"}}}}
	for range rows {
		group := int32(random.IntN(2))
		duration := 100 + 500*random.ExpFloat64()*(1+float64(group)/2)
		values := []float64{20 + 50*random.Float64(), 2000 * random.NormFloat64(), float64(random.IntN(31) - 15), duration, 1 + float64(random.IntN(5)), -1}
		if random.IntN(4) == 0 {
			values[5] = float64(random.IntN(300))
		}
		for i, v := range values {
			r.Columns[i] = append(r.Columns[i], v)
		}
		label := int8(0)
		if random.Float64() < duration/3000 {
			label = 1
		}
		r.Labels = append(r.Labels, label)
		r.Attributes[0].Of = append(r.Attributes[0].Of, group)
	}
	return r
}

// contrasts are a loss and a gap in decisions.
func contrasts(r Rows) []Contrast {
	decision := Decision{Cut: .1}
	decided := func(_ int, score float64) float64 {
		if decision.Positive(score) {
			return 1
		}
		return 0
	}
	group := func(g int32) func(int) bool { return func(row int) bool { return r.Attributes[0].Of[row] == g } }
	return []Contrast{
		{Quantity: Quantity{Name: "brier", Of: func(row int, score float64) float64 {
			d := score - float64(r.Labels[row])
			return float64(d * d)
		}}},
		{Quantity: Quantity{Name: "selection_rate_difference", Of: decided}, In: group(0), Against: group(1)},
		{Quantity: Quantity{Name: "true_positive_rate_difference", Of: decided, Known: func(row int) bool { return r.Labels[row] == 1 }}, In: group(0), Against: group(1)},
	}
}

// The expectation is that over all ordered pairs of rows, each scored.
func TestTreeImportanceIsItsDefinition(t *testing.T) {
	forest := bankForest(t)
	r := drawn(rand.New(rand.NewPCG(3, 4)), 90)
	list := contrasts(r)
	got, err := TreeImportance(forest, r, 0, model.Probability, list)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range list {
		for input := range forest.Inputs() {
			original, switched := pairs(t, forest, r, c, input)
			if math.Abs(got[i][input].Original-original) > 1e-12 || math.Abs(got[i][input].Switched-switched) > 1e-12 {
				t.Errorf("%s, %s: %v and %v, by all pairs %v and %v", c.Quantity.Name, forest.Inputs()[input].Name,
					got[i][input].Original, got[i][input].Switched, original, switched)
			}
		}
	}
}

// pairs scores every row with the value of every other.
func pairs(t *testing.T, forest *model.Forest, r Rows, c Contrast, input int) (original, switched float64) {
	t.Helper()
	sides, err := c.sides(r.Rows)
	if err != nil {
		t.Fatal(err)
	}
	var n [2]float64
	var sums [2][2]float64
	scores := make([]float64, r.Rows)
	for row, side := range sides {
		if side == 0 {
			continue
		}
		batch := model.Batch{Rows: r.Rows}
		for i, column := range r.Columns {
			values := make([]float64, r.Rows)
			for other := range values {
				values[other] = column[row]
				if i == input {
					values[other] = column[other]
				}
			}
			batch.Columns = append(batch.Columns, values)
		}
		if err := forest.Score(context.Background(), batch, model.Probability, scores); err != nil {
			t.Fatal(err)
		}
		at := sideIndex(int(side))
		n[at]++
		for other, score := range scores {
			if x := c.Quantity.Of(row, score); other == row {
				sums[0][at] += x
			} else {
				sums[1][at] += x / float64(r.Rows-1)
			}
		}
	}
	mean := func(s [2]float64) float64 {
		if n[1] == 0 {
			return s[0] / n[0]
		}
		return s[0]/n[0] - s[1]/n[1]
	}
	return mean(sums[0]), mean(sums[1])
}

// Over many samples the standard error is the spread of the importance.
func TestTreeImportanceStandardError(t *testing.T) {
	forest := bankForest(t)
	const samples, duration = 150, 3
	var sum, squares, errors [3]float64
	random := rand.New(rand.NewPCG(5, 6))
	for range samples {
		r := drawn(random, 250)
		got, err := TreeImportance(forest, r, 0, model.Probability, contrasts(r))
		if err != nil {
			t.Fatal(err)
		}
		for i := range sum {
			x := got[i][duration].Switched - got[i][duration].Original
			sum[i] += x
			squares[i] += x * x
			errors[i] += got[i][duration].SE
		}
	}
	for i := range sum {
		spread := math.Sqrt((squares[i] - sum[i]*sum[i]/samples) / (samples - 1))
		// 150 samples know a standard deviation to 6 in 100.
		if ratio := errors[i] / samples / spread; ratio < .83 || ratio > 1.2 {
			t.Errorf("contrast %d: standard error %v, spread %v", i, errors[i]/samples, spread)
		}
	}
}
