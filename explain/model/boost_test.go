package model

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// made gives rows of a number, a category and one that is noise, and a target
// that follows the first two; some are missing.
func made(random *rand.Rand, n int, logistic bool) (inputs []Input, b Batch, y []float64) {
	inputs = []Input{{Name: "x"}, {Name: "c", Categories: []string{"a", "b", "c", "d", "e"}}, {Name: "noise"}}
	b = Batch{Rows: n, Columns: make([][]float64, 3)}
	for range n {
		x, c, noise := random.NormFloat64(), float64(random.IntN(5)), random.NormFloat64()
		mean := math.Sin(2*x) + []float64{0, 1, -1, 2, 0}[int(c)]
		if random.IntN(10) == 0 {
			x, mean = math.NaN(), mean+3
		}
		target := mean + .3*random.NormFloat64()
		if logistic {
			target = 0
			if random.Float64() < 1/(1+math.Exp(-2*mean)) {
				target = 1
			}
		}
		for i, v := range []float64{x, c, noise} {
			b.Columns[i] = append(b.Columns[i], v)
		}
		y = append(y, target)
	}
	return inputs, b, y
}

// On rows that it has not seen the forest is near the best there is: the noise
// has a variance of .09, and one row in ten hides a sine with one of .5.
func TestBoostLearns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	inputs, b, y := made(random, 3000, false)
	_, test, truth := made(random, 2000, false)
	forest, err := Boost(inputs, b, y, BoostOptions{Rounds: 300, Depth: 3})
	if err != nil {
		t.Fatal(err)
	}
	scores := make([]float64, test.Rows)
	if err := forest.Score(context.Background(), test, Probability, scores); err != nil {
		t.Fatal(err)
	}
	mse, mean := 0.0, 0.0
	for i, s := range scores {
		mse += (s - truth[i]) * (s - truth[i]) / float64(len(scores))
		mean += (s - truth[i]) / float64(len(scores))
	}
	if mse > .155 || math.Abs(mean) > .03 {
		t.Errorf("mean squared error %v, bias %v", mse, mean)
	}
}

// Probabilities are calibrated: among rows they have not seen, those with a
// probability near p are positive about p of the times.
func TestBoostedProbabilities(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	inputs, b, y := made(random, 4000, true)
	_, test, truth := made(random, 4000, true)
	forest, err := Boost(inputs, b, y, BoostOptions{Logistic: true})
	if err != nil {
		t.Fatal(err)
	}
	scores := make([]float64, test.Rows)
	if err := forest.Score(context.Background(), test, Probability, scores); err != nil {
		t.Fatal(err)
	}
	var n, p, hit [5]float64
	for i, s := range scores {
		k := min(4, int(s*5))
		n[k]++
		p[k] += s
		hit[k] += truth[i]
	}
	for k := range n {
		if n[k] < 100 || math.Abs(p[k]-hit[k]) > 4*math.Sqrt(n[k])/2+.02*n[k] {
			t.Errorf("bin %d: %v rows, %v expected, %v seen", k, n[k], p[k], hit[k])
		}
	}
}

// The walk that trains and the forest that scores send every row the same way,
// missing values and categories included.
func TestBoostScoresAsItTrains(t *testing.T) {
	inputs, b, y := made(rand.New(rand.NewPCG(5, 6)), 1000, false)
	booster := &booster{BoostOptions: BoostOptions{Rounds: 1, Depth: 4, Rate: .5, Leaf: 10}, target: y, rows: b.Rows, margins: make([]float64, b.Rows)}
	for i, column := range b.Columns {
		booster.inputs = append(booster.inputs, newBoostInput(column, inputs[i].Categories != nil))
	}
	grown := booster.tree()
	for row, margin := range booster.margins {
		if leaf := grown.leaves[grown.leaf(b.Columns, row)]; leaf != margin {
			t.Fatalf("row %d: trained %v, scored %v", row, margin, leaf)
		}
	}
}

// What does not vary, and rows too few for two leaves, give a constant.
func TestBoostWithNothingToLearn(t *testing.T) {
	inputs, b, y := made(rand.New(rand.NewPCG(5, 6)), 30, false)
	forest, err := Boost(inputs, b, y, BoostOptions{})
	if err != nil || forest.Trees() != 0 {
		t.Errorf("%d trees: %v", forest.Trees(), err)
	}
	if _, err := Boost(inputs, Batch{Columns: make([][]float64, 3)}, nil, BoostOptions{}); err == nil {
		t.Error("no rows are no error")
	}
}
