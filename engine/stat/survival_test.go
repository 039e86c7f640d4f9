package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The remissions of Freireich et al. (1963) under 6-MP, as Kalbfleisch and Prentice, and
// R's survival package, print them; the median with conf.type "log-log" is 23 (13, NA).
func TestKaplanMeier(t *testing.T) {
	of := func(xs ...float64) (s Sample) {
		for _, x := range xs {
			s = Pool(s, Sample{{X: x, N: 1}})
		}
		return s
	}
	s := KaplanMeier(of(6, 6, 6, 7, 10, 13, 16, 22, 23), of(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35))
	want := []struct {
		time       float64
		risk       int64
		left, stde float64
	}{{6, 21, .8571, .0764}, {7, 17, .8067, .0869}, {10, 15, .7529, .0963}, {13, 12, .6902, .1068}, {16, 11, .6275, .1141}, {22, 7, .5378, .1282}, {23, 6, .4482, .1346}}
	if len(s) != len(want) {
		t.Fatalf("%d steps", len(s))
	}
	for i, w := range want {
		if l := s[i]; l.Time != w.time || l.AtRisk != w.risk || math.Abs(l.Left-w.left) > 5e-5 || math.Abs(math.Sqrt(l.Variance())-w.stde) > 5e-5 {
			t.Errorf("step %d: %+v, want %+v", i, l, w)
		}
	}
	if m, ok := s.Quantile(.5); !ok || m != 23 {
		t.Errorf("median %v", m)
	}
	if i, err := s.QuantileInterval(.5, .05); err != nil || i.Low != 13 || !math.IsInf(i.High, 1) {
		t.Errorf("median within %+v (%v)", i, err)
	}
	if _, ok := s.Quantile(.9); ok {
		t.Error("a quantile that nobody reached")
	}
	if l := s.At(12); l.Left != s[2].Left || s.At(1).Left != 1 {
		t.Errorf("left at 12: %+v", l)
	}
}

// Without censoring it is the share that lasts longer.
func TestKaplanMeierUncensored(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		xs := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 30).Draw(rt, "times")
		var all Sample
		for _, x := range xs {
			all = Pool(all, Sample{{X: float64(x), N: 1}})
		}
		s := KaplanMeier(all, nil)
		for at := range 10 {
			longer := 0
			for _, x := range xs {
				if x > at {
					longer++
				}
			}
			if got := s.At(float64(at)).Left; math.Abs(got-float64(longer)/float64(len(xs))) > 1e-12 {
				rt.Fatalf("left at %d: %v, want %d of %d", at, got, longer, len(xs))
			}
		}
	})
}
