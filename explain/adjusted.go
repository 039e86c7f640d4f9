package explain

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// adjusted is the gap that is left in a logistic regression of the decision on
// the group and the features: the mean, over the rows of both groups, of how
// the predicted probability changes with the group alone.
func (s *Study) adjusted(base audit.Explanation, g twoGroups, d design) []audit.Explanation {
	base.Part = partAdjusted
	whole := g.withIndicator(d)
	f, err := logistic(whole, g.y)
	if err == nil && f.aliased[1] {
		err = errSeparated
	}
	if err != nil {
		base.Note = "undefined: " + err.Error()
		return []audit.Explanation{base}
	}
	var p [2][]float64 // with each value of the indicator
	linear := whole.times(f.beta)
	for i, side := range g.side {
		for k := range p {
			p[k] = append(p[k], sigmoid(linear[i]+float64(float64(k-side)*f.beta[1])))
		}
	}
	var mean [2]float64
	var influence [2][]float64
	for k := range p {
		mean[k], influence[k] = g.standardized(whole, f, p[k], k)
	}
	gap, ratio := make([]float64, len(g.rows)), make([]float64, len(g.rows))
	odds := make([]float64, len(g.rows))
	for i := range g.rows {
		gap[i] = influence[1][i] - influence[0][i]
		ratio[i] = influence[1][i]/mean[1] - influence[0][i]/mean[0]
		odds[i] = f.influence[i][1]
	}
	effect := base
	effectError := clusteredError(gap, g.people)
	effect = uncertain(effect, mean[1]-mean[0], effectError, s.Spec.Alpha)
	effect.P = twoSided(mean[1]-mean[0], effectError)

	coefficient := base
	coefficient.Metric = "log_odds_ratio"
	oddsError := clusteredError(odds, g.people)
	coefficient = uncertain(coefficient, f.beta[1], oddsError, s.Spec.Alpha)
	coefficient.P = twoSided(f.beta[1], oddsError)

	log := math.Log(mean[1] / mean[0])
	interval := within(log, clusteredError(ratio, g.people), s.Spec.Alpha, 0)
	point := base
	point.Metric, point.Part, point.Value = "e_value", partSensitivity, number(eValue(mean[1]/mean[0]))
	limit := base
	limit.Metric, limit.Part, limit.Note = "e_value", partLimit, "1: the interval holds no gap"
	near := 0.0
	if interval != nil {
		switch {
		case *interval.Low > 0:
			near, limit.Note = *interval.Low, ""
		case *interval.High < 0:
			near, limit.Note = *interval.High, ""
		}
	}
	limit.Value = number(eValue(model.Exp(near)))
	return []audit.Explanation{effect, coefficient, point, limit}
}

// standardized is the mean probability with one value of the indicator, and
// the rows' influences: through the mean and through the coefficients.
func (g twoGroups) standardized(d design, f fit, p []float64, indicator int) (float64, []float64) {
	n := float64(len(p))
	mean := 0.0
	slope := make([]float64, len(f.beta)) // of the mean by each coefficient
	for i, x := range p {
		mean += x / n
		steep := float64(x*(1-x)) / n
		for j := range slope {
			value := d.columns[j][i]
			if j == 1 {
				value = float64(indicator)
			}
			slope[j] += float64(steep * value)
		}
	}
	influence := make([]float64, len(p))
	for i, x := range p {
		influence[i] = (x - mean) / n
		for j := range slope {
			influence[i] += float64(slope[j] * f.influence[i][j])
		}
	}
	return mean, influence
}

// eValue is the least risk ratio that an omitted factor needs with both group
// and decision to make a risk ratio from none (VanderWeele and Ding, Annals of
// Internal Medicine 167 (2017) 268-274).
func eValue(ratio float64) float64 {
	if ratio < 1 {
		ratio = 1 / ratio
	}
	return ratio + math.Sqrt(ratio*(ratio-1))
}
