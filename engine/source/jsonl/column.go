package jsonl

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// column gathers the values of one column.
type column struct {
	*text.Column
	kind    source.Kind
	max     int // bytes of a value
	scratch []byte
}

func newColumn(kind source.Kind, max int) *column {
	return &column{Column: text.NewColumn(source.Type{Kind: kind}), kind: kind, max: max}
}

// take appends the value at i, which is no null, and returns the index behind
// it.
func (c *column) take(b []byte, i int) (int, error) {
	switch c.kind {
	case source.String:
		if b[i] != '"' {
			return i, changed(b, i, "strings")
		}
		return c.takeString(b, i+1)
	case source.Bool:
		return c.takeBool(b, i)
	case source.Null:
		return c.takeFirst(b, i)
	}
	return c.takeNumber(b, i)
}

// takeString appends the string whose first byte is at i.
func (c *column) takeString(b []byte, i int) (int, error) {
	end := plainEnd(b, i)
	s := b[i:end]
	if b[end] != '"' {
		var err error
		if c.scratch, end, err = unescape(c.scratch[:0], b, i); err != nil {
			return i, err
		}
		s = c.scratch
	}
	if len(s) > c.max {
		return i, c.tooLong()
	}
	if c.Known(s) {
		return end + 1, nil
	}
	if !utf8.Valid(s) {
		return i, wrong("JSON is UTF-8", "the text is not UTF-8")
	}
	c.String(s)
	return end + 1, nil
}

func (c *column) tooLong() error {
	return wrong("if values are that long, raise data.limits.cell", "a value of more than %s", text.Size(c.max))
}

func (c *column) takeBool(b []byte, i int) (int, error) {
	word, value := "true", int64(1)
	switch b[i] {
	case 't':
	case 'f':
		word, value = "false", 0
	default:
		return i, changed(b, i, "booleans")
	}
	end, err := literal(b, i, word)
	if err != nil || c.Known(b[i:end]) {
		return end, err
	}
	c.Int(b[i:end], value)
	return end, nil
}

// takeFirst appends the first value of a column of nulls, which decides what
// the column is from here on.
func (c *column) takeFirst(b []byte, i int) (int, error) {
	switch b[i] {
	case '"':
		c.kind = source.String
	case 't', 'f':
		c.kind = source.Bool
	case '{', '[':
		return i, changed(b, i, "nothing but nulls")
	default:
		c.kind = source.Decimal
	}
	c.Retype(source.Type{Kind: c.kind})
	return c.take(b, i)
}

// takeNumber appends a number. One whose spelling is known was checked when it
// was new.
func (c *column) takeNumber(b []byte, i int) (int, error) {
	if b[i] == '"' {
		return c.takeSpecial(b, i)
	}
	end := i
	for numeric(b[end]) {
		end++
	}
	if end > i && c.Known(b[i:end]) {
		return end, nil
	}
	if end == i {
		return i, changed(b, i, "numbers")
	}
	end, whole, err := number(b, i)
	if err != nil {
		return i, err
	}
	if end-i > c.max {
		return i, c.tooLong()
	}
	return end, c.add(b[i:end], whole)
}

// numeric says whether a byte may be part of a number.
func numeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c|0x20 == 'e'
}

func (c *column) takeSpecial(b []byte, i int) (int, error) {
	end, _, err := stringEnd(b, i+1)
	if err != nil {
		return i, err
	}
	value, ok := special(b[i+1 : end])
	if !ok || c.kind != source.Float {
		return i, changed(b, i, "numbers")
	}
	if !c.Known(b[i : end+1]) {
		c.Float(b[i:end+1], value)
	}
	return end + 1, nil
}

// add appends a number whose spelling is new.
func (c *column) add(b []byte, whole bool) error {
	switch c.kind {
	case source.Float:
		return c.addFloat(b, whole)
	case source.Decimal:
		canonical, ok := decimal(b)
		if !ok {
			return wrong("", "the exponent of %.40s is out of bounds", b)
		}
		c.Decimal(b, canonical)
		return nil
	}
	digits := string(b)
	if !whole { // 3.0 and 3e2 are integers all the same
		canonical, ok := decimal(b)
		if !ok || !integer(canonical) {
			return wrong(decided(), "%.40s has a fraction, whole numbers before", b)
		}
		digits = canonical
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if c.kind == source.Uint {
		var u uint64
		u, err = strconv.ParseUint(digits, 10, 64)
		value = int64(u)
	}
	if err != nil {
		return wrong(decided(), "%.40s is outside the range of the integers before", b)
	}
	c.Int(b, value)
	return nil
}

func integer(canonical string) bool {
	for _, r := range canonical {
		if r == '.' {
			return false
		}
	}
	return true
}

func (c *column) addFloat(b []byte, whole bool) error {
	if whole && !exact(b) {
		return wrong(decided(), "%.40s has more digits than the floating-point numbers before keep", b)
	}
	value, err := strconv.ParseFloat(string(b), 64)
	if errors.Is(err, strconv.ErrRange) {
		return wrong("", "%.40s is beyond the range of floating-point numbers", b)
	}
	c.Float(b, value)
	return err
}
