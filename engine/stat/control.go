package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// controlTail is the chance beyond each limit of a control chart: that of three
// standard deviations of the normal distribution (Shewhart 1931).
const controlTail = 0.0013498980316300945

// ControlRate are the limits of a p chart for n rows at the rate p: the share of
// rows that is crossed on either side with a chance of at most 0.00135. They are
// quantiles of the binomial distribution, not three standard deviations, which are
// wrong for few rows and small rates.
func ControlRate(n int64, p float64) (low, high float64, err error) {
	if n < 1 {
		return 0, 0, ErrNoRows
	}
	if !(p >= 0 && p <= 1) {
		return 0, 0, ErrLimit
	}
	if p == 0 || p == 1 {
		return p, p, nil
	}
	size := float64(n)
	upTo := func(k float64) float64 { // P(X <= k)
		if k >= size {
			return 1
		}
		return math.Exp(logBeta(size-k, k+1, 1-p, p).log)
	}
	above := func(k float64) float64 { // P(X > k)
		if k >= size {
			return 0
		}
		return math.Exp(logBeta(k+1, size-k, p, 1-p).log)
	}
	return countWhere(size, func(k float64) bool { return upTo(k) >= controlTail }) / size,
		countWhere(size, func(k float64) bool { return above(k) <= controlTail }) / size, nil
}

// ControlCount are the limits of a u chart: of a number of events with the given
// mean, by the Poisson distribution.
func ControlCount(mean float64) (low, high float64, err error) {
	if !(mean >= 0) || mean > maxCount {
		return 0, 0, ErrNotFinite
	}
	if mean == 0 {
		return 0, 0, nil
	}
	most := mean + 20*math.Sqrt(mean) + 50
	return countWhere(most, func(k float64) bool { return mathext.GammaIncRegComp(k+1, mean) >= controlTail }),
		countWhere(most, func(k float64) bool { return mathext.GammaIncReg(k+1, mean) <= controlTail }), nil
}

// countWhere is the smallest whole number up to most that has a property, which all
// greater ones have, too.
func countWhere(most float64, has func(float64) bool) float64 {
	low, high := -1.0, math.Floor(most)
	for high-low > 1 {
		if mid := math.Floor(low + (high-low)/2); has(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// ControlIndividuals are the limits of an individuals chart: the mean plus and
// minus 3/1.128 of the mean moving range, which is three standard deviations of
// normal values (Montgomery, Introduction to Statistical Quality Control, 6.4).
func ControlIndividuals(values []float64) (low, center, high float64, err error) {
	if len(values) < 2 {
		return 0, 0, 0, ErrFewRows
	}
	sum, moved := values[0], 0.0
	for i, x := range values[1:] {
		sum += x
		moved += math.Abs(x - values[i])
	}
	const d2 = 1.1283791670955126 // 2/√π
	n := float64(len(values))
	center = sum / n
	half := 3 / d2 * moved / (n - 1)
	return center - half, center, center + half, nil
}
