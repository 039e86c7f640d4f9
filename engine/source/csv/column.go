package csv

import (
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
)

const (
	maxDistinct  = 1 << 16
	maxDictBytes = 32 << 20
)

// column gathers the cells of one column into a vector: codes while the values
// are few, else, from then on, the strings.
type column struct {
	quote     byte
	dict      *source.Dict
	index     map[string]uint32
	dictBytes int
	codes     []uint32
	plain     bool
	strs      source.Strings
	valid     []bool
	nulls     bool
	scratch   []byte
	last      uint32 // the code of the last value
}

func newColumn(quote byte) *column {
	return &column{quote: quote, index: map[string]uint32{}, last: source.NullCode,
		dict: &source.Dict{Type: textType, Strs: []string{}}}
}

func (c *column) reset() {
	c.codes = c.codes[:0]
	c.strs.Bytes, c.strs.Offsets = c.strs.Bytes[:0], append(c.strs.Offsets[:0], 0)
	c.valid, c.nulls = c.valid[:0], false
}

// add appends a cell and reports whether it is UTF-8.
func (c *column) add(buf []byte, at cell) bool {
	if at.start == at.end && !at.quoted {
		c.addNull()
		return true
	}
	b := buf[at.start:at.end]
	if at.doubled {
		c.scratch = unescape(c.scratch[:0], b, at, c.quote)
		b = c.scratch
	}
	if c.plain {
		return c.addPlain(b)
	}
	if c.last != source.NullCode && c.dict.Strs[c.last] == string(b) {
		c.codes = append(c.codes, c.last)
		return true
	}
	code, ok := c.index[string(b)]
	if !ok {
		if !utf8.Valid(b) {
			return false
		}
		if len(c.dict.Strs) == maxDistinct || c.dictBytes+len(b) > maxDictBytes {
			c.goPlain()
			return c.addPlain(b)
		}
		code = c.intern(string(b))
	}
	c.last = code
	c.codes = append(c.codes, code)
	return true
}

func (c *column) intern(s string) uint32 {
	code := uint32(len(c.dict.Strs))
	c.dict.Strs = append(c.dict.Strs, s)
	c.index[s] = code
	c.dictBytes += len(s)
	return code
}

func (c *column) addNull() {
	if !c.plain {
		c.codes = append(c.codes, source.NullCode)
		return
	}
	c.nulls = true
	c.valid = append(c.valid, false)
	c.strs.Offsets = append(c.strs.Offsets, uint32(len(c.strs.Bytes)))
}

func (c *column) addPlain(b []byte) bool {
	c.valid = append(c.valid, true)
	c.strs.Bytes = append(c.strs.Bytes, b...)
	c.strs.Offsets = append(c.strs.Offsets, uint32(len(c.strs.Bytes)))
	return utf8.Valid(b)
}

// goPlain spells out the rows of the batch so far.
func (c *column) goPlain() {
	c.plain = true
	for _, code := range c.codes {
		if code == source.NullCode {
			c.addNull()
		} else {
			c.addPlain([]byte(c.dict.Strs[code]))
		}
	}
	c.codes, c.dict, c.index = nil, nil, nil
}

func (c *column) vector() source.Vector {
	if !c.plain {
		return source.Vector{Type: textType, Codes: c.codes, Dict: c.dict}
	}
	v := source.Vector{Type: textType, Strs: c.strs}
	if c.nulls {
		v.Valid = c.valid
	}
	return v
}

// unescape appends the text of a cell to dst: doubled quotes become one.
func unescape(dst, b []byte, c cell, quote byte) []byte {
	if !c.doubled {
		return append(dst, b...)
	}
	for i := 0; i < len(b); i++ {
		dst = append(dst, b[i])
		if b[i] == quote {
			i++
		}
	}
	return dst
}
