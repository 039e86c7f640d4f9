package stat

import (
	"math"
	"math/rand/v2"
)

// manyRows is the count from which on a table is drawn from the normal law that
// its own law goes over to, in a fifth of the time. Where every category has that
// many rows, the 95 % value of a distance is the same to less than what one row
// moves it by; that it is read off 999 draws moves it by several hundredths.
const manyRows = 1000

// normalTable is the normal law of a table of counts with a fixed sum: of each
// count the mean and what it varies by, and its share of the sum.
type normalTable struct {
	mean, spread, share []float64
	by                  []float64 // scratch
}

// newNormalTable is a table of n rows in proportion to counts, each of which
// varies as in a sample that is put back, times by. It says whether all categories
// with rows have enough of them, times enough.
func newNormalTable(counts []int64, n, by, enough float64) (normalTable, bool) {
	whole := total(counts)
	k := len(counts)
	t := normalTable{make([]float64, k), make([]float64, k), make([]float64, k), make([]float64, k)}
	for i, c := range counts {
		t.share[i] = float64(c) / whole
		t.mean[i] = float64(t.share[i] * n)
		t.spread[i] = math.Sqrt(t.mean[i]) * by
		if c > 0 && t.mean[i]*enough < manyRows {
			return t, false
		}
	}
	return t, true
}

// draw draws counts: independent ones, less what they have too much together, by
// their shares, and rounded to whole ones. So they add up to a few rows more or
// less.
func (t normalTable) draw(rng *rand.Rand, normal *gaussian, out []int64) {
	over := 0.0
	for i, s := range t.spread {
		t.by[i] = float64(s * normal.draw(rng))
		over += t.by[i]
	}
	for i, p := range t.share {
		out[i] = int64(math.Floor(t.mean[i] + t.by[i] - float64(p*over) + 0.5))
	}
}

// normalSides is dealtSides for many rows: the side of n rows follows the normal
// law, and the other has the rest. ok is false if some count is too small.
func normalSides(rng *rand.Rand, pooled []int64, n, m, fill float64, times int, room Resamples) (r Resamples, ok bool) {
	whole := n + m
	side, ok := newNormalTable(pooled, n, math.Sqrt(m/(whole-1)), min(1, m/n))
	if !ok {
		return nil, false
	}
	x, y, normal := make([]int64, len(pooled)), make([]int64, len(pooled)), newGaussian()
	r = room.fit(times)
	for k := range r {
		side.draw(rng, normal, x)
		for i, c := range pooled {
			y[i] = c - x[i]
		}
		r[k], _ = Compare(x, y, fill) // both have rows
	}
	return r, true
}

// normalAgain is redrawn for many rows.
func normalAgain(rng *rand.Rand, ref, cur []int64, n, m, fill float64, times int, room Resamples) (r Resamples, ok bool) {
	a, fine := newNormalTable(ref, n, 1, 1)
	b, ok := newNormalTable(cur, m, 1, 1)
	if !fine || !ok {
		return nil, false
	}
	x, y, normal := make([]int64, len(ref)), make([]int64, len(cur)), newGaussian()
	r = room.fit(times)
	for k := range r {
		a.draw(rng, normal, x)
		b.draw(rng, normal, y)
		r[k], _ = Compare(x, y, fill) // both have rows
	}
	return r, true
}
