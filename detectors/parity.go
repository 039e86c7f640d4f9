package detectors

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// Parity measures how often each group gets a positive decision.
func Parity() detect.Detector {
	return detect.Detector{
		Name:  "parity",
		Title: "Selection rates",
		Doc: `How often each group gets a positive decision, whatever the outcome: the selection rate of every group,
its difference from and its ratio to the reference group, and the lowest against the highest group. A ratio
below 0.8 is the four-fifths rule of thumb of the US Uniform Guidelines (29 CFR 1607.4 D). Equal rates say
nothing about errors: read it beside error_rates. Where a positive decision is bad for the person
(favorable: false), favorable_rate counts the negative decisions, and gates and reference: best look at it.
Also known as demographic parity, statistical parity, disparate impact, adverse impact ratio.`,
		How:     inferenceDoc,
		Needs:   []detect.Role{detect.RoleDecision},
		Main:    "selection_rate",
		Metrics: append(selection().metrics(), favorable().metrics()...),
		Params:  RateParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(RateParams)
			steps := rateSteps(selection())
			if !spec.Favorable {
				steps = rateSteps(selection(), favorable())
			}
			return plan("parity", spec, false, p.Bootstrap, steps...), nil
		},
	}
}

// rateSteps emit one rate each.
func rateSteps(rates ...rate) []func(*emitter, section) {
	var steps []func(*emitter, section)
	for _, r := range rates {
		steps = append(steps, func(e *emitter, s section) { e.rate(s, r) })
	}
	return steps
}

// rate emits a rate, its difference and its ratio.
func (e *emitter) rate(s section, r rate) {
	e.rates(s, r)
	for _, g := range r.gaps() {
		e.gaps(s, g)
	}
}
