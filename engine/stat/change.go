package stat

import "math"

// ChangeDetector tells when a series of standardized values has left 0. It is an
// e-detector of the CUSUM form (Shin, Ramdas and Rinaldo 2023, "E-detectors",
// arXiv 2203.03532): for each shift that is looked for, up and down,
//
//	M = max(M, 1)·exp(shift·z - shift²/2)
//
// and their mean. If nothing changes, an alarm at A comes after A looks or more on
// the average, and within T looks with a chance of at most T/A.
type ChangeDetector struct {
	shifts []float64
	log    []float64
	since  []int
	looks  int
}

// Shifts that are looked for, in standard errors of one window: a small and a
// plain one, up and down.
func Shifts() []float64 { return []float64{1, -1, 2, -2} }

// NewChangeDetector looks for the shifts.
func NewChangeDetector(shifts ...float64) *ChangeDetector {
	return &ChangeDetector{shifts: shifts, log: make([]float64, len(shifts)), since: make([]int, len(shifts))}
}

// Add takes the next value.
func (d *ChangeDetector) Add(z float64) {
	for i, s := range d.shifts {
		if d.log[i] <= 0 {
			d.log[i], d.since[i] = 0, d.looks
		}
		d.log[i] += float64(s*z) - s*s/2
	}
	d.looks++
}

// Log is the logarithm of the detector; 0 before the first value.
func (d *ChangeDetector) Log() float64 { return logMean(d.log) }

// Since is the value, counted from 0, at which the change most likely began: where
// the strongest of the shifts last started from 1.
func (d *ChangeDetector) Since() int {
	best := 0
	for i := range d.log {
		if d.log[i] > d.log[best] {
			best = i
		}
	}
	return d.since[best]
}

// logMean is the logarithm of the mean of what is given as logarithms.
func logMean(log []float64) float64 {
	top := math.Inf(-1)
	for _, x := range log {
		top = max(top, x)
	}
	if math.IsInf(top, -1) || len(log) == 0 {
		return top
	}
	sum := 0.0
	for _, x := range log {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum/float64(len(log)))
}

// MeanOfDetectors is the logarithm of the mean of detectors, which is a detector
// again, however they depend on each other.
func MeanOfDetectors(all []*ChangeDetector) float64 {
	var log []float64
	for _, d := range all {
		log = append(log, d.Log())
	}
	return logMean(log)
}

// RateScore is how far k1/n1 lies from k2/n2, as a standard normal deviate: that
// of the mid-p of the first count given both margins. With the counts so far for
// the second it is the residual of a window, nearly independent of those before
// (Brown, Durbin and Evans 1975, Journal of the Royal Statistical Society B 37,
// 149-192). It is exact for few rows; its variance is at most about 1.
func RateScore(k1, n1, k2, n2 int64) (float64, error) {
	a, n, b, m := float64(k1), float64(n1), float64(k2), float64(n2)
	if err := checkPair(a, n, b, m); err != nil {
		return 0, err
	}
	if z, ok := largeTable(a, n, b, m); ok {
		return z, nil
	}
	h := hypergeometric{n, m, a + b}
	half := math.Exp(h.log(a)) / 2
	lower := h.lower(a) - half
	upper := hypergeometric{n, m, n + m - a - b}.lower(n-a) - half
	const least = 1e-300
	if upper <= lower {
		return NormalUpper(clamp(upper, least, 0.5)), nil
	}
	return -NormalUpper(clamp(lower, least, 0.5)), nil
}

// Residual is how far an estimate lies from another, in standard errors of their
// difference.
func Residual(now, before Estimated) (float64, error) {
	v := now.Variance + before.Variance
	if !(v > 0) || math.IsInf(v, 1) {
		return 0, ErrNoVariation
	}
	return (now.Value - before.Value) / math.Sqrt(v), nil
}
