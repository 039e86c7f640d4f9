package stat

import (
	"errors"
	"testing"
)

// A group that shares no level of a factor with its reference has no coefficient: every
// number fits as well (numpy.linalg.matrix_rank of the design is the same without its
// column). Two such groups that share a level are told apart, and not from the reference.
func TestCoefficientThatNothingTies(t *testing.T) {
	const constant, f, x, second, third = 0, 1, 2, 3, 4
	cells := []Tallied{
		{On: []int{constant}, N: 5, Y: 10, YY: 24}, {On: []int{constant, third}, N: 5, Y: 12, YY: 30},
		{On: []int{constant, f, second}, N: 5, Y: 20, YY: 90}, {On: []int{constant, x, second}, N: 5, Y: 25, YY: 130},
	}
	for name, c := range map[string][]Tallied{"one group": cells[:3], "two groups": cells} {
		fit, err := Regress(c, 5, false)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fit.Of(f); !errors.Is(err, ErrUndefined) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if _, err := fit.Of(third); err != nil {
			t.Errorf("%s: a level that ties: %v", name, err)
		}
	}
	tied := append(cells, Tallied{On: []int{constant, second}, N: 5, Y: 15, YY: 50})
	fit, err := Regress(tied, 5, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fit.Of(f); err != nil || got.Estimate < 1-1e-9 || got.Estimate > 1+1e-9 { // 20/5 − 15/5
		t.Errorf("tied: %+v, %v", got, err)
	}
}
