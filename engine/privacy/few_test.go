package privacy

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// TestFewPeopleWithManyCases holds that a group of few people is hidden however many
// cases they have, and that nothing is left of how many people there are.
func TestFewPeopleWithManyCases(t *testing.T) {
	name := func(s string) *string { return &s }
	rate := func(group *string, kind audit.GroupKind, k, n, people int64) audit.Measurement {
		x := float64(k) / float64(n)
		return audit.Measurement{Detector: "parity", Metric: "selection_rate", Attribute: "g", Group: group, GroupKind: kind, Window: audit.AllWindows,
			Value: &x, N: n, Numerator: &k, Denominator: &n, People: people}
	}
	r := &audit.Result{
		Privacy: &audit.Privacy{MinCell: 11, Exact: true},
		Data:    audit.Data{RowsRead: 1040, RowsAudited: 1040, Copies: 1040},
		Groups: []audit.Attribute{{Attribute: "g", Column: "g", Values: []audit.GroupValue{
			{Value: name("A"), Rows: 500, N: 500}, {Value: name("B"), Rows: 500, N: 500}, {Value: name("C"), Rows: 40, N: 40}}}},
		Measurements: []audit.Measurement{
			rate(name("A"), audit.KindValue, 200, 500, 400), rate(name("B"), audit.KindValue, 250, 500, 300), rate(name("C"), audit.KindValue, 15, 40, 3),
		},
	}
	p := Apply(r)
	hidden := map[string]bool{}
	for _, m := range p.Measurements {
		hidden[*m.Group] = m.Suppressed
		if m.People != 0 {
			t.Errorf("%s tells of %d people", *m.Group, m.People)
		}
	}
	if !hidden["C"] || hidden["A"] == hidden["B"] {
		t.Errorf("hidden: %v, want C and one other", hidden)
	}
}
