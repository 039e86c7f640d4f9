package main

import (
	"math/rand/v2"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// otherStudies are audits with nothing to find whose gates are not about
// selection rates. Their limits are set so low that chance alone often crosses
// them: what keeps the audit from failing is the test, not the limit.
func otherStudies() []study {
	largest := audit.Reference{Policy: "largest"}
	return []study{
		{name: "levels: selection rate at its limit, min 0.3 and max 0.3, 7 groups of 100", null: true, attributes: 1, reference: largest,
			gates: []audit.Gate{{Detector: "parity", Metric: "selection_rate", Key: "min", Value: "0.3"}, most("parity", "selection_rate", "0.3")},
			draw:  parity{people: equal(7, 100, .3), rows: 1}.draw},
		{name: "errors: equalized odds and TPR ratio, 5 groups of 200", null: true, attributes: 1, reference: largest,
			gates: []audit.Gate{most("error_rates", "equalized_odds_difference", "0.05"),
				{Detector: "error_rates", Metric: "true_positive_rate_ratio", Key: "min_ratio", Value: "0.9", Side: "both"}},
			draw: labeledRows(5, 200)},
		{name: "scores: mean, KS and superiority, 5 groups of 200", null: true, attributes: 1, reference: largest,
			gates: []audit.Gate{most("score_gap", "score_mean_difference", "0.02"), most("score_gap", "ks", "0.05"), most("score_gap", "superiority", "0.02")},
			draw:  scoredRows(5, 200)},
		{name: "calibration: error and AUC difference, 2 groups of 200", null: true, attributes: 1, reference: largest,
			gates:  []audit.Gate{most("calibration", "calibration_error", "0.02"), most("calibration", "auc_difference", "0.02")},
			atMost: 200, draw: scoredRows(2, 200)},
		{name: "drift: PSI of decisions and scores, KS of scores, 6 months of 300", null: true, attributes: 1, reference: largest,
			gates:  []audit.Gate{most("drift", "psi", "0.005"), most("drift", "ks", "0.02")},
			atMost: 500, draw: monthlyRows(6, 300)},
	}
}

// labeledRows have a label of rate .4, and a decision of rate .6 or .2 by it.
func labeledRows(groups, people int) func(*audit.Spec, *rand.Rand) *world {
	return func(spec *audit.Spec, rng *rand.Rand) *world {
		spec.HasLabel = true
		w := &world{spec: spec}
		for g := range groups {
			positive := stat.Binomial(rng, int64(people), .4)
			for _, c := range []struct {
				label bool
				n     int64
				rate  float64
			}{{true, positive, .6}, {false, int64(people) - positive, .2}} {
				k := stat.Binomial(rng, c.n, c.rate)
				w.cells = append(w.cells,
					cell{groups: []int{g}, decision: true, label: c.label, n: k},
					cell{groups: []int{g}, label: c.label, n: c.n - k})
			}
		}
		return w
	}
}

// scored is a row whose score, a multiple of 1/100 between 0 and 1, is the
// chance of a positive label, and whose decision is a threshold on the score.
func scored(rng *rand.Rand, group, window int) cell {
	score := (float64(rng.IntN(99)+rng.IntN(99)) + 2) / 200
	return cell{groups: []int{group}, window: window, score: score, label: rng.Float64() < score, decision: score >= .6, n: 1}
}

func scoredRows(groups, people int) func(*audit.Spec, *rand.Rand) *world {
	return func(spec *audit.Spec, rng *rand.Rand) *world {
		spec.HasLabel, spec.HasScore = true, true
		w := &world{spec: spec}
		for g := range groups {
			for range people {
				w.cells = append(w.cells, scored(rng, g, 0))
			}
		}
		return w
	}
}

func monthlyRows(months, people int) func(*audit.Spec, *rand.Rand) *world {
	return func(spec *audit.Spec, rng *rand.Rand) *world {
		spec.HasScore, spec.HasTime, spec.Windows.Every = true, true, "month"
		w := &world{spec: spec}
		for m := range months {
			for range people {
				w.cells = append(w.cells, scored(rng, rng.IntN(2), m))
			}
		}
		return w
	}
}
