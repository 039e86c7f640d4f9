package detect

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Three people do not fail a gate, however many rows they have; 30 do, and by the
// point alone three as well.
func TestFewPeople(t *testing.T) {
	for _, c := range []struct {
		people int64
		policy audit.Policy
		want   audit.Verdict
	}{{3, "", audit.Inconclusive}, {30, "", audit.Fail}, {0, "", audit.Fail}, {3, audit.ByPoint, audit.Fail}} {
		spec := &audit.Spec{
			Alpha: 0.05, HasSubject: true, Favorable: true,
			Groups: []audit.GroupSpec{{Name: "sex", Reference: audit.Reference{Policy: "value", Value: "male"}, MinRows: 30}},
			Gates:  []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Policy: c.policy}},
		}
		m := about("parity", "selection_rate_ratio", "female", 0.25)
		m.Reference, m.Interval, m.P, m.People = pointer("male"), &audit.Interval{Low: pointer(0.1), High: pointer(0.5), Level: 0.95}, pointer(0.001), c.people
		detectors := []Detector{{Name: "parity", Metrics: []Metric{{Name: "selection_rate_ratio", Null: NullNoGap, Scale: ScaleRatio}}}}
		got, verdict := Judge(spec, detectors, []audit.Measurement{m})
		if verdict != c.want || (verdict == audit.Inconclusive) != strings.Contains(got.Checks[0].Reason, "only 3 people are behind it") {
			t.Errorf("%d people, policy %q: %s, %s", c.people, c.policy, verdict, got.Checks[0].Reason)
		}
	}
}
