package detectors

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// ErrorRates measures how often decisions disagree with labels, and for whom.
func ErrorRates() detect.Detector {
	metrics := []detect.Metric{}
	for _, r := range errorRates() {
		metrics = append(metrics, r.metrics()...)
	}
	metrics = append(metrics, oddsMetrics()...)
	metrics = append(metrics, treatmentMetrics()...)
	return detect.Detector{
		Name:  "error_rates",
		Title: "Error rates",
		Doc: `How often decisions disagree with what turned out to be true, and for whom: the rates of the confusion table
per group, with difference and ratio to the reference group and the lowest against the highest group; equalized
odds (true and false positive rates together), average odds and treatment equality. Only rows count whose label
is known, listed and old enough; where none is known of one decision (selective labels), the rates that add up outcomes
of both have no value. Each gap is tested on the rows of its own denominator: a gap of false positive rates among the
people with a negative label. When base rates differ, these rates cannot all be equal at once
(Chouldechova 2017; Kleinberg, Mullainathan and Raghavan 2017): choose the one whose error hurts the person.`,
		How:     inferenceDoc,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleLabel},
		Main:    "false_positive_rate",
		Metrics: metrics,
		Params:  RateParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(RateParams)
			steps := append(rateSteps(errorRates()...), func(e *emitter, s section) {
				for _, g := range oddsGaps() {
					e.gaps(s, g)
				}
				e.treatment(s)
			})
			return plan("error_rates", spec, true, p.Bootstrap, steps...), nil
		},
	}
}

// errorRates lists the rates of the confusion table in the order of the result;
// the true positive rate belongs to equal_opportunity.
func errorRates() []rate {
	return []rate{
		falsePositive(),
		{name: "false_negative_rate", about: "true_positive_rate", short: "FNR", doc: "the people with a positive label who got a negative decision",
			formula: "FN / (TP + FN)", source: "Fairlearn, AIF360 false_negative_rate, Aequitas fnr",
			empty: "nobody has a positive label", count: func(t tally) (k, n int64) { return t.FN, t.TP + t.FN }, outcomes: true},
		{name: "true_negative_rate", about: "false_positive_rate", short: "TNR", doc: "the people with a negative label who got a negative decision",
			formula: "TN / (FP + TN)", source: "specificity; Fairlearn, AIF360 true_negative_rate, Aequitas tnr",
			empty: "nobody has a negative label", count: func(t tally) (k, n int64) { return t.TN, t.FP + t.TN }, outcomes: true},
		{name: "positive_predictive_value", short: "PPV", doc: "the people with a positive decision whose label is positive",
			formula: "TP / (TP + FP)", source: "precision; AIF360 positive_predictive_value, Aequitas precision",
			empty: "nobody with a label got a positive decision", count: func(t tally) (k, n int64) { return t.TP, t.TP + t.FP }},
		{name: "negative_predictive_value", short: "NPV", doc: "the people with a negative decision whose label is negative",
			formula: "TN / (TN + FN)", source: "AIF360 negative_predictive_value, Aequitas npv",
			empty: "nobody with a label got a negative decision", count: func(t tally) (k, n int64) { return t.TN, t.TN + t.FN }},
		{name: "false_discovery_rate", about: "positive_predictive_value", short: "FDR", doc: "the people with a positive decision whose label is negative",
			formula: "FP / (TP + FP)", source: "AIF360 false_discovery_rate, Aequitas fdr",
			empty: "nobody with a label got a positive decision", count: func(t tally) (k, n int64) { return t.FP, t.TP + t.FP }},
		{name: "false_omission_rate", about: "negative_predictive_value", short: "FOR", doc: "the people with a negative decision whose label is positive",
			formula: "FN / (TN + FN)", source: "AIF360 false_omission_rate, Aequitas for",
			empty: "nobody with a label got a negative decision", count: func(t tally) (k, n int64) { return t.FN, t.TN + t.FN }},
		{name: "accuracy", short: "accuracy", doc: "the people with a label whose decision agrees with it",
			formula: "(TP + TN) / (TP + FP + FN + TN)", source: "Fairlearn, AIF360 accuracy",
			empty: "nobody has a label", count: func(t tally) (k, n int64) { return t.TP + t.TN, t.TP + t.FP + t.FN + t.TN }},
		{name: "base_rate", short: "base rate", doc: "the people with a label for whom it is positive; it describes the people, not the decisions",
			formula: "(TP + FN) / (TP + FP + FN + TN)", source: "AIF360 base_rate, Aequitas prev",
			empty: "nobody has a label", count: func(t tally) (k, n int64) { return t.TP + t.FN, t.TP + t.FP + t.FN + t.TN }},
	}
}
