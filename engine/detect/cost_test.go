package detect

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// What the point alone costs is said for every kind of number, and where it is not
// known. The chances are those of scipy 1.16: binom.cdf(29, 100, .3) = .4623, so that
// of two 1-(1-.4623)² = .711; 2·norm.sf(.1/.05) = .0455.
func TestCostOfPoint(t *testing.T) {
	level := func(k, n int64) audit.Measurement {
		m := about("parity", "selection_rate", "a", float64(k)/float64(n))
		m.Numerator, m.Denominator = &k, &n
		return m
	}
	gap := func(group string, low, high float64) audit.Measurement {
		m := about("score_gap", "score_mean_difference", group, (low+high)/2)
		m.Interval = &audit.Interval{Low: &low, High: &high, Level: 0.95}
		return m
	}
	distance := about("drift", "psi", "", 0.3)
	distance.Null = &audit.Null{Expected: 0.02, Limit: 0.05}
	for name, c := range map[string]struct {
		limit Limit
		ms    []audit.Measurement
		want  string
	}{
		"nothing measured":     {Limit{Null: NullNoGap}, nil, "is not known"},
		"no null":              {Limit{Null: NullNone}, nil, ""},
		"a share":              {threshold(t, NullLimit, ScaleRate, "min", "0.3"), []audit.Measurement{level(20, 100)}, "lay on the limit itself, the point alone would fail about 46"},
		"two shares":           {threshold(t, NullLimit, ScaleRate, "min", "0.3"), []audit.Measurement{level(20, 100), level(25, 100)}, "values of all 2 groups lay on the limit itself, the point alone would fail about 71"},
		"a mean":               {threshold(t, NullLimit, ScaleNumber, "min", "0.3"), []audit.Measurement{gap("a", 0.2, 0.3)}, "about 50"},
		"a gap of scores":      {threshold(t, NullNoGap, ScaleNumber, "max_difference", "0.1"), []audit.Measurement{gap("a", 0.1, 0.296)}, "about 5"},
		"two gaps of scores":   {threshold(t, NullNoGap, ScaleNumber, "max_difference", "0.1"), []audit.Measurement{gap("a", 0.1, 0.296), gap("b", 0.1, 0.296)}, "by all 2 together at most 9"},
		"a distance, as drawn": {threshold(t, NullNoChange, ScaleNumber, "max", "0.2"), []audit.Measurement{distance}, "above 0.050 in 1 of 20 such logs"},
	} {
		c.limit.Policy = audit.ByPoint
		var at []int
		for i := range c.ms {
			at = append(at, i)
		}
		check := check{Check: audit.Check{Measurements: at}, limit: c.limit, rulings: make([]ruling, 1)}
		check.cost(c.ms)
		if !strings.Contains(check.Reason, c.want) || c.want == "" && check.Reason != "" {
			t.Errorf("%s: %q, want %q", name, check.Reason, c.want)
		}
	}
}

// threshold is a limit by the point.
func threshold(t *testing.T, null Null, scale Scale, key, value string) Limit {
	t.Helper()
	l, err := NewLimit(audit.Gate{Key: key, Value: value, Policy: audit.ByPoint}, Metric{Null: null, Scale: scale}, audit.Reference{Policy: "value", Value: "b"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
