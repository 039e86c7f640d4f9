package stat

import "math"

// Part is one independent estimate in a weighted sum, with its interval.
type Part struct {
	Weight   float64
	Point    float64
	Interval Interval
}

// Mover is the interval of Σ w·θ over independent estimates from the intervals
// [l, u] of each, all at the same level: the method of variance estimates
// recovery (Zou and Donner 2008, Statistics in Medicine 27, 1693-1702),
//
//	low  = Σ w·θ - √(Σ w²·(θ-l)²),  high = Σ w·θ + √(Σ w²·(u-θ)²)
//
// with l and u changing places where w is negative. Newcombe's interval is the
// case of two Wilson intervals with weights 1 and -1; the average odds
// difference, the mean of the differences of true and false positive rates,
// has weights 1/2 over two Newcombe intervals. The result lies within the
// weighted sum of the parts' own limits. ErrNotFinite when a limit is infinite.
func Mover(parts ...Part) (Interval, error) {
	if len(parts) == 0 {
		return Interval{}, ErrNoParts
	}
	var point, below, above float64
	for _, p := range parts {
		down := float64(p.Weight * (p.Point - p.Interval.Low))
		up := float64(p.Weight * (p.Interval.High - p.Point))
		if p.Weight < 0 {
			down, up = -up, -down
		}
		point += float64(p.Weight * p.Point)
		below, above = math.Hypot(below, down), math.Hypot(above, up)
	}
	if sum := point + below + above; math.IsNaN(sum) || math.IsInf(sum, 0) {
		return Interval{}, ErrNotFinite
	}
	return Interval{point - below, point + above, MethodMover}, nil
}
