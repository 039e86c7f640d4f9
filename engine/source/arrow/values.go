package arrow

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/canon"
	"github.com/plumbline-audit/plumbline/engine/source/internal/shortest"
)

// form is how the values of a column are handed on.
type form uint8

const (
	asNull form = iota
	asBools
	asCodes
	asRuns
	asInts
	asFloats
	asStrings
)

func (f *field) form() form {
	switch {
	case f.typ.Kind == source.Null:
		return asNull
	case f.dict != nil:
		return asCodes
	case f.layout == runEndLayout:
		return asRuns
	}
	switch f.typ.Kind {
	case source.Bool:
		return asBools
	case source.Float:
		return asFloats
	case source.String, source.Binary, source.Decimal:
		return asStrings
	}
	return asInts
}

const millisPerDay = 86_400_000

// ints gives values from up to to; those of 64 bits in the array's memory,
// others in that of buf.
func ints(buf *[]int64, v values, from, to int) []int64 {
	switch a := v.Array.(type) {
	case *array.Int64:
		return a.Int64Values()[from:to]
	case *array.Uint64:
		return arrow.Int64Traits.CastFromBytes(arrow.Uint64Traits.CastToBytes(a.Uint64Values()[from:to]))
	}
	*buf = sized(*buf, to-from)
	dst := *buf
	switch a := v.Array.(type) {
	case *array.Int8:
		widen(dst, a.Int8Values()[from:to])
	case *array.Int16:
		widen(dst, a.Int16Values()[from:to])
	case *array.Int32:
		widen(dst, a.Int32Values()[from:to])
	case *array.Uint8:
		widen(dst, a.Uint8Values()[from:to])
	case *array.Uint16:
		widen(dst, a.Uint16Values()[from:to])
	case *array.Uint32:
		widen(dst, a.Uint32Values()[from:to])
	case *array.Date64:
		for i, ms := range a.Date64Values()[from:to] {
			dst[i] = floorDiv(int64(ms), millisPerDay)
		}
	default: // booleans
		for i := range dst {
			dst[i] = int64(v.data[(from+i)>>3] >> ((from + i) & 7) & 1)
		}
	}
	return dst
}

func widen[T int8 | int16 | int32 | uint8 | uint16 | uint32](dst []int64, src []T) {
	for i, x := range src {
		dst[i] = int64(x)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// floats gives values from up to to; doubles in the array's memory, others as
// their shortest decimal.
func floats(buf *[]float64, v values, from, to int) []float64 {
	if a, ok := v.Array.(*array.Float64); ok {
		return a.Float64Values()[from:to]
	}
	*buf = sized(*buf, to-from)
	dst := *buf
	switch a := v.Array.(type) {
	case *array.Float32:
		var w shortest.Widener
		w.Floats(dst, arrow.Int32Traits.CastFromBytes(arrow.Float32Traits.CastToBytes(a.Float32Values()[from:to])))
	case *array.Float16:
		for i, x := range a.Values()[from:to] {
			dst[i] = shortest.Half(x.Uint16())
		}
	}
	return dst
}

// textBuffer is memory for strings that are not in one piece in the file.
type textBuffer struct {
	bytes   []byte
	offsets []uint32
}

// strings gives values from up to to. Those with small offsets stay where they
// are; large ones get small offsets, which fit as a batch is below 1 GiB.
func (t *textBuffer) strings(f *field, v values, from, to int) source.Strings {
	if s := v.binary.small; s != nil {
		return source.Strings{Bytes: v.binary.bytes, Offsets: arrow.Uint32Traits.CastFromBytes(arrow.Int32Traits.CastToBytes(s[from : to+1]))}
	}
	t.offsets = sized(t.offsets, to-from+1)
	t.offsets[0], t.bytes = 0, t.bytes[:0]
	if s := v.binary.large; s != nil {
		for i, o := range s[from : to+1] {
			t.offsets[i] = uint32(o)
		}
		return source.Strings{Bytes: v.binary.bytes, Offsets: t.offsets}
	}
	switch a := v.Array.(type) {
	case *array.FixedSizeBinary:
		data := a.Data().Buffers()[1].Bytes()[from*f.width : to*f.width]
		if !f.uuid {
			for i := range t.offsets {
				t.offsets[i] = uint32(i * f.width)
			}
			return source.Strings{Bytes: data, Offsets: t.offsets}
		}
		for i := range to - from {
			t.bytes = canon.UUID(t.bytes, data[16*i:16*i+16])
			t.offsets[i+1] = uint32(len(t.bytes))
		}
	case *array.BinaryView:
		for i := from; i < to; i++ {
			if v.bits == nil || bit(v.bits, i) {
				t.bytes = append(t.bytes, a.Value(i)...)
			}
			t.offsets[i-from+1] = uint32(len(t.bytes))
		}
	default:
		t.decimals(f, v, from, to)
	}
	return source.Strings{Bytes: t.bytes, Offsets: t.offsets}
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
