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
			return plan("parity", spec, false, func(e *emitter, s section) {
				e.times = p.Bootstrap
				e.rate(s, selection())
				if !spec.Favorable {
					e.rate(s, favorable())
				}
			}), nil
		},
	}
}

// rate emits a rate, its difference and its ratio.
func (e *emitter) rate(s section, r rate) {
	e.rates(s, r)
	for _, g := range r.gaps() {
		e.gaps(s, g)
	}
}
