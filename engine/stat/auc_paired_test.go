package stat

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// definition is DeLong, DeLong and Clarke-Pearson's (1988) formulas (4) to (6) as
// they are printed there, row by row: the mean of the kernel over all pairs, and the
// covariance matrix of the means over either index.
func definition(positive, negative []ScorePair) (x, y, vx, vy, cov float64) {
	rows := func(pairs []ScorePair) (out [][2]float64) {
		for _, p := range pairs {
			for range p.N {
				out = append(out, [2]float64{p.X, p.Y})
			}
		}
		return out
	}
	a, b := rows(positive), rows(negative)
	kernel := func(p, q float64) float64 {
		switch {
		case p > q:
			return 1
		case p == q:
			return 0.5
		}
		return 0
	}
	theta := [2]float64{}
	v10, v01 := make([][2]float64, len(a)), make([][2]float64, len(b))
	for s := range 2 {
		for i := range a {
			for j := range b {
				k := kernel(a[i][s], b[j][s])
				theta[s] += k / float64(len(a)*len(b))
				v10[i][s] += k / float64(len(b))
				v01[j][s] += k / float64(len(a))
			}
		}
	}
	entry := func(r, s int) float64 {
		one := func(v [][2]float64) float64 {
			sum := 0.0
			for _, x := range v {
				sum += (x[r] - theta[r]) * (x[s] - theta[s])
			}
			return sum / float64(len(v)-1) / float64(len(v))
		}
		return one(v10) + one(v01)
	}
	return theta[0], theta[1], entry(0, 0), entry(1, 1), entry(0, 1)
}

func drawPairs(t *rapid.T, name string) []ScorePair {
	out := make([]ScorePair, rapid.IntRange(2, 8).Draw(t, name))
	for i := range out {
		out[i] = ScorePair{float64(rapid.IntRange(0, 5).Draw(t, "x")), float64(rapid.IntRange(0, 5).Draw(t, "y")), rapid.Int64Range(1, 3).Draw(t, "n")}
	}
	return out
}

// Joint counts give what the definition gives row by row, ties and copies included.
func TestPairedAUCIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		positive, negative := drawPairs(t, "positive"), drawPairs(t, "negative")
		got, err := ComparePaired(positive, negative)
		if err != nil {
			t.Fatal(err)
		}
		x, y, vx, vy, cov := definition(positive, negative)
		for _, c := range [][2]float64{{got.X.Value, x}, {got.Y.Value, y}, {got.X.Variance, vx}, {got.Y.Variance, vy}, {got.Covariance, cov}} {
			if math.Abs(c[0]-c[1]) > 1e-12 {
				t.Fatalf("%+v, want %v %v, %v %v, %v", got, x, y, vx, vy, cov)
			}
		}
		i, test, err := got.Difference(0.05)
		if v := vx + vy - 2*cov; v < 1e-9 {
			return
		} else if se := math.Sqrt(v); err != nil || math.Abs(test.Statistic-(x-y)/se) > 1e-6 || i.Low > x-y || i.High < x-y {
			t.Fatalf("%+v %+v %v, want z %v", i, test, err, (x-y)/se)
		}
	})
}

// By hand: positives (3,2) (2,3), negatives (1,1) (2,2). The first score wins 3½ of
// 4 pairs, the second 3½ too. Placements among the negatives are 1 and ¾ by the
// first, ¾ and 1 by the second; of the negatives 1, ¾ by both. So each variance is
// (1/32 + 1/32)/2, the covariance (-1/32 + 1/32)/2 = 0.
func TestPairedAUCByHand(t *testing.T) {
	got, err := ComparePaired([]ScorePair{{3, 2, 1}, {2, 3, 1}}, []ScorePair{{1, 1, 1}, {2, 2, 1}})
	if err != nil || got.X.Value != 0.875 || got.Y.Value != 0.875 || got.X.Variance != 1./32 || got.Y.Variance != 1./32 || got.Covariance != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// Leaving one row out at a time, by another path, is near to it on many rows
// (DeLong's placements are the jackknife's pseudo-values but for terms of 1/n²), and
// both are narrower than areas on different rows would be.
func TestPairedAUCAgainstJackknife(t *testing.T) {
	rng := Generator(1, "paired")
	var positive, negative []ScorePair
	var px, py, nx, ny []Sample
	for range 300 {
		truth := rng.NormFloat64()
		p := ScorePair{truth + rng.NormFloat64(), truth + 2*rng.NormFloat64(), 1}
		empty := Sample(nil)
		if rng.Float64() < 1/(1+math.Exp(-truth)) {
			positive = append(positive, p)
			px, py, nx, ny = append(px, Sample{{p.X, 1}}), append(py, Sample{{p.Y, 1}}), append(nx, empty), append(ny, empty)
		} else {
			negative = append(negative, p)
			px, py, nx, ny = append(px, empty), append(py, empty), append(nx, Sample{{p.X, 1}}), append(ny, Sample{{p.Y, 1}})
		}
	}
	got, err := ComparePaired(positive, negative)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ClusteredAUCDifference(px, nx, py, ny)
	if err != nil {
		t.Fatal(err)
	}
	v := got.X.Variance + got.Y.Variance - 2*got.Covariance
	if math.Abs(c.Estimate-(got.X.Value-got.Y.Value)) > 1e-12 || math.Abs(v/c.Variance-1) > 0.03 || v > 0.8*(got.X.Variance+got.Y.Variance) {
		t.Errorf("%v by DeLong, %v by jackknife, %v apart", v, c.Variance, got.X.Variance+got.Y.Variance)
	}
}

func TestPairedAUCWithoutAnswer(t *testing.T) {
	one := []ScorePair{{1, 2, 1}, {2, 1, 1}}
	for _, c := range []struct {
		positive, negative []ScorePair
		want               error
	}{
		{nil, one, ErrNoRows}, {one, nil, ErrNoRows}, {[]ScorePair{{1, 1, -1}}, one, ErrCounts},
		{[]ScorePair{{math.NaN(), 1, 1}}, one, ErrNotFinite}, {[]ScorePair{{1, math.Inf(1), 1}}, one, ErrNotFinite}, {[]ScorePair{{1, 1, math.MaxInt64}}, one, ErrTooLarge},
	} {
		if _, err := ComparePaired(c.positive, c.negative); !errors.Is(err, c.want) {
			t.Errorf("%v, %v: %v, want %v", c.positive, c.negative, err, c.want)
		}
	}
	same := []ScorePair{{1, 1, 3}, {2, 2, 4}}
	p, err := ComparePaired(same, []ScorePair{{1, 1, 5}, {0, 0, 2}})
	if _, _, none := p.Difference(0.05); err != nil || !errors.Is(none, ErrNoVariation) {
		t.Errorf("%v %v", err, none)
	}
}
