package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// By hand: two of one kind and one each of two others have 1.5 bits; of their 6 pairs 5
// are of two kinds. A history of 3 : 1 against a list of 1 : 1: q' = .99 x .5 + .01 x p.
func TestMixByHand(t *testing.T) {
	counts := []int64{2, 1, 1, 0}
	if v := MixEntropy(counts); math.Abs(v-1.5) > 1e-15 {
		t.Errorf("entropy %v", v)
	}
	if v := MixDiversity(counts); math.Abs(v-5./6) > 1e-15 {
		t.Errorf("diversity %v", v)
	}
	want := .75*math.Log(.75/(.495+.0075)) + .25*math.Log(.25/(.495+.0025))
	if v := MixDivergence([]float64{3, 1}, []int64{2, 2}); math.Abs(v-want) > 1e-15 {
		t.Errorf("divergence %v, want %v", v, want)
	}
	for _, v := range []float64{MixEntropy(nil), MixDiversity([]int64{1}), MixDivergence([]float64{0}, []int64{1}), MixDivergence([]float64{1}, []int64{0}), Gini(nil, 3)} {
		if !math.IsNaN(v) {
			t.Errorf("%v where there is nothing", v)
		}
	}
}

// Gini is half the mean difference of two over the mean, as Gini defined it.
func TestGiniIsTheMeanDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Int64Range(1, 100), 1, 20).Draw(t, "xs")
		none := rapid.Int64Range(0, 5).Draw(t, "none")
		slices.Sort(xs)
		all := append(make([]int64, none), xs...)
		var apart, sum float64
		for _, x := range all {
			sum += float64(x)
			for _, y := range all {
				apart += math.Abs(float64(x - y))
			}
		}
		n := float64(len(all))
		if want := apart / (2 * n * sum); math.Abs(Gini(xs, none)-want) > 1e-12 {
			t.Fatalf("%v, want %v", Gini(xs, none), want)
		}
	})
}
