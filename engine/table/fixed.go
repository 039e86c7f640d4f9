package table

import (
	"math"
	"math/bits"
)

// Fixed adds up numbers of one sign and of eight neighboring powers of two, and
// their squares, in units of the last place of the least of them: whole numbers
// below 2^60 and 2^120, so that adding them is a matter of a few carries. It is
// the fast path of Moments for many numbers. There is room for 2^53 copies.
type Fixed struct {
	low, high uint64
	squares   [3]uint64 // lowest first
}

// FixedClasses is above every number of FixedClass.
const FixedClasses = 1 << 9

const fixedShift = 52 + 3

// FixedClass numbers the sign and the power of two of a finite number: a Fixed
// takes numbers of one class.
func FixedClass(x float64) int { return int(math.Float64bits(x) >> fixedShift) }

// Add adds copies of a number of the class.
func (f *Fixed) Add(x float64, copies int64) {
	if copies == 1 {
		f.AddUnits(FixedUnits(x))
		return
	}
	v := FixedUnits(x)
	hi, lo := bits.Mul64(v, v)
	f.addMany(v, [2]uint64{lo, hi}, uint64(copies))
}

// FixedUnits is the size of a finite number in the units of its class.
func FixedUnits(x float64) uint64 {
	b := math.Float64bits(x)
	if b<<1>>53 == 0 {
		return b << 12 >> 11 // subnormal: its unit is that of the exponent 1
	}
	return (b&(1<<52-1) | 1<<52) << (b >> 52 & 7)
}

// AddUnits adds a number of the class by its units.
func (f *Fixed) AddUnits(v uint64) {
	hi, lo := bits.Mul64(v, v)
	var carry uint64
	f.low, carry = bits.Add64(f.low, v, 0)
	f.high += carry
	f.squares[0], carry = bits.Add64(f.squares[0], lo, 0)
	f.squares[1], carry = bits.Add64(f.squares[1], hi, carry)
	f.squares[2] += carry
}

func (f *Fixed) addMany(v uint64, square [2]uint64, n uint64) {
	hi, lo := bits.Mul64(v, n)
	var carry uint64
	f.low, carry = bits.Add64(f.low, lo, 0)
	f.high += hi + carry
	w := times(square, n)
	f.squares[0], carry = bits.Add64(f.squares[0], w[0], 0)
	f.squares[1], carry = bits.Add64(f.squares[1], w[1], carry)
	f.squares[2] += w[2] + carry
}

// AddFixed adds what a Fixed of a class holds.
func (m *Moments) AddFixed(class int, f *Fixed) {
	if *f == (Fixed{}) {
		return
	}
	negative, e := class >= FixedClasses/2, 8*(class%(FixedClasses/2))-1075
	m.Sum.add(negative, [3]uint64{f.low, f.high}, e)
	m.Squares.add(false, f.squares, 2*e)
}

// times multiplies a whole number of two words by one of one word.
func times(w [2]uint64, n uint64) [3]uint64 {
	carry, low := bits.Mul64(w[0], n)
	top, mid := bits.Mul64(w[1], n)
	mid, over := bits.Add64(mid, carry, 0)
	return [3]uint64{low, mid, top + over}
}
