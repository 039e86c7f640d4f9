package detect

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Where nobody can be compared the reason says who is there, and who should be.
func TestLone(t *testing.T) {
	spec := func(expected ...string) *audit.Spec {
		return &audit.Spec{Alpha: 0.05, Favorable: true,
			Groups: []audit.GroupSpec{{Name: "sex", Reference: audit.Reference{Policy: "largest"}, MinRows: 30, Expected: expected}},
			Gates:  []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8"}}}
	}
	detectors := []Detector{{Name: "parity", Metrics: []Metric{{Name: "selection_rate_ratio", Null: NullNoGap, Scale: ScaleRatio}}}}
	one, missing := about("parity", "selection_rate", "female", 0.5), about("parity", "selection_rate", "", 0.5)
	missing.Group, missing.GroupKind = nil, audit.KindMissing
	const only = `only one group of sex has rows, "female", so there is nothing to compare it with`
	for _, c := range []struct {
		spec *audit.Spec
		ms   []audit.Measurement
		want string
	}{
		{spec(), []audit.Measurement{one}, only},
		{spec(), []audit.Measurement{one, missing}, only + "; rows without a known group are no group"},
		{spec(), []audit.Measurement{missing}, "no row has a known group of sex"},
		{spec("female", "male"), []audit.Measurement{one}, only + "; 1 expected group has no rows: male"},
		{spec("a", "b", "c", "d", "female"), []audit.Measurement{one}, only + "; 4 expected groups have no rows: a, b, c, …"},
	} {
		got, verdict := Judge(c.spec, detectors, c.ms)
		if verdict != audit.Inconclusive || got.Checks[0].Reason != c.want {
			t.Errorf("%s: %s, want %s", verdict, got.Checks[0].Reason, c.want)
		}
	}
}

// A reference that is not in the rows is the reason, not how few rows the others have.
func TestAbsentReferenceOfSmallGroups(t *testing.T) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true,
		Groups: []audit.GroupSpec{{Name: "sex", Reference: audit.Reference{Policy: "value", Value: "other"}, MinRows: 30}},
		Gates:  []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8"}}}
	detectors := []Detector{{Name: "parity", Metrics: []Metric{{Name: "selection_rate_ratio", Null: NullNoGap, Scale: ScaleRatio}}}}
	var ms []audit.Measurement
	for _, g := range []string{"female", "male"} {
		m := about("parity", "selection_rate_ratio", g, 0)
		m.Value, m.N, m.Reference, m.Note = nil, 10, pointer("other"), "undefined: reference absent"
		ms = append(ms, m)
	}
	got, verdict := Judge(spec, detectors, ms)
	if verdict != audit.Inconclusive || got.Checks[0].Reason != "undefined: reference absent" {
		t.Errorf("%s: %s", verdict, got.Checks[0].Reason)
	}
}
