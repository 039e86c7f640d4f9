package explain

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Equal parts have the mean of all, none has fewer people than allowed, and
// no part is told of a few.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Study{least: rapid.IntRange(0, 20).Draw(t, "least")}
		values := rapid.SliceOfN(rapid.Float64Range(-9, 9), 0, 300).Draw(t, "values")
		got := s.spread(indices(len(values)), func(row int) float64 { return values[row] }, 10)
		least := max(5, s.least)
		if len(values) < 2*least {
			if got != nil {
				t.Fatalf("%d rows have the parts %v", len(values), got)
			}
			return
		}
		if len(got) != min(10, len(values)/least) || !slices.IsSorted(got) {
			t.Fatalf("%d rows have the parts %v", len(values), got)
		}
		if len(values)%len(got) > 0 {
			return
		}
		want, mean := 0.0, 0.0
		for _, x := range values {
			want += x / float64(len(values))
		}
		for _, x := range got {
			mean += x / float64(len(got))
		}
		if math.Abs(mean-want) > 1e-9 {
			t.Fatalf("the parts have the mean %v, the rows %v", mean, want)
		}
	})
}

// Ten people with many rows are ten: two parts of five, whatever their rows.
func TestSpreadOfPeople(t *testing.T) {
	s := &Study{}
	var rows []int
	for row := range 100 {
		rows = append(rows, row)
		s.Subjects = append(s.Subjects, strconv.Itoa(row%10))
	}
	got := s.spread(rows, func(row int) float64 { return float64(row % 10) }, 10)
	if !slices.Equal(got, []float64{2, 7}) {
		t.Errorf("the parts are %v, want 2 (of 0 to 4) and 7 (of 5 to 9)", got)
	}
}
