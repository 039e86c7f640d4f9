package parquet

import (
	"encoding/binary"
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/canon"
)

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
			dst.Bytes = canon.UUID(dst.Bytes, b)
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
			putShort((*[short]byte)(out[at:]), (*[short]byte)(data), n)
		} else if n > len(data) {
			return errLongString(n)
		} else {
			out = put(out, at, data[:n])
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
	b, err := unprefixed(v.data)
	if err == nil {
		v.data = v.data[4+len(b):]
	}
	return b, err
}

// unprefixed is the string at the start of data, which is behind its length.
func unprefixed(data []byte) ([]byte, error) {
	if len(data) < 4 {
		return nil, errValuesShort
	}
	n := int(binary.LittleEndian.Uint32(data))
	if n > len(data)-4 {
		return nil, errLongString(n)
	}
	return data[4 : 4+n], nil
}

func errLongString(n int) error { return fmt.Errorf("string of %d bytes goes beyond its page", n) }

// short is the most bytes of a string that is copied without a call.
const short = 64

// putShort copies n bytes and some more, which the next string overwrites: 16
// bytes at a time are two instructions. The n bytes may not overlap.
func putShort(to, s *[short]byte, n int) {
	*(*[16]byte)(to[:16]) = *(*[16]byte)(s[:16])
	if n > 16 {
		*(*[16]byte)(to[16:32]) = *(*[16]byte)(s[16:32])
		*(*[16]byte)(to[32:48]) = *(*[16]byte)(s[32:48])
		*(*[16]byte)(to[48:]) = *(*[16]byte)(s[48:])
	}
}

// put copies s to out[at:], and grows out if need be.
func put(out []byte, at int, s []byte) []byte {
	if len(out)-at < len(s) {
		out = grow(out[:at], max(len(s)+short, 1<<10))
		out = out[:cap(out)]
	}
	copy(out[at:], s)
	return out
}
