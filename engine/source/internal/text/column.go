package text

import "github.com/plumbline-audit/plumbline/engine/source"

const (
	maxDistinct  = 1 << 16
	maxDictBytes = 32 << 20
)

// Column gathers the values of one column into a vector: codes while the
// spellings are few, else, from then on, the values. A spelling is what a value
// looks like in the text; a value is parsed only when its spelling is new.
type Column struct {
	dict      *source.Dict
	index     map[string]uint32 // codes by spelling
	spellings []string          // by code
	dictBytes int
	codes     []uint32
	last      uint32 // the code of the last value

	plain bool
	batch source.Vector // the values, once plain
	valid []bool
	nulls bool
}

// NewColumn is an empty column of a type.
func NewColumn(t source.Type) *Column {
	c := &Column{index: map[string]uint32{}, last: source.NullCode,
		dict: &source.Dict{Type: t}, batch: source.Vector{Type: t}}
	c.Reset()
	return c
}

// Reset begins a batch.
func (c *Column) Reset() {
	c.codes = c.codes[:0]
	v := &c.batch
	v.Ints, v.Floats = v.Ints[:0], v.Floats[:0]
	v.Strs.Bytes, v.Strs.Offsets = v.Strs.Bytes[:0], append(v.Strs.Offsets[:0], 0)
	c.valid, c.nulls = c.valid[:0], false
}

// Plain says that the values are too many for codes.
func (c *Column) Plain() bool { return c.plain }

// Known appends the value of a spelling that was met before. If it returns
// false, the caller parses the value and appends it by String, Decimal, Int or
// Float.
func (c *Column) Known(spelling []byte) bool {
	if c.plain {
		return false
	}
	if c.last != source.NullCode && c.spellings[c.last] == string(spelling) {
		c.codes = append(c.codes, c.last)
		return true
	}
	code, ok := c.index[string(spelling)]
	if ok {
		c.last = code
		c.codes = append(c.codes, code)
	}
	return ok
}

// intern gives a new spelling a code, or says that the column is plain now.
func (c *Column) intern(spelling []byte) (text string, ok bool) {
	if c.plain {
		return "", false
	}
	if len(c.spellings) == maxDistinct || c.dictBytes+len(spelling) > maxDictBytes {
		c.goPlain()
		return "", false
	}
	text = string(spelling)
	c.last = uint32(len(c.spellings))
	c.spellings = append(c.spellings, text)
	c.index[text] = c.last
	c.dictBytes += len(spelling)
	c.codes = append(c.codes, c.last)
	return text, true
}

// String appends a string that is spelled as it is.
func (c *Column) String(s []byte) {
	if text, ok := c.intern(s); ok {
		c.dict.Strs = append(c.dict.Strs, text)
		return
	}
	c.addString(s)
}

// Decimal appends a decimal number.
func (c *Column) Decimal(spelling []byte, canonical string) {
	if _, ok := c.intern(spelling); ok {
		c.dict.Strs = append(c.dict.Strs, canonical)
		return
	}
	c.addString([]byte(canonical))
}

// Int appends an integer, or whatever else Vector.Ints holds.
func (c *Column) Int(spelling []byte, i int64) {
	if _, ok := c.intern(spelling); ok {
		c.dict.Ints = append(c.dict.Ints, i)
		return
	}
	c.valid = append(c.valid, true)
	c.batch.Ints = append(c.batch.Ints, i)
}

// Float appends a floating-point number.
func (c *Column) Float(spelling []byte, f float64) {
	if _, ok := c.intern(spelling); ok {
		c.dict.Floats = append(c.dict.Floats, f)
		return
	}
	c.valid = append(c.valid, true)
	c.batch.Floats = append(c.batch.Floats, f)
}

func (c *Column) addString(s []byte) {
	c.valid = append(c.valid, true)
	c.batch.Strs.Bytes = append(c.batch.Strs.Bytes, s...)
	c.batch.Strs.Offsets = append(c.batch.Strs.Offsets, uint32(len(c.batch.Strs.Bytes)))
}

// Null appends a missing value.
func (c *Column) Null() {
	if !c.plain {
		c.codes = append(c.codes, source.NullCode)
		return
	}
	c.nulls = true
	c.valid = append(c.valid, false)
	v := &c.batch
	switch v.Type.Kind {
	case source.String, source.Decimal:
		v.Strs.Offsets = append(v.Strs.Offsets, uint32(len(v.Strs.Bytes)))
	case source.Float:
		v.Floats = append(v.Floats, 0)
	default:
		v.Ints = append(v.Ints, 0)
	}
}

// goPlain spells out the rows of the batch so far.
func (c *Column) goPlain() {
	c.plain = true
	for _, code := range c.codes {
		if code == source.NullCode {
			c.Null()
			continue
		}
		switch v := c.dict.Value(int(code)); v.Kind {
		case source.String, source.Decimal:
			c.addString([]byte(v.Str))
		case source.Float:
			c.Float(nil, v.Float)
		default:
			c.Int(nil, v.Int)
		}
	}
	c.codes, c.dict, c.index, c.spellings = nil, nil, nil, nil
}

// Vector is the column of the batch.
func (c *Column) Vector() source.Vector {
	if !c.plain {
		return source.Vector{Type: c.batch.Type, Codes: c.codes, Dict: c.dict}
	}
	v := c.batch
	if c.nulls {
		v.Valid = c.valid
	}
	return v
}

// Retype changes the type of a column that holds nothing but nulls.
func (c *Column) Retype(t source.Type) {
	c.dict = &source.Dict{Type: t}
	c.batch.Type = t
}
