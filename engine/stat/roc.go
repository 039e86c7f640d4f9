package stat

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
	curve, err := ROC(positive, negative)
	if err != nil {
		return 0, err
	}
	var s sum
	for i, p := range curve[1:] {
		precision := float64(p.Positives) / float64(p.Positives+p.Negatives)
		s.add(float64((p.TruePositive - curve[i].TruePositive) * precision))
	}
	return s.value(), nil
}
