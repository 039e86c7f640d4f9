// Package csv reads delimited text: a header line, then one row per line, plain
// or compressed with gzip or Zstandard, in UTF-8, UTF-16 or Latin-1.
//
// Every column is text as spelled in the file. An empty cell is a null, unless
// it is quoted: "" is the empty string. Empty lines are skipped, except in a
// file of one column, where they are nulls. Cells that are not asked for are
// scanned for structure only: their UTF-8 is not checked.
package csv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// Options are the dialect and the limits. The zero Options detect or default
// everything.
type Options struct {
	Separator byte // 0: detected among , ; tab |
	Quote     byte // 0: "
	NoQuote   bool // quotes are letters like any other
	MaxCell   int  // bytes, quotes not counted; 0: 1 MiB, at most 1 GiB
	// Encoding is utf-8, utf-16 or latin-1. UTF-16 with a byte order mark is
	// recognized without it.
	Encoding string
}

// withDefaults fills in and checks.
func (o Options) withDefaults() (Options, error) {
	if o.Quote == 0 {
		o.Quote = '"'
	}
	if o.MaxCell <= 0 {
		o.MaxCell = 1 << 20
	}
	o.MaxCell = min(o.MaxCell, 1<<30)
	switch o.Encoding {
	case "", utf8Text, utf16Text, latin1:
	default:
		return o, fmt.Errorf("unknown encoding %s", o.Encoding)
	}
	for _, b := range []byte{o.Separator, o.Quote} {
		if b == '\n' || b == '\r' || b >= utf8.RuneSelf {
			return o, fmt.Errorf("%q cannot be a separator or a quote", b)
		}
	}
	if !o.NoQuote && o.Separator == o.Quote {
		return o, fmt.Errorf("%q cannot be both separator and quote", o.Quote)
	}
	return o, nil
}

// File is a delimited text, of which the header was read. It holds no open
// descriptor.
type File struct {
	origin  *text.Origin
	options Options // with the separator
	schema  source.Schema

	mu   sync.Mutex
	kept *scanner // of a stream, behind its header, until it is read
	in   *text.Input
}

// Open reads the header of the file at path, which messages call name.
func Open(path, name string, o Options) (*File, error) { return New(text.File(path, name, nil), o) }

// New reads the header of a text.
func New(origin *text.Origin, o Options) (*File, error) {
	f := &File{origin: origin}
	o, err := o.withDefaults()
	if err != nil {
		return nil, f.wrap(err)
	}
	s, in, err := f.open(&o)
	if err != nil {
		return nil, f.wrap(err)
	}
	if origin.Once() {
		f.kept, f.in = s.scanner, in
	} else {
		in.Close()
	}
	f.options = o
	for _, name := range s.header {
		f.schema = append(f.schema, source.Column{Name: name, Type: textType})
	}
	return f, nil
}

var textType = source.Type{Kind: source.String, Text: true}

// Schema has one text column per header cell; names may repeat or be empty.
func (f *File) Schema() source.Schema { return f.schema }

// Separator is the separator that was given or detected.
func (f *File) Separator() byte { return f.options.Separator }

// Unit is the whole file.
func (f *File) Unit() source.Unit { return unit{f} }

// Input is the fingerprint of the whole file, and its rows if it was read to
// the end by a reader. If it was not, the file is hashed now.
func (f *File) Input() (source.Input, error) { return f.origin.Fingerprint() }

// open reads the header, from the start.
func (f *File) open(o *Options) (opening, *text.Input, error) {
	in, err := f.origin.Open()
	if err != nil {
		return opening{}, nil, err
	}
	s, err := begin(in, o, bufferSize)
	if err != nil {
		in.Close()
		return opening{}, nil, err
	}
	return s, in, nil
}

// start gives a scanner behind the header.
func (f *File) start() (*scanner, *text.Input, error) {
	f.mu.Lock()
	s, in := f.kept, f.in
	f.kept, f.in = nil, nil
	f.mu.Unlock()
	if s != nil {
		return s, in, nil
	}
	o := f.options
	again, in, err := f.open(&o)
	if err == nil && !slices.EqualFunc(again.header, f.schema, func(name string, c source.Column) bool { return name == c.Name }) {
		in.Close()
		err = text.Changed()
	}
	return again.scanner, in, err
}

// wrap makes any error one that names the file.
func (f *File) wrap(err error) error {
	var t *fault
	if errors.As(err, &t) {
		full := &text.Fault{Line: t.line, Err: t.err, Hint: t.hint}
		if t.column >= 0 && t.column < len(f.schema) {
			full.Column = f.schema[t.column].Name
		}
		err = full
	}
	return text.Wrap(f.origin.Name(), err)
}

// opening is a scanner behind the header.
type opening struct {
	*scanner
	header []string
}

// begin detects the dialect and reads the header.
func begin(raw io.Reader, o *Options, size int) (opening, error) {
	decoded, err := decode(raw, o.Encoding)
	if err != nil {
		return opening{}, &fault{line: 1, column: -1, err: err}
	}
	s := newScanner(decoded, *o, size)
	if in, ok := raw.(*text.Input); ok {
		s.why = in.Broken
	}
	s.fill()
	if err := text.Foreign(s.buf[:s.end]); err != nil {
		return opening{}, err
	}
	if bytes.HasPrefix(s.buf[:s.end], []byte("\uFEFF")) {
		s.pos = len("\uFEFF")
	}
	if o.Separator == 0 {
		o.Separator = detect(s.buf[s.pos:s.end], s.err == io.EOF, *o)
	}
	s.separate(o.Separator)
	switch err := s.next(); {
	case err == io.EOF:
		return opening{}, errors.New("the file is empty: there is no header line")
	case err != nil:
		return opening{}, err
	}
	header := make([]string, len(s.cells))
	for i, c := range s.cells {
		b := s.buf[c.start:c.end]
		if !utf8.Valid(b) {
			return opening{}, &fault{line: s.rowLine, column: -1, err: errNotUTF8, hint: hintUTF8}
		}
		header[i] = string(unescape(nil, b, c, s.quote))
	}
	return opening{s, header}, nil
}

const hintUTF8 = "save it as UTF-8, or say how it is written: encoding: latin-1"

var errNotUTF8 = errors.New("the text is not UTF-8")
