package jsonl

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unescape appends the string whose first byte is at i to dst, and returns the
// index of its closing quote.
func unescape(dst, b []byte, i int) ([]byte, int, error) {
	for {
		end := plainEnd(b, i)
		dst = append(dst, b[i:end]...)
		if b[end] == '"' {
			return dst, end, nil
		}
		if b[end] != '\\' || b[end+1] < ' ' {
			return dst, end, control(b, end)
		}
		var err error
		if dst, i, err = escape(dst, b, end+1); err != nil {
			return dst, end, err
		}
	}
}

// escape appends what the escape stands for whose letter is at i.
func escape(dst, b []byte, i int) ([]byte, int, error) {
	switch c := b[i]; c {
	case '"', '\\', '/':
		return append(dst, c), i + 1, nil
	case 'b':
		return append(dst, '\b'), i + 1, nil
	case 'f':
		return append(dst, '\f'), i + 1, nil
	case 'n':
		return append(dst, '\n'), i + 1, nil
	case 'r':
		return append(dst, '\r'), i + 1, nil
	case 't':
		return append(dst, '\t'), i + 1, nil
	case 'u':
	default:
		return dst, i, wrong("", "\\%s is not an escape in JSON", shown(c))
	}
	r, ok := hex4(b, i+1)
	if !ok {
		return dst, i, wrong("", "\\u without four hexadecimal digits")
	}
	end := i + 5
	if utf16.IsSurrogate(r) {
		low := rune(-1)
		if b[end] == '\\' && b[end+1] == 'u' {
			low, _ = hex4(b, end+2)
		}
		pair := utf16.DecodeRune(r, low)
		if pair == utf8.RuneError {
			return dst, i, wrong("the text cannot be written as UTF-8", "\\u%s is half of a surrogate pair", b[i+1:end])
		}
		r, end = pair, end+6
	}
	return utf8.AppendRune(dst, r), end, nil
}

func shown(c byte) string {
	if c >= 0x7F {
		c = '?'
	}
	return string(rune(c))
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte, i int) (r rune, ok bool) {
	for n := range 4 {
		c := b[i+n]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
