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
	places int // of the number before: the next often has as many
	// recent numbers, by a hash of their bits; what is still zero is that of 0.
	recent [1 << recentBits]widened
}

type widened struct {
	bits  uint32
	value float64
}

// recentBits makes the recent numbers fit the processor's nearest cache.
const recentBits = 10

// Float widens a number of 32 bits. NaN, infinities and zeros stay what they are.
func (w *Widener) Float(f float32) float64 {
	bits := math.Float32bits(f)
	r := &w.recent[bits*0x9e3779b1>>(32-recentBits)] // Knuth's multiplicative hashing
	if r.bits != bits {
		r.bits, r.value = bits, w.widen(f)
	}
	return r.value
}

func (w *Widener) widen(f float32) float64 {
	x := float64(f)
	abs := math.Abs(x)
	if !(abs >= 1e-5 && abs < 1<<24) {
		return extreme(f, x)
	}
	if abs == float64(int64(abs)) {
		return x // no shorter decimal is as near to a whole number of 24 bits
	}
	bits := math.Float32bits(f)
	if bits&(1<<23-1) == 0 && abs < 1.0/(1<<7) {
		return byDigits(f) // below a power of two, numbers are closer than above
	}
	half := math.Float64frombits(uint64(bits>>23&0xff+1023-127-24) << 52)
	short, ok := w.shorten(abs, half)
	if !ok {
		return byDigits(f)
	}
	return math.Copysign(short, x)
}

// extreme is Float of what is very small, very large or no number.
func extreme(f float32, x float64) float64 {
	if x == 0 || x != x || math.IsInf(x, 0) {
		return x
	}
	return byDigits(f)
}

// byDigits is Float by way of text.
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

// shorten returns the decimal of the fewest places that is less than half away
// from x, a number of at most 24 bits. What is exactly in the middle, and what
// needs more places, it leaves to others.
func (w *Widener) shorten(x, half float64) (float64, bool) {
	places := w.places
	n, off, room := nearest(x, half, places)
	for off >= room {
		if off == room || places == len(powers)-1 {
			return 0, false // in the middle it is read as x if x is even
		}
		places++
		n, off, room = nearest(x, half, places)
	}
	for places > 0 {
		fewer, o, r := nearest(x, half, places-1)
		if o == r {
			return 0, false
		}
		if o > r {
			break
		}
		n, off = fewer, o
		places--
	}
	w.places = places
	return n / powers[places], off != 0.5 // two are as near
}

// nearest is the whole number nearest to x in units of so many places, how far
// off it is, and how far it may be to be read as x.
func nearest(x, half float64, places int) (n, off, room float64) {
	power := powers[places]
	p := float64(x * power)
	n = float64(int64(p + 0.5))
	return n, math.Abs(p - n), half * power
}
