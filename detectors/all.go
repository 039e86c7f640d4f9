// Package detectors holds the detectors that plumbline ships with, one file
// each. A detector is a value: it declares the tables of counts that it needs,
// and a function reads them. Add one by writing such a file and listing it in
// All; a team that keeps its own out of this repository appends to All in its
// own main program.
package detectors

import "github.com/plumbline-audit/plumbline/engine/detect"

// All lists the detectors in the order in which their measurements stand in a
// result.
func All() []detect.Detector {
	return ranged([]detect.Detector{
		Parity(),
		EqualOpportunity(),
		ErrorRates(),
		Calibration(),
		ScoreGap(),
		Conditional(),
		Change(),
		Robustness(),
		Subgroups(),
		Drift(),
		Representation(),
		MissingGroups(),
		LabelCoverage(),
		InferredGroups(),
		AdverseImpact(),
		LL144(),
		Ranking(),
		Exposure(),
		Utility(),
		Popularity(),
		Bubble(),
		Funnel(),
		Delivery(),
		Price(),
		OffPolicy(),
		Targeting(),
		DataRights(),
		Outcomes(),
		Conversation(),
		Paired(),
		Stereotype(),
		Completeness(),
	})
}
