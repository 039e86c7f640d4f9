package stat

import "slices"

// Family are the p-values of one error budget. Tests with the same Set are one
// set: their p-values already allow for each other (single step), so that a set
// counts as one test. A test of its own has a set of its own.
type Family struct {
	P   []float64
	Set []int
}

// Size is the number of sets.
func (f Family) Size() int {
	sets := slices.Clone(f.Set)
	slices.Sort(sets)
	return len(slices.Compact(sets))
}

// Holm controls the probability of any false rejection, whatever the dependence
// between sets. From the smallest p on, a p is multiplied by the number of sets
// that have a test left, its own among them, and made monotone: with sets of one
// test each it is Holm's method (1979).
//
// The first true hypothesis to be rejected is rejected at alpha/R, with R at least
// the number T of sets that hold a true hypothesis, because none of them has come
// to its end. A set holds a p of a true hypothesis at or below alpha/T with
// probability at most alpha/T, which is what its single-step p-values promise
// (Westfall and Young 1993), and the T sets together at most alpha. A set lends its
// share to the others only when all its tests are rejected, not when its first is.
func (f Family) Holm() []float64 {
	left := map[int]int{}
	for _, s := range f.Set {
		left[s]++
	}
	adjusted := make([]float64, len(f.P))
	largest := 0.0
	for _, i := range order(f.P) {
		largest = max(largest, f.P[i]*float64(len(left)))
		adjusted[i] = min(1, largest)
		if left[f.Set[i]]--; left[f.Set[i]] == 0 {
			delete(left, f.Set[i])
		}
	}
	return adjusted
}

// StepUp applies BenjaminiHochberg or BenjaminiYekutieli to the smallest p of each
// set, and scales the other p-values of a set as its smallest was scaled (Benjamini
// and Bogomolov 2014, Journal of the Royal Statistical Society B 76, 297-318): the
// expected share of false rejections, on average over the sets selected, is
// controlled.
func (f Family) StepUp(adjust func([]float64) []float64) []float64 {
	var sets []int
	var least []float64
	for i, s := range f.Set {
		at := slices.Index(sets, s)
		if at < 0 {
			sets, least = append(sets, s), append(least, f.P[i])
			continue
		}
		least[at] = min(least[at], f.P[i])
	}
	whole := adjust(least)
	adjusted := make([]float64, len(f.P))
	for i, s := range f.Set {
		at := slices.Index(sets, s)
		factor := float64(len(sets))
		if least[at] > 0 {
			factor = whole[at] / least[at]
		}
		adjusted[i] = min(1, f.P[i]*factor)
	}
	return adjusted
}
