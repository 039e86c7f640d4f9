package csv

import (
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// column gathers the cells of one column.
type column struct {
	*text.Column
	quote   byte
	scratch []byte
}

func newColumn(quote byte) *column {
	return &column{Column: text.NewColumn(textType), quote: quote}
}

// add appends a cell and reports whether it is UTF-8.
func (c *column) add(buf []byte, at cell) bool {
	if at.start == at.end && !at.quoted {
		c.Null()
		return true
	}
	b := buf[at.start:at.end]
	if at.doubled {
		c.scratch = unescape(c.scratch[:0], b, at, c.quote)
		b = c.scratch
	}
	if c.Known(b) {
		return true
	}
	if !utf8.Valid(b) {
		return false
	}
	c.String(b)
	return true
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
