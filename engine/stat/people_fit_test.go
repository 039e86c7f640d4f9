package stat

import (
	"math"
	"testing"
)

// Of G people with m first places each, all of one group, whose shares are those of
// what they were offered, a share varies as one of G: p (1 - p)/(G - 1) by the jackknife,
// so that the effect is m·G/(G - 1) and all effects are alike.
func TestFitDesign(t *testing.T) {
	const people, lists = 60, 7
	var offers, firsts [][]int64
	for i := range people {
		offers = append(offers, []int64{lists, 2 * lists, 3 * lists})
		row := make([]int64, 3)
		row[[]int{0, 1, 1, 2, 2, 2}[i%6]] = lists
		firsts = append(firsts, row)
	}
	d, err := FitDesign(offers, firsts)
	if err != nil {
		t.Fatal(err)
	}
	if want := lists * float64(people) / (people - 1); math.Abs(d.Effect-want) > 1e-9 || d.Shards != people {
		t.Errorf("effect %v of %d people, want %v", d.Effect, d.Shards, want)
	}
}
