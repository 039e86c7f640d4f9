package csv

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// The encodings that can be declared.
const (
	utf8Text  = "utf-8"
	utf16Text = "utf-16"
	latin1    = "latin-1"
)

var (
	errHalfPair = errors.New("half of a UTF-16 surrogate pair")
	errOdd      = errors.New("UTF-16 text with an odd number of bytes: it is cut off")
	errMarked   = errors.New("this is UTF-8 text, as its byte order mark says, and not latin-1")
	errEndian   = errors.New("this is not UTF-16 text: it has no byte order mark, and no ASCII letter begins it")
)

// decode gives a text as UTF-8. UTF-16 that begins with its byte order mark
// need not be declared: nothing else begins so.
func decode(raw io.Reader, encoding string) (io.Reader, error) {
	b := bufio.NewReaderSize(raw, 64<<10) // which big reads bypass
	if encoding == latin1 {
		if head, _ := b.Peek(3); string(head) == "\uFEFF" {
			return nil, errMarked
		}
		return bufio.NewReaderSize(&latin1Reader{src: b}, 64<<10), nil // which gives it room for two bytes
	}
	head, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return b, nil // the scanner meets the error where it is
	}
	big := false
	switch mark := string(head); {
	case mark == "\xFF\xFE":
	case mark == "\xFE\xFF":
		big = true
	case encoding != utf16Text || len(head) == 0:
		return b, nil
	case len(head) == 2 && head[0] == 0:
		big = true
	case len(head) < 2 || head[1] != 0:
		return nil, errEndian
	}
	return &utf16Reader{src: b, big: big}, nil
}

// latin1Reader gives every byte as the letter of that number.
type latin1Reader struct{ src io.Reader }

// Read gives at most two bytes for one.
func (r *latin1Reader) Read(p []byte) (int, error) {
	if len(p) < 2 {
		return 0, io.ErrShortBuffer
	}
	half := p[len(p)-len(p)/2:] // the text is written before it, and never overtakes what is still to read
	n, err := r.src.Read(half)
	w := 0
	for _, b := range half[:n] {
		if b < utf8.RuneSelf {
			p[w] = b
			w++
		} else {
			p[w], p[w+1] = 0xC0|b>>6, 0x80|b&0x3F
			w += 2
		}
	}
	return w, err
}

// utf16Reader decodes UTF-16; its byte order mark becomes that of UTF-8.
type utf16Reader struct {
	src  *bufio.Reader
	big  bool
	out  []byte // decoded, not yet given
	pos  int
	high rune // the first half of a pair
	err  error
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for r.pos == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		r.out, r.pos = r.out[:0], 0
		r.fill()
	}
	n := copy(p, r.out[r.pos:])
	r.pos += n
	return n, nil
}

// fill decodes what the source has at hand.
func (r *utf16Reader) fill() {
	if _, err := r.src.Peek(2); err != nil {
		r.err = err
		if err == io.EOF && (r.src.Buffered() > 0 || r.high != 0) {
			r.err = errOdd
		}
		return
	}
	chunk, _ := r.src.Peek(r.src.Buffered() &^ 1)
	for i := 0; i < len(chunk) && r.err == nil; i += 2 {
		a, b := chunk[i], chunk[i+1]
		if r.big {
			a, b = b, a
		}
		r.unit(rune(a) | rune(b)<<8)
	}
	r.src.Discard(len(chunk))
}

// unit takes one unit of 16 bits.
func (r *utf16Reader) unit(u rune) {
	switch {
	case r.high != 0:
		pair := utf16.DecodeRune(r.high, u)
		if pair == utf8.RuneError {
			r.err = errHalfPair
			return
		}
		r.out, r.high = utf8.AppendRune(r.out, pair), 0
	case u >= 0xD800 && u < 0xDC00:
		r.high = u
	case u >= 0xDC00 && u < 0xE000:
		r.err = errHalfPair
	default:
		r.out = utf8.AppendRune(r.out, u)
	}
}
