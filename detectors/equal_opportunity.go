package detectors

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// EqualOpportunity measures how often those with a positive label get a
// positive decision.
func EqualOpportunity() detect.Detector {
	return detect.Detector{
		Name:  "equal_opportunity",
		Title: "True positive rates",
		Doc: `Of the people with a positive label, how many got a positive decision: per group, as difference and ratio to
the reference group, and the lowest against the highest group (Hardt, Price and Srebro 2016, equality of
opportunity). Only rows count whose label is known, listed and old enough. A group in which nobody has a
positive label has no true positive rate: it is shown as undefined and decides nothing. Nor has one in which no label is
known of those with a positive decision, or of those with a negative one (selective labels): it would be 0, or 1, whatever is true.`,
		How:     inferenceDoc,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleLabel},
		Main:    "true_positive_rate",
		Metrics: truePositive().metrics(),
		Params:  RateParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(RateParams)
			return plan("equal_opportunity", spec, true, p.Bootstrap, rateSteps(truePositive())...), nil
		},
	}
}
