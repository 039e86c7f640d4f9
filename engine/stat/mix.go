package stat

import "math"

// MixEntropy is the entropy of counts in bits, -Σ p log2 p: 0 where all are of one
// kind, log2(n) where n kinds are alike.
func MixEntropy(counts []int64) float64 {
	var all int64
	sum := 0.0
	for _, n := range counts {
		all += n
		sum += (*Logs)(nil).times(n)
	}
	if all == 0 {
		return math.NaN()
	}
	return max(0, (portableLog(float64(all))-sum/float64(all))/portableLog(2))
}

// MixDiversity is the chance that two items of a list are of different kinds: the
// mean distance of its pairs, where items of one kind have distance 0 and others 1
// (intra-list diversity). Not a number of fewer than two items.
func MixDiversity(counts []int64) float64 {
	var all, same int64
	for _, n := range counts {
		all += n
		same += n * (n - 1)
	}
	if all < 2 {
		return math.NaN()
	}
	return 1 - float64(same)/float64(all*(all-1))
}

// steck is the weight that keeps a kind that a list lacks from an infinite divergence.
const steck = 0.01

// MixDivergence is the Kullback-Leibler divergence of what a list shows from what was
// consumed before, natural log (Steck 2018): Σ p ln(p/q'), p the shares of the history,
// q those of the list, q' = 0.99 q + 0.01 p. Not a number where either is empty.
func MixDivergence(history []float64, shown []int64) float64 {
	var before, all float64
	for i, w := range history {
		before += w
		all += float64(shown[i])
	}
	if !(before > 0) || !(all > 0) {
		return math.NaN()
	}
	sum := 0.0
	for i, w := range history {
		if !(w > 0) {
			continue
		}
		p, q := w/before, float64(shown[i])/all
		sum += float64(p * portableLog(p/(float64((1-steck)*q)+float64(steck*p))))
	}
	return max(0, sum)
}

// Gini is how unevenly something is dealt to n things, given what each gets: Σ (2i - n -
// 1) x / (n Σ x), x rising. 0 is evenly; all to one is 1 - 1/n. Those that get nothing
// are counted by none, beside the rising xs.
func Gini(rising []int64, none int64) float64 {
	n := float64(int64(len(rising)) + none)
	var sum, all float64
	for i, x := range rising {
		at := float64(none + int64(i) + 1)
		sum += float64((2*at - n - 1) * float64(x))
		all += float64(x)
	}
	return sum / float64(n*all)
}

// Log2 is the logarithm to base 2 of a finite x > 0, the same on every processor.
func Log2(x float64) float64 { return portableLog(x) / portableLog(2) }
