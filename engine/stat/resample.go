package stat

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Generator is a random generator keyed by a seed and by what it is for, so that
// a number depends on neither the order of computation nor the machine.
func Generator(seed uint64, use ...string) *rand.Rand {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, seed) // a hash takes everything
	for _, u := range use {
		_ = binary.Write(h, binary.LittleEndian, uint64(len(u)))
		h.Write([]byte(u))
	}
	key := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[8:])))
}

// invertBelow is the mean up to which a binomial draw adds up probabilities.
const invertBelow = 10

// Binomial draws a number of successes: exactly binomial but for the rounding
// of p and of logarithms, and the same on every processor.
func Binomial(rng *rand.Rand, n int64, p float64) int64 {
	switch {
	case n <= 0 || !(p > 0):
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - Binomial(rng, n, 1-p)
	case float64(float64(n)*p) < invertBelow:
		return invertBinomial(rng, n, p)
	}
	r := newRejection(n, p)
	return r.draw(rng)
}

// invertBinomial goes up from 0 until the probabilities add up to a uniform
// draw; each follows from the one before (Kachitvichyanukul and Schmeiser 1988,
// Communications of the ACM 31, 216-222, algorithm BINV).
func invertBinomial(rng *rand.Rand, n int64, p float64) int64 {
	odds := p / (1 - p)
	step := float64(float64(n+1) * odds)
	none := portablePower(1-p, n)
	for {
		u, at := rng.Float64(), none
		for k := int64(0); k <= n; k++ {
			if u < at {
				return k
			}
			u -= at
			at = float64(at * (step/float64(k+1) - odds))
		}
		// The probabilities add up to a little less than 1: draw again.
	}
}

// rejection is transformed rejection with a squeeze, which takes about one and a
// half pairs of uniform draws whatever n is (Hörmann 1993, Journal of Statistical
// Computation and Simulation 46, 101-110, algorithm BTRS).
type rejection struct {
	size, odds, mode        float64
	spread, a, b            float64
	center, squeeze, twiceA float64
	near                    nearRatio
	nearKnown               bool
}

// newRejection is for p at most 1/2 and n·p at least 10.
func newRejection(n int64, p float64) rejection {
	size, q := float64(n), 1-p
	spread := math.Sqrt(float64(size*p) * q)
	b := 1.15 + float64(2.53*spread)
	a := -0.0873 + float64(0.0248*b) + float64(0.01*p)
	return rejection{
		size: size, odds: p / q, mode: math.Floor(float64((size + 1) * p)),
		spread: spread, a: a, b: b, twiceA: 2 * a,
		center: float64(size*p) + 0.5, squeeze: 0.92 - 4.2/b,
	}
}

func (r *rejection) draw(rng *rand.Rand) int64 {
	for {
		v, u := rng.Float64(), rng.Float64()-0.5
		rest := 0.5 - math.Abs(u)
		k := math.Floor(float64((r.twiceA/rest+r.b)*u) + r.center)
		if rest >= 0.07 && v <= r.squeeze {
			return int64(k)
		}
		if !(k >= 0 && k <= r.size) || v == 0 {
			continue
		}
		if !r.nearKnown {
			r.near, r.nearKnown = nearBinomial(r.size, r.odds, r.mode), true
		}
		scale := float64((2.83 + 5.1/r.b) * r.spread)
		v = float64(v * (scale / (r.a/float64(rest*rest) + r.b)))
		low, high := r.near.ratio(k - r.mode)
		switch log := portableLog(v); {
		case log <= low:
			return int64(k)
		case log <= high && log <= binomialRatio(r.size, r.odds, r.mode, k):
			return int64(k)
		}
	}
}

// nearBinomial bounds binomialRatio: a table of which two cells are without end.
func nearBinomial(n, odds, mode float64) nearRatio {
	y0, y1 := mode+1, n-mode+1
	if y0 < nearCell || y1 < nearCell {
		return nearRatio{reach: -1}
	}
	r0 := 1 / y0
	return newNearRatio(logNear(float64(float64(odds*y1)-y0)*r0), min(y0, y1), r0, 1/y1, 0, 0)
}

// binomialRatio is the logarithm of P(k)/P(mode), by Stirling's formula and its
// remainder.
func binomialRatio(n, odds, mode, k float64) float64 {
	top := float64((mode + 0.5) * portableLog((mode+1)/float64(odds*(n-mode+1))))
	top += float64((n + 1) * portableLog((n-mode+1)/(n-k+1)))
	top += float64((k + 0.5) * portableLog(float64(odds*(n-k+1))/(k+1)))
	return top + (remainder(mode) + remainder(n-mode)) - (remainder(k) + remainder(n-k))
}

// remainder is log k! less (k+1/2)·log(k+1) - (k+1) + log(2π)/2.
func remainder(k float64) float64 {
	if k < 10 {
		return [...]float64{
			0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
			0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
		}[int(k)]
	}
	x := k + 1
	x2 := float64(x * x)
	return (1.0/12 - (1.0/360-1.0/1260/x2)/x2) / x
}

// Multinomial draws n copies with the shares of a table into out.
func Multinomial(rng *rand.Rand, n int64, shares []int64, out []int64) {
	left := total(shares)
	for i, c := range shares {
		if left <= 0 {
			out[i] = 0
			continue
		}
		out[i] = Binomial(rng, n, float64(c)/left)
		n -= out[i]
		left -= float64(c)
	}
}

// Resamples are the distances of pairs of tables drawn at random.
type Resamples []Distances

// fit is room for n draws, in the memory of r if it is large enough.
func (r Resamples) fit(n int) Resamples {
	if cap(r) < n {
		return make(Resamples, n)
	}
	return r[:n]
}

// Unchanged deals the rows of both tables to the two sides at random, at their
// own sizes: what the distances are when nothing changed. All margins are kept,
// so that a share of the draws is a permutation p, however many categories there
// are and however few rows are in each; tables drawn from the pooled one with
// replacement would lack a third of the categories that have one row. The draws are
// in the memory of room if it is large enough.
func Unchanged(rng *rand.Rand, ref, cur []int64, fill float64, times int, room Resamples) Resamples {
	return dealtSides(rng, ref, cur, int64(total(ref)), int64(total(cur)), fill, times, room)
}

// Again draws each table from itself: how far the distances vary around those
// that were measured. room is as in Unchanged.
func Again(rng *rand.Rand, ref, cur []int64, fill float64, times int, room Resamples) Resamples {
	return redrawn(rng, ref, cur, int64(total(ref)), int64(total(cur)), fill, times, room)
}

// dealtSides deals a pooled table to sides of n and m rows. Where that is fewer rows
// than the table has, it is first made smaller in proportion.
func dealtSides(rng *rand.Rand, ref, cur []int64, n, m int64, fill float64, times int, room Resamples) Resamples {
	if n == 0 || m == 0 {
		return nil
	}
	pooled, whole := make([]int64, len(ref)), int64(0)
	for i := range ref {
		pooled[i] = ref[i] + cur[i]
		whole += pooled[i]
	}
	if n+m == whole {
		if out, ok := normalSides(rng, pooled, float64(n), float64(m), fill, times, room); ok {
			return out
		}
	}
	x, y := make([]int64, len(ref)), make([]int64, len(ref))
	out := room.fit(times)
	for i := range out {
		copy(y, pooled)
		if n+m < whole {
			shrunk(rng, pooled, n+m, y)
		}
		deal(rng, y, n, x)
		out[i], _ = Compare(x, y, fill) // both have rows
	}
	return out
}

// shrunk is a table of n rows in proportion to another: every count is rounded up
// or down, with the right mean (systematic sampling). Rows taken off at random
// would leave categories empty that a person's rows fill together.
func shrunk(rng *rand.Rand, table []int64, n int64, out []int64) {
	by, offset := float64(n)/total(table), rng.Float64()
	var upTo, before int64
	for i, c := range table {
		upTo += c
		at := min(n, int64(float64(float64(upTo)*by)+offset))
		if i == len(table)-1 {
			at = n
		}
		out[i], before = at-before, at
	}
}

func redrawn(rng *rand.Rand, ref, cur []int64, n, m int64, fill float64, times int, room Resamples) Resamples {
	if n == 0 || m == 0 {
		return nil
	}
	if out, ok := normalAgain(rng, ref, cur, float64(n), float64(m), fill, times, room); ok {
		return out
	}
	x, y := make([]int64, len(ref)), make([]int64, len(cur))
	out := room.fit(times)
	for i := range out {
		Multinomial(rng, n, ref, x)
		Multinomial(rng, m, cur, y)
		out[i], _ = Compare(x, y, fill) // both have rows
	}
	return out
}

// Sparse says that most categories with rows have less than one to be expected
// on the smaller side, of n and m rows: then a table drawn from itself says
// little about how far a distance varies, or is biased.
func Sparse(ref, cur []int64, n, m float64) bool {
	share := min(n, m) / (total(ref) + total(cur))
	few, all := 0, 0
	for i := range ref {
		if c := ref[i] + cur[i]; c > 0 {
			all++
			if float64(c)*share < 1 {
				few++
			}
		}
	}
	return 2*few > all
}

// Of are the draws of one distance, in the memory of room if it is large enough.
func (r Resamples) Of(distance func(Distances) float64, room Scatter) Scatter {
	out := room.fit(len(r))
	for i, d := range r {
		out[i] = distance(d)
	}
	return out
}
