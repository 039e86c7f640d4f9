package stat

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Times to round first base by three ways of running, 22 players (Hollander and Wolfe
// 1973, table 7.1; the example of R's friedman.test, which prints 11.143 and 0.003805).
// The second case is scipy.stats.friedmanchisquare 1.17.1 with ties of all sizes.
func TestFriedman(t *testing.T) {
	got, err := Friedman([][]float64{
		{5.40, 5.50, 5.55}, {5.85, 5.70, 5.75}, {5.20, 5.60, 5.50}, {5.55, 5.50, 5.40}, {5.90, 5.85, 5.70}, {5.45, 5.55, 5.60}, {5.40, 5.40, 5.35}, {5.45, 5.50, 5.35},
		{5.25, 5.15, 5.00}, {5.85, 5.80, 5.70}, {5.25, 5.20, 5.10}, {5.65, 5.55, 5.45}, {5.60, 5.35, 5.45}, {5.05, 5.00, 4.95}, {5.50, 5.50, 5.40}, {5.45, 5.55, 5.50},
		{5.55, 5.55, 5.35}, {5.45, 5.50, 5.55}, {5.50, 5.45, 5.25}, {5.65, 5.60, 5.40}, {5.70, 5.65, 5.55}, {6.30, 6.30, 6.25},
	})
	if err != nil || math.Abs(got.Statistic-11.142857142857132) > 1e-11 || math.Abs(got.P-.003805040775511383) > 1e-14 || got.DF != 2 || got.Differ != 22 {
		t.Errorf("base runners: %+v, %v", got, err)
	}
	got, err = Friedman([][]float64{{1, 1, 1}, {1, 2, 2}, {1, 1, 2}, {3, 2, 1}, {1, 2, 3}})
	if err != nil || math.Abs(got.Statistic-1.285714285714294) > 1e-12 || math.Abs(got.P-.5257880244257778) > 1e-12 || got.MeanRank[0] != 1.7 || got.MeanRank[2] != 2.3 || got.Differ != 4 {
		t.Errorf("ties: %+v, %v", got, err)
	}
	if _, err := Friedman([][]float64{{1, 1}, {2, 2}}); !errors.Is(err, ErrNoDiscordant) {
		t.Error(err)
	}
	if _, err := Friedman(nil); err == nil {
		t.Error("no case passes")
	}
}

// Of answers that are 0 or 1 Friedman's statistic is Cochran's Q, and of any answers W
// is between 0 and 1, and 1 where all cases have one strict order.
func TestFriedmanOfYesAndNo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.IntRange(2, 6).Draw(rt, "k")
		columns, rows := make([]int64, k), make([]int64, k+1)
		var cases [][]float64
		for range rapid.IntRange(1, 30).Draw(rt, "n") {
			x, yes := make([]float64, k), 0
			for i := range x {
				v := rapid.IntRange(0, 1).Draw(rt, "yes")
				x[i], yes, columns[i] = float64(v), yes+v, columns[i]+int64(v)
			}
			rows[yes]++
			cases = append(cases, x)
		}
		q, _, none := CochranQ(columns, rows)
		got, err := Friedman(cases)
		if !errors.Is(err, none) || none == nil && (math.Abs(got.Statistic-q.Statistic) > 1e-9 || got.W < 0 || got.W > 1+1e-12) {
			rt.Fatalf("%+v (%v), Cochran's Q %v (%v)", got, err, q, none)
		}
	})
	if got, err := Friedman([][]float64{{1, 2, 9}, {-3, 0, .5}}); err != nil || got.W != 1 {
		t.Errorf("one order: %+v, %v", got, err)
	}
}
