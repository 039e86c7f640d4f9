package stat

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func numbersOf(numbers ...float64) Sample {
	parts := make([]Sample, len(numbers))
	for i, x := range numbers {
		parts[i] = Sample{{x, 1}}
	}
	return Pool(parts...)
}

// SciPy 1.17.1, mannwhitneyu, exact without ties, asymptotic without
// correction; with ties the ways to deal enumerated one by one with its ranks.
func TestMannWhitneyAgainstOracle(t *testing.T) {
	var even, odd []float64
	for x := range 20 {
		even = append(even, float64(2*x))
	}
	for x := range 28 {
		odd = append(odd, float64(2*x)+5.5)
	}
	poisson3 := Sample{{0, 5}, {1, 20}, {2, 44}, {3, 55}, {4, 37}, {5, 24}, {6, 5}, {7, 8}, {8, 1}, {10, 1}}
	poisson34 := Sample{{0, 7}, {1, 20}, {2, 25}, {3, 33}, {4, 21}, {5, 21}, {6, 15}, {7, 4}, {8, 4}}
	for _, c := range []struct {
		name               string
		a, b               Sample
		two, less, greater float64
		method             string
	}{
		{"ties", numbersOf(1, 2, 2, 3, 5, 7, 7, 9), numbersOf(2, 4, 4, 6, 8, 8, 10, 11, 12), 0.10575894693541753, 0.052694364459070345, 0.9524886877828054, MethodMannWhitneyExact},
		{"many ties", numbersOf(1, 1, 1, 2), numbersOf(1, 2, 3, 3, 3), 0.1111111111111111, 0.07142857142857142, 0.9920634920634921, MethodMannWhitneyExact},
		{"no ties", numbersOf(1.1, 2.5, 3.3, 4.7, 0.2), numbersOf(2.2, 5.5, 6.1, 7.3, 4.1, 8.8), 0.05194805194805195, 0.025974025974025976, 0.9848484848484849, MethodMannWhitneyExact},
		{"48", numbersOf(even...), numbersOf(odd...), 0.00728891112423631, 0.003644455562118155, 0, MethodMannWhitneyExact},
		{"350", poisson3, poisson34, 0.45733904566399586, 0.22866952283199793, 0.7713304771680021, MethodMannWhitney},
	} {
		for side, want := range map[Side]float64{TwoSided: c.two, Less: c.less, Greater: c.greater} {
			got, err := MannWhitney(c.a, c.b, side)
			if err != nil || got.Method != c.method {
				t.Error(c.name, got, err)
			}
			if want > 0 {
				near(t, c.name, got.P, want, 1e-11)
			}
		}
	}
}

// The sign agrees with the area under the curve, exchanging the samples turns
// the sides round, and multiplying all counts by c² makes z about c times as
// large.
func TestMannWhitneyProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string) Sample {
			var s Sample
			for x := range rapid.IntRange(1, 8).Draw(r, name) {
				s = append(s, Point{float64(x), rapid.Int64Range(1, 6).Draw(r, "copies")})
			}
			return s
		}
		a, b := draw("a"), draw("b")
		got, err := MannWhitney(a, b, Less)
		turned, err2 := MannWhitney(b, a, Greater)
		if !errors.Is(err, err2) || math.Abs(got.P-turned.P) > 1e-12 {
			r.Fatal(got, turned, err, err2)
		}
		if err != nil {
			if len(Pool(a, b)) > 1 {
				r.Fatal(err)
			}
			return
		}
		area, _ := CompareSamples(a, b)
		times := func(s Sample, c int64) Sample {
			out := make(Sample, len(s))
			for i, p := range s {
				out[i] = Point{p.X, c * p.N}
			}
			return out
		}
		small, _ := MannWhitney(times(a, 100), times(b, 100), TwoSided)
		large, err := MannWhitney(times(a, 1e9), times(b, 1e9), TwoSided)
		if err != nil || math.Abs(large.Statistic-small.Statistic*math.Sqrt(1e7)) > 1e-2*math.Abs(large.Statistic)+1e-9 || math.Abs(area.Value-0.5) > 1e-9 && (small.Statistic > 0) != (area.Value > 0.5) {
			r.Fatal(area, small, large, err)
		}
	})
	if _, err := MannWhitney(nil, numbersOf(1), Less); !errors.Is(err, ErrNoRows) {
		t.Error(err)
	}
	if _, err := MannWhitney(numbersOf(1, 1), numbersOf(1), Less); !errors.Is(err, ErrNoVariation) {
		t.Error(err)
	}
}

// At 51 numbers, just beyond the exact test, both forms agree.
func TestMannWhitneySwitch(t *testing.T) {
	var a, b Sample
	for x := range int64(5) {
		a, b = append(a, Point{float64(x), 2 + x}), append(b, Point{float64(x), 7 - x})
	}
	for _, more := range []int64{0, 1} {
		b[4].N = 3 + more
		got, err := MannWhitney(a, b, TwoSided)
		exact := dealt(Pool(a, b), int(a.Count()), int(b.Count()), int(2*mannU(a, b)-float64(a.Count()*b.Count())), TwoSided)
		if err != nil || math.Abs(got.P-exact) > .006 {
			t.Errorf("%d: %v, counted out %v", a.Count()+b.Count(), got, exact)
		}
	}
}

func mannU(a, b Sample) float64 {
	area, _ := CompareSamples(a, b)
	return math.Round(2*area.Value*float64(a.Count()*b.Count())) / 2
}

func BenchmarkMannWhitneyExact(b *testing.B) {
	var x, y Sample
	for i := range 25 {
		x, y = append(x, Point{float64(2 * i), 1}), append(y, Point{float64(2*i + 3), 1})
	}
	for b.Loop() {
		_, _ = MannWhitney(x, y, TwoSided)
	}
}
