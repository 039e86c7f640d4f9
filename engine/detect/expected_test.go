package detect

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// expecting is an audit that expects groups, judged on one ratio that passes.
func expecting(minRows int64, expected ...string) (audit.Check, audit.Verdict) {
	spec := &audit.Spec{Alpha: 0.05, Favorable: true,
		Groups: []audit.GroupSpec{{Name: "g", MinRows: minRows, Expected: expected, Reference: audit.Reference{Policy: "value", Value: "b"}}},
		Gates:  []audit.Gate{{Detector: "d", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}}
	detectors := []Detector{{Name: "d", Metrics: []Metric{{Name: "selection_rate", Scale: ScaleRate}, {Name: "selection_rate_ratio", Null: NullNoGap, Scale: ScaleRatio}}}}
	at := func(metric, group string, n int64) audit.Measurement {
		one := 1.0
		return audit.Measurement{Detector: "d", Metric: metric, Attribute: "g", Group: &group, GroupKind: audit.KindValue, Window: audit.AllWindows, Value: &one, N: n}
	}
	low, high, p, ref := 0.9, 1.1, 0.5, "b"
	wide := 0.5
	ratio, small := at("selection_rate_ratio", "a", 1000), at("selection_rate_ratio", "c", 10)
	for _, m := range []*audit.Measurement{&ratio, &small} {
		m.P, m.Reference, m.Interval = &p, &ref, &audit.Interval{Low: &low, High: &high, Level: 0.95}
	}
	small.Interval = &audit.Interval{Low: &wide, High: &high, Level: 0.95}
	ms := []audit.Measurement{at("selection_rate", "a", 1000), at("selection_rate", "b", 1000), at("selection_rate", "c", 10), ratio, small}
	gates, verdict := Judge(spec, detectors, ms)
	return gates.Checks[0], verdict
}

// A group that should occur holds up a pass if nobody was seen of it, and also
// if it is too small to judge; other small groups do not.
func TestExpectedGroups(t *testing.T) {
	if c, v := expecting(30); v != audit.Pass {
		t.Errorf("nothing expected: %s (%s)", v, c.Reason)
	}
	if c, v := expecting(30, "a", "b"); v != audit.Pass {
		t.Errorf("all expected are there: %s (%s)", v, c.Reason)
	}
	if c, v := expecting(30, "a", "b", "z"); v != audit.Inconclusive || !strings.Contains(c.Reason, `expected group "z" was not observed`) {
		t.Errorf("unobserved: %s (%s)", v, c.Reason)
	}
	if c, v := expecting(30, "a", "b", "c"); v != audit.Inconclusive || !strings.Contains(c.Reason, "reaches beyond") {
		t.Errorf("too small: %s (%s)", v, c.Reason)
	}
}

func TestExpectedIntersections(t *testing.T) {
	a := Attribute{Parts: []audit.GroupSpec{{Expected: []string{"a", "b*"}}, {Expected: []string{"x", "y"}}}}
	if got := strings.Join(a.Expected(), " "); got != `a*x a*y b\**x b\**y` {
		t.Error(got)
	}
	yes, no := `b\**y`, "c*x"
	if !a.expects(&yes) || a.expects(&no) || a.expects(nil) {
		t.Error("expects")
	}
	a.Parts[1].Expected = nil
	if len(a.Expected()) > 0 || a.expects(&yes) {
		t.Error("an attribute that expects nothing expects no intersection")
	}
}

// An expected group without a row is told of whatever a gate says of the others.
func TestUnobserved(t *testing.T) {
	spec := &audit.Spec{Groups: []audit.GroupSpec{{Name: "sex", Expected: []string{"female", "male", "other"}}}}
	ms := []audit.Measurement{*aboutSex("female"), *aboutSex("male")}
	got := Unobserved(spec, ms)
	if len(got) != 1 || got[0] != "attribute sex: expected group \"other\" was not observed, so nobody can say how it fares" {
		t.Errorf("%q", got)
	}
	if got := Unobserved(spec, append(ms, *aboutSex("other"))); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func aboutSex(group string) *audit.Measurement {
	m := about("parity", "selection_rate", group, 0.5)
	return &m
}

// A reference that has no number of its own was seen all the same: others were held
// against it.
func TestReferenceIsObserved(t *testing.T) {
	spec := &audit.Spec{Groups: []audit.GroupSpec{{Name: "sex", Expected: []string{"female", "male"}}}}
	value := 0.9
	m := *aboutSex("female")
	m.Reference, m.Value = pointer("male"), &value
	if got := Unobserved(spec, []audit.Measurement{m}); len(got) > 0 {
		t.Errorf("%q", got)
	}
}
