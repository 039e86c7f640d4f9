package parquet

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/parquet-go/parquet-go/encoding/plain"

	"github.com/plumbline-audit/plumbline/engine/source/internal/shortest"
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

// floats reads numbers; those of less than 64 bits as their shortest decimal.
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
		if v.widener == nil {
			v.widener = new(shortest.Widener)
		}
		v.widener.Floats(dst, b)
	default:
		for i := range dst {
			dst[i] = shortest.Half(binary.LittleEndian.Uint16(b[2*i:]))
		}
	}
	return nil
}
