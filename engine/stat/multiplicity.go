package stat

import (
	"cmp"
	"slices"
)

// The corrections take the p-values of one family and return the adjusted ones
// in the same order: a hypothesis is rejected at alpha if its adjusted p is at
// most alpha. Absent and NaN p-values are for the caller to leave out. An empty
// family gives an empty result.

// Holm controls the probability of any false rejection, whatever the
// dependence: the i-th smallest of m p-values times m-i+1, made monotone,
// capped at 1 (Holm 1979).
func Holm(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	largest := 0.0
	for rank, i := range order(p) {
		largest = max(largest, p[i]*float64(len(p)-rank))
		adjusted[i] = min(1, largest)
	}
	return adjusted
}

// BenjaminiHochberg controls the expected share of false rejections for
// independent or positively dependent tests: the i-th smallest of m p-values
// times m/i, made monotone from the largest down, capped at 1 (Benjamini and
// Hochberg 1995).
func BenjaminiHochberg(p []float64) []float64 { return stepUp(p, 1) }

// BenjaminiYekutieli is BenjaminiHochberg times 1 + 1/2 + … + 1/m, valid under
// any dependence (Benjamini and Yekutieli 2001).
func BenjaminiYekutieli(p []float64) []float64 {
	harmonic := 0.0
	for i := range p {
		harmonic += 1 / float64(i+1)
	}
	return stepUp(p, harmonic)
}

func stepUp(p []float64, factor float64) []float64 {
	adjusted := make([]float64, len(p))
	smallest := 1.0
	for rank, i := range slices.Backward(order(p)) {
		smallest = min(smallest, p[i]*factor*float64(len(p))/float64(rank+1))
		adjusted[i] = smallest
	}
	return adjusted
}

// order is the indices of p from its smallest to its largest value.
func order(p []float64) []int {
	index := make([]int, len(p))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	return index
}
