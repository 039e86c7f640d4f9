// Package keyed finds the row of a key: the canonical text of one value or of several.
package keyed

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Key is the key of one row.
type Key struct {
	kind   keyKind
	number int64
	text   []byte // valid until the next key is made
}

type keyKind uint8

const (
	noKey   keyKind = iota // a null or NaN among the parts: equal to nothing
	intKey                 // one part, whose canonical text is that of an int64
	textKey                // any other canonical text, or several parts
)

// None says that a part of the key is missing: it is equal to nothing.
func (k Key) None() bool { return k.kind == noKey }

// Empty says that the key is the empty text.
func (k Key) Empty() bool { return k.kind == textKey && len(k.text) == 0 }

// Hash spreads keys evenly, the same in every run.
func (k Key) Hash() uint64 {
	if k.kind == intKey {
		return mix(k.number)
	}
	h := fnv.New64a()
	_, _ = h.Write(k.text) // a hash takes everything
	return mix(int64(h.Sum64()))
}

// Keyer makes keys; it keeps the memory for their text.
type Keyer struct{ buf []byte }

// Key is the key in row i of the key columns.
func (k *Keyer) Key(columns []source.Vector, i int) Key {
	if len(columns) == 1 {
		return k.single(&columns[0], i)
	}
	k.buf = k.buf[:0]
	for c := range columns {
		part := k.part(&columns[c], i)
		if part.kind == noKey {
			return Key{}
		}
	}
	return Key{kind: textKey, text: k.buf}
}

// part appends one part of a key, its length first, so that ("a", "bc") and
// ("ab", "c") differ.
func (k *Keyer) part(v *source.Vector, i int) Key {
	if b, ok := BytesAt(v, i); ok {
		k.buf = append(binary.AppendUvarint(k.buf, uint64(len(b))), b...)
		return Key{kind: textKey}
	}
	value := v.Value(i)
	if missing(value) {
		return Key{}
	}
	text := source.Text(v.Type, value)
	k.buf = append(binary.AppendUvarint(k.buf, uint64(len(text))), text...)
	return Key{kind: textKey}
}

func (k *Keyer) single(v *source.Vector, i int) Key {
	if b, ok := BytesAt(v, i); ok {
		return textual(b)
	}
	value := v.Value(i)
	switch {
	case missing(value):
		return Key{}
	case value.Kind == source.Int, value.Kind == source.Uint && value.Int >= 0:
		return Key{kind: intKey, number: value.Int}
	}
	k.buf = append(k.buf[:0], source.Text(v.Type, value)...)
	return textual(k.buf)
}

func missing(v source.Value) bool {
	return v.Kind == source.Null || v.Kind == source.Float && math.IsNaN(v.Float)
}

// BytesAt is the text of a plain string, without a copy.
func BytesAt(v *source.Vector, i int) ([]byte, bool) {
	if v.Codes != nil || v.Type.Kind != source.String || v.Valid != nil && !v.Valid[i] {
		return nil, false
	}
	return v.Strs.At(i), true
}

// textual is the key of a canonical text.
func textual(b []byte) Key {
	if n, ok := wholeNumber(b); ok {
		return Key{kind: intKey, number: n}
	}
	return Key{kind: textKey, text: b}
}

// wholeNumber reads the canonical text of an int64: "7" and "-7", not "07",
// "+7", "-0" or "7.0".
func wholeNumber(b []byte) (int64, bool) {
	digits := b
	if len(b) > 0 && b[0] == '-' {
		digits = b[1:]
	}
	if len(digits) == 0 || len(digits) > 19 || digits[0] == '0' && len(b) > 1 {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}
