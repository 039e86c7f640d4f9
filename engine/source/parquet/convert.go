package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/parquet-go/parquet-go/encoding/plain"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// fixedBytes is the next n values of a fixed width, back to back.
func (v *values) fixedBytes(width, n int) ([]byte, error) {
	if v.shape == slab {
		if n > v.slab.Len()-v.next {
			return nil, errValuesShort
		}
		from, to := v.slab.Offsets[v.next], v.slab.Offsets[v.next+n]
		v.next += n
		return v.slab.Bytes[from:to], nil
	}
	if n > len(v.data)/width {
		return nil, errValuesShort
	}
	b := v.data[:n*width]
	v.data = v.data[n*width:]
	return b, nil
}

// joinedNumbers copies the next of the numbers of a page that was decoded whole.
func joinedNumbers[T int64 | float64](v *values, dst, numbers []T) error {
	if len(dst) > len(numbers)-v.next {
		return errValuesShort
	}
	v.next += copy(dst, numbers[v.next:])
	return nil
}

// ints reads integers, dates and times.
func (v *values) ints(l *leaf, dst []int64) error {
	if v.shape == deltas {
		return v.delta.read(dst)
	}
	if v.shape == joined {
		return joinedNumbers(v, dst, v.numbers)
	}
	b, err := v.fixedBytes(l.width, len(dst))
	if err != nil {
		return err
	}
	switch l.physical {
	case typeInt64:
		_, err = new(plain.Encoding).DecodeInt64(dst[:0], b)
		return err
	case typeInt96:
		return int96s(dst, b)
	default:
		if l.unsigned {
			for i := range dst {
				dst[i] = int64(binary.LittleEndian.Uint32(b[4*i:]))
			}
			return nil
		}
		widen(dst, b)
	}
	return nil
}

// widen reads eight integers at a time, which takes one check of bounds.
func widen(dst []int64, b []byte) {
	for len(dst) >= 8 && len(b) >= 32 {
		d, s := (*[8]int64)(dst), (*[32]byte)(b)
		d[0] = int64(int32(binary.LittleEndian.Uint32(s[0:4])))
		d[1] = int64(int32(binary.LittleEndian.Uint32(s[4:8])))
		d[2] = int64(int32(binary.LittleEndian.Uint32(s[8:12])))
		d[3] = int64(int32(binary.LittleEndian.Uint32(s[12:16])))
		d[4] = int64(int32(binary.LittleEndian.Uint32(s[16:20])))
		d[5] = int64(int32(binary.LittleEndian.Uint32(s[20:24])))
		d[6] = int64(int32(binary.LittleEndian.Uint32(s[24:28])))
		d[7] = int64(int32(binary.LittleEndian.Uint32(s[28:32])))
		dst, b = dst[8:], b[32:]
	}
	for i := range dst {
		dst[i] = int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
}

// widenFloats is widen for floats.
func widenFloats(dst []float64, b []byte) {
	for len(dst) >= 8 && len(b) >= 32 {
		d, s := (*[8]float64)(dst), (*[32]byte)(b)
		d[0] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[0:4])))
		d[1] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[4:8])))
		d[2] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[8:12])))
		d[3] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[12:16])))
		d[4] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[16:20])))
		d[5] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[20:24])))
		d[6] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[24:28])))
		d[7] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[28:32])))
		dst, b = dst[8:], b[32:]
	}
	for i := range dst {
		dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
}

// wrap32 takes sums of differences modulo 2^32.
func wrap32(dst []int64, unsigned bool) {
	if unsigned {
		for i, x := range dst {
			dst[i] = int64(uint32(x))
		}
		return
	}
	for i, x := range dst {
		dst[i] = int64(int32(x))
	}
}

func (l *leaf) widen(x uint32) int64 {
	if l.unsigned {
		return int64(x)
	}
	return int64(int32(x))
}

const (
	epochJulianDay = 2440588 // of 1970-01-01
	nanosPerDay    = 86_400_000_000_000
)

// int96s reads the nanoseconds of a day and a Julian day.
func int96s(dst []int64, b []byte) error {
	for i := range dst {
		nanos := int64(binary.LittleEndian.Uint64(b[12*i:]))
		days := int64(int32(binary.LittleEndian.Uint32(b[12*i+8:]))) - epochJulianDay
		if nanos < -nanosPerDay || nanos > nanosPerDay {
			return errors.New("INT96 time is not within a day")
		}
		if days < 0 { // a negative day may itself be too far, but not with its nanoseconds
			days, nanos = days+1, nanos-nanosPerDay
		}
		const most = math.MaxInt64 / nanosPerDay
		t := days*nanosPerDay + nanos
		if days < -most || days > most || days > 0 && nanos > 0 && t < 0 || days < 0 && nanos < 0 && t > 0 {
			return errRange
		}
		dst[i] = t
	}
	return nil
}

var errRange = &hinted{errors.New("INT96 time is outside the range of nanoseconds, 1677 to 2262"),
	"write the column as a timestamp in microseconds"}

// floats reads numbers.
func (v *values) floats(l *leaf, dst []float64) error {
	if v.shape == joined {
		return joinedNumbers(v, dst, v.floating)
	}
	b, err := v.fixedBytes(l.width, len(dst))
	if err != nil {
		return err
	}
	switch l.width {
	case 8:
		_, err = new(plain.Encoding).DecodeDouble(dst[:0], b)
		return err
	case 4:
		widenFloats(dst, b)
	default:
		for i := range dst {
			dst[i] = float16(binary.LittleEndian.Uint16(b[2*i:]))
		}
	}
	return nil
}

// float16 widens IEEE 754 binary16.
func float16(h uint16) float64 {
	sign, exp, frac := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

// strings appends n strings: text and binary as stored, UUIDs and decimals in
// their canonical text. The offsets of dst begin with 0.
func (v *values) strings(l *leaf, dst *source.Strings, n int) error {
	decimal := l.typ.Kind == source.Decimal
	switch {
	case decimal && (l.physical == typeInt32 || l.physical == typeInt64):
		return v.smallDecimals(l, dst, n)
	case l.raw():
		return v.rawStrings(l, dst, n)
	}
	for range n {
		b, err := v.bytes(l)
		if err != nil {
			return err
		}
		if decimal {
			dst.Bytes, err = appendBigDecimal(dst.Bytes, b, l.scale)
		} else {
			dst.Bytes = appendUUID(dst.Bytes, b)
		}
		if err != nil {
			return err
		}
		dst.Offsets = append(dst.Offsets, uint32(len(dst.Bytes)))
	}
	return nil
}

// raw says whether strings are given as they are stored.
func (l *leaf) raw() bool {
	return l.typ.Kind != source.Decimal && (l.typ.Kind == source.Binary || l.physical == typeByteArray)
}

// rawStrings appends n strings as stored.
func (v *values) rawStrings(l *leaf, dst *source.Strings, n int) error {
	first := len(dst.Offsets)
	dst.Offsets = grow(dst.Offsets, n)
	ends, at := dst.Offsets[first:], uint32(len(dst.Bytes))
	switch v.shape {
	case prefixed:
		return v.unprefix(dst, ends)
	case slab:
		if n > v.slab.Len()-v.next {
			return errValuesShort
		}
		offsets := v.slab.Offsets[v.next:]
		shift, offsets := at-offsets[0], offsets[1:][:n]
		for i := range ends[:len(offsets)] {
			ends[i] = offsets[i] + shift
		}
	default:
		for i := range ends {
			ends[i] = at + uint32((i+1)*l.width)
		}
	}
	b, err := v.fixedBytes(l.width, n)
	dst.Bytes = append(dst.Bytes, b...)
	return err
}

// unprefix appends strings that are each behind its length.
func (v *values) unprefix(dst *source.Strings, ends []uint32) error {
	out, at, data := dst.Bytes[:cap(dst.Bytes)], len(dst.Bytes), v.data
	for i := range ends {
		if len(data) < 4 {
			return errValuesShort
		}
		n := int(binary.LittleEndian.Uint32(data))
		data = data[4:]
		if n <= short && len(data) >= short && len(out)-at >= short {
			*(*[short]byte)(out[at:]) = *(*[short]byte)(data)
		} else if n > len(data) {
			return errLongString(n)
		} else {
			out = place(out, at, data[:n])
		}
		at += n
		data = data[n:]
		ends[i] = uint32(at)
	}
	dst.Bytes, v.data = out[:at], data
	return nil
}

// bytes is the next value of a type that is stored as bytes.
func (v *values) bytes(l *leaf) ([]byte, error) {
	if v.shape != prefixed {
		return v.fixedBytes(l.width, 1)
	}
	if len(v.data) < 4 {
		return nil, errValuesShort
	}
	n := int(binary.LittleEndian.Uint32(v.data))
	if n > len(v.data)-4 {
		return nil, errLongString(n)
	}
	b := v.data[4 : 4+n]
	v.data = v.data[4+n:]
	return b, nil
}

func errLongString(n int) error { return fmt.Errorf("string of %d bytes goes beyond its page", n) }

func (v *values) smallDecimals(l *leaf, dst *source.Strings, n int) error {
	v.numbers = grow(v.numbers[:0], n)
	if err := v.ints(l, v.numbers); err != nil {
		return err
	}
	var digits [20]byte
	for _, x := range v.numbers {
		abs := uint64(x)
		if x < 0 {
			abs = -abs
		}
		dst.Bytes = appendDecimal(dst.Bytes, x < 0, strconv.AppendUint(digits[:0], abs, 10), l.scale)
		dst.Offsets = append(dst.Offsets, uint32(len(dst.Bytes)))
	}
	return nil
}

// appendBigDecimal reads a big-endian two's complement number.
func appendBigDecimal(dst, b []byte, scale int) ([]byte, error) {
	if len(b) == 0 || len(b) > maxDecimalBytes {
		return dst, fmt.Errorf("decimal of %d bytes", len(b))
	}
	negative := b[0] >= 0x80
	x := new(big.Int).SetBytes(b)
	if negative {
		x.Sub(new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))), x)
	}
	var digits [maxDecimalDigits + 2]byte
	return appendDecimal(dst, negative, x.Append(digits[:0], 10), scale), nil
}

// appendDecimal writes digits with scale of them behind the point, without
// trailing zeros.
func appendDecimal(dst []byte, negative bool, digits []byte, scale int) []byte {
	for scale > 0 && len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	if len(digits) == 0 {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	whole := len(digits) - scale
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[:whole]...)
	}
	if scale > 0 {
		dst = append(dst, '.')
		for ; whole < 0; whole++ {
			dst = append(dst, '0')
		}
		dst = append(dst, digits[len(digits)-min(scale, len(digits)):]...)
	}
	return dst
}

func appendUUID(dst, b []byte) []byte {
	const hex = "0123456789abcdef"
	for i, x := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hex[x>>4], hex[x&15])
	}
	return dst
}
