package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
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
	x, n := binary.Uvarint(h.data)
	if n <= 0 {
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
	for i, b := range h.data[:size] {
		h.value |= uint32(b) << (8 * i)
	}
	h.data = h.data[size:]
	if h.run > 0 && h.value >= h.limit {
		return h.outOfRange(h.value)
	}
	return nil
}

// skip passes over n values of the run that peek returned.
func (h *hybrid) skip(n int) { h.run -= n }

// read fills dst with the next values.
func (h *hybrid) read(dst []uint32) error {
	for len(dst) > 0 {
		v, n, err := h.peek()
		if err != nil {
			return err
		}
		if n > 0 {
			n = min(n, len(dst))
			for i := range dst[:n] {
				dst[i] = v
			}
			h.run -= n
		} else {
			n = min(h.count-h.at, len(dst))
			unpack(dst[:n], h.packed, h.at, h.width)
			h.at += n
			if err := h.checkRange(dst[:n]); err != nil {
				return err
			}
		}
		dst = dst[n:]
	}
	return nil
}

func (h *hybrid) checkRange(values []uint32) error {
	if uint64(h.limit) >= 1<<h.width {
		return nil
	}
	var a, b uint32
	i := 0
	for ; i+2 <= len(values); i += 2 {
		a, b = max(a, values[i]), max(b, values[i+1])
	}
	if i < len(values) {
		a = max(a, values[i])
	}
	most := max(a, b)
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
