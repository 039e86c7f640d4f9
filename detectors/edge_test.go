package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// everyGate sets a limit on every metric that the detectors declare.
func everyGate() []audit.Gate {
	var out []audit.Gate
	for _, d := range All() {
		for _, m := range d.Metrics {
			g := audit.Gate{Detector: d.Name, Metric: m.Name, Key: "max", Value: "0.2", Side: "both"}
			if m.Scale == detect.ScaleRatio {
				g.Key, g.Value = "min_ratio", "0.8"
			} else if m.Scale == detect.ScaleDifference {
				g.Key = "max_difference"
			}
			out = append(out, g)
		}
	}
	return out
}

// Logs that say too little: the audit says so, and never passes a gate on a gap
// or prints a number over an empty denominator.
func TestTooLittleToSay(t *testing.T) {
	g := func(name string) []string { return []string{name} }
	logs := map[string][]row{
		"no rows":            nil,
		"one group":          outcomes(g("a"), 30, 10, 10, 50),
		"only missing":       outcomes(g(""), 30, 10, 10, 50),
		"one group, missing": append(outcomes(g("a"), 30, 10, 10, 50), outcomes(g(""), 1, 2, 3, 4)...),
		"one row per group":  append(outcomes(g("a"), 1, 0, 0, 0), outcomes(g("b"), 0, 0, 0, 1)...),
		"no positives":       append(outcomes(g("a"), 0, 5, 0, 15), outcomes(g("b"), 0, 50, 0, 150)...),
		"nobody selected":    append(outcomes(g("a"), 0, 0, 80, 120), outcomes(g("b"), 0, 0, 800, 1200)...),
	}
	comparable := map[string]bool{"no positives": true, "nobody selected": true} // in some rates, where each group has rows
	for name, rows := range logs {
		for _, ref := range []audit.Reference{named("a"), named("c"), largest, best, rest, none} {
			t.Run(name+"/"+ref.Policy+ref.Value, func(t *testing.T) {
				spec := newSpec(ref, "g")
				spec.Gates = everyGate()
				ms := run(t, spec, rows, All()...)
				sane(t, ms)
				gates, verdict := detect.Judge(spec, All(), ms)
				for _, c := range gates.Checks {
					if c.Reason == "" {
						t.Errorf("%s is %s without a reason", c.Metric, c.Verdict)
					}
					if c.Verdict != audit.Pass {
						continue
					}
					if strings.HasSuffix(c.Metric, "_ratio") && !comparable[name] {
						t.Errorf("%s passes: %s", c.Metric, c.Reason)
					}
					if ms[c.Measurements[0]].Value == nil {
						t.Errorf("%s passes undefined: %s", c.Metric, c.Reason)
					}
				}
				if verdict == audit.Pass || verdict == audit.Ungated {
					t.Errorf("verdict %s", verdict)
				}
				if len(gates.Checks) != gates.Pass+gates.Fail+gates.Warn+gates.Inconclusive {
					t.Error("checks do not add up")
				}
				detect.Findings(spec, All(), ms, gates)
			})
		}
	}
}

// sane holds what every measurement promises.
func sane(t *testing.T, ms []audit.Measurement) {
	t.Helper()
	for _, m := range ms {
		what := fmt.Sprintf("%s %s %v %s", m.Metric, m.GroupKind, m.Numerator, m.Note)
		switch {
		case m.Value == nil && m.Note == "":
			t.Errorf("%s: undefined without a note", what)
		case m.Value == nil && (m.Interval != nil && !strings.HasSuffix(m.Metric, boundsSuffix) || m.P != nil): // bounds need none
			t.Errorf("%s: an interval or test without a value", what)
		case m.Value != nil && (math.IsNaN(*m.Value) || math.IsInf(*m.Value, 0)):
			t.Errorf("%s: not a number", what)
		case m.Value != nil && (m.Denominator != nil && *m.Denominator == 0 || m.RefDen != nil && *m.RefDen == 0):
			t.Errorf("%s: a number over an empty denominator", what)
		case m.GroupKind == audit.KindWorst && (m.Interval != nil || m.P != nil):
			t.Errorf("%s: inference on a pair that the data chose", what)
		}
		if m.Interval != nil && m.Value != nil {
			if m.Interval.Low != nil && *m.Interval.Low > *m.Value+1e-12 || m.Interval.High != nil && *m.Interval.High < *m.Value-1e-12 {
				t.Errorf("%s: %v lies outside its interval", what, *m.Value)
			}
		}
		if m.Detector == "" || m.Convention == "" || m.Window == "" || m.MethodVersion == 0 || m.GroupKind == "" {
			t.Errorf("%s: incomplete", what)
		}
	}
}

// Everybody selected is a ratio of exactly 1, and passes with enough rows.
func TestEverybodySelected(t *testing.T) {
	spec := newSpec(largest, "g")
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
	ms := run(t, spec, append(decisions("a", 2000, 0), decisions("b", 1000, 0)...), All()...)
	sane(t, ms)
	if _, v := detect.Judge(spec, All(), ms); v != audit.Pass {
		t.Errorf("verdict %s", v)
	}
}

func TestWithoutGroups(t *testing.T) {
	spec := newSpec(none)
	spec.Gates = []audit.Gate{
		{Detector: "parity", Metric: "selection_rate", Key: "min", Value: "0.2"},
		{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"},
	}
	ms := run(t, spec, []row{{decision: "positive", label: "positive", n: 400}, {decision: "negative", label: "negative", n: 600}}, All()...)
	gates, v := detect.Judge(spec, All(), ms)
	if gates.Checks[0].Verdict != audit.Pass || gates.Checks[1].Verdict != audit.Inconclusive || v != audit.Inconclusive {
		t.Errorf("%+v %s", gates, v)
	}
	for _, m := range ms {
		if m.GroupKind != audit.KindOverall || m.Attribute != "" {
			t.Errorf("%s is about %s of %q", m.Metric, m.GroupKind, m.Attribute)
		}
	}
}

// Whatever the counts, no measurement breaks its promises, and no check passes on
// an undefined value or fails on one that keeps its limit.
func TestAnyCounts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		spec := newSpec(rapid.SampledFrom([]audit.Reference{named("a"), largest, best, rest, none}).Draw(r, "reference"), "g")
		spec.Favorable, spec.HasSubject = rapid.Bool().Draw(r, "favorable"), rapid.Bool().Draw(r, "subject")
		spec.Gates = everyGate()
		var rows []row
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", ""}), 0, 5, rapid.ID[string]).Draw(r, "groups") {
			for range rapid.IntRange(1, 3).Draw(r, "shards") {
				shard := rapid.IntRange(0, 4).Draw(r, "shard")
				n := rapid.SliceOfN(rapid.SampledFrom([]int64{0, 0, 1, 2, 7, 100, 5000}), 4, 4).Draw(r, "counts")
				for _, x := range outcomes([]string{name}, n[0], n[1], n[2], n[3]) {
					x.shard = shard
					rows = append(rows, x)
				}
			}
		}
		ms := run(t, spec, rows, All()...)
		sane(t, ms)
		gates, _ := detect.Judge(spec, All(), ms)
		for _, c := range gates.Checks {
			if c.Verdict != audit.Pass && c.Verdict != audit.Fail {
				continue
			}
			if m := ms[c.Measurements[0]]; m.Value == nil {
				r.Fatalf("%s %s: %s", c.Metric, c.Verdict, c.Reason)
			}
		}
		for _, f := range detect.Findings(spec, All(), ms, gates) {
			if f.Title == "" || f.Detail == "" {
				r.Fatalf("%+v", f)
			}
		}
	})
}

// Renaming groups renames measurements and changes nothing else; only which rows
// subgroups deals to which half is drawn in the order of names.
func TestRelabeling(t *testing.T) {
	list := slices.DeleteFunc(All(), func(d detect.Detector) bool { return d.Name == "subgroups" })
	counts := [][4]int64{{1369, 805, 532, 990}, {6, 2, 3, 21}, {505, 349, 461, 1139}, {103, 87, 129, 318}}
	measure := func(names []string, ref audit.Reference) map[key]*audit.Measurement {
		spec := newSpec(ref, "g")
		spec.Gates = everyGate()
		var rows []row
		for i, c := range counts {
			rows = append(rows, outcomes(names[i:i+1], c[0], c[1], c[2], c[3])...)
		}
		ms := run(t, spec, rows, list...)
		sane(t, ms)
		detect.Judge(spec, list, ms)
		return index(ms)
	}
	a, b := []string{"w", "x", "y", "z"}, []string{"10", "3", "(rest) of", "a*b"}
	rename := func(s string) string {
		if i := slices.Index(a, s); i >= 0 {
			return b[i]
		}
		return s
	}
	for _, ref := range []audit.Reference{named("x"), largest, best, rest, none} {
		before := measure(a, ref)
		ref.Value = rename(ref.Value)
		after := measure(b, ref)
		if len(before) != len(after) {
			t.Errorf("%s: %d measurements, then %d", ref.Policy, len(before), len(after))
		}
		for k, m := range before {
			k.group, k.reference = rename(k.group), rename(k.reference)
			n, ok := after[k]
			if !ok { // pairs of equal value may be turned round
				k.group, k.reference = k.reference, k.group
				n, ok = after[k]
			}
			if !ok || !equalFloat(m.Value, n.Value) || m.Verdict != n.Verdict || !equalFloat(m.PAdjusted, n.PAdjusted) {
				t.Errorf("%s: %v changed", ref.Policy, k)
			}
		}
	}
}

func equalFloat(a, b *float64) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func TestMissingGroupIsReportedNeverJudged(t *testing.T) {
	spec := newSpec(largest, "g")
	spec.Gates = everyGate()
	rows := slices.Concat(decisions("a", 500, 500), decisions("b", 480, 520), decisions("", 10, 5000))
	ms := run(t, spec, rows, Parity())
	gates, v := detect.Judge(spec, []detect.Detector{Parity()}, ms)
	if v == audit.Fail && gates.Checks[2].Verdict == audit.Fail {
		t.Errorf("%+v", gates.Checks)
	}
	seen := 0
	for _, m := range ms {
		if m.GroupKind == audit.KindMissing {
			seen++
			if m.Threshold != nil || m.Verdict != "" {
				t.Errorf("%s of the missing group is judged", m.Metric)
			}
		}
		if m.Reference != nil && *m.Reference == "" {
			t.Errorf("%s has the missing group as its reference", m.Metric)
		}
	}
	if seen != 3 {
		t.Errorf("%d measurements of the missing group", seen)
	}
}

// The tests of error rates look at the rows of their own denominator:
// African-American against Caucasian false positive rates have p = 5e-38, where
// Aequitas, testing predicted positives, prints .0504.
func TestRightPopulation(t *testing.T) {
	rows := append(outcomes([]string{"African-American"}, 1369, 805, 532, 990), outcomes([]string{"Caucasian"}, 505, 349, 461, 1139)...)
	m := get(t, run(t, newSpec(named("Caucasian"), "race"), rows, ErrorRates()), "false_positive_rate_difference", "African-American", "Caucasian")
	if m.Test != stat.MethodFisherMidP || !(*m.P > 3e-38 && *m.P < 6e-38) {
		t.Errorf("%s p = %g", m.Test, *m.P)
	}
}
