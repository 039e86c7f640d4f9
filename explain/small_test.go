package explain

import (
	"context"
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Groups whose gaps are left out are named, with the metric: a group may be too
// small for one and not for another. Where as many people are private, they are not.
func TestSmallGroupsAreNamed(t *testing.T) {
	s := study(t, 200)
	s.Spec.Explain.Gap = &audit.GapSpec{Metrics: []string{"selection_rate", "true_positive_rate"}}
	a := s.Rows.Attributes[0]
	of := slices.Clone(a.Of)
	s.Rows.Labels = nil
	for row := range of { // 25 rows of a group of its own, of whose labels 5 are positive
		label := int8(row % 2)
		if row < 25 {
			of[row], label = int32(len(a.Groups)), 0
			if row < 5 {
				label = 1
			}
		}
		s.Rows.Labels = append(s.Rows.Labels, label)
	}
	s.Rows.Attributes = []Attribute{{Name: a.Name, Groups: append(slices.Clone(a.Groups), "x"), Of: of}}
	if _, err := Gaps().Explain(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	want := "Of " + a.Name + ", the true positive rate difference of x is not explained: it or its reference has fewer than 20 of the sampled rows that count for it."
	if !slices.Contains(s.notes, want) || len(s.notes) != 1 {
		t.Errorf("%q, want %q", s.notes, want)
	}
	s.least = 50
	if got, want := s.tooSmall("race", []string{"mean score difference"}, []string{"x", "y"}, "not explained"),
		"Of race, the mean score difference of 2 groups is not explained: each of them or its reference has fewer than 20 of the sampled rows that count for it."; got != want {
		t.Errorf("%q", got)
	}
}
