package join

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// key is the key of one row.
type key struct {
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

// keyer makes keys; it keeps the memory for their text.
type keyer struct{ buf []byte }

// key is the key in row i of the key columns.
func (k *keyer) key(columns []source.Vector, i int) key {
	if len(columns) == 1 {
		return k.single(&columns[0], i)
	}
	k.buf = k.buf[:0]
	for c := range columns {
		part := k.part(&columns[c], i)
		if part.kind == noKey {
			return key{}
		}
	}
	return key{kind: textKey, text: k.buf}
}

// part appends one part of a key, its length first, so that ("a", "bc") and
// ("ab", "c") differ.
func (k *keyer) part(v *source.Vector, i int) key {
	if b, ok := bytesAt(v, i); ok {
		k.buf = append(binary.AppendUvarint(k.buf, uint64(len(b))), b...)
		return key{kind: textKey}
	}
	value := v.Value(i)
	if missing(value) {
		return key{}
	}
	text := source.Text(v.Type, value)
	k.buf = append(binary.AppendUvarint(k.buf, uint64(len(text))), text...)
	return key{kind: textKey}
}

func (k *keyer) single(v *source.Vector, i int) key {
	if b, ok := bytesAt(v, i); ok {
		return textual(b)
	}
	value := v.Value(i)
	switch {
	case missing(value):
		return key{}
	case value.Kind == source.Int, value.Kind == source.Uint && value.Int >= 0:
		return key{kind: intKey, number: value.Int}
	}
	k.buf = append(k.buf[:0], source.Text(v.Type, value)...)
	return textual(k.buf)
}

func missing(v source.Value) bool {
	return v.Kind == source.Null || v.Kind == source.Float && math.IsNaN(v.Float)
}

// bytesAt is the text of a plain string, without a copy.
func bytesAt(v *source.Vector, i int) ([]byte, bool) {
	if v.Codes != nil || v.Type.Kind != source.String || v.Valid != nil && !v.Valid[i] {
		return nil, false
	}
	return v.Strs.At(i), true
}

// textual is the key of a canonical text.
func textual(b []byte) key {
	if n, ok := wholeNumber(b); ok {
		return key{kind: intKey, number: n}
	}
	return key{kind: textKey, text: b}
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
