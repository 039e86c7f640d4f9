package join

import (
	"errors"
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/keyed"
)

const (
	maxDistinct  = 1 << 16
	maxDictBytes = 64 << 20
)

// values is one value column: codes while the values are few, else all of them
// spelled out.
type values struct {
	source.Column
	dict  *source.Dict
	codes []uint32

	plain  bool
	ints   []int64
	floats []float64
	strs   keyed.Texts
	valid  []bool

	// While loading:
	numbers   map[int64]uint32 // codes of the integers, or of the bits of the floats
	words     map[string]uint32
	dictBytes int64
	from      *source.Dict // the dictionary of the last coded vector
	known     []uint32     // its codes as ours, or unknown
}

const unknown = source.NullCode - 1

func newValues(c source.Column) *values {
	return &values{Column: c, dict: &source.Dict{Type: c.Type},
		numbers: map[int64]uint32{}, words: map[string]uint32{}}
}

// seal drops what only loading needs.
func (c *values) seal() {
	c.numbers, c.words, c.from, c.known = nil, nil, nil, nil
}

func (c *values) bytes() int64 {
	return 4*int64(cap(c.codes)) + 8*int64(cap(c.ints)+cap(c.floats)) + int64(cap(c.valid)) + c.strs.Bytes() +
		2*c.dictBytes + 64*int64(c.dict.Len()) // entries, their headers and the map of them
}

// append adds the rows of a vector.
func (c *values) append(v *source.Vector, rows int) error {
	if v.Codes != nil && v.Dict != c.from {
		c.from, c.known = v.Dict, c.known[:0]
	}
	for i := range rows {
		if err := c.appendRow(v, i); err != nil {
			return err
		}
	}
	return nil
}

func (c *values) appendRow(v *source.Vector, i int) error {
	if c.plain || v.Codes == nil {
		if b, ok := keyed.BytesAt(v, i); ok && !c.plain && c.Type.Kind == source.String {
			if code, ok := c.words[string(b)]; ok {
				c.codes = append(c.codes, code)
				return nil
			}
		}
		return c.appendValue(v, i)
	}
	code := v.Codes[0]
	if !v.Const {
		code = v.Codes[i]
	}
	if code == source.NullCode {
		c.codes = append(c.codes, source.NullCode)
		return nil
	}
	for len(c.known) <= int(code) {
		c.known = append(c.known, unknown)
	}
	if c.known[code] != unknown {
		c.codes = append(c.codes, c.known[code])
		return nil
	}
	if err := c.appendValue(v, i); err != nil || c.plain {
		return err
	}
	c.known[code] = c.codes[len(c.codes)-1]
	return nil
}

func (c *values) appendValue(v *source.Vector, i int) error {
	value, err := source.Convert(c.Type, v.Type, v.Value(i))
	if err != nil {
		return err
	}
	if c.plain {
		return c.appendPlain(value)
	}
	if value.Kind == source.Null {
		c.codes = append(c.codes, source.NullCode)
		return nil
	}
	code, ok := c.intern(value)
	if !ok {
		if err := c.goPlain(); err != nil {
			return err
		}
		return c.appendPlain(value)
	}
	c.codes = append(c.codes, code)
	return nil
}

// intern returns the code of a value, unless there are too many.
func (c *values) intern(v source.Value) (code uint32, ok bool) {
	d := c.dict
	n := v.Int
	switch v.Kind {
	case source.String, source.Binary, source.Decimal:
		code, ok = c.words[v.Str]
	case source.Float:
		n = int64(math.Float64bits(v.Float))
		fallthrough
	default:
		code, ok = c.numbers[n]
	}
	if ok {
		return code, true
	}
	if d.Len() >= maxDistinct || c.dictBytes+int64(len(v.Str)) > maxDictBytes {
		return 0, false
	}
	code = uint32(d.Len())
	switch v.Kind {
	case source.String, source.Binary, source.Decimal:
		d.Strs = append(d.Strs, v.Str)
		c.words[v.Str] = code
		c.dictBytes += int64(len(v.Str))
		return code, true
	case source.Float:
		d.Floats = append(d.Floats, v.Float)
	default:
		d.Ints = append(d.Ints, v.Int)
	}
	c.numbers[n] = code
	return code, true
}

// goPlain spells out the rows so far.
func (c *values) goPlain() error {
	c.plain = true
	for _, code := range c.codes {
		v := source.Value{}
		if code != source.NullCode {
			v = c.dict.Value(int(code))
		}
		if err := c.appendPlain(v); err != nil {
			return err
		}
	}
	c.codes, c.dictBytes = nil, 0
	c.dict = &source.Dict{Type: c.Type}
	c.seal()
	return nil
}

// maxPlain bounds a string that is spelled out, so that the offsets of a batch
// cannot overflow.
const maxPlain = math.MaxUint32 / source.MaxBatch

func (c *values) appendPlain(v source.Value) error {
	if len(v.Str) > maxPlain {
		return fmt.Errorf("a value of %d bytes; among very many values, %d is the most", len(v.Str), maxPlain)
	}
	c.valid = append(c.valid, v.Kind != source.Null)
	switch c.Type.Kind {
	case source.String, source.Binary, source.Decimal:
		c.strs.Add([]byte(v.Str))
	case source.Float:
		c.floats = append(c.floats, v.Float)
	default:
		c.ints = append(c.ints, v.Int)
	}
	return nil
}

var errRows = errors.New("a joined table of more than 2,147,483,647 rows")
