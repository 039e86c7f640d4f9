package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Table 2 of Zehlike et al. 2017 (FA*IR), alpha 0.1, and the tables that the tests of
// the authors' fairsearch-fair-python expect, unadjusted and adjusted, with the chance of
// failing of the adjusted ones.
func TestFairMinimumPublished(t *testing.T) {
	for p, want := range map[float64][]int{
		.1: {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		.3: {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2},
		.5: {0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4},
		.7: {0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6},
	} {
		if got, _ := FairMinimum(12, p, .1, false); !slices.Equal(got, want) {
			t.Errorf("p %v: %v, published %v", p, got, want)
		}
	}
	for _, c := range []struct {
		n          int
		p, alpha   float64
		plain, fit []int
		fails      float64
	}{
		{10, .2, .15, []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, .13421772800000065},
		{20, .25, .1, []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3}, []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}, .10515247355215251},
		{30, .3, .05, []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5},
			[]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4}, .04877730797178359},
	} {
		if got, _ := FairMinimum(c.n, c.p, c.alpha, false); !slices.Equal(got, c.plain) {
			t.Errorf("%d, %v: %v, published %v", c.n, c.p, got, c.plain)
		}
		got, fails := FairMinimum(c.n, c.p, c.alpha, true)
		if !slices.Equal(got, c.fit) || math.Abs(fails-c.fails) > 1e-9 {
			t.Errorf("%d, %v, adjusted: %v fails %v, published %v fails %v", c.n, c.p, got, fails, c.fit, c.fails)
		}
	}
}

// By hand, steps of 2, (yes yes no no): prefixes of 2 and 4 have shares 1 and 1/2 of 1/2,
// the same as the worst of the lists with the group first or last: 1. (yes no no yes): 0.
// (no yes yes no no no), a third: shares at 2, 4, 6 are 1/2, 1/2, 1/3; differences 1/6
// and 1/6 over log2 2 and log2 4 are 1/6 + 1/12 = 1/4. Group first: 2/3 + (1/6)/2 = 3/4, so
// that rND is 1/3. Ratios 1, 1, 1/2: 1/2 + 1/4 = 3/4; first: a prefix of the group alone has
// ratio 0 as published, 1/2 + (1/2)/2 = 3/4; last: 1/2 + 1/4: rRD is 1.
func TestDiscountedByHand(t *testing.T) {
	for _, c := range []struct {
		list    Protected
		measure string
		want    float64
	}{
		{Protected{true, true, false, false}, RankedDifference, 1},
		{Protected{true, true, false, false}, RankedDivergence, 1},
		{Protected{true, false, false, true}, RankedDifference, 0},
		{Protected{false, true, true, false, false, false}, RankedDifference, 1. / 3},
		{Protected{false, true, true, false, false, false}, RankedRatio, 1},
	} {
		if got := c.list.Discounted(c.measure, 2); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s of %v: %v, want %v", c.measure, c.list, got, c.want)
		}
	}
	for _, s := range []Protected{{}, {true, true}, {true, false}} {
		if !math.IsNaN(s.Discounted(RankedDifference, 10)) {
			t.Errorf("%v has a number", s)
		}
	}
}

// Random lists fail as often as FairMinimum says.
func TestFairFails(t *testing.T) {
	minimum, want := FairMinimum(20, .4, .1, true)
	rng := Generator(1, "fair")
	const lists = 20000
	fails := 0
	for range lists {
		s := make(Protected, 20)
		for i := range s {
			s[i] = rng.Float64() < .4
		}
		if !s.Fair(minimum) {
			fails++
		}
	}
	if got := float64(fails) / lists; math.Abs(got-want) > .01 {
		t.Errorf("%v of lists fail, should be %v", got, want)
	}
}

// The share of all pairs that are won is the area under the curve, by its definition.
func TestPairsWonIsTheArea(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(rt, "n")
		values, gains := make([]float64, n), make([]float64, n)
		for i := range values {
			values[i], gains[i] = float64(rapid.IntRange(0, 4).Draw(rt, "v")), float64(rapid.IntRange(0, 1).Draw(rt, "g"))
		}
		var won, pairs, want, all float64
		for i := range gains {
			if gains[i] > 0 {
				w, p := PairsWon(i, values, gains)
				won, pairs = won+w, pairs+p
			}
			for k := range gains {
				if gains[i] == 1 && gains[k] == 0 {
					all++
					want += map[bool]float64{true: 1}[values[i] > values[k]] + map[bool]float64{true: .5}[values[i] == values[k]]
				}
			}
		}
		if won != want || pairs != all {
			rt.Fatalf("%v of %v, want %v of %v", won, pairs, want, all)
		}
	})
}
