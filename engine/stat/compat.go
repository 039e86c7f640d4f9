package stat

import (
	"math"
	"sort"
)

// The functions of this file give the numbers of other tools, with their bins,
// fills and bases, so that a reader can see why two tools disagree. None of them
// is a convention of this engine.

// SturgesEdges are NumPy's edges by the rule of Sturges: equal width, from the
// smallest to the largest number.
func SturgesEdges(s Sample) []float64 {
	span := s[len(s)-1].X - s[0].X
	return equalEdges(s, span/(math.Log2(float64(s.Count()))+1))
}

// DoaneEdges are NumPy's edges by the rule of Doane, which adds bins for
// skewness.
func DoaneEdges(s Sample) []float64 {
	n, mean, sd := float64(s.Count()), s.Mean(), math.Sqrt(s.Variance(0))
	width := 0.0
	if n > 2 && sd > 0 {
		var cube sum
		for _, p := range s {
			z := (p.X - mean) / sd
			cube.add(float64(z*z*z) * float64(p.N))
		}
		error := math.Sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
		width = (s[len(s)-1].X - s[0].X) / (1 + math.Log2(n) + math.Log2(1+math.Abs(cube.value()/n)/error))
	}
	return equalEdges(s, width)
}

func equalEdges(s Sample, width float64) []float64 {
	low, high := s[0].X, s[len(s)-1].X
	bins := 1
	if width > 0 {
		bins = int(math.Ceil((high - low) / width))
	}
	return EqualEdges(low, high, bins)
}

// EqualEdges are bins+1 edges from low to high as NumPy's linspace rounds them;
// a range without width becomes one of width 1.
func EqualEdges(low, high float64, bins int) []float64 {
	if low == high {
		low, high = low-0.5, high+0.5
	}
	out := make([]float64, bins+1)
	step := (high - low) / float64(bins)
	for i := range out {
		out[i] = float64(float64(i)*step) + low
	}
	out[bins] = high
	return out
}

// Histogram counts as NumPy does: bins [e, e'), the last also with its upper
// edge. The last count is what lies outside.
func (s Sample) Histogram(edges []float64) []int64 {
	bins := len(edges) - 1
	out := make([]int64, bins+1)
	for _, p := range s {
		i := sort.Search(len(edges), func(i int) bool { return edges[i] > p.X }) - 1
		switch {
		case p.X == edges[bins]:
			i = bins - 1
		case i < 0 || i >= bins:
			i = bins
		}
		out[i] += p.N
	}
	return out
}
