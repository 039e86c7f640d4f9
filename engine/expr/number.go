package expr

import (
	"cmp"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// number is one value whose kind is only known at evaluation. It is canonical:
// a uint64 that fits int64 is signed. A moment outside a column's unit is kept
// in it too: i seconds and f nanoseconds.
type number struct {
	tag uint8
	i   int64 // signed; bits of the uint64 if unsigned
	f   float64
}

const (
	signed uint8 = iota
	unsigned
	fraction
)

func fromUint(u uint64) number {
	if u > math.MaxInt64 {
		return number{tag: unsigned, i: int64(u)}
	}
	return number{i: int64(u)}
}

func (n number) float() float64 {
	switch n.tag {
	case signed:
		return float64(n.i)
	case unsigned:
		return float64(uint64(n.i))
	}
	return n.f
}

// key makes equal numbers equal as Go values, for sets.
func (n number) key() number {
	if n.tag != fraction || n.f != math.Trunc(n.f) {
		return n
	}
	switch {
	case n.f >= -1<<63 && n.f < 1<<63:
		return number{i: int64(n.f)}
	case n.f >= 1<<63 && n.f < 1<<64:
		return fromUint(uint64(n.f))
	}
	return n
}

// compareNumbers orders two numbers exactly; ok is false if one is NaN.
func compareNumbers(a, b number) (order int, ok bool) {
	switch {
	case a.tag == signed && b.tag == signed:
		return cmp.Compare(a.i, b.i), true
	case a.tag == fraction && b.tag == fraction:
		return cmp.Compare(a.f, b.f), a.f == a.f && b.f == b.f
	case a.tag == fraction:
		order, ok = compareNumbers(b, a)
		return -order, ok
	case b.tag == fraction:
		return compareWhole(a, b.f)
	case a.tag == unsigned && b.tag == unsigned:
		return cmp.Compare(uint64(a.i), uint64(b.i)), true
	case a.tag == unsigned:
		return 1, true
	}
	return -1, true
}

// compareWhole orders a whole number and a float without rounding the first.
func compareWhole(a number, f float64) (int, bool) {
	switch {
	case f != f:
		return 0, false
	case f >= 1<<64:
		return -1, true
	case f < -1<<63:
		return 1, true
	}
	down := math.Floor(f)
	order, _ := compareNumbers(a, number{tag: fraction, f: down}.key())
	if order == 0 && f > down {
		order = -1
	}
	return order, true
}

// parseNumber reads a cell. Surrounding blanks are ignored, an empty cell is
// not a number. Hexadecimal and grouped digits, which strconv would take, are
// not numbers in a log.
func parseNumber(s string) (number, bool) {
	s = strings.TrimSpace(s)
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return number{i: i}, true
	}
	if u, err := strconv.ParseUint(s, 10, 64); err == nil {
		return fromUint(u), true
	}
	if strings.ContainsAny(s, "xX_") {
		return number{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return number{tag: fraction, f: f}, err == nil
}

// arithmetic is one of + - * / %.
type arithmetic byte

// failures of whole arithmetic
const (
	fine uint8 = iota
	overflow
	zeroDivisor
)

// wholeArithmetic computes with whole numbers of both ranges through sign and
// magnitude, exactly; division truncates as in CEL.
func wholeArithmetic(op arithmetic, a, b number) (number, uint8) {
	an, am := a.split()
	bn, bm := b.split()
	switch op {
	case '-':
		return wholeSum(an, am, !bn, bm)
	case '*':
		high, low := bits.Mul64(am, bm)
		if high != 0 {
			return number{}, overflow
		}
		return fromSign(an != bn, low)
	case '/', '%':
		if bm == 0 {
			return number{}, zeroDivisor
		}
		if op == '%' { // takes the sign of the dividend, as in CEL and Go
			return fromSign(an, am%bm)
		}
		return fromSign(an != bn, am/bm)
	}
	return wholeSum(an, am, bn, bm)
}

func wholeSum(an bool, am uint64, bn bool, bm uint64) (number, uint8) {
	if an != bn {
		if am >= bm {
			return fromSign(an, am-bm)
		}
		return fromSign(bn, bm-am)
	}
	sum, carry := bits.Add64(am, bm, 0)
	if carry != 0 {
		return number{}, overflow
	}
	return fromSign(an, sum)
}

func (n number) split() (negative bool, magnitude uint64) {
	if n.tag == signed && n.i < 0 {
		return true, -uint64(n.i)
	}
	return false, uint64(n.i)
}

func fromSign(negative bool, magnitude uint64) (number, uint8) {
	if !negative {
		return fromUint(magnitude), fine
	}
	if magnitude > 1<<63 {
		return number{}, overflow
	}
	return number{i: int64(-magnitude)}, fine
}
