package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// hybrid reads the mix of run lengths and bit-packed groups in which levels,
// dictionary indices and some booleans are stored (Encodings.md, "Run Length
// Encoding / Bit-Packing Hybrid"). Every value must be below limit.
type hybrid struct {
	data  []byte
	width int
	limit uint32
	what  string // for messages: "dictionary index", "definition level"

	run   int // values left of a run of value
	value uint32

	packed []byte // the bit-packed groups being read
	at     int    // next value in packed
	count  int    // values in packed
}

// reset starts on data. No data at all is a run of zeros if a value takes no
// bits, which some writers use for a dictionary of one entry.
func (h *hybrid) reset(data []byte, width int, limit uint32, what string) {
	*h = hybrid{data: data, width: width, limit: limit, what: what}
	if width == 0 && len(data) == 0 && limit > 0 {
		h.run = math.MaxInt
	}
}

// literal starts on data that is bit-packed values without any run headers.
func (h *hybrid) literal(data []byte, width int, limit uint32, what string) {
	*h = hybrid{width: width, limit: limit, what: what, packed: data}
	if width > 0 {
		h.count = len(data) * 8 / width
	}
}

func (h *hybrid) outOfRange(v uint32) error {
	return fmt.Errorf("%s %d is out of range, the largest is %d", h.what, v, int64(h.limit)-1)
}

// peek returns the run at hand: n values equal v, or n = 0 if bit-packed
// values come next.
func (h *hybrid) peek() (v uint32, n int, err error) {
	for h.run == 0 && h.at == h.count {
		if err := h.header(); err != nil {
			return 0, 0, err
		}
	}
	return h.value, h.run, nil
}

func (h *hybrid) header() error {
	if d := h.data; len(d) > 1 && d[0]&0x81 == 0 && h.width-1 < 8 && h.width > 0 { // a short run of a byte
		h.run, h.value, h.data = int(d[0]>>1), uint32(d[1]), d[2:]
		if h.value >= h.limit && h.run > 0 {
			return h.outOfRange(h.value)
		}
		return nil
	}
	var x uint64
	n := 1
	if len(h.data) > 0 && h.data[0] < 0x80 {
		x = uint64(h.data[0])
	} else if x, n = binary.Uvarint(h.data); n <= 0 {
		return fmt.Errorf("a page ends before its last %s", h.what)
	}
	h.data = h.data[n:]
	if x&1 == 0 || h.width == 0 {
		h.run = int(min(x>>1, math.MaxInt32))
		if x&1 == 1 {
			h.run = int(min(x>>1, math.MaxInt32/8)) * 8
		}
		return h.runValue()
	}
	// A writer may leave out the padding of the last group.
	size := len(h.data)
	if groups := x >> 1; groups < uint64(size/h.width+1) {
		size = min(size, int(groups)*h.width)
	}
	h.packed, h.data = h.data[:size], h.data[size:]
	h.at, h.count = 0, size*8/h.width
	return nil
}

func (h *hybrid) runValue() error {
	size := (h.width + 7) / 8
	if size > len(h.data) {
		return fmt.Errorf("a page ends before its last %s", h.what)
	}
	h.value = 0
	if size == 1 {
		h.value = uint32(h.data[0])
	} else {
		for i, b := range h.data[:size] {
			h.value |= uint32(b) << (8 * i)
		}
	}
	h.data = h.data[size:]
	if h.run > 0 && h.value >= h.limit {
		return h.outOfRange(h.value)
	}
	return nil
}

// skip passes over n values of the run that peek returned.
func (h *hybrid) skip(n int) { h.run -= n }

// inCache is how many values are looked at while they are in the nearest cache.
const inCache = 1 << 11

// read fills dst with the next values.
func (h *hybrid) read(dst []uint32) error {
	for len(dst) > 0 {
		switch {
		case h.run > 0:
			n := min(h.run, len(dst))
			set(dst[:n], h.value)
			h.run -= n
			dst = dst[n:]
		case h.at < h.count:
			n := min(h.count-h.at, len(dst), inCache)
			unpack(dst[:n], h.packed, h.at, h.width)
			h.at += n
			if err := h.checkRange(dst[:n]); err != nil {
				return err
			}
			dst = dst[n:]
		default:
			if err := h.header(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *hybrid) checkRange(values []uint32) error {
	if uint64(h.limit) >= 1<<h.width {
		return nil
	}
	most, n := mostWide(values)
	if n == 0 && h.limit-1 < 1<<31 && h.width < 32 && len(values) >= 16 {
		// last + 2^31 - v has its highest bit set unless v is too large, and takes
		// none from the word beside it: two values are looked at at once.
		const high = 1<<63 | 1<<31
		last := uint64(h.limit-1)<<32 | uint64(h.limit-1) | high
		pairs := unsafe.Slice((*[8]uint64)(unsafe.Pointer(unsafe.SliceData(values))), len(values)/16)
		a, b := uint64(high), uint64(high)
		for i := range pairs {
			p := &pairs[i]
			a, b = a&(last-p[0]), b&(last-p[1])
			a, b = a&(last-p[2]), b&(last-p[3])
			a, b = a&(last-p[4]), b&(last-p[5])
			a, b = a&(last-p[6]), b&(last-p[7])
		}
		for _, v := range values[len(values)&^15:] {
			a &= last - uint64(v)
		}
		if a&b&high == high {
			return nil
		}
	}
	for _, v := range values[n:] {
		most = max(most, v)
	}
	if most >= h.limit {
		return h.outOfRange(most)
	}
	return nil
}

var errLongRun = errors.New("a run goes on beyond the values of its page")

// finish checks that a page which was read whole holds no more runs' worth of
// values; bit-packed groups may be padded.
func (h *hybrid) finish() error {
	if h.run >= 8 && h.width > 0 {
		return errLongRun
	}
	return nil
}
