package stat

import (
	"math"
	"math/rand/v2"
)

// CalibrationDraws are the calibration errors of labels drawn at random.
type CalibrationDraws []CalibrationError

// Of are the draws of one error, in rising order.
func (c CalibrationDraws) Of(of func(CalibrationError) float64) Draws {
	out := make(Draws, len(c))
	for i, e := range c {
		out[i] = of(e)
	}
	return out.sorted()
}

// blocks is into about how many blocks of equal size the scores of one bin are
// joined when they are many; within one, chances differ by less than a bin's
// width over it.
const blocks = 64

// Calibrated draws every label with its own score as its chance: the errors of a
// calibrated score at these sizes, which are not 0.
func Calibrated(rng *rand.Rand, positive, negative Sample, edges []float64, times int) CalibrationDraws {
	bins := ReliabilityBins(positive, negative, edges)
	at := map[int]int{} // the kept bins by their place among all
	inner := edges[1 : len(edges)-1]
	type chance struct {
		bin int
		Point
	}
	var all []chance
	for _, p := range Pool(positive, negative) {
		place := Bin(inner, p.X, true)
		bin, seen := at[place]
		if !seen {
			bin = len(at)
			at[place] = bin
		}
		if last := len(all) - 1; last >= 0 && all[last].bin == bin && all[last].N < bins[bin].N/blocks {
			n := all[last].N + p.N // a block of neighbors, drawn with their mean chance
			all[last].X += float64((p.X - all[last].X) * float64(p.N) / float64(n))
			all[last].N = n
			continue
		}
		all = append(all, chance{bin, p})
	}
	return drawCurves(bins, times, func(_ []Reliability, draw []int64) {
		clear(draw)
		for _, c := range all {
			draw[c.bin] += Binomial(rng, c.N, c.X)
		}
	})
}

// CalibratedAgain draws the labels of each bin with the bin's own rate: how far
// the errors vary around those that were measured.
func CalibratedAgain(rng *rand.Rand, bins []Reliability, times int) CalibrationDraws {
	return drawCurves(bins, times, func(bins []Reliability, draw []int64) {
		for i, b := range bins {
			draw[i] = Binomial(rng, b.N, float64(b.Positives)/float64(b.N))
		}
	})
}

func drawCurves(bins []Reliability, times int, labels func([]Reliability, []int64)) CalibrationDraws {
	if len(bins) == 0 {
		return nil
	}
	drawn, counts := append([]Reliability{}, bins...), make([]int64, len(bins))
	out := make(CalibrationDraws, times)
	for t := range out {
		labels(bins, counts)
		for i := range drawn {
			drawn[i].Positives = counts[i]
		}
		out[t], _ = CalibrationErrors(drawn) // bins have rows
	}
	return out
}

// CalibrationTest tests that the labels of a sample of scores were drawn with
// the scores as their chances, by the sum of labels less scores over its
// standard deviation √Σx(1-x) (Spiegelhalter 1986, Statistics in Medicine 5,
// 421-433, for the sum itself).
func CalibrationTest(positive, negative Sample) (Test, error) {
	var gap, variance sum
	for _, p := range Pool(positive, negative) {
		n := float64(p.N)
		gap.add(float64(-p.X * n))
		variance.add(float64(p.X*(1-p.X)) * n)
	}
	gap.add(float64(positive.Count()))
	if !(variance.value() > 0) {
		return Test{}, ErrNoVariation
	}
	return normalTest(gap.value()/math.Sqrt(variance.value()), TwoSided, MethodCalibrationZ), nil
}
