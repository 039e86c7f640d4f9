package table

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// ExactSum adds up floats, or their squares, without rounding: a superaccumulator
// in the manner of R. M. Neal, "Fast exact summation using small and large
// superaccumulators" (2015). The sum is kept as digits of 32 bits in 64-bit
// words, so that carries need to be dealt with only once in a billion
// additions. Products with a number of copies, and squares, are taken as whole
// numbers of up to 169 bits, so nothing overflows or underflows before the one
// rounding at the end. The zero value is 0.
type ExactSum struct {
	low    int     // position of digits[0]; a digit at position p counts 2^(32p - bias)
	digits []int64 // no more than 2^62 in size
	loose  int     // additions since the digits were normal
}

// bias makes the position of every digit non-negative: the square of the
// smallest float is 2^-2148.
const bias = 68 * 32

// maxLoose additions of less than 2^32 cannot overflow a digit.
const maxLoose = 1 << 29

// Add adds copies times x, which must be finite.
func (s *ExactSum) Add(x float64, copies int64) {
	m, e, negative := parts(x)
	if m == 0 || copies == 0 {
		return
	}
	hi, lo := bits.Mul64(m, magnitude(copies))
	s.add(negative != (copies < 0), [3]uint64{lo, hi, 0}, e)
}

// AddSquare adds copies times the square of x, which must be finite.
func (s *ExactSum) AddSquare(x float64, copies int64) {
	m, e, _ := parts(x)
	if m == 0 || copies == 0 {
		return
	}
	hi, lo := bits.Mul64(m, m)
	w := [3]uint64{lo, hi, 0}
	if copies != 1 {
		w = times([2]uint64{lo, hi}, magnitude(copies))
	}
	s.add(copies < 0, w, 2*e)
}

// parts takes a finite float apart: m times 2^e.
func parts(x float64) (m uint64, e int, negative bool) {
	b := math.Float64bits(x)
	m, e = b&(1<<52-1), int(b>>52&0x7ff)
	if e == 0 {
		e = 1 // subnormal
	} else {
		m |= 1 << 52
	}
	return m, e - 1075, b>>63 != 0
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// add adds a whole number of three words, lowest first, times 2^e.
func (s *ExactSum) add(negative bool, w [3]uint64, e int) {
	at, shift := (e+bias)>>5, uint(e+bias)&31
	n := 7
	switch {
	case w[2] != 0:
	case w[1] != 0:
		n = 5
	default:
		n = 3
	}
	s.reach(at, at+n)
	d := s.digits[at-s.low : at-s.low+n]
	carry := uint64(0)
	for i := 0; i < n/2; i++ {
		low, high := (w[i]&(1<<32-1))<<shift|carry, (w[i]>>32)<<shift
		high += low >> 32
		put(d, 2*i, low&(1<<32-1), negative)
		put(d, 2*i+1, high&(1<<32-1), negative)
		carry = high >> 32
	}
	put(d, n-1, carry, negative)
	if s.loose++; s.loose >= maxLoose {
		s.normalize()
	}
}

func put(d []int64, i int, digit uint64, negative bool) {
	if negative {
		d[i] -= int64(digit)
	} else {
		d[i] += int64(digit)
	}
}

// reach makes room for the digits from position low up to high.
func (s *ExactSum) reach(low, high int) {
	if len(s.digits) == 0 {
		s.low, s.digits = low, make([]int64, high-low)
		return
	}
	if low < s.low {
		s.digits = slices.Concat(make([]int64, s.low-low), s.digits)
		s.low = low
	}
	if more := high - s.low - len(s.digits); more > 0 {
		s.digits = append(s.digits, make([]int64, more)...)
	}
}

// Merge adds another sum.
func (s *ExactSum) Merge(o *ExactSum) {
	if len(o.digits) == 0 {
		return
	}
	s.normalize()
	other := ExactSum{o.low, slices.Clone(o.digits), o.loose}
	other.normalize()
	if len(other.digits) == 0 {
		return
	}
	s.reach(other.low, other.low+len(other.digits))
	for i, d := range other.digits {
		s.digits[other.low-s.low+i] += d
	}
	s.normalize()
}

// normalize brings the digits into their one canonical form: all of the sum's
// sign, below 2^32 in size, without zeros at either end.
func (s *ExactSum) normalize() {
	s.loose = 0
	s.carry()
	if n := len(s.digits); n > 0 && s.digits[n-1] < 0 {
		for i := range s.digits { // the digits below the top are not negative
			s.digits[i] = -s.digits[i]
		}
		s.carry()
		for i := range s.digits {
			s.digits[i] = -s.digits[i]
		}
	}
	first := 0
	for first < len(s.digits) && s.digits[first] == 0 {
		first++
	}
	s.low, s.digits = s.low+first, s.digits[first:]
	if len(s.digits) == 0 {
		*s = ExactSum{}
	}
}

// carry makes every digit but the top one at least 0 and below 2^32, and the
// top one not 0.
func (s *ExactSum) carry() {
	over := int64(0)
	for i := range s.digits {
		d := s.digits[i] + over
		over = d >> 32 // rounds down, also below zero
		s.digits[i] = d & (1<<32 - 1)
	}
	for over > 0 {
		s.digits = append(s.digits, over&(1<<32-1))
		over >>= 32
	}
	if over < 0 {
		s.digits = append(s.digits, over)
	}
	for n := len(s.digits); n > 0 && s.digits[n-1] == 0; n-- {
		s.digits = s.digits[:n-1]
	}
}

// Float64 is the sum, rounded once, to nearest with ties to even; infinite if
// it is out of range.
func (s *ExactSum) Float64() float64 {
	c := ExactSum{s.low, slices.Clone(s.digits), 0}
	c.normalize()
	if len(c.digits) == 0 {
		return 0
	}
	whole := new(big.Int)
	for i := len(c.digits) - 1; i >= 0; i-- {
		whole.Lsh(whole, 32)
		whole.Add(whole, big.NewInt(c.digits[i]))
	}
	f := new(big.Float).SetInt(whole) // of as many bits as the number has
	x, _ := f.SetMantExp(f, 32*c.low-bias).Float64()
	return x
}

// Moments are the exact sums of x and of x squared.
type Moments struct{ Sum, Squares ExactSum }

// Add adds copies of a finite x.
func (m *Moments) Add(x float64, copies int64) {
	m.Sum.Add(x, copies)
	m.Squares.AddSquare(x, copies)
}

// Merge adds other moments.
func (m *Moments) Merge(o *Moments) {
	m.Sum.Merge(&o.Sum)
	m.Squares.Merge(&o.Squares)
}

// AddPoints adds numbers with their copies. Small whole numbers, which most
// columns hold, are added in machine integers.
func (m *Moments) AddPoints(points []Point) {
	var sum, squares int64
	for _, p := range points {
		n := int64(p.X)
		if n < -1<<15 || n > 1<<15 || float64(n) != p.X || p.N > 1<<30 || p.N < 0 {
			m.Add(p.X, p.N)
			continue
		}
		sum, squares = sum+n*p.N, squares+n*n*p.N // below 2^60 each
		if squares > 1<<61 {
			m.addWhole(sum, squares)
			sum, squares = 0, 0
		}
	}
	m.addWhole(sum, squares)
}

func (m *Moments) addWhole(sum, squares int64) {
	m.Sum.Add(1, sum)
	m.Squares.Add(1, squares)
}
