package stat

import "math"

// AUC is the chance that a number drawn from one sample exceeds one drawn from
// another, with ties one half, and its sampling variance.
type AUC struct {
	Value    float64
	Variance float64 // of DeLong; 0 if a sample has fewer than two copies
}

// CompareSamples gives P(a > b) + P(a = b)/2 and the variance of DeLong, DeLong
// and Clarke-Pearson (1988), Biometrics 44, 837-845, from two tables of counts.
// With a the scores of positive labels and b those of negative ones it is the
// area under the ROC curve, and the Mann-Whitney U divided by both sizes.
func CompareSamples(a, b Sample) (AUC, error) {
	n, m := float64(a.Count()), float64(b.Count())
	if n == 0 || m == 0 {
		return AUC{}, ErrNoRows
	}
	placed, below := placements(a, b)
	value := placed.Mean() / (2 * m)
	out := AUC{Value: value}
	if n < 2 || m < 2 {
		return out, nil
	}
	out.Variance = placed.Variance(1)/(4*m*m)/n + below.Variance(1)/(4*n*n)/m
	return out, nil
}

// placements are, for each number of a, twice the copies of b below it plus
// those equal to it, and the same for b against a.
func placements(a, b Sample) (ofA, ofB Sample) {
	ofA, ofB = make(Sample, 0, len(a)), make(Sample, 0, len(b))
	var belowA, belowB int64
	for i, j := 0, 0; i < len(a) || j < len(b); {
		var here [2]int64
		x := math.Inf(1)
		if i < len(a) {
			x = a[i].X
		}
		if j < len(b) {
			x = min(x, b[j].X)
		}
		if i < len(a) && a[i].X == x {
			here[0] = a[i].N
			i++
		}
		if j < len(b) && b[j].X == x {
			here[1] = b[j].N
			j++
		}
		if here[0] > 0 {
			ofA = append(ofA, Point{float64(2*belowB + here[1]), here[0]})
		}
		if here[1] > 0 {
			ofB = append(ofB, Point{float64(2*belowA + here[0]), here[1]})
		}
		belowA, belowB = belowA+here[0], belowB+here[1]
	}
	return ofA, ofB
}

// Interval is the Wald interval of DeLong's variance, clamped to [0, 1]. There
// is none where the variance is 0: samples that do not overlap say nothing
// about how near to 1 the true area is.
func (a AUC) Interval(alpha float64) (Interval, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	if a.Variance == 0 {
		return Interval{}, ErrNoVariation
	}
	half := float64(NormalUpper(alpha/2) * math.Sqrt(a.Variance))
	return Interval{clamp(a.Value-half, 0, 1), clamp(a.Value+half, 0, 1), MethodDeLong}, nil
}

// Against tests the area against a limit.
func (a AUC) Against(limit float64, side Side) (Test, error) {
	if a.Variance == 0 {
		return Test{}, ErrNoVariation
	}
	return normalTest((a.Value-limit)/math.Sqrt(a.Variance), side, MethodDeLong), nil
}

// Minus is the difference of two areas on disjoint rows, with interval and
// two-sided test.
func (a AUC) Minus(b AUC, alpha float64) (Interval, Test, error) {
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, Test{}, err
	}
	v := a.Variance + b.Variance
	if a.Variance == 0 || b.Variance == 0 {
		return Interval{}, Test{}, ErrNoVariation
	}
	d, se := a.Value-b.Value, math.Sqrt(v)
	half := float64(NormalUpper(alpha/2) * se)
	return Interval{clamp(d-half, -1, 1), clamp(d+half, -1, 1), MethodDeLong}, normalTest(d/se, TwoSided, MethodDeLong), nil
}
