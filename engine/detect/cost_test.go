package detect

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// What the point alone costs is said for every kind of number. Of a share of 20 at a
// limit of one half P(K < 10) = 0.4119, so of two groups 1 - 0.5881² = 0.6541 fail
// (binomial tables); a gap whose limit is one standard error away lies beyond it with
// chance 0.3173 (normal tables).
func TestCostOfPoint(t *testing.T) {
	share := func(k int64) audit.Measurement {
		m := about("d", "rate", "x", float64(k)/20)
		m.Numerator, m.Denominator = pointer(k), pointer(int64(20))
		return m
	}
	wide := 1.959963984540054 * 0.02
	gap := about("d", "gap", "x", 0.05)
	gap.Interval = &audit.Interval{Low: pointer(0.05 - wide), High: pointer(0.05 + wide), Level: 0.95}
	far := about("d", "ks", "x", 0.2)
	far.Null = &audit.Null{Expected: 0.08, Limit: 0.13}
	drawn := about("d", "gap", "x", 0.05)
	drawn.GroupKind, drawn.Null = audit.KindWorst, &audit.Null{FalseAlarm: pointer(0.94)}
	for _, c := range []struct {
		name string
		null Null
		key  string
		at   string
		ms   []audit.Measurement
		want string
	}{
		{"one level", NullLimit, "min", "0.5", []audit.Measurement{share(9)}, "lay on the limit itself, the point alone would fail about 41" + thin + "%"},
		{"two levels", NullLimit, "min", "0.5", []audit.Measurement{share(9), share(12)}, "of both groups lay on the limit itself, the point alone would fail about 65" + thin + "%"},
		{"from above", NullLimit, "max", "0.5", []audit.Measurement{share(12)}, "about 41" + thin + "%"},
		{"a gap", NullNoGap, "max", "0.02", []audit.Measurement{gap}, "still fail about 32" + thin + "% of logs"},
		{"two gaps", NullNoGap, "max", "0.02", []audit.Measurement{gap, gap}, "about 32" + thin + "% of logs of these sizes by the comparison that swings most, and by both together at most 63" + thin + "%"},
		{"a distance", NullNoChange, "max", "0.1", []audit.Measurement{far}, "about 0.080 at these sizes, and above 0.130 in 1 of 20"},
		{"drawn", NullNoGap, "max", "0.02", []audit.Measurement{gap, drawn}, "about 94" + thin + "%"},
		{"nothing known", NullNoGap, "max", "0.02", []audit.Measurement{about("d", "ks", "x", 0.2)}, "is not known"},
		{"a fact", NullNone, "max", "0.02", []audit.Measurement{gap}, ""},
	} {
		limit, err := stat.ParseDecimal(c.at)
		if err != nil {
			t.Fatal(err)
		}
		scale := ScaleNumber
		if c.null == NullLimit {
			scale = ScaleRate
		}
		x := check{Check: audit.Check{Detector: "d", Metric: c.ms[0].Metric, Attribute: c.ms[0].Attribute},
			limit:   Limit{Threshold: audit.Threshold{Key: c.key, Value: c.at, Policy: audit.ByPoint}, Null: c.null, Scale: scale, value: limit},
			rulings: make([]ruling, 1)}
		for i := range c.ms {
			if c.ms[i].GroupKind != audit.KindWorst {
				x.Measurements = append(x.Measurements, i)
			}
		}
		x.cost(c.ms)
		if !strings.Contains(x.Reason, c.want) || c.want == "" && x.Reason != "" {
			t.Errorf("%s: %q lacks %q", c.name, x.Reason, c.want)
		}
	}
}

// 1 of 10 against 3 of 20: 53 times as many rows fail the four-fifths rule with a
// chance of 0.8 (0.81 of 1,500 simulated logs of 54 times as many rows, by SciPy's
// hypergeometric distribution). What mid-p says of the spread asks for twice as many.
func TestSettleTinyTable(t *testing.T) {
	limit, err := stat.ParseDecimal("0.8")
	if err != nil {
		t.Fatal(err)
	}
	m := about("parity", "selection_rate_ratio", "w", 2.0/3)
	m.Numerator, m.Denominator, m.RefNum, m.RefDen = pointer(int64(1)), pointer(int64(10)), pointer(int64(3)), pointer(int64(20))
	test, err := stat.FisherMidP(1, 10, 3, 20)
	if err != nil {
		t.Fatal(err)
	}
	m.P, m.Interval = &test.P, &audit.Interval{Low: pointer(0.1), High: pointer(3.9), Level: 0.95}
	l := Limit{Threshold: audit.Threshold{Key: "min_ratio", Value: "0.8", Side: "both", Policy: audit.TwoProng}, Null: NullNoGap, Scale: ScaleRatio, value: limit}
	if f := l.needed(&m, 0.05, 1); f < 50 || f > 56 {
		t.Errorf("%.1f times as many rows", f)
	}
}
