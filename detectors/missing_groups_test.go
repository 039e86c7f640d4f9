package detectors

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// The 250 applicants of unknown sex of NYC Local Law 144's rule text; expected
// bounds from reference/regulation.md O-6 (FAccT 2025 replication code), whose
// ratio of women to men has its greatest value at 1/0.845136.
func TestMissingSex(t *testing.T) {
	spec := newSpec(named("Male"), "sex")
	spec.HasLabel = false
	spec.Gates = []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8"}}
	rows := slices.Concat(decisions("Male", 667, 723), decisions("Female", 555, 626), decisions("", 0, 250))
	d := MissingGroups()
	d.Params = missingParams{Outcomes: "unknown"}
	ms := run(t, spec, rows, d)
	for _, c := range []struct {
		metric, group, reference string
		low, high                float64
	}{
		{"selection_rate_bounds", "Male", "", 0.406707, 0.559146},
		{"selection_rate_bounds", "Female", "", 0.387841, 0.562544},
		{"selection_rate_imputed", "Female", "", 0.428294, 0.516915},
		{"selection_rate_ratio_bounds", "Female", "Male", 0.807014, 1 / 0.845136},
	} {
		m := get(t, ms, c.metric, c.group, c.reference)
		if math.Abs(*m.Interval.Low-c.low) > 1e-6 || math.Abs(*m.Interval.High-c.high) > 2e-6 {
			t.Errorf("%s of %s: %v to %v, want %v to %v", c.metric, c.group, *m.Interval.Low, *m.Interval.High, c.low, c.high)
		}
	}
	m := get(t, ms, "selection_rate_ratio_bounds", "Female", "Male")
	if m.Parameters["lowest"] != "555/1393 against 705/1428" || m.Parameters["limit"] != "holds" {
		t.Errorf("%v", m.Parameters)
	}
}

// Where no row lacks a group there is nothing to say.
func TestNothingMissing(t *testing.T) {
	if ms := run(t, newSpec(largest, "sex"), decisions("a", 5, 5), MissingGroups()); len(ms) > 0 {
		t.Errorf("%d measurements", len(ms))
	}
}

// Two strata in which rows of a group are missing alike: within the strata the
// imputed rate is the true one, over all it is not.
func TestMissingAtRandomWithinStrata(t *testing.T) {
	spec := newSpec(named("a"), "g")
	spec.HasLabel = false
	spec.Roles = []audit.RoleColumn{{Role: "stratum:job", Column: "job"}}
	in := func(job, group, decision string, n int64) row {
		return row{group: []string{group}, decision: decision, n: n, texts: map[string]string{"stratum:job": job}}
	}
	const p, q = table.Positive, table.Negative
	rows := []row{ // half of x is missing, none of y; a is selected 60/100 in x and 10/100 in y, b 40/100 and 30/100
		in("x", "a", p, 30), in("x", "a", q, 20), in("x", "b", p, 20), in("x", "b", q, 30), in("x", "", p, 50), in("x", "", q, 50),
		in("y", "a", p, 10), in("y", "a", q, 90), in("y", "b", p, 30), in("y", "b", q, 70),
	}
	ms := run(t, spec, rows, MissingGroups())
	for _, m := range ms {
		want := 0.0
		switch {
		case m.Metric != "selection_rate_imputed" || m.Parameters["within"] == "":
			continue
		case *m.Group == "a":
			want = 70.0 / 200
		case *m.Group == "b":
			want = 70.0 / 200
		}
		if math.Abs(*m.Value-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", *m.Group, *m.Value, want)
		}
	}
	if m := get(t, ms, "selection_rate_imputed", "a", ""); math.Abs(*m.Value-0.35) < 0.01 {
		t.Errorf("without strata %v is as good as within", *m.Value)
	}
}

// Whatever the groups of the rows are, each gap lies within its bounds, and some
// dealing reaches either: every completion of small logs, parity measured anew.
func TestMissingGroupsBruteForce(top *testing.T) {
	rapid.Check(top, func(t *rapid.T) {
		ref := rapid.SampledFrom([]audit.Reference{named("a"), rest}).Draw(t, "reference")
		attributes := rapid.SampledFrom([][]string{{"g"}, {"g", "h"}}).Draw(t, "attributes")
		spec := newSpec(ref, attributes...)
		spec.HasLabel, spec.Intersections.Depth = false, len(attributes)
		if len(attributes) > 1 && ref.Policy == "value" {
			spec.Groups[1].Reference = named("x")
		}
		var rows []row
		outcome := func() string { return rapid.SampledFrom([]string{table.Positive, table.Negative}).Draw(t, "decision") }
		for _, g := range []string{"a", "b"} {
			for _, h := range []string{"x", "y"} { // every combination occurs
				rows = append(rows, row{group: []string{g, h}[:len(attributes)], decision: outcome(), n: 1})
			}
		}
		known := len(rows)
		for range rapid.IntRange(1, 4).Draw(t, "lost") {
			g := rapid.SampledFrom([]string{"", "", "a"}).Draw(t, "g")
			h := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "h")
			if len(attributes) == 1 {
				g = ""
			}
			rows = append(rows, row{group: []string{g, h}[:len(attributes)], decision: outcome(), n: 1})
		}
		seen := map[string][]float64{}
		complete(rows, known, func(rows []row) {
			for _, m := range run(top, spec, rows, Parity()) {
				if m.Value != nil && m.Group != nil && m.GroupKind == audit.KindValue && m.Window == audit.AllWindows {
					k := gapKey(m)
					seen[k] = append(seen[k], *m.Value)
				}
			}
		})
		for _, m := range run(top, spec, rows, MissingGroups()) {
			name, bounded := strings.CutSuffix(m.Metric, boundsSuffix)
			if !bounded || m.Interval == nil {
				continue
			}
			m.Metric = name
			values := seen[gapKey(m)]
			low, high := slices.Min(values), slices.Max(values)
			if math.Abs(low-*m.Interval.Low) > 1e-12 || m.Interval.High != nil && math.Abs(high-*m.Interval.High) > 1e-12 {
				t.Fatalf("%s: %v to %v, but dealings give %v to %v", gapKey(m), *m.Interval.Low, m.Interval.High, low, high)
			}
		}
	})
}

// complete calls f for every way to fill in what the rows after the first known
// lack.
func complete(rows []row, known int, f func([]row)) {
	for i := known; i < len(rows); i++ {
		for part, value := range rows[i].group {
			if value != "" {
				continue
			}
			for _, filled := range [][]string{{"a", "b"}, {"x", "y"}}[part] {
				next := slices.Clone(rows)
				next[i].group = slices.Clone(rows[i].group)
				next[i].group[part] = filled
				complete(next, i, f)
			}
			return
		}
	}
	f(rows)
}

func gapKey(m audit.Measurement) string {
	reference := ""
	if m.Reference != nil {
		reference = *m.Reference
	}
	return m.Metric + "|" + m.Attribute + "|" + *m.Group + "|" + reference
}

// A fail by a pair without the chosen reference hangs on rows without a group as any
// other does. Rates of 60, 70 and 80 of 100 (by hand: 60/80 is below four fifths);
// if the rows without a group were all positive and of the lowest, it would hold.
func TestMissingGroupsOfOtherPairs(t *testing.T) {
	gate := audit.Gate{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8"}
	for _, c := range []struct {
		missing int64
		hangs   string
	}{{400, "rows without a known group could turn this: over all groups that they may have, the selection rate ratio of a against c lies between "}, {5, ""}} {
		spec := newSpec(largest, "sex")
		spec.HasLabel = false
		spec.Gates = []audit.Gate{gate}
		rows := slices.Concat(decisions("a", 600, 400), decisions("b", 840, 360), decisions("c", 800, 200), decisions("", c.missing, 0))
		detectors := []detect.Detector{Parity(), MissingGroups()}
		summary, _ := detect.Judge(spec, detectors, run(t, spec, rows, detectors...))
		check := summary.Checks[0]
		if check.Verdict != audit.Fail || !strings.HasPrefix(check.HangsOn, c.hangs) || (check.HangsOn == "") != (c.hangs == "") {
			t.Errorf("%d rows: %+v", c.missing, check)
		}
	}
}
