package stat

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
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

// normalDraws is the variance from which a binomial draw is a rounded normal
// one: its skewness is then below 1/30.
const normalDraws = 1000

// Binomial draws a number of successes.
func Binomial(rng *rand.Rand, n int64, p float64) int64 {
	switch {
	case n == 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	}
	mean := float64(float64(n) * p)
	variance := float64(mean * (1 - p))
	if variance >= normalDraws {
		return roundedNormal(rng, mean, variance, n)
	}
	return int64(distuv.Binomial{N: float64(n), P: p, Src: rng}.Rand())
}

// roundedNormal draws a number from 0 to n.
func roundedNormal(rng *rand.Rand, mean, variance float64, n int64) int64 {
	x := math.Round(mean + float64(math.Sqrt(variance)*rng.NormFloat64()))
	return int64(clamp(x, 0, float64(n)))
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

// Unchanged draws both tables from the pooled one, at their own sizes: what the
// distances are when nothing changed.
func Unchanged(rng *rand.Rand, ref, cur []int64, fill float64, times int) Resamples {
	pooled := make([]int64, len(ref))
	for i := range ref {
		pooled[i] = ref[i] + cur[i]
	}
	return resample(rng, pooled, pooled, int64(total(ref)), int64(total(cur)), fill, times)
}

// Again draws each table from itself: how far the distances vary around those
// that were measured.
func Again(rng *rand.Rand, ref, cur []int64, fill float64, times int) Resamples {
	return resample(rng, ref, cur, int64(total(ref)), int64(total(cur)), fill, times)
}

func resample(rng *rand.Rand, ref, cur []int64, n, m int64, fill float64, times int) Resamples {
	if n == 0 || m == 0 {
		return nil
	}
	x, y := make([]int64, len(ref)), make([]int64, len(cur))
	out := make(Resamples, times)
	for i := range out {
		Multinomial(rng, n, ref, x)
		Multinomial(rng, m, cur, y)
		out[i], _ = Compare(x, y, fill) // both have rows
	}
	return out
}

// Of are the draws of one distance, in rising order.
func (r Resamples) Of(distance func(Distances) float64) Draws {
	out := make(Draws, len(r))
	for i, d := range r {
		out[i] = distance(d)
	}
	return out.sorted()
}
