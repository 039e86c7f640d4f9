package model

import (
	"cmp"
	"slices"
)

// A boostSplit sends some bins of an input left.
type boostSplit struct {
	gain  float64
	input int
	cut   int // of a number: the last bin left
	left  [boostBins + 1]bool
}

// A histogram has the sums of the rows of each bin.
type histogram struct {
	g, h [boostBins + 1]float64
	n    [boostBins + 1]int
}

// leastGain keeps what is rounding from being a split.
const leastGain = 1e-9

// best finds the split of these rows with the largest gain; the first of equal
// ones.
func (b *booster) best(rows []int) boostSplit {
	g, h := b.sum(rows)
	best := boostSplit{}
	for i := range b.inputs {
		in := &b.inputs[i]
		hist := histogram{}
		for _, row := range rows {
			bin := in.bins[row]
			hist.g[bin] += b.gradient[row]
			hist.h[bin] += b.second[row]
			hist.n[bin]++
		}
		for _, missingLeft := range []bool{true, false} {
			if !missingLeft && hist.n[in.missing] == 0 {
				continue
			}
			split := b.scan(in, &hist, len(rows), g, h, missingLeft)
			if split.input = i; split.gain > best.gain {
				best = split
			}
		}
	}
	return best
}

// scan moves bins to the left one by one: numbers in order, categories by
// their means.
func (b *booster) scan(in *boostInput, hist *histogram, rows int, g, h float64, missingLeft bool) boostSplit {
	order := make([]int, in.missing)
	for bin := range order {
		order[bin] = bin
	}
	if in.codes != nil {
		mean := func(bin int) float64 { return hist.g[bin] / (hist.h[bin] + boostLambda) }
		slices.SortStableFunc(order, func(a, c int) int { return cmp.Compare(mean(a), mean(c)) })
	}
	leftG, leftH, leftN := 0.0, 0.0, 0
	if missingLeft {
		leftG, leftH, leftN = hist.g[in.missing], hist.h[in.missing], hist.n[in.missing]
	}
	score := func(g, h float64) float64 { return float64(g*g) / (h + boostLambda) }
	whole := score(g, h)
	best, upTo := boostSplit{}, -1
	for k, bin := range order {
		leftG, leftH, leftN = leftG+hist.g[bin], leftH+hist.h[bin], leftN+hist.n[bin]
		if leftN < b.Leaf || rows-leftN < b.Leaf || hist.n[bin] == 0 {
			continue
		}
		if gain := score(leftG, leftH) + score(g-leftG, h-leftH) - whole; gain > best.gain+leastGain*whole && gain > leastGain {
			best.gain, best.cut, upTo = gain, bin, k
		}
	}
	for k := range upTo + 1 {
		best.left[order[k]] = true
	}
	best.left[in.missing] = missingLeft
	return best
}
