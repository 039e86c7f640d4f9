package stat

import (
	"math"
	"math/rand/v2"
)

// CalibrationDraws are the calibration errors of labels drawn at random.
type CalibrationDraws []CalibrationError

// Of are the draws of one error, in the memory of room if it is large enough.
func (c CalibrationDraws) Of(of func(CalibrationError) float64, room Scatter) Scatter {
	out := room.fit(len(c))
	for i, e := range c {
		out[i] = of(e)
	}
	return out
}

// blocks is into about how many blocks of equal size the scores of one bin are
// joined when they are many; within one, chances differ by less than a bin's
// width over it.
const blocks = 64

// manyLabels is from how many labels on those of a bin are not drawn block by
// block. Their chances differ by little, so that the distributions are near: by
// Ehm's bound 0.003 for a bin from 0.45 to 0.55 before the variance is matched.
const manyLabels = 128

// labels are the labels of one bin, each drawn with its own chance.
type labels struct {
	chances        []Point // by chance, with how many have it
	mean, variance float64 // of the number of positive labels
}

// add adds labels of the next higher chance, of n in the bin. Neighbors join until a
// block has enough, to be drawn with their mean chance.
func (l *labels) add(p Point, n int64) {
	expected := float64(float64(p.N) * p.X)
	l.mean += expected
	if l.variance += float64(expected * (1 - p.X)); n >= manyLabels && l.variance > 0 {
		return
	}
	enough := n / blocks
	if last := len(l.chances) - 1; last >= 0 && l.chances[last].N < enough {
		block := &l.chances[last]
		n := block.N + p.N
		block.X += float64((p.X - block.X) * float64(p.N) / float64(n))
		block.N = n
		return
	}
	l.chances = append(l.chances, p)
}

// fill draws how many of n are positive, again and again; one is scratch. A sum of many independent draws is
// taken for one Binomial of the same mean and variance (Ehm 1991, Statistics &
// Probability Letters 11, 7-16); it is of at most n, as Σx² ≥ (Σx)²/n.
func (l *labels) fill(rng *rand.Rand, n int64, one *binomials, out []int64) {
	if n >= manyLabels && l.variance > 0 {
		p := 1 - l.variance/l.mean
		one.set(int64(math.Round(l.mean/p)), p)
		one.fill(rng, out)
		for i, k := range out {
			out[i] = min(n, k)
		}
		return
	}
	draws := make([]*binomials, len(l.chances))
	for i, c := range l.chances {
		draws[i] = newBinomials(c.N, c.X)
	}
	for i := range out {
		out[i] = 0
		for _, d := range draws {
			out[i] += d.draw(rng)
		}
		out[i] = min(n, out[i])
	}
}

// Calibrated draws every label with its own score as its chance: the errors of a
// calibrated score at these sizes, which are not 0. The draws are in the memory of
// room if it is large enough.
func Calibrated(rng *rand.Rand, positive, negative Sample, edges []float64, times int, room CalibrationDraws) CalibrationDraws {
	bins := ReliabilityBins(positive, negative, edges)
	all := make([]labels, len(bins))
	inner := edges[1 : len(edges)-1]
	at, place, next := -1, -1, 0 // of the kept bins, among all
	each(positive, negative, func(x float64, inPositive, inNegative int64) {
		for next < len(inner) && inner[next] < x { // numbers rise, and so do bins
			next++
		}
		if next != place {
			at, place = at+1, next
		}
		all[at].add(Point{x, inPositive + inNegative}, bins[at].N)
	})
	var one binomials
	return drawCurves(bins, times, room, func(i int, out []int64) { all[i].fill(rng, bins[i].N, &one, out) })
}

// CalibrationAround are errors of labels that were drawn with the rates of the
// bins themselves, and the errors at those rates.
type CalibrationAround struct {
	Draws  CalibrationDraws
	Center CalibrationError
}

// Interval is the interval of one error that was measured, as AroundDistance has
// it: the spread and the bias are those of the draws around their center, laid
// around the measured value, which the interval always holds. room is scratch.
func (c CalibrationAround) Interval(of func(CalibrationError) float64, value, alpha float64, room Scatter) Interval {
	d := c.Draws.Of(of, room)
	var squares sum
	for _, x := range d {
		squares.add(float64(x * x))
	}
	mean, center := squares.value()/float64(len(d)), of(c.Center)
	shift := 2*mean - float64(center*center) - float64(value*value)
	at := func(x float64) float64 { return math.Sqrt(max(0, float64(x*x)-shift)) }
	low, high := d.quantiles(alpha/2, 1-alpha/2)
	return Interval{min(value, at(low)), max(value, at(high)), MethodTableBootstrap}
}

// drawnRate is the rate that labels of a bin are drawn with: that of half a
// positive and half a negative label more (Jeffreys' prior). With the bin's own
// rate, a bin of only negative labels would never vary.
func (b Reliability) drawnRate() float64 {
	return (float64(b.Positives) + 0.5) / (float64(b.N) + 1)
}

// atDrawnRates moves the scores of bins by as much as their rates are moved, so
// that rate less score is that of the drawn rates.
func atDrawnRates(bins []Reliability) []Reliability {
	out := append([]Reliability{}, bins...)
	for i, b := range bins {
		out[i].Scores = b.Scores - (float64(float64(b.N)*b.drawnRate()) - float64(b.Positives))
	}
	return out
}

// CalibratedAgain draws the labels of each bin with about the bin's own rate: how
// far the errors vary around those that were measured. room is as in Calibrated.
func CalibratedAgain(rng *rand.Rand, bins []Reliability, times int, room CalibrationDraws) CalibrationAround {
	center, _ := CalibrationErrors(atDrawnRates(bins)) // without bins there are no draws
	var one binomials
	return CalibrationAround{drawCurves(bins, times, room, func(i int, out []int64) {
		one.set(bins[i].N, bins[i].drawnRate())
		one.fill(rng, out)
	}), center}
}

// drawCurves are the errors (CalibrationErrors) of curves with labels drawn for each
// bin, again and again, bin by bin, in the memory of out if it is large enough. Sums of a few bins, none negative, need no
// compensation.
func drawCurves(bins []Reliability, times int, out CalibrationDraws, labels func(bin int, out []int64)) CalibrationDraws {
	if len(bins) == 0 {
		return nil
	}
	if cap(out) < times {
		out = make(CalibrationDraws, times)
	}
	out = out[:times]
	clear(out)
	positive := make([]int64, times)
	rows := 0.0
	for i, b := range bins {
		n := float64(b.N)
		rows += n
		share := 1 / n
		labels(i, positive)
		for t, k := range positive {
			e, gap := &out[t], math.Abs(float64(k)-b.Scores)
			e.Mean += gap
			e.RootMeanSquare += float64(float64(gap*gap) * share)
			if largest := float64(gap * share); largest > e.Largest {
				e.Largest = largest
			}
		}
	}
	for t := range out {
		out[t].Mean /= rows
		out[t].RootMeanSquare = math.Sqrt(out[t].RootMeanSquare / rows)
	}
	return out
}

// CalibrationTest tests that the labels of a sample of scores were drawn with
// the scores as their chances, by the sum of labels less scores over its
// standard deviation √Σx(1-x) (Spiegelhalter 1986, Statistics in Medicine 5,
// 421-433, for the sum itself).
func CalibrationTest(positive, negative Sample) (Test, error) {
	var gap, variance sum
	each(positive, negative, func(x float64, inPositive, inNegative int64) {
		n := float64(inPositive + inNegative)
		gap.add(float64(-x * n))
		variance.add(float64(x*(1-x)) * n)
	})
	gap.add(float64(positive.Count()))
	if !(variance.value() > 0) {
		return Test{}, ErrNoVariation
	}
	return normalTest(gap.value()/math.Sqrt(variance.value()), TwoSided, MethodCalibrationZ), nil
}
