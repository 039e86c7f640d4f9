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
	shape   shape
	data    []byte         // fixed: values of leaf.width bytes; prefixed: each behind its length
	delta   delta          // deltas
	slab    source.Strings // slab: decoded when the page was opened
	numbers []int64        // joined: likewise, integers or the bits of floats
	next    int            // next of slab or numbers
	scratch []byte
	lengths []int64
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
		v.delta.narrow, v.delta.unsigned = l.physical == typeInt32, l.unsigned
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
		return v.join8(n)
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
func (v *values) join8(n int) (err error) {
	v.numbers, err = new(bytestreamsplit.Encoding).DecodeInt64(grow(v.numbers[:0], n), v.data)
	v.shape, v.next = joined, 0
	return err
}

// openLengths reads DELTA_LENGTH_BYTE_ARRAY: lengths, then bytes.
func (v *values) openLengths(most, limit int) error {
	v.delta.narrow = false
	if err := v.delta.reset(v.data, min(most, limit/16)); err != nil {
		return err
	}
	var err error
	if v.lengths, err = v.delta.all(v.lengths); err != nil {
		return err
	}
	v.slab.Bytes = v.delta.data
	v.slab.Offsets = grow(v.slab.Offsets[:0], len(v.lengths)+1)
	at, long := int64(0), int64(0)
	ends := v.slab.Offsets[1:][:len(v.lengths)]
	v.slab.Offsets[0] = 0
	for i, n := range v.lengths {
		long |= n >> 31 // negative, or larger than any page
		at += n
		ends[i] = uint32(at)
	}
	if long != 0 || at > int64(len(v.slab.Bytes)) {
		return errValuesShort
	}
	return nil
}

// openPrefixes reads DELTA_BYTE_ARRAY: for each string how much of the one
// before it repeats, and the rest as in DELTA_LENGTH_BYTE_ARRAY. Repeats can
// make much out of little; limit bounds it.
func (v *values) openPrefixes(width, most, limit int) error {
	v.delta.narrow = false
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
	if len(prefixes) != len(v.lengths) {
		return errors.New("counts of prefixes and suffixes differ")
	}
	out, last := v.scratch[:0], 0
	for i, p := range prefixes {
		n := int(v.lengths[i])
		if p < 0 || p > int64(len(out)-last) || width > 0 && int(p)+n != width {
			return errDelta
		}
		if len(out)+int(p)+n > limit {
			return fmt.Errorf("strings of a page take more than the limit of %d bytes", limit)
		}
		suffix := v.slab.Bytes[v.slab.Offsets[i] : v.slab.Offsets[i]+uint32(n)]
		start := len(out)
		out = append(out, out[last:last+int(p)]...)
		out = append(out, suffix...)
		last = start
	}
	v.scratch, v.slab.Bytes = out, out
	at := uint32(0)
	for i, p := range prefixes {
		at += uint32(p + v.lengths[i])
		v.slab.Offsets[i+1] = at
	}
	return nil
}

// size is about the number of bytes of the values that are left.
func (v *values) size() int {
	switch v.shape {
	case deltas:
		return v.delta.left * 8
	case joined:
		return 8 * (len(v.numbers) - v.next)
	case slab:
		return int(v.slab.Offsets[v.slab.Len()] - v.slab.Offsets[v.next])
	}
	return len(v.data)
}
