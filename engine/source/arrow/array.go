package arrow

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// values is a leaf array whose buffers were checked: no index, offset or view
// in it leads outside.
type values struct {
	arrow.Array        // nil if there are no rows
	n           int    // rows
	bits        []byte // validity bitmap, or nil if no value is null
	data        []byte // of booleans
	binary      binaryBuffers
}

// binaryBuffers are those of strings with offsets.
type binaryBuffers struct {
	small []int32
	large []int64
	bytes []byte
}

// newValues checks the buffers of a leaf: its validity bitmap first, if its
// layout has one.
func newValues(f *field, p place, buffers [][]byte) (values, error) {
	v := values{n: int(p.rows)}
	if v.n == 0 || f.layout == nullLayout {
		return v, nil
	}
	var err error
	if v.bits, err = validity(p, buffers[0]); err != nil {
		return v, err
	}
	switch f.layout {
	case bitLayout:
		v.data = buffers[1]
		return v, atLeast(v.data, (p.rows+7)/8)
	case fixedLayout:
		err = atLeast(buffers[1], p.rows*int64(f.width))
	case binaryLayout:
		return v, v.checkOffsets(f.width, buffers[1], buffers[2])
	case viewLayout:
		if err = atLeast(buffers[1], p.rows*int64(f.width)); err == nil {
			err = v.checkViews(buffers[1], buffers[2:])
		}
	default:
		err = errNested
	}
	if err != nil {
		return v, err
	}
	v.Array = build(f.dtype, v.n, buffers[1:])
	return v, nil
}

// build makes an array without nulls: v.bits says what is null.
func build(dtype arrow.DataType, n int, buffers [][]byte) arrow.Array {
	all := make([]*memory.Buffer, 1, len(buffers)+1)
	for _, b := range buffers {
		all = append(all, memory.NewBufferBytes(b))
	}
	data := array.NewData(dtype, n, all, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

func atLeast(b []byte, n int64) error {
	if int64(len(b)) < n {
		return fmt.Errorf("buffer has %d bytes, its values take %d", len(b), n)
	}
	return nil
}

// validity checks a validity bitmap against the count of nulls; without nulls
// it "may be omitted". A negative count is one that the writer did not know.
func validity(p place, b []byte) ([]byte, error) {
	if len(b) == 0 {
		if p.nulls > 0 {
			return nil, fmt.Errorf("%d nulls are claimed, but the validity bitmap is missing", p.nulls)
		}
		return nil, nil
	}
	if err := atLeast(b, (p.rows+7)/8); err != nil {
		return nil, fmt.Errorf("validity bitmap: %w", err)
	}
	nulls := p.rows - countBits(b, int(p.rows))
	if p.nulls >= 0 && nulls != p.nulls {
		return nil, fmt.Errorf("%d nulls are claimed, the validity bitmap has %d", p.nulls, nulls)
	}
	if nulls == 0 {
		return nil, nil
	}
	return b, nil
}

// countBits counts the ones among the first n bits.
func countBits(b []byte, n int) int64 {
	ones := 0
	for _, x := range b[:n/8] {
		ones += bits.OnesCount8(x)
	}
	if n%8 > 0 {
		ones += bits.OnesCount8(b[n/8] & (1<<(n%8) - 1))
	}
	return int64(ones)
}

func bit(b []byte, i int) bool { return b[i>>3]>>(i&7)&1 != 0 }

// checkOffsets holds that offsets do not decrease and stay within the data:
// "offsets must be monotonically increasing", for nulls too.
func (v *values) checkOffsets(width int, offsets, data []byte) error {
	if err := atLeast(offsets, int64(v.n+1)*int64(width)); err != nil {
		return fmt.Errorf("offsets: %w", err)
	}
	v.binary.bytes = data
	if width == 4 {
		v.binary.small = arrow.Int32Traits.CastFromBytes(offsets)[:v.n+1]
		return monotonic(v.binary.small, len(data))
	}
	v.binary.large = arrow.Int64Traits.CastFromBytes(offsets)[:v.n+1]
	return monotonic(v.binary.large, len(data))
}

func monotonic[T int32 | int64](offsets []T, size int) error {
	last := T(0)
	for i, o := range offsets {
		if o < last {
			return fmt.Errorf("offset %d of value %d is below the one before it", o, i)
		}
		last = o
	}
	if int64(last) > int64(size) {
		return fmt.Errorf("offset %d is beyond the %d bytes of data", last, size)
	}
	return nil
}

// checkViews holds that the views of values that are not null lead into the
// data buffers. Many views may share bytes: what they add up to is bounded.
func (v *values) checkViews(views []byte, data [][]byte) error {
	headers := arrow.ViewHeaderTraits.CastFromBytes(views)
	for i := range headers[:v.n] {
		if v.bits != nil && !bit(v.bits, i) {
			continue
		}
		h := &headers[i]
		n := h.Len()
		if n < 0 {
			return fmt.Errorf("view of value %d has a length of %d", i, n)
		}
		if h.IsInline() {
			continue
		}
		k, at := int(h.BufferIndex()), int(h.BufferOffset())
		if k < 0 || k >= len(data) || at < 0 || n > len(data[k])-at {
			return fmt.Errorf("view of value %d is outside its buffer", i)
		}
	}
	return nil
}

// viewBytes is what the strings of views from up to to add up to.
func (v *values) viewBytes(from, to int) int64 {
	a := v.Array.(*array.BinaryView)
	sum := int64(0)
	for i := from; i < to; i++ {
		if v.bits == nil || bit(v.bits, i) {
			sum += int64(a.ValueLen(i))
		}
	}
	return sum
}

// runEnds widens the ends of runs and checks them: "strictly ascending" from 1,
// the last at least the number of rows.
func runEnds(dst []int64, ends values, rows int64) ([]int64, error) {
	if ends.bits != nil {
		return dst, errors.New("run ends hold nulls")
	}
	dst = sized(dst, ends.n)
	if ends.n > 0 {
		copy(dst, ints(&dst, ends, 0, ends.n)) // which may be those in the file's memory
	}
	last := int64(0)
	for i, e := range dst {
		if e <= last {
			return dst, fmt.Errorf("end %d of run %d is not above the one before it", e, i)
		}
		last = e
	}
	if last < rows {
		return dst, fmt.Errorf("runs end at row %d of %d", last, rows)
	}
	return dst, nil
}
