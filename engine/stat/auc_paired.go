package stat

import (
	"cmp"
	"math"
	"slices"
)

// ScorePair is two scores of the same rows, say of two models, and how many copies
// have both.
type ScorePair struct {
	X, Y float64
	N    int64
}

// PairedAUC is two areas under the ROC curve on the same rows.
type PairedAUC struct {
	X, Y       AUC
	Covariance float64 // of DeLong; 0 if a label has fewer than two copies
}

// ComparePaired gives the areas of two scores of the same rows with the variances
// and the covariance of DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44,
// 837-845), from the joint counts of both scores among the positive and among the
// negative labels. With V the placement of a positive among the negatives by one
// score, and W by the other,
//
//	cov = Σ (V - A_x)(W - A_y) / (n·(n - 1)) + the same for the negatives
//
// Two areas on different rows are compared by AUC.Minus. ErrNoRows when a label has
// none.
func ComparePaired(positive, negative []ScorePair) (PairedAUC, error) {
	first := func(p ScorePair) float64 { return p.X }
	second := func(p ScorePair) float64 { return p.Y }
	x, err := compareScores(positive, negative, first)
	if err != nil {
		return PairedAUC{}, err
	}
	y, err := compareScores(positive, negative, second)
	if err != nil {
		return PairedAUC{}, err
	}
	out := PairedAUC{X: x.AUC, Y: y.AUC}
	if x.n >= 2 && x.m >= 2 {
		out.Covariance = covary(positive, first, second, x.ofA, y.ofA)/(4*x.m*x.m)/x.n +
			covary(negative, first, second, x.ofB, y.ofB)/(4*x.n*x.n)/x.m
	}
	return out, nil
}

// placed is one score: its area, and the placement of each of its values.
type placed struct {
	AUC
	n, m     float64
	ofA, ofB map[float64]float64
}

func compareScores(positive, negative []ScorePair, of func(ScorePair) float64) (placed, error) {
	a, errA := marginal(positive, of)
	b, errB := marginal(negative, of)
	if err := cmp.Or(errA, errB); err != nil {
		return placed{}, err
	}
	auc, err := CompareSamples(a, b)
	if err != nil {
		return placed{}, err
	}
	ofA, ofB := placements(a, b)
	return placed{auc, float64(a.Count()), float64(b.Count()), byValue(a, ofA), byValue(b, ofB)}, nil
}

// marginal is one of two scores.
func marginal(pairs []ScorePair, of func(ScorePair) float64) (Sample, error) {
	var all Sample
	total := int64(0)
	for _, p := range pairs {
		switch {
		case p.N < 0:
			return nil, ErrCounts
		case p.N > maxCount-total:
			return nil, ErrTooLarge
		case math.IsNaN(of(p)) || math.IsInf(of(p), 0):
			return nil, ErrNotFinite
		case p.N > 0:
			all = append(all, Point{of(p), p.N})
		}
		total += p.N
	}
	slices.SortFunc(all, func(p, q Point) int { return cmp.Compare(p.X, q.X) })
	var out Sample
	for _, p := range all {
		if k := len(out) - 1; k >= 0 && out[k].X == p.X {
			out[k].N += p.N
		} else {
			out = append(out, p)
		}
	}
	return out, nil
}

// byValue finds the placement of a value; placements have the values' order.
func byValue(s, placements Sample) map[float64]float64 {
	out := make(map[float64]float64, len(s))
	for i, p := range s {
		out[p.X] = placements[i].X
	}
	return out
}

// covary is the sample covariance of the placements of both scores.
func covary(pairs []ScorePair, x, y func(ScorePair) float64, ofX, ofY map[float64]float64) float64 {
	var n, meanX, meanY, products sum
	for _, p := range pairs {
		if p.N > 0 {
			c := float64(p.N)
			n.add(c)
			meanX.add(float64(ofX[x(p)] * c))
			meanY.add(float64(ofY[y(p)] * c))
		}
	}
	all := n.value()
	mx, my := meanX.value()/all, meanY.value()/all
	for _, p := range pairs {
		if p.N > 0 {
			products.add(float64((ofX[x(p)]-mx)*(ofY[y(p)]-my)) * float64(p.N))
		}
	}
	return products.value() / (all - 1)
}

// Difference is the area of the first score less that of the second, with DeLong's
// interval and two-sided test. ErrNoVariation when its variance is 0: the scores
// rank alike, or both part the labels without overlap.
func (p PairedAUC) Difference(alpha float64) (Interval, Test, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, Test{}, err
	}
	v := p.X.Variance + p.Y.Variance - 2*p.Covariance
	if !(v > 1e-12*(p.X.Variance+p.Y.Variance)) {
		return Interval{}, Test{}, ErrNoVariation
	}
	d, se := p.X.Value-p.Y.Value, math.Sqrt(v)
	half := float64(NormalUpper(alpha/2) * se)
	return Interval{clamp(d-half, -1, 1), clamp(d+half, -1, 1), MethodDeLongPaired}, normalTest(d/se, TwoSided, MethodDeLongPaired), nil
}
