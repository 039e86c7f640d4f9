package detectors

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// COMPAS (data/README table 1, ProPublica's truth tables) as it would be if the
// outcome of those who were flagged were not known, as where they are detained:
// the published true and false positive rates lie within the bounds, and the
// false omission rate, which needs the released alone, is known exactly.
func TestSelectiveLabels(t *testing.T) {
	spec := newSpec(named("Caucasian"), "race")
	people := map[string][4]int64{ // TN FP FN TP
		"African-American": {990, 805, 532, 1369}, "Caucasian": {1139, 349, 461, 505}, "Hispanic": {318, 87, 129, 103},
	}
	var rows []row
	for race, x := range people {
		g := []string{race}
		rows = append(rows, row{group: g, decision: table.Positive, label: table.Unknown, n: x[1] + x[3]},
			row{group: g, decision: table.Negative, label: table.Positive, n: x[2]}, row{group: g, decision: table.Negative, label: table.Negative, n: x[0]})
	}
	ms := run(t, spec, rows, LabelCoverage())
	for race, x := range people {
		within := func(metric string, k, n int64) {
			m := get(t, ms, metric, race, "")
			if v := float64(k) / float64(n); v < *m.Interval.Low || v > *m.Interval.High {
				t.Errorf("%s of %s: %v is not within %v to %v", metric, race, v, *m.Interval.Low, *m.Interval.High)
			}
		}
		within("true_positive_rate_bounds", x[3], x[3]+x[2])
		within("false_positive_rate_bounds", x[1], x[1]+x[0])
		within("base_rate_bounds", x[3]+x[2], x[0]+x[1]+x[2]+x[3])
		m := get(t, ms, "false_omission_rate_bounds", race, "")
		if want := float64(x[2]) / float64(x[2]+x[0]); *m.Value != want || *m.Interval.Low != want || *m.Interval.High != want {
			t.Errorf("false omission rate of %s: %v", race, m)
		}
	}
	if m := get(t, ms, "false_omission_rate_ratio_bounds", "African-American", "Caucasian"); math.Abs(*m.Value-0.349540/0.288125) > 1e-5 || *m.Interval.Low != *m.Interval.High {
		t.Errorf("%v %v", *m.Value, m.Interval)
	}
	shares := map[string]float64{}
	for _, m := range ms {
		if m.Metric == "label_share" && m.Group != nil && *m.Group == "Caucasian" {
			shares[m.Parameters["decision"]] = *m.Value
		}
	}
	if shares[""] != 1600.0/2454 || shares[table.Positive] != 0 || shares[table.Negative] != 1 {
		t.Errorf("label shares %v", shares)
	}
}

// Where labels are known of one decision, a rate that adds up outcomes of both has no
// value, whichever decision it is; one of a single decision has, and so has a rate of
// groups of which the other decision was not made at all.
func TestLabelsOfOneDecision(t *testing.T) {
	g := []string{"a"}
	flagged := []row{{group: g, decision: table.Positive, label: table.Unknown, n: 40}, {group: g, decision: table.Negative, label: table.Positive, n: 20}, {group: g, decision: table.Negative, label: table.Negative, n: 30}}
	granted := []row{{group: g, decision: table.Negative, label: table.Unknown, n: 40}, {group: g, decision: table.Positive, label: table.Positive, n: 20}, {group: g, decision: table.Positive, label: table.Negative, n: 30}}
	for _, c := range []struct {
		name   string
		rows   []row
		metric string
		value  any
	}{
		{"flagged", flagged, "true_positive_rate", nil}, {"flagged", flagged, "false_positive_rate", nil}, {"flagged", flagged, "false_negative_rate", nil},
		{"flagged", flagged, "true_negative_rate", nil}, {"flagged", flagged, "false_omission_rate", 0.4}, {"flagged", flagged, "treatment_equality", nil},
		{"granted", granted, "true_positive_rate", nil}, {"granted", granted, "false_negative_rate", nil}, {"granted", granted, "treatment_equality", nil}, {"granted", granted, "positive_predictive_value", 0.4},
		{"nobody flagged", flagged[1:], "true_positive_rate", 0.0}, {"everybody granted", granted[1:], "true_positive_rate", 1.0},
	} {
		detector := ErrorRates()
		if c.metric == "true_positive_rate" {
			detector = EqualOpportunity()
		}
		m := get(t, run(t, newSpec(none, "g"), c.rows, detector), c.metric, "a", "")
		if want, ok := c.value.(float64); ok != (m.Value != nil) || ok && *m.Value != want {
			t.Errorf("%s, %s: %+v, want %v", c.name, c.metric, m, c.value)
		}
	}
}

func TestAllLabelsKnown(t *testing.T) {
	if ms := run(t, newSpec(none, "g"), outcomes([]string{"a"}, 1, 2, 3, 4), LabelCoverage()); len(ms) > 0 {
		t.Errorf("%d measurements", len(ms))
	}
}

// The bounds are those of a search over all labels of the rows without one.
func TestLabelBoundsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := func(name string) int64 { return rapid.Int64Range(0, 4).Draw(t, name) }
		x := tally{TP: count("tp"), FP: count("fp"), FN: count("fn"), TN: count("tn")}
		up, un := count("unlabeled positive"), count("unlabeled negative")
		x.Positive, x.Negative = x.TP+x.FP+up, x.FN+x.TN+un
		for _, r := range labelRates() {
			low, high, ok := r.extremesOver(x)
			if _, n := r.count(x); ok != (n > 0) {
				t.Fatalf("%s: ok is %v", r.name, ok)
			}
			if !ok {
				continue
			}
			var least, most *big.Rat
			for i := range up + 1 {
				for j := range un + 1 {
					k, n := r.count(x.add(tally{TP: i, FP: up - i, FN: j, TN: un - j}))
					v := big.NewRat(k, n)
					if least == nil || v.Cmp(least) < 0 {
						least = v
					}
					if most == nil || v.Cmp(most) > 0 {
						most = v
					}
				}
			}
			if low.Rat().Cmp(least) != 0 || high.Rat().Cmp(most) != 0 {
				t.Fatalf("%s of %+v: %v to %v, want %v to %v", r.name, x, low, high, least, most)
			}
		}
	})
}

// Rows that are too young count among those without a label.
func TestImmatureLabels(t *testing.T) {
	rows := append(outcomes([]string{"a"}, 10, 0, 10, 0), row{group: []string{"a"}, decision: table.Positive, label: table.Immature, n: 20})
	m := get(t, run(t, newSpec(none, "g"), rows, LabelCoverage()), "true_positive_rate_bounds", "a", "")
	if *m.Value != 0.5 || *m.Interval.Low != 0.5 || *m.Interval.High != 0.75 || m.GroupKind != audit.KindValue {
		t.Errorf("%v %v %v", *m.Value, *m.Interval.Low, *m.Interval.High)
	}
}

// Whether a limit holds over all labels of the rows without one is told with the
// bounds. By hand: of 100 each 40 and 30 of 50 with a positive label are selected;
// ten more selected rows of either group may have that label or the other, so the
// gap lies between 40/50 − 40/60 and 50/60 − 30/50.
func TestLabelBoundsAgainstLimit(t *testing.T) {
	rows := append(outcomes([]string{"a"}, 40, 10, 10, 40), outcomes([]string{"b"}, 30, 10, 20, 40)...)
	for _, g := range []string{"a", "b"} {
		rows = append(rows, row{group: []string{g}, decision: table.Positive, label: table.Unknown, n: 10})
	}
	for limit, want := range map[string]string{"0.1": "broken", "0.2": "open", "0.24": "holds"} {
		spec := newSpec(named("b"), "g")
		spec.Gates = []audit.Gate{{Detector: "equal_opportunity", Metric: "true_positive_rate_difference", Key: "max_difference", Value: limit, Side: "both"}}
		m := get(t, run(t, spec, rows, LabelCoverage()), "true_positive_rate_difference_bounds", "a", "b")
		if math.Abs(*m.Interval.Low-(0.8-2./3)) > 1e-15 || math.Abs(*m.Interval.High-(5./6-0.6)) > 1e-15 {
			t.Errorf("%+v", m.Interval)
		}
		if m.Parameters["limit"] != want || m.Parameters["unknown"] != "label" {
			t.Errorf("limit %s: %v", limit, m.Parameters)
		}
	}
}

// Pairs without the chosen reference that a gate judges have bounds over labels, too,
// in the order in which they are judged.
func TestLabelBoundsOfOtherPairs(t *testing.T) {
	spec := newSpec(largest, "sex")
	spec.Gates = []audit.Gate{{Detector: "equal_opportunity", Metric: "true_positive_rate_ratio", Key: "min_ratio", Value: "0.8"}}
	rows := slices.Concat(outcomes([]string{"a"}, 60, 10, 40, 10), outcomes([]string{"b"}, 150, 20, 50, 20), outcomes([]string{"c"}, 90, 10, 10, 10), decisions("a", 50, 50))
	ms := run(t, spec, rows, EqualOpportunity(), LabelCoverage())
	judged, bound := get(t, ms, "true_positive_rate_ratio", "a", "c"), get(t, ms, "true_positive_rate_ratio_bounds", "a", "c")
	if *judged.Value != *bound.Value || bound.Parameters["limit"] != "open" {
		t.Errorf("%+v\n%+v", judged, bound)
	}
}
