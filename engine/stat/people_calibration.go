package stat

import (
	"math"
	"math/rand/v2"
)

// CalibrationDesign is the mean design effect of the gaps of a calibration
// curve: the jackknife variances of rate less mean score, over shards of people,
// summed over the bins by their copies, over those of independent labels,
// rate·(1-rate)/n. Samples are dealt to the same shards.
func CalibrationDesign(positive, negative []Sample, edges []float64) (Design, error) {
	if len(positive) != len(negative) {
		return Design{}, ErrShards
	}
	inner, width := edges[1:len(edges)-1], len(edges)-1
	used, rows := newDeletions(0, len(positive), func(g int) bool { return len(positive[g])+len(negative[g]) > 0 }), 0.0
	if used.shards == 0 {
		return Design{}, ErrNoRows
	}
	if used.shards < 2 {
		return Design{}, ErrFewShards
	}
	bins := make([][]Sums, width) // per bin and shard: copies, labels less scores, positives
	for i := range bins {
		bins[i] = make([]Sums, len(positive))
	}
	for g := range positive {
		for label, s := range []Sample{negative[g], positive[g]} {
			for _, p := range s {
				at, n := &bins[Bin(inner, p.X, true)][g], float64(p.N)
				at.N, rows = at.N+n, rows+n
				at.X += float64((float64(label) - p.X) * n)
				at.XX += float64(float64(label) * n)
			}
		}
	}
	var variance, independent sum
	for _, shards := range bins {
		gaps, err := deleteMean(shards)
		if err != nil {
			continue // no rows, or all of one shard: nothing to compare
		}
		all := totalSums(shards)
		rate := all.XX / all.N
		variance.add(float64(all.N / rows * jackknife(gaps.shift, gaps.shards)))
		independent.add(float64(rate*(1-rate)) / rows)
	}
	d := Design{1, 1, used.shards, float64(used.shards - 1)}
	if independent.value() > 0 {
		d.Effect = max(1, variance.value()/independent.value())
	}
	return d, nil
}

// For widens draws of a calibrated score to rows that belong to people: without
// a gap to begin with, every error grows like the deviation of a bin.
func (c CalibrationDraws) For(d Design) CalibrationDraws {
	by := math.Sqrt(d.Widen(nullAlpha))
	out := make(CalibrationDraws, len(c))
	for i, e := range c {
		out[i] = CalibrationError{float64(by * e.Mean), float64(by * e.RootMeanSquare), float64(by * e.Largest)}
	}
	return out
}

// CalibratedAgainClustered is CalibratedAgain where people have many rows: the
// rate of each bin varies wider by the design.
func CalibratedAgainClustered(rng *rand.Rand, bins []Reliability, d Design, alpha float64, times int) CalibrationAround {
	if len(bins) == 0 {
		return CalibrationAround{}
	}
	by := math.Sqrt(d.Widen(alpha))
	middle := atDrawnRates(bins)
	drawn := append([]Reliability{}, middle...)
	out := CalibrationAround{Draws: make(CalibrationDraws, times)}
	out.Center, _ = CalibrationErrors(middle) // bins have rows
	for t := range out.Draws {
		for i, b := range bins {
			rate := b.drawnRate()
			more := float64(Binomial(rng, b.N, rate)) - float64(float64(b.N)*rate)
			drawn[i].Scores = middle[i].Scores - float64(by*more)
		}
		out.Draws[t], _ = CalibrationErrors(drawn)
	}
	return out
}
