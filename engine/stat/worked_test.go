package stat

import (
	"math"
	"testing"
)

// The selection example of the New York rule on automated employment decision
// tools (6 RCNY § 5-301), with intervals and adjusted p-values computed from
// exact rationals and, for the tests, SciPy.
func TestWorkedIntervals(t *testing.T) {
	of := func(i Interval, err error) Interval {
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	for _, c := range []struct {
		name      string
		got       Interval
		low, high float64
		digit     float64
	}{
		{"katz, female : male", of(Katz(555, 1181, 667, 1390, .05)), .902564, 1.062640, 6e-7},
		{"katz, black : white", of(Katz(170, 390, 412, 797, .05)), .739442, .961583, 6e-7},
		{"katz, black m : white m", of(Katz(95, 226, 215, 412, .05)), .673607, .963255, 6e-7},
		{"katz, native american f : white m", of(Katz(7, 17, 215, 412, .05)), .443724, 1.403145, 6e-7},
		{"wilson, 0/12", of(Wilson(0, 12, .05)), 0, .242494007, 6e-10},
		{"wilson, female", of(Wilson(555, 1181, .05)), .441619480, .498456891, 6e-10},
		{"wilson, 18/41", of(Wilson(18, 41, .05)), .298901317, .589594728, 6e-10},
		{"wilson, 7/17", of(Wilson(7, 17, .05)), .216110568, .639945574, 6e-10},
		{"newcombe, female - male", of(Newcombe(555, 1181, 667, 1390, .05)), -.048553435, .028790593, 6e-10},
	} {
		if math.Abs(c.got.Low-c.low) > c.digit || math.Abs(c.got.High-c.high) > c.digit {
			t.Errorf("%s: %v, want [%v, %v]", c.name, c.got, c.low, c.high)
		}
	}
	var p []float64
	for _, g := range [][2]int64{{170, 390}, {96, 213}, {52, 119}, {302, 616}, {18, 41}, {204, 408}} {
		f, err := Fisher(g[0], g[1], 412, 797, TwoSided)
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, f.P)
	}
	holm, bh := Holm(p), BenjaminiHochberg(p)
	for i, want := range [][3]float64{
		{.009430, .056581, .056581}, {.090070, .450350, .231761}, {.115880, .463522, .231761},
		{.334337, 1, .409942}, {.341618, 1, .409942}, {.584219, 1, .584219},
	} {
		for j, got := range []float64{p[i], holm[i], bh[i]} {
			if math.Abs(got-want[j]) > 6e-7 {
				t.Errorf("%d, %d: %v, want %v", i, j, got, want[j])
			}
		}
	}
}
