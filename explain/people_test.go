package explain

import (
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Where every person has one row, errors by people are those of rows; and
// where each has two that are the same, the numbers stand and the errors are
// about √2 of those that take rows for people.
func TestErrorsByPeople(t *testing.T) {
	rows := study(t, 300)
	alone := study(t, 300)
	alone.Rows.People = indices(300)
	pairs, apart := twice(study(t, 150)), twice(study(t, 150))
	for row := range pairs.Rows.Rows {
		pairs.Rows.People = append(pairs.Rows.People, row%150)
	}
	for _, e := range []Explainer{Dependence(), Flip()} {
		for _, c := range []struct {
			name            string
			with, without   *Study
			want, tolerance float64
		}{{"one row", alone, rows, 1, .15}, {"two rows", pairs, apart, math.Sqrt2, .2}} {
			a, b := explained(t, c.with, e), explained(t, c.without, e)
			if len(a) != len(b) {
				t.Fatalf("%s, %s: %d and %d numbers", e.Name, c.name, len(a), len(b))
			}
			for i := range a {
				if *a[i].Value != *b[i].Value {
					t.Errorf("%s, %s %s: %v and %v", c.name, e.Name, a[i].Metric, *a[i].Value, *b[i].Value)
				}
				x, y := width(a[i]), width(b[i])
				if y > 1e-6 && math.Abs(x/y/c.want-1) > c.tolerance && b[i].Interval.Method != "wilson" {
					t.Errorf("%s, %s %s %s at %v: interval %v wide, by rows %v", c.name, e.Name, a[i].Metric, a[i].Part, a[i].X, x, y)
				}
			}
		}
	}
}

func width(e audit.Explanation) float64 {
	if e.Interval == nil {
		return 0
	}
	return *e.Interval.High - *e.Interval.Low
}

// twice has every row of a study two times.
func twice(s *Study) *Study {
	for i, c := range s.Rows.Columns {
		s.Rows.Columns[i] = append(append([]float64{}, c...), c...)
		s.Features[i].Values = s.Rows.Columns[i]
	}
	s.Rows.Rows *= 2
	s.Rows.Labels = append(s.Rows.Labels, s.Rows.Labels...)
	s.Rows.Attributes[0].Of = append(s.Rows.Attributes[0].Of, s.Rows.Attributes[0].Of...)
	s.Scores, s.Decisions, s.Keys = append(s.Scores, s.Scores...), append(s.Decisions, s.Decisions...), append(s.Keys, s.Keys...)
	return s
}
