package arrow

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// one is the vector of rows that all have the value of the first.
func (c *column) one() source.Vector {
	code := source.NullCode
	if c.form == asRuns {
		code = c.runs[c.run]
	}
	c.codes = append(c.codes[:0], code)
	return source.Vector{Type: c.f.typ, Const: true, Codes: c.codes, Dict: c.dict}
}

// vector makes n rows from row on, which follow those made before.
func (c *column) vector(row int64, n int) error {
	from, to := int(row), int(row)+n
	out := &c.out
	*out = source.Vector{Type: c.f.typ}
	switch c.form {
	case asNull:
		c.out = c.one()
		return nil
	case asInts:
		out.Ints = ints(&c.ints, c.v, from, to)
	case asFloats:
		out.Floats = floats(&c.floats, c.v, from, to)
	case asStrings:
		out.Strs = c.text.strings(c.f, c.v, from, to)
	default:
		c.codes = sized(c.codes, n)
		out.Codes = c.codes
		out.Dict = c.dict
		return c.code(out.Codes, from, to)
	}
	if len(c.bits) > 0 {
		c.valid = sized(c.valid, n)
		spread(c.valid, c.bits, from)
		out.Valid = c.valid
	}
	return nil
}

// spread turns bitmaps into what is valid in all of them.
func spread(valid []bool, bitmaps [][]byte, from int) {
	b := bitmaps[0]
	for i := range valid {
		valid[i] = b[(from+i)>>3]>>((from+i)&7)&1 != 0
	}
	for _, b := range bitmaps[1:] {
		for i := range valid {
			valid[i] = valid[i] && b[(from+i)>>3]>>((from+i)&7)&1 != 0
		}
	}
}

func (c *column) code(dst []uint32, from, to int) error {
	switch c.form {
	case asBools:
		for i := range dst {
			dst[i] = uint32(c.v.data[(from+i)>>3] >> ((from + i) & 7) & 1)
		}
	case asRuns:
		c.repeat(dst, int64(from))
	default:
		// Indices under nulls, also those of a struct, may be anything.
		return c.look(dst, c.v, nil, from, to)
	}
	for _, b := range c.bits {
		blank(dst, b, from)
	}
	return nil
}

func blank(dst []uint32, bitmap []byte, from int) {
	for i := range dst {
		if bitmap[(from+i)>>3]>>((from+i)&7)&1 == 0 {
			dst[i] = source.NullCode
		}
	}
}

// repeat writes the code of each row's run.
func (c *column) repeat(dst []uint32, row int64) {
	for i := 0; i < len(dst); {
		for c.ends[c.run] <= row {
			c.run++
		}
		n := min(int(min(c.ends[c.run]-row, int64(len(dst)))), len(dst)-i)
		code := c.runs[c.run]
		for k := range dst[i : i+n] {
			dst[i+k] = code
		}
		i, row = i+n, row+int64(n)
	}
}

// look turns indices into codes. bits is a bitmap beside those of the column,
// or nil.
func (c *column) look(dst []uint32, v values, bits []byte, from, to int) error {
	var valid []bool
	all := c.bits
	if c.form == asRuns {
		all = nil
		if bits != nil {
			all = [][]byte{bits}
		}
	}
	if len(all) > 0 {
		c.valid = sized(c.valid, to-from)
		valid = c.valid
		spread(valid, all, from)
	}
	bad := -1
	n := uint64(c.length)
	switch a := v.Array.(type) {
	case *array.Int8:
		bad = codes(dst, a.Int8Values()[from:to], valid, n)
	case *array.Int16:
		bad = codes(dst, a.Int16Values()[from:to], valid, n)
	case *array.Int32:
		bad = codes(dst, a.Int32Values()[from:to], valid, n)
	case *array.Int64:
		bad = codes(dst, a.Int64Values()[from:to], valid, n)
	case *array.Uint8:
		bad = codes(dst, a.Uint8Values()[from:to], valid, n)
	case *array.Uint16:
		bad = codes(dst, a.Uint16Values()[from:to], valid, n)
	case *array.Uint32:
		bad = codes(dst, a.Uint32Values()[from:to], valid, n)
	case *array.Uint64:
		bad = codes(dst, a.Uint64Values()[from:to], valid, n)
	}
	if bad >= 0 {
		return fmt.Errorf("index in row %d is outside the dictionary of %d values", from+bad, n)
	}
	if c.lost != nil {
		for i, code := range dst {
			if code != source.NullCode && c.lost[code] {
				dst[i] = source.NullCode
			}
		}
	}
	return nil
}

// codes copies indices below n and gives the first row whose index is not, or
// -1. A negative index is one of the largest numbers.
func codes[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](dst []uint32, src []T, valid []bool, n uint64) int {
	if valid == nil {
		for i, x := range src {
			if uint64(x) >= n {
				return i
			}
			dst[i] = uint32(x)
		}
		return -1
	}
	for i, x := range src {
		switch {
		case !valid[i]:
			dst[i] = source.NullCode
		case uint64(x) >= n:
			return i
		default:
			dst[i] = uint32(x)
		}
	}
	return -1
}
