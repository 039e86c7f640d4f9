package stat

import "math"

// ROCPoint is a point of a receiver operating characteristic: the rates among
// those with a score of at least the threshold.
type ROCPoint struct {
	Threshold                   float64 // the first point has none above it: nobody is selected
	FalsePositive, TruePositive float64
	Positives, Negatives        int64 // selected
}

// ROC are the points of all thresholds, from the highest score down; the first
// selects nobody. Scikit-learn's roc_curve has them all with
// drop_intermediate=False, its first threshold infinite.
func ROC(positive, negative Sample) ([]ROCPoint, error) {
	n, m := positive.Count(), negative.Count()
	if n == 0 || m == 0 {
		return nil, ErrNoRows
	}
	steps := make([]Point, 0, len(positive)+len(negative)) // N counts positives
	both := make([]int64, 0, cap(steps))
	each(positive, negative, func(x float64, i, j int64) {
		steps, both = append(steps, Point{x, i}), append(both, i+j)
	})
	out := make([]ROCPoint, 1, len(steps)+1)
	last := ROCPoint{}
	for i := len(steps) - 1; i >= 0; i-- {
		last.Threshold = steps[i].X
		last.Positives += steps[i].N
		last.Negatives += both[i] - steps[i].N
		last.TruePositive = float64(last.Positives) / float64(n)
		last.FalsePositive = float64(last.Negatives) / float64(m)
		out = append(out, last)
	}
	return out, nil
}

// AveragePrecision is the mean precision over the positive rows, each at its own
// score: Σ (change of recall)·precision over the thresholds, without
// interpolation, as scikit-learn's average_precision_score has it.
func AveragePrecision(positive, negative Sample) (float64, error) {
	n, m := positive.Count(), negative.Count()
	if n == 0 || m == 0 {
		return 0, ErrNoRows
	}
	var s sum
	var above, all int64 // positive labels and labels at the threshold or above
	recall := 0.0
	for i, j := len(positive)-1, len(negative)-1; i >= 0 || j >= 0; { // down from the highest score
		x, here := math.Inf(-1), int64(0)
		if i >= 0 {
			x = positive[i].X
		}
		if j >= 0 {
			x = max(x, negative[j].X)
		}
		if i >= 0 && positive[i].X == x {
			above, here = above+positive[i].N, positive[i].N
			i--
		}
		if j >= 0 && negative[j].X == x {
			here += negative[j].N
			j--
		}
		all += here
		last := recall
		recall = float64(above) / float64(n)
		s.add(float64((recall - last) * (float64(above) / float64(all))))
	}
	return s.value(), nil
}
