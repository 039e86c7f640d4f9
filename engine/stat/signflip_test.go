package stat

import (
	"errors"
	"math"
	"testing"
)

// By hand: of the 8 signs of 1, 2, 4 only the two that are alike reach 7; of those of
// 1, 1, -1 all reach 1.
func TestSignFlip(t *testing.T) {
	for _, c := range []struct {
		d    []float64
		want float64
	}{{[]float64{1, 0, 2, 4}, 2. / 8}, {[]float64{1, 1, -1}, 1}, {[]float64{.1, .2, .3}, 2. / 8}} {
		if got, err := SignFlip(c.d, 100, 1); err != nil || got.P != c.want || got.Method != MethodSignFlipExact {
			t.Errorf("%v: %+v, %v", c.d, got, err)
		}
	}
	if _, err := SignFlip([]float64{0, 0}, 100, 1); !errors.Is(err, ErrNoDiscordant) {
		t.Error(err)
	}
	// Of differences of one size it is the exact McNemar test: 31 against 12 of XSTest,
	// scipy.stats.binomtest(31, 43).
	var d []float64
	for i := range 43 {
		d = append(d, map[bool]float64{true: 1, false: -1}[i < 31])
	}
	got, err := SignFlip(d, 200_000, 7, "test")
	if want := 0.005401572654591291; err != nil || math.Abs(got.P-want) > 4*math.Sqrt(want/200_000) {
		t.Errorf("%+v, %v, want %v", got, err, want)
	}
	again, _ := SignFlip(d, 200_000, 7, "test")
	if again != got {
		t.Error("the same seed gives another p")
	}
}

// statsmodels.stats.contingency_tables.cochrans_q of full refusals by five models of 250
// safe prompts of XSTest; with two it is (31 - 12)²/43, McNemar's.
func TestCochranQ(t *testing.T) {
	got, df, err := CochranQ([]int64{50, 31}, []int64{188, 43, 19})
	if want := 19. * 19 / 43; err != nil || df != 1 || math.Abs(got.Statistic-want) > 1e-12 {
		t.Errorf("%+v, %d, %v, want %v", got, df, err, want)
	}
	if _, _, err := CochranQ([]int64{5, 5}, []int64{3, 0, 5}); !errors.Is(err, ErrNoDiscordant) {
		t.Error(err)
	}
}
