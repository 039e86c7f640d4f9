package jsonl

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// The functions of this file scan a line from index i. A line ends with a line
// feed, which no value can hold, so they stop there at the latest.

func wrong(hint, format string, args ...any) error {
	return &text.Fault{Err: fmt.Errorf(format, args...), Hint: hint}
}

const (
	hintLine  = "an object stands on one line; if this is the last line, the file is cut off"
	hintDepth = "if that is how the log is, raise data.limits.depth"
)

// space steps over blanks.
func space(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// unexpected is the fault of a byte that cannot stand where it does.
func unexpected(b []byte, i int, want string) error {
	if b[i] == '\n' {
		return wrong(hintLine, "the line ends inside an object")
	}
	return wrong("", "%s where %s should be", quoted(b, i), want)
}

// quoted shows the byte at i, or the word.
func quoted(b []byte, i int) string {
	end := i
	for end < i+20 && (b[end]|0x20 >= 'a' && b[end]|0x20 <= 'z') {
		end++
	}
	if b[i] >= 0x7F || b[i] < ' ' {
		return fmt.Sprintf("byte 0x%02X", b[i])
	}
	return fmt.Sprintf("%q", b[i:max(end, i+1)])
}

// plainEnd returns the first quote, backslash or control byte at or behind i.
// It looks at eight bytes at a time; of the flags in the high bits, the lowest
// is right whatever borrows run above it.
func plainEnd(b []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		q, e := x^(ones*'"'), x^(ones*'\\')
		if found := ((q-ones)&^q | (e-ones)&^e | (x-ones*' ')&^x) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
		i += 8
	}
	for b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	return i
}

// stringEnd returns the closing quote of the string whose first byte is at i.
func stringEnd(b []byte, i int) (end int, escaped bool, err error) {
	for {
		i = plainEnd(b, i)
		switch {
		case b[i] == '"':
			return i, escaped, nil
		case b[i] == '\\' && b[i+1] >= ' ':
			escaped = true
			i += 2
		default:
			return i, escaped, control(b, i)
		}
	}
}

func control(b []byte, i int) error {
	if b[i] == '\n' || b[i] == '\\' {
		return wrong(hintLine, "the line ends inside a string")
	}
	return wrong("it is written \\u00"+fmt.Sprintf("%02x", b[i]), "byte 0x%02X inside a string", b[i])
}

// skip steps over a value; depth is that of the object it stands in.
func (l limits) skip(b []byte, i, depth int) (int, error) {
	switch c := b[i]; {
	case c == '"':
		end, _, err := stringEnd(b, i+1)
		return end + 1, err
	case c == '{':
		return l.skipAll(b, i+1, depth+1, '}')
	case c == '[':
		return l.skipAll(b, i+1, depth+1, ']')
	case c == 't':
		return literal(b, i, "true")
	case c == 'f':
		return literal(b, i, "false")
	case c == 'n':
		return literal(b, i, "null")
	}
	end, _, err := number(b, i)
	return end, err
}

// limits bound how deep a value is nested.
type limits struct{ depth int }

func (l limits) tooDeep(depth int) error {
	if depth <= l.depth {
		return nil
	}
	return wrong(hintDepth, "lists and objects are nested more than %d deep", l.depth)
}

// skipAll steps over what an object or a list holds, and its closing bracket.
func (l limits) skipAll(b []byte, i, depth int, shut byte) (_ int, err error) {
	if err := l.tooDeep(depth); err != nil {
		return i, err
	}
	if i = space(b, i); b[i] == shut {
		return i + 1, nil
	}
	for {
		if shut == '}' {
			if i, err = skipKey(b, i); err != nil {
				return i, err
			}
		}
		if i, err = l.skip(b, i, depth); err != nil {
			return i, err
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case shut:
			return i + 1, nil
		default:
			return i, unexpected(b, i, fmt.Sprintf("a comma or %q", shut))
		}
	}
}

// skipKey steps over a key and its colon.
func skipKey(b []byte, i int) (int, error) {
	if b[i] != '"' {
		return i, unexpected(b, i, "a key")
	}
	end, _, err := stringEnd(b, i+1)
	if err != nil {
		return i, err
	}
	return colon(b, end+1)
}

// colon steps over a colon and the blanks around it.
func colon(b []byte, i int) (int, error) {
	if i = space(b, i); b[i] != ':' {
		return i, unexpected(b, i, "a colon")
	}
	return space(b, i+1), nil
}

func literal(b []byte, i int, word string) (int, error) {
	if len(b)-i > len(word) && string(b[i:i+len(word)]) == word {
		return i + len(word), nil
	}
	return i, noValue(b, i)
}

// noValue is the fault of what is no value.
func noValue(b []byte, i int) error {
	at := i
	if b[at] == '-' {
		at++
	}
	for _, word := range []string{"NaN", "Infinity", "nan", "inf"} {
		if len(b)-at > len(word) && string(b[at:at+len(word)]) == word {
			return wrong(`a number that is missing is written null, NaN in quotes: "NaN"`, "%s is not JSON", b[i:at+len(word)])
		}
	}
	return unexpected(b, i, "a value")
}

// number steps over a number and says whether it is written as an integer.
func number(b []byte, i int) (end int, whole bool, err error) {
	at := i
	if b[i] == '-' {
		i++
	}
	switch {
	case b[i] == '0':
		i++
	case b[i] >= '1' && b[i] <= '9':
		i = digits(b, i)
	default:
		return at, false, noValue(b, at)
	}
	whole = true
	if b[i] == '.' {
		frac := digits(b, i+1)
		if frac == i+1 {
			return at, false, malformed(b, at, frac)
		}
		i, whole = frac, false
	}
	if b[i]|0x20 == 'e' {
		from := i + 1
		if b[from] == '+' || b[from] == '-' {
			from++
		}
		if i = digits(b, from); i == from {
			return at, false, malformed(b, at, from)
		}
		whole = false
	}
	if b[i] >= '0' && b[i] <= '9' || b[i] == '.' {
		return at, false, malformed(b, at, i)
	}
	return i, whole, nil
}

func malformed(b []byte, from, to int) error {
	if b[to] <= ' ' || b[to] >= 0x7F {
		return unexpected(b, to, "a digit")
	}
	return wrong("", "%.40s is not a number in JSON", b[from:to+1])
}

func digits(b []byte, i int) int {
	for b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}
