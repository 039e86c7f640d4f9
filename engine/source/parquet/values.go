package parquet

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/bytestreamsplit"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// values reads the values of a page that are not dictionary indices. Every
// encoding is brought to one of four shapes.
type values struct {
	shape    shape
	data     []byte         // fixed: values of leaf.width bytes; prefixed: each behind its length
	delta    delta          // deltas
	slab     source.Strings // slab: decoded when the page was opened
	numbers  []int64        // joined: likewise
	floating []float64
	next     int // next of slab, numbers or floating
	count    int // of numbers or floating
	scratch  []byte
	narrow   []int32 // scratch
}

type shape uint8

const (
	fixed shape = iota
	prefixed
	deltas
	joined
	slab
)

var errValuesShort = errors.New("page ends before its last value")

// open starts on a page with room for at most most values. limit bounds the
// memory for strings that expand when decoded.
func (v *values) open(l *leaf, encoding int32, data []byte, most, limit int) error {
	v.data, v.next = data, 0
	switch {
	case encoding == encPlain && l.physical == typeByteArray:
		v.shape = prefixed
	case encoding == encPlain && l.width > 0:
		v.shape = fixed
	case encoding == encByteStreamSplit && l.width > 0 && l.physical != typeInt96:
		return v.join(l)
	case encoding == encDeltaBinary && (l.physical == typeInt32 || l.physical == typeInt64):
		v.shape = deltas
		return v.delta.reset(data, most)
	case encoding == encDeltaLength && l.physical == typeByteArray:
		v.shape = slab
		return v.openLengths(most, limit)
	case encoding == encDeltaByteArray && (l.physical == typeByteArray || l.physical == typeFixed):
		v.shape = slab
		return v.openPrefixes(l.width, most, limit)
	default:
		return fmt.Errorf("encoding %d is unknown or not for its type", encoding)
	}
	return nil
}

// join undoes BYTE_STREAM_SPLIT: byte k of every value, for each k in turn.
func (v *values) join(l *leaf) error {
	width := l.width
	n := len(v.data) / width
	if n*width != len(v.data) {
		return errors.New("byte streams of a page differ in length")
	}
	if width == 8 && l.form != asStrings {
		return v.join8(l.form, n)
	}
	v.scratch = grow(v.scratch[:0], len(v.data))
	for k := range width {
		stream := v.data[k*n : k*n+n]
		for i, b := range stream {
			v.scratch[i*width+k] = b
		}
	}
	v.shape, v.data = fixed, v.scratch
	return nil
}

// join8 is join for numbers of 8 bytes, with vector instructions.
func (v *values) join8(as form, n int) (err error) {
	v.shape, v.next, v.count = joined, 0, n
	if as == asFloats {
		v.floating, err = new(bytestreamsplit.Encoding).DecodeDouble(grow(v.floating[:0], n), v.data)
	} else {
		v.numbers, err = new(bytestreamsplit.Encoding).DecodeInt64(grow(v.numbers[:0], n), v.data)
	}
	return err
}

// openLengths reads DELTA_LENGTH_BYTE_ARRAY: lengths, then bytes.
func (v *values) openLengths(most, limit int) error {
	if err := v.delta.reset(v.data, min(most, limit/16)); err != nil {
		return err
	}
	n := v.delta.left
	v.slab.Offsets = grow(v.slab.Offsets[:0], n+1)
	v.slab.Offsets[0] = 0
	at, long := int64(0), int64(0)
	var lengths [256]int64
	size := 1 // the first is before the miniblocks, which are read whole then
	for ends := v.slab.Offsets[1:][:n]; len(ends) > 0; size = len(lengths) {
		part := lengths[:min(size, len(ends))]
		if err := readDelta(&v.delta, part); err != nil {
			return err
		}
		to := ends[:len(part)]
		for i, n := range part {
			long |= n >> 31 // negative, or larger than any page
			at += n
			to[i] = uint32(at)
		}
		ends = ends[len(part):]
	}
	v.slab.Bytes = v.delta.data
	if long != 0 || at > int64(len(v.slab.Bytes)) {
		return errValuesShort
	}
	return nil
}

// openPrefixes reads DELTA_BYTE_ARRAY: for each string how much of the one
// before it repeats, and the rest as in DELTA_LENGTH_BYTE_ARRAY. Repeats can
// make much out of little; limit bounds it.
func (v *values) openPrefixes(width, most, limit int) error {
	if err := v.delta.reset(v.data, min(most, limit/16)); err != nil {
		return err
	}
	prefixes, err := v.delta.all(v.numbers)
	if err != nil {
		return err
	}
	v.numbers, v.data = prefixes, v.delta.data
	if err := v.openLengths(most, limit); err != nil {
		return err
	}
	if len(prefixes) != v.slab.Len() {
		return errors.New("counts of prefixes and suffixes differ")
	}
	out, rest := v.scratch[:cap(v.scratch)], v.slab.Bytes
	last, start, from := 0, 0, uint32(0)
	for i, end := range v.slab.Offsets[1:] {
		p, n := int(prefixes[i]), int(end-from)
		from = end
		if uint64(prefixes[i]) > uint64(start-last) {
			return fmt.Errorf("value %d of a page repeats %d bytes of the one before, which has %d", i, prefixes[i], start-last)
		}
		if width > 0 && p+n != width {
			return fmt.Errorf("value %d of a page has %d bytes, its type %d", i, p+n, width)
		}
		if start+p+n > limit {
			return fmt.Errorf("strings of a page take more than the limit of %d bytes", limit)
		}
		at := start + p
		if p <= short && n <= short && len(rest) >= short && len(out)-at >= short {
			putShort((*[short]byte)(out[start:]), (*[short]byte)(out[last:]), p)
			putShort((*[short]byte)(out[at:]), (*[short]byte)(rest), n)
		} else {
			out = put(out, start, out[last:last+p])
			out = put(out, at, rest[:n])
		}
		rest = rest[n:]
		last, start = start, at+n
		v.slab.Offsets[i+1] = uint32(start)
	}
	v.scratch = out[:start]
	v.slab.Bytes = v.scratch
	return nil
}

// size is about the number of bytes of the values that are left.
func (v *values) size() int {
	switch v.shape {
	case deltas:
		return v.delta.left * 8
	case joined:
		return 8 * (v.count - v.next)
	case slab:
		return int(v.slab.Offsets[v.slab.Len()] - v.slab.Offsets[v.next])
	}
	return len(v.data)
}
