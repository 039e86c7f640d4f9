package detect

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Untold leaves out of what detectors tell the small groups that failed a check: the
// check tells of them.
func Untold(told [][]audit.Finding, ms []audit.Measurement, gates audit.GateSummary) [][]audit.Finding {
	failed := func(m *audit.Measurement) bool {
		return slices.ContainsFunc(gates.Checks, func(c audit.Check) bool {
			return c.Attribute == m.Attribute && slices.ContainsFunc(c.Measurements, func(at int) bool {
				return (ms[at].Verdict == audit.Fail || ms[at].Verdict == audit.Warn) && equal(ms[at].Group, m.Group)
			})
		})
	}
	out := make([][]audit.Finding, len(told))
	for i, findings := range told {
		out[i] = slices.DeleteFunc(findings, func(f audit.Finding) bool {
			return f.Detector == "representation" && len(f.Measurements) > 0 && failed(&ms[f.Measurements[0]])
		})
	}
	return out
}
