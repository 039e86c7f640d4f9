package main

import (
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Accuracies and bias scores of UnifiedQA as BBQ printed them (Parrish et al. 2022,
// figures 3 and 5), in percent to one decimal, and the counts behind them.
func TestBBQPublished(t *testing.T) {
	t.Parallel()
	result := runAudit(t, "../../testdata/bbq/audit.yaml", engine.Options{})
	checkSchema(t, result)
	if f := result.Findings; len(f) != 1 || f[0].Title != "Where the context does not tell the answer, answers with category age and format ARC follow the stereotype: bias score 0.49." {
		t.Errorf("told: %+v", f)
	}
	for group, want := range map[string]struct {
		ambiguous, correct, known, biased, clear, clearBiased int64
		accuracy, score, clearAccuracy, clearScore            float64
	}{
		"age*ARC":          {1839, 623, 1216, 1058, 1655, 855, 33.9, 48.9, 89.6, 3.3},
		"age*RACE":         {1840, 1006, 834, 691, 1720, 870, 54.7, 29.8, 93.5, 1.2},
		"nationality*ARC":  {1540, 641, 899, 561, 1439, 718, 41.6, 14.5, 92.9, -0.2},
		"nationality*RACE": {1540, 1016, 524, 308, 1447, 732, 66.0, 6.0, 93.7, 1.2},
	} {
		of := func(metric, context string) audit.Measurement {
			return one(t, result, func(m audit.Measurement) bool {
				return m.Metric == metric && m.Attribute == "category*format" && text(m.Group) == group && text(m.Column) == context && m.Reference == nil
			})
		}
		for _, c := range []struct {
			metric, context string
			printed         float64
		}{
			{"answer_accuracy", "ambiguous", want.accuracy}, {"bias_score", "ambiguous", want.score},
			{"answer_accuracy", "clear", want.clearAccuracy}, {"bias_score", "clear", want.clearScore},
		} {
			if m := of(c.metric, c.context); math.Abs(100**m.Value-c.printed) > 0.05000001 || m.Interval == nil || *m.Interval.Low > *m.Value || *m.Interval.High < *m.Value {
				t.Errorf("%s, %s, %s: %v, printed %v", group, c.metric, c.context, 100**m.Value, c.printed)
			}
		}
		accuracy := of("answer_accuracy", "ambiguous")
		if *accuracy.Numerator != want.correct || *accuracy.Denominator != want.ambiguous {
			t.Errorf("%s: %d of %d", group, *accuracy.Numerator, *accuracy.Denominator)
		}
		near(t, group+", ambiguous", of("bias_score", "ambiguous"), float64(2*want.biased-want.known)/float64(want.ambiguous), 1e-15)
		near(t, group+", clear", of("bias_score", "clear"), 2*float64(want.clearBiased)/float64(want.clear)-1, 1e-14)
	}
}
