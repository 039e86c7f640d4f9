package stat

import (
	"math"
	"slices"
)

// Scatter is values of a statistic on data drawn at random, in no order. What is
// asked of it needs two ranks at most, and those without sorting. Sums are
// compensated: their order moves them by 1e-26 of their size.
type Scatter []float64

// fit is room for n draws, in the memory of s if it is large enough.
func (s Scatter) fit(n int) Scatter {
	if cap(s) < n {
		return make(Scatter, n)
	}
	return s[:n]
}

// Mean of the draws.
func (s Scatter) Mean() float64 { return Draws(s).Mean() }

// Quantile of the draws, as Draws.Quantile.
func (s Scatter) Quantile(q float64) float64 {
	x, _ := s.quantiles(q, q)
	return x
}

// P is the share of draws at least as large as a value, the value itself counted
// among them (Davison and Hinkley 1997, section 4.2): never 0.
func (s Scatter) P(value float64) float64 {
	value -= float64(1e-12 * math.Abs(value))
	beyond := 1
	for _, x := range s {
		if x >= value {
			beyond++
		}
	}
	return float64(beyond) / float64(1+len(s))
}

// Null says where a measured value stands among the draws.
func (s Scatter) Null(value float64) Null {
	return Null{s.Mean(), s.Quantile(0.95), s.P(value)}
}

// scatterParts is how many equal parts of their range draws are counted in.
const scatterParts = 512

// quantiles are two of them. Only the draws that lie in the same part of the range
// as one of the two are put in order.
func (s Scatter) quantiles(p, q float64) (x, y float64) {
	i, j := rankOf(p, len(s)), rankOf(q, len(s))
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range s {
		low, high = min(low, x), max(high, x)
	}
	scale := (scatterParts - 1) / (high - low)
	if !(scale > 0) || math.IsInf(scale, 1) { // equal, or not all finite
		d := Draws(slices.Clone(s)).sorted()
		return d[i], d[j]
	}
	part := func(x float64) int { return int(float64((x - low) * scale)) }
	var in [scatterParts]int32
	for _, x := range s {
		in[part(x)]++
	}
	find := func(rank int) (part, within int) {
		for within = rank; within >= int(in[part]); part++ {
			within -= int(in[part])
		}
		return part, within
	}
	a, i := find(i)
	b, j := find(j)
	var room [2][64]float64
	inA, inB := room[0][:0], room[1][:0]
	for _, x := range s {
		switch at := part(x); {
		case at == a:
			inA = append(inA, x)
		case at == b:
			inB = append(inB, x)
		}
	}
	if slices.Sort(inA); a == b {
		return inA[i], inA[j]
	}
	slices.Sort(inB)
	return inA[i], inB[j]
}
