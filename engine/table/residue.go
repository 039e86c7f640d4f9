package table

import (
	"math"
	"math/bits"
)

// Residue adds up, for the numbers of one bucket, what they are above the
// bucket's end nearer to zero, and the squares of that, in units of the last
// place: all floats of a bucket have the same unit, so these are whole numbers
// of at most 43 and 86 bits, and adding them is a matter of two carries. It is
// the fixed-point fast path of Moments for many numbers.
type Residue struct {
	low, high             uint64 // sum
	squareLow, squareHigh uint64 // sum of squares
}

// MaxResidueCopies bounds the copies of one number, and of all numbers together,
// that a Residue may get.
const MaxResidueCopies = 1 << 40

// Add adds copies of a number of the bucket.
func (r *Residue) Add(x float64, copies int64) {
	rest := math.Float64bits(x) & (1<<bucketShift - 1)
	hi, lo := bits.Mul64(rest, rest)
	if copies != 1 {
		n := uint64(copies)
		over, low := bits.Mul64(lo, n)
		lo, hi = low, hi*n+over // below 2^126
		rhi, rlo := bits.Mul64(rest, n)
		var carry uint64
		r.low, carry = bits.Add64(r.low, rlo, 0)
		r.high += rhi + carry
	} else {
		var carry uint64
		r.low, carry = bits.Add64(r.low, rest, 0)
		r.high += carry
	}
	var carry uint64
	r.squareLow, carry = bits.Add64(r.squareLow, lo, 0)
	r.squareHigh += hi + carry
}

// AddResidue adds copies numbers of the bucket around middle whose residues are
// known. With the end E and the rests r, Σx = nE + Σr and Σx² = nE² + 2EΣr + Σr².
func (m *Moments) AddResidue(middle float64, copies int64, r *Residue) {
	if middle == 0 || copies == 0 {
		return
	}
	b := math.Float64bits(middle) &^ (1<<bucketShift - 1)
	end, e, negative := parts(math.Float64frombits(b))
	n := uint64(copies)
	hi, lo := bits.Mul64(end, n)
	m.Sum.add(negative, [3]uint64{lo, hi}, e)
	m.Sum.add(negative, [3]uint64{r.low, r.high}, e)
	hi, lo = bits.Mul64(end, end)
	m.Squares.add(false, times([2]uint64{lo, hi}, n), 2*e)
	m.Squares.add(false, times([2]uint64{r.low, r.high}, end), 2*e+1)
	m.Squares.add(false, [3]uint64{r.squareLow, r.squareHigh}, 2*e)
}

// times multiplies a whole number of two words by one of one word.
func times(w [2]uint64, n uint64) [3]uint64 {
	carry, low := bits.Mul64(w[0], n)
	top, mid := bits.Mul64(w[1], n)
	mid, over := bits.Add64(mid, carry, 0)
	return [3]uint64{low, mid, top + over}
}
