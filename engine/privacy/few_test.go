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

// TestMeansOfOnes holds that a mean that gives a small count is hidden with all of its
// detector: 4 of 100 rows are 1.
func TestMeansOfOnes(t *testing.T) {
	mean := func(metric, group string, x float64) audit.Measurement {
		return audit.Measurement{Detector: "outcomes", Metric: metric, Attribute: "g", Group: &group, GroupKind: audit.KindValue, Window: audit.AllWindows, Value: &x, N: 100}
	}
	for _, c := range []struct {
		metric string
		x      float64
		hidden bool
	}{
		{"mean_error", 0.04, true}, {"mean_error", -0.04, true}, {"mean_absolute_error", 0.96, true}, {"root_mean_squared_error", 0.2, true},
		{"mean_error", 0.4, false}, {"mean_error", 0.0437, false}, {"mean_error", 0, false},
	} {
		a, b := "A", "B"
		r := &audit.Result{Privacy: &audit.Privacy{MinCell: 11, Exact: true}, Data: audit.Data{RowsRead: 200, RowsAudited: 200, Copies: 200},
			Groups:       []audit.Attribute{{Attribute: "g", Column: "g", Values: []audit.GroupValue{{Value: &a, Rows: 100, N: 100}, {Value: &b, Rows: 100, N: 100}}}},
			Measurements: []audit.Measurement{mean(c.metric, a, 0.5), mean(c.metric, b, c.x)}}
		for _, m := range Apply(r).Measurements {
			if m.Suppressed != c.hidden {
				t.Errorf("%s of %v: suppressed is %v for %s", c.metric, c.x, m.Suppressed, *m.Group)
			}
		}
	}
}

// TestTailsOfQuantiles holds that a quantile leaves min_cell cases on both sides: the
// 0.97 quantile of 50 zeros and ones is 0.53 if there are two ones (type 7 of Hyndman
// and Fan 1996: the 48th and 49th of 50 numbers, 0 and 1, at 48.53).
func TestTailsOfQuantiles(t *testing.T) {
	for _, c := range []struct {
		q              string
		n              int64
		hidden, limits bool
	}{{"0.97", 50, true, false}, {"0.03", 50, true, false}, {"0.5", 50, false, false}, {"0.5", 100, false, true}, {"0.97", 2000, false, true}, {"0.999", 300, true, false}} {
		x := 0.53
		r := &audit.Result{Privacy: &audit.Privacy{MinCell: 11, Exact: true}, KPIDefinitions: []audit.KPIDefinition{{Name: "q", Kind: "quantile", Quantile: c.q}},
			KPIs: []audit.KPI{{KPI: "q", GroupKind: audit.KindOverall, Window: audit.AllWindows, Value: &x, N: c.n, Interval: &audit.Interval{Low: &x, High: &x}}}}
		p := Apply(r)
		if got := p.KPIs[0]; got.Suppressed != c.hidden || (got.Interval != nil) != c.limits {
			t.Errorf("%s of %d: suppressed %v, interval %v", c.q, c.n, got.Suppressed, got.Interval)
		}
		if (p.Privacy.KPIs == 1) != c.hidden {
			t.Errorf("%d points are counted", p.Privacy.KPIs)
		}
	}
}
