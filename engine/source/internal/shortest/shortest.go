// Package shortest widens floating-point numbers of 32 and 16 bits. Such a number
// stands for its shortest decimal: the 0.7 that somebody wrote into 32 bits is
// 0.7 again, and not 0.699999988079071, so that it is at least 0.7 and in the
// bin that begins there, as it would be in a text file. That is the decimal of
// the fewest digits that is read as this number and, of several, the one
// nearest to it (Steele and White 1990), which writers of text print as well.
package shortest

import (
	"math"
	"strconv"
)

// Widener widens the numbers of a column. The zero value is ready for use.
type Widener struct {
	// Recent numbers, by a hash of their bits. What is still zero is that of 0.
	bits   [1 << recentBits]uint32
	values [1 << recentBits]float64
}

// recentBits is for scores of three places: most have a slot of their own then,
// and those of two, which are met in few slots, stay in the nearest cache.
const recentBits = 12

// slot is where a number is remembered (Knuth's multiplicative hashing).
func slot(bits uint32) uint32 { return bits * 0x9e3779b1 >> (32 - recentBits) }

// Floats widens numbers of 32 bits, given as their bits, one per place in dst.
// NaN, infinities and zeros stay what they are.
func (w *Widener) Floats(dst []float64, bits []int32) {
	for len(dst) >= 4 && len(bits) >= 4 { // mostly all four are remembered: one branch
		d, s := (*[4]float64)(dst), (*[4]int32)(bits)
		x0, x1, x2, x3 := uint32(s[0]), uint32(s[1]), uint32(s[2]), uint32(s[3])
		s0, s1, s2, s3 := slot(x0), slot(x1), slot(x2), slot(x3)
		if (w.bits[s0]^x0)|(w.bits[s1]^x1)|(w.bits[s2]^x2)|(w.bits[s3]^x3) == 0 {
			d[0], d[1], d[2], d[3] = w.values[s0], w.values[s1], w.values[s2], w.values[s3]
		} else {
			d[0], d[1], d[2], d[3] = w.recall(x0), w.recall(x1), w.recall(x2), w.recall(x3)
		}
		dst, bits = dst[4:], bits[4:]
	}
	for i := range dst {
		dst[i] = w.recall(uint32(bits[i]))
	}
}

// recall looks a number up in its slot and the one beside it, to which the
// number that was there gives way.
func (w *Widener) recall(bits uint32) float64 {
	at := slot(bits)
	if w.bits[at] == bits {
		return w.values[at]
	}
	beside := at ^ 1
	if w.bits[beside] == bits {
		return w.values[beside]
	}
	w.bits[beside], w.values[beside] = w.bits[at], w.values[at]
	w.bits[at], w.values[at] = bits, Single(math.Float32frombits(bits))
	return w.values[at]
}

// Single widens one number.
func Single(f float32) float64 {
	x := float64(f)
	abs := math.Abs(x)
	if !(abs >= 1.0/(1<<16) && abs < 1<<24) {
		return extreme(f, x)
	}
	if abs == float64(int64(abs)) {
		return x // no shorter decimal is as near to a whole number of 24 bits
	}
	bits := math.Float32bits(f)
	if bits&(1<<23-1) == 0 {
		return byDigits(f) // below a power of two, numbers are closer than above
	}
	if short, ok := shorten(abs, int(bits>>23&0xff)-127); ok {
		return math.Copysign(short, x)
	}
	return byDigits(f)
}

// extreme is Single of what is very small, very large or no number.
func extreme(f float32, x float64) float64 {
	if x == 0 || x != x || math.IsInf(x, 0) {
		return x
	}
	return byDigits(f)
}

// byDigits is Single by way of text.
func byDigits(f float32) float64 {
	var b [32]byte
	x, err := strconv.ParseFloat(string(strconv.AppendFloat(b[:0], float64(f), 'g', -1, 32)), 64)
	if err != nil {
		return float64(f) // never: a float32 is within range
	}
	return x
}

// powers of ten by which 24 bits can be multiplied without rounding: 5^12 has 28.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

// shorten returns the decimal of the fewest places that is read as x, a number
// of 24 bits between 2^exp and its double. What is exactly in the middle, of two
// numbers or of two decimals, it leaves to others.
func shorten(x float64, exp int) (float64, bool) {
	// Numbers are gap = 2^(exp-23) apart, and decimals of so many places no more
	// (1233/4096 is log10 of 2), so that one of them is in reach. Those of a place
	// fewer are further apart than gap: one in reach is alone there, and the same
	// number as any of still fewer places.
	places := (23-exp)*1233>>12 + 1
	half := math.Float64frombits(uint64(exp-24+1023) << 52)
	n, off, room := nearest(x, half, places-1)
	if off < room {
		return n / powers[places-1], true
	}
	if off == room {
		return 0, false // in the middle it is read as x if x is even
	}
	n, off, room = nearest(x, half, places)
	return n / powers[places], off < room && off != 0.5 // two are as near
}

// nearest is the whole number nearest to x in units of so many places, how far
// off it is, and how far it may be to be read as x.
func nearest(x, half float64, places int) (n, off, room float64) {
	power := powers[places]
	p := float64(x * power)
	n = float64(int64(p + 0.5))
	return n, math.Abs(p - n), half * power
}
