package stat

import (
	"math"
	"testing"
)

// Exact: sums of rational probabilities over all tables, in Python. Dealt: the example
// of R's fisher.test, job satisfaction by income (Agresti 2002, p. 57), p = 0.7827.
func TestFreemanHalton(t *testing.T) {
	for _, c := range []struct {
		table [][]int64
		p     float64
	}{
		{[][]int64{{3, 0, 1}, {0, 4, 1}}, 0.023809523809523808},
		{[][]int64{{2, 1, 0}, {0, 3, 1}, {1, 0, 4}}, 0.03499278499278499},
		{[][]int64{{5, 2}, {1, 7}}, 0.04055944055944056},
	} {
		if got, err := FreemanHalton(c.table, 999, 1, "test"); err != nil || math.Abs(got.P-c.p) > 1e-12 || got.Method != MethodFreemanHalton {
			t.Errorf("%v: %+v (%v), want %v", c.table, got, err, c.p)
		}
	}
	job := [][]int64{{1, 2, 1, 0}, {3, 3, 6, 1}, {10, 10, 14, 9}, {6, 7, 12, 11}}
	got, err := FreemanHalton(job, 9999, 1, "test")
	if err != nil || math.Abs(got.P-.7827) > 5*math.Sqrt(.7827*.2173/9999) || got.Method != MethodFreemanHaltonDeal {
		t.Errorf("job satisfaction: %+v (%v)", got, err)
	}
	if again, _ := FreemanHalton(job, 9999, 1, "test"); again != got {
		t.Error("not the same twice")
	}
	if _, err := FreemanHalton([][]int64{{1, 0}, {2, 0}}, 9, 1, "test"); err == nil {
		t.Error("a table of one column has a test")
	}
}
