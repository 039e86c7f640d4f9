package stat

import (
	"encoding/json"
	"math"
	"testing"
)

// numbersOrOne is a list of numbers or a single one.
type numbersOrOne []number

func (n *numbersOrOne) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]number)(n))
	}
	*n = make(numbersOrOne, 1)
	return json.Unmarshal(b, &(*n)[0])
}

// finite compares distances that may be infinite.
func finite(t *testing.T, name string, got float64, want number) {
	t.Helper()
	if math.IsInf(float64(want), 1) && math.IsInf(got, 1) {
		return
	}
	if math.Abs(got-float64(want)) < 1e-15 { // differences of sums near 1
		return
	}
	near(t, name, got, float64(want), 1e-11)
}

// pNear compares p-values: 1e-10, and 1e-6 below 1e-15.
func pNear(t *testing.T, name string, got, want float64) {
	t.Helper()
	tolerance := 1e-10
	if want < 1e-15 {
		tolerance = 1e-6
	}
	near(t, name, got, want, tolerance)
}
