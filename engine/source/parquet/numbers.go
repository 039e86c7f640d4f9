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
		return readDelta(&v.delta, dst)
	}
	if v.shape == joined {
		return joinedNumbers(v, dst, v.numbers)
	}
	b, err := v.fixedBytes(l.width, len(dst))
	if err != nil {
		return err
	}
	if l.physical == typeInt96 {
		return int96s(dst, b)
	}
	_, err = new(plain.Encoding).DecodeInt64(dst[:0], b)
	return err
}

// words reads the bits of numbers of 32 bits.
func (v *values) words(l *leaf, dst []int32) error {
	if v.shape == deltas {
		return readDelta(&v.delta, dst)
	}
	b, err := v.fixedBytes(l.width, len(dst))
	if err != nil {
		return err
	}
	_, err = new(plain.Encoding).DecodeInt32(dst[:0], b)
	return err
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

// floats reads numbers of 64 bits, and those of 16 as their shortest decimal.
func (v *values) floats(l *leaf, dst []float64) error {
	if v.shape == joined {
		return joinedNumbers(v, dst, v.floating)
	}
	b, err := v.fixedBytes(l.width, len(dst))
	if err != nil {
		return err
	}
	if l.width == 8 {
		_, err = new(plain.Encoding).DecodeDouble(dst[:0], b)
		return err
	}
	for i := range dst {
		dst[i] = shortest.Half(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return nil
}
