package stat

import "math"

// Reliability is one bin of a calibration curve: how many copies, the sum of
// their scores and how many labels are positive.
type Reliability struct {
	Low, High float64
	N         int64
	Scores    float64
	Positives int64
}

// Gap is the rate of positive labels less the mean score.
func (b Reliability) Gap() float64 {
	return (float64(b.Positives) - b.Scores) / float64(b.N)
}

// ReliabilityBins cuts the scores of positive and negative labels at edges, the
// outer two included: bins (e, e'], the first also with its lower edge. Bins
// without a copy are left out.
func ReliabilityBins(positive, negative Sample, edges []float64) []Reliability {
	inner := edges[1 : len(edges)-1]
	bins := make([]Reliability, len(edges)-1)
	sums := make([]sum, len(bins))
	for i := range bins {
		bins[i].Low, bins[i].High = edges[i], edges[i+1]
	}
	at := 0
	each(positive, negative, func(x float64, inPositive, inNegative int64) {
		for at < len(inner) && inner[at] < x { // numbers rise, and so do bins
			at++
		}
		n := inPositive + inNegative
		bins[at].N += n
		bins[at].Positives += inPositive
		sums[at].add(float64(x * float64(n)))
	})
	out := bins[:0]
	for i, b := range bins {
		if b.Scores = sums[i].value(); b.N > 0 {
			out = append(out, b)
		}
	}
	return out
}

// CalibrationError sums up the gaps of a calibration curve, bins weighted by
// their copies: their mean size (expected calibration error, L1), their root
// mean square (L2) and the largest (Naeini, Cooper and Hauskrecht 2015; Kumar,
// Liang and Ma 2019).
type CalibrationError struct{ Mean, RootMeanSquare, Largest float64 }

// CalibrationErrors computes the three of them.
func CalibrationErrors(bins []Reliability) (CalibrationError, error) {
	var n int64
	var mean, square sum
	out := CalibrationError{}
	for _, b := range bins {
		if b.N == 0 {
			continue
		}
		g := math.Abs(b.Gap())
		n += b.N
		mean.add(float64(float64(b.N) * g))
		square.add(float64(float64(b.N)*g) * g)
		out.Largest = max(out.Largest, g)
	}
	if n == 0 {
		return out, ErrNoRows
	}
	out.Mean = mean.value() / float64(n)
	out.RootMeanSquare = math.Sqrt(square.value() / float64(n))
	return out, nil
}

// Brier is the mean squared distance of score and label, and its parts by
// Murphy (1973), Journal of Applied Meteorology 12, 595-600, over the distinct
// scores: Value = Reliability - Resolution + Uncertainty. Loss are the moments
// of the squared distances, Error those of score less label.
type Brier struct {
	Value, Reliability, Resolution, Uncertainty float64
	Loss, Error                                 Moments
}

// BrierScore computes it from the scores of positive and negative labels.
func BrierScore(positive, negative Sample) (Brier, error) {
	k, n := positive.Count(), positive.Count()+negative.Count()
	if n == 0 {
		return Brier{}, ErrNoRows
	}
	base := float64(k) / float64(n)
	out := Brier{Uncertainty: float64(base * (1 - base))}
	var reliability, resolution sum
	away := make(Sample, 0, len(positive)+len(negative))
	for _, p := range positive {
		away = append(away, Point{p.X - 1, p.N})
	}
	away = append(away, negative...)
	out.Error = away.momentsOf(n)
	for i := range away {
		away[i].X = float64(away[i].X * away[i].X)
	}
	out.Loss = away.momentsOf(n)
	each(positive, negative, func(x float64, pos, neg int64) {
		all := float64(pos + neg)
		rate := float64(pos) / all
		reliability.add(float64(all * float64((x-rate)*(x-rate))))
		resolution.add(float64(all * float64((rate-base)*(rate-base))))
	})
	total := float64(n)
	out.Value = out.Loss.Mean
	out.Reliability, out.Resolution = reliability.value()/total, resolution.value()/total
	return out, nil
}

// each walks two samples together.
func each(a, b Sample, f func(x float64, inA, inB int64)) {
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i].X < b[j].X:
			f(a[i].X, a[i].N, 0)
			i++
		case i == len(a) || b[j].X < a[i].X:
			f(b[j].X, 0, b[j].N)
			j++
		default:
			f(a[i].X, a[i].N, b[j].N)
			i, j = i+1, j+1
		}
	}
}

// LogLoss is the mean of -log(score) over positive labels and -log(1-score)
// over negative ones, natural logarithm. A score of 0 or 1 or beyond is no
// probability that a label could contradict at a finite cost, and is refused
// rather than clipped: the clip would decide the result. What is returned are the size, mean and
// variance of the costs of the rows.
func LogLoss(positive, negative Sample) (loss Moments, err error) {
	n := positive.Count() + negative.Count()
	if n == 0 {
		return loss, ErrNoRows
	}
	costs := make(Sample, 0, len(positive)+len(negative))
	for _, side := range []struct {
		s   Sample
		log func(x float64) float64
	}{{positive, math.Log}, {negative, func(x float64) float64 { return math.Log1p(-x) }}} {
		for _, p := range side.s {
			if !(p.X > 0 && p.X < 1) {
				return loss, ErrNotProbability
			}
			costs = append(costs, Point{-side.log(p.X), p.N})
		}
	}
	return costs.Moments(), nil
}

// InUnit says whether every number lies between 0 and 1.
func (s Sample) InUnit() bool {
	return len(s) == 0 || s[0].X >= 0 && s[len(s)-1].X <= 1
}
