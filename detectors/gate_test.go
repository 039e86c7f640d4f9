package detectors

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// judgeParity holds selection rates to a ratio.
func judgeParity(t testing.TB, ref audit.Reference, value, side string, rows []row) (audit.Check, audit.GateSummary, []audit.Measurement) {
	t.Helper()
	spec := newSpec(ref, "g")
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: value, Side: side}}
	ms := run(t, spec, rows, Parity())
	gates, _ := detect.Judge(spec, []detect.Detector{Parity()}, ms)
	if len(gates.Checks) != 1 {
		t.Fatalf("%d checks", len(gates.Checks))
	}
	return gates.Checks[0], gates, ms
}

func TestRatioGate(t *testing.T) {
	const big = 1_000_000_000
	for _, c := range []struct {
		name   string
		ref    audit.Reference
		side   string
		rows   []row
		want   audit.Verdict
		reason string
	}{
		{"well inside", named("a"), "both", append(decisions("a", 5000, 5000), decisions("b", 4900, 5100)...), audit.Pass, "within"},
		{"far below", named("a"), "both", append(decisions("a", 500, 500), decisions("b", 300, 700)...), audit.Fail, "below the limit"},
		{"far above", named("a"), "both", append(decisions("a", 500, 500), decisions("b", 800, 200)...), audit.Fail, "above the limit of 1.25"},
		{"far above, one side", named("a"), "low", append(decisions("a", 500, 500), decisions("b", 800, 200)...), audit.Pass, ""},
		{"one side of a chosen reference", largest, "low", append(decisions("a", 600, 600), decisions("b", 800, 200)...), audit.Fail, ""},
		{"straddles", named("a"), "both", append(decisions("a", 50, 50), decisions("b", 45, 55)...), audit.Inconclusive, "reaches beyond"},
		{"maybe chance", named("a"), "both", append(decisions("a", 20, 20), decisions("b", 14, 26)...), audit.Inconclusive, "may be chance"},
		{"exactly 4/5, never below", named("a"), "both", append(decisions("a", big/2, big/2), decisions("b", big*4/10, big*6/10)...), audit.Inconclusive, "0.80, within"},
		{"one row below 4/5", named("a"), "both", append(decisions("a", big/2, big/2), decisions("b", big*4/10-1, big*6/10+1)...), audit.Inconclusive, "0.799999998, below the limit of 0.80, but a single changed decision"},
		{"two rows below 4/5", named("a"), "both", append(decisions("a", big/2, big/2), decisions("b", big*4/10-2, big*6/10+2)...), audit.Fail, "0.799999996, below"},
		{"reference selects nobody", named("a"), "both", append(decisions("a", 0, 1000), decisions("b", 500, 500)...), audit.Inconclusive, "is 0"},
		{"largest selects nobody", largest, "both", append(decisions("a", 0, 1100), decisions("b", 500, 500)...), audit.Fail, "0.00"},
		{"small group aside", named("a"), "both", slices.Concat(decisions("a", 5000, 5000), decisions("b", 4900, 5100), decisions("c", 3, 7)), audit.Pass, "left aside"},
		{"small group fails", named("a"), "both", slices.Concat(decisions("a", 5000, 5000), decisions("b", 4900, 5100), decisions("c", 0, 29)), audit.Fail, ""},
		{"only small groups", named("a"), "both", append(decisions("a", 5, 5), decisions("b", 4, 6)...), audit.Inconclusive, "fewer than 30"},
		{"absent reference", named("A"), "both", append(decisions("a", 500, 500), decisions("b", 300, 700)...), audit.Inconclusive, `nearest value is "a"`},
		{"pair without the reference", largest, "both", slices.Concat(decisions("a", 5000, 5000), decisions("b", 2200, 1800), decisions("c", 1800, 2200)), audit.Inconclusive, "c against b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, ms := judgeParity(t, c.ref, "0.8", c.side, c.rows)
			if got.Verdict != c.want || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s, %q; want %s, %q", got.Verdict, got.Reason, c.want, c.reason)
			}
			for _, at := range got.Measurements {
				if m := ms[at]; m.Threshold == nil || m.Note == "" || m.Verdict == "" {
					t.Errorf("not marked: %+v", m)
				}
			}
		})
	}
}

func TestSmallGroupIsNotApplicable(t *testing.T) {
	_, _, ms := judgeParity(t, named("a"), "0.8", "both", slices.Concat(decisions("a", 5000, 5000), decisions("b", 4900, 5100), decisions("c", 3, 7)))
	m := get(t, ms, "selection_rate_ratio", "c", "a")
	if m.Verdict != audit.NotApplicable || m.PAdjusted == nil {
		t.Errorf("%s %v", m.Verdict, m.PAdjusted)
	}
}

func TestLevelsAndComposites(t *testing.T) {
	rows := append(outcomes([]string{"African-American"}, 1369, 805, 532, 990), outcomes([]string{"Caucasian"}, 505, 349, 461, 1139)...)
	spec := newSpec(named("Caucasian"), "race")
	gate := func(metric, key, value string, want audit.Verdict) audit.Verdict {
		spec.Gates = append(spec.Gates, audit.Gate{Detector: "error_rates", Metric: metric, Key: key, Value: value, Side: "both"})
		return want
	}
	want := []audit.Verdict{
		gate("accuracy", "min", "0.6", audit.Pass),
		gate("accuracy", "min", "0.66", audit.Fail), // .638 of 3,696
		gate("accuracy", "max", "0.66", audit.Inconclusive),
		gate("equalized_odds_difference", "max", "0.1", audit.Fail),
		gate("equalized_odds_difference", "max", "0.3", audit.Pass),
		gate("average_odds_difference", "max", "0.3", audit.Pass),
		gate("average_odds_difference", "max_difference", "0.2", audit.Fail),
		gate("average_absolute_odds_difference", "max", "0.22", audit.Inconclusive),
		gate("treatment_equality", "max", "0.9", audit.Fail), // 461 to 349
		gate("treatment_equality_difference", "max", "1", audit.Pass),
		gate("base_rate_difference", "max_difference", "0.05", audit.Fail),
		gate("no_such_rate", "max", "0.05", audit.Error),
	}
	ms := run(t, spec, rows, ErrorRates())
	gates, v := detect.Judge(spec, All(), ms)
	for i, c := range gates.Checks {
		if c.Verdict != want[i] {
			t.Errorf("%s %s %s: %s, want %s: %s", c.Metric, c.Threshold.Key, c.Threshold.Value, c.Verdict, want[i], c.Reason)
		}
	}
	if v != audit.Fail {
		t.Errorf("verdict %s", v)
	}
	if m := get(t, ms, "accuracy", "African-American", ""); m.Verdict != audit.Fail || m.Threshold.Value != "0.66" {
		t.Errorf("of several gates the graver is noted: %s %+v", m.Verdict, m.Threshold)
	}
}

// Where a positive decision is bad, gates on selection rates look at the
// favorable rate.
func TestUnfavorable(t *testing.T) {
	spec := newSpec(named("a"), "g")
	spec.Favorable = false
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	ms := run(t, spec, append(decisions("a", 1000, 9000), decisions("b", 1500, 8500)...), Parity())
	gates, v := detect.Judge(spec, All(), ms)
	if v != audit.Pass || gates.Checks[0].Metric != "favorable_rate_ratio" {
		t.Errorf("%s %+v", v, gates.Checks)
	}
}

// Under exact parity of seven groups of 100 at a rate of 0.3, a bare four-fifths
// rule cries wolf 94 times in 100; the gate at most 5, and two standard deviations of noise.
func TestFalseAlarms(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const trials = 100
	for _, ref := range []audit.Reference{named("a"), largest} {
		bare, alarms, passes := 0, 0, 0
		for range trials {
			var rows []row
			low, high := int64(100), int64(0)
			for i := range 7 {
				k := int64(0)
				for range 100 {
					if random.Float64() < 0.3 {
						k++
					}
				}
				low, high = min(low, k), max(high, k)
				rows = append(rows, decisions(string(rune('a'+i)), k, 100-k)...)
			}
			if 5*low < 4*high {
				bare++
			}
			switch c, _, _ := judgeParity(t, ref, "0.8", "both", rows); c.Verdict {
			case audit.Fail:
				alarms++
			case audit.Pass:
				passes++
			}
		}
		if bare < trials*85/100 || alarms > 9 || passes > 0 {
			t.Errorf("%s: bare rule %d, alarms %d, passes %d of %d", ref.Policy, bare, alarms, passes, trials)
		}
	}
}

// With a subject, intervals and tests follow people: twenty rows of each person
// are not twenty people.
func TestPeopleNotRows(t *testing.T) {
	spec := newSpec(named("a"), "g")
	var rows []row
	for person := range 64 {
		for _, g := range []string{"a", "b"} {
			d := decisions(g, 20, 0)
			if (g == "a" && person%2 == 0) || (g == "b" && person%5 < 2) {
				d = decisions(g, 0, 20)
			}
			for _, x := range d {
				x.shard = person
				rows = append(rows, x)
			}
		}
	}
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate", Key: "min", Value: "0.6", Side: "both"}}
	plain := run(t, spec, rows, Parity())
	spec.HasSubject = true
	people := run(t, spec, rows, Parity())
	sane(t, people)
	for _, metric := range []string{"selection_rate_difference", "selection_rate_ratio"} {
		a, b := get(t, plain, metric, "b", "a"), get(t, people, metric, "b", "a")
		if *a.Value != *b.Value || b.Shards != 64 || a.Shards != 0 {
			t.Errorf("%s: %v %v, shards %d", metric, *a.Value, *b.Value, b.Shards)
		}
		if width(b)/width(a) < 3 || *b.P < 100**a.P || !strings.Contains(b.Interval.Method, "clustered") || !strings.Contains(b.Test, "clustered") {
			t.Errorf("%s: width %v and %v, p %v and %v, %s, %s", metric, width(a), width(b), *a.P, *b.P, b.Interval.Method, b.Test)
		}
	}
	detect.Judge(spec, All(), plain)
	detect.Judge(spec, All(), people)
	if a, b := get(t, plain, "selection_rate", "a", ""), get(t, people, "selection_rate", "a", ""); a.Verdict != audit.Fail || b.Verdict != audit.Inconclusive {
		t.Errorf("rows: %s, people: %s", a.Verdict, b.Verdict)
	}
}

func width(m *audit.Measurement) float64 { return *m.Interval.High - *m.Interval.Low }

// What spans everything that unknown rows may be has no chance of its own, and groups
// known by probabilities no interval that covers the bias: no limit is held to either.
func TestNotGated(t *testing.T) {
	for _, d := range []detect.Detector{MissingGroups(), LabelCoverage(), InferredGroups()} {
		for _, m := range d.Metrics {
			shown := d.Name == "inferred_groups" || strings.HasSuffix(m.Name, boundsSuffix) || strings.HasSuffix(m.Name, imputedSuffix)
			if got := len(m.GateKeys()) == 0; got != shown {
				t.Errorf("%s/%s: shown only is %v", d.Name, m.Name, got)
			}
		}
	}
}

// A limit on the share with a label is about all rows of a group, not about those of
// one decision.
func TestLabelShareGate(t *testing.T) {
	spec := newSpec(named("m"), "sex")
	spec.Gates = []audit.Gate{{Detector: "label_coverage", Metric: "label_share", Key: "min", Value: "0.5"}}
	var rows []row
	for _, g := range []string{"f", "m"} {
		rows = append(rows, row{group: []string{g}, decision: table.Positive, label: table.Unknown, n: 100}, row{group: []string{g}, decision: table.Negative, label: table.Positive, n: 900})
	}
	if gates, v := detect.Judge(spec, []detect.Detector{LabelCoverage()}, run(t, spec, rows, LabelCoverage())); v != audit.Pass || len(gates.Checks[0].Measurements) > 3 {
		t.Errorf("%s %+v", v, gates.Checks)
	}
}
