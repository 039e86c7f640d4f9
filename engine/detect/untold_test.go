package detect

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// What a failed check tells of a small group is not told again; what it does not tell,
// and what other detectors tell of the same group, is.
func TestUntold(t *testing.T) {
	about := func(detector, group string, v audit.Verdict) audit.Measurement {
		return audit.Measurement{Detector: detector, Attribute: "race", Group: &group, Verdict: v}
	}
	ms := []audit.Measurement{about("parity", "a", audit.Fail), about("parity", "b", audit.NotApplicable),
		about("representation", "a", ""), about("representation", "b", ""), about("conditional", "a", "")}
	gates := audit.GateSummary{Checks: []audit.Check{{Attribute: "race", Measurements: []int{0, 1}}}}
	told := Untold([][]audit.Finding{
		{{ID: "a", Detector: "representation", Measurements: []int{2}}, {ID: "b", Detector: "representation", Measurements: []int{3}}},
		{{ID: "within", Detector: "conditional", Measurements: []int{4}}},
	}, ms, gates)
	if len(told[0]) != 1 || told[0][0].ID != "b" || len(told[1]) != 1 {
		t.Errorf("%+v", told)
	}
}
