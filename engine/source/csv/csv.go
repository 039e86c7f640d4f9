// Package csv reads delimited text: a header line, then one row per line, in
// UTF-8, plain or gzipped.
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
	"io/fs"
	"sync"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Options are the dialect and the limits. The zero Options detect or default
// everything.
type Options struct {
	Separator byte // 0: detected among , ; tab |
	Quote     byte // 0: "
	NoQuote   bool // quotes are letters like any other
	MaxCell   int  // bytes, quotes not counted; 0: 1 MiB
}

// withDefaults fills in and checks.
func (o Options) withDefaults() (Options, error) {
	if o.Quote == 0 {
		o.Quote = '"'
	}
	if o.MaxCell <= 0 {
		o.MaxCell = 1 << 20
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

// File is a file of delimited text, of which the header was read. It holds no
// open descriptor.
type File struct {
	path    string
	name    string
	options Options // with the separator
	schema  source.Schema
	info    fs.FileInfo

	mu   sync.Mutex
	sum  string // SHA-256 of the file as it is stored, once it was read to the end
	rows int64  // likewise
}

// Open reads the header of the file at path, which messages call name.
func Open(path, name string, o Options) (*File, error) {
	f := &File{path: path, name: name, rows: -1}
	o, err := o.withDefaults()
	if err != nil {
		return nil, f.wrap(err)
	}
	in, err := openInput(path)
	if err != nil {
		return nil, f.wrap(err)
	}
	defer in.Close()
	f.info = in.info
	s, err := begin(in, &o, bufferSize)
	if err != nil {
		return nil, f.wrap(err)
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

// wrap makes any error one that names the file.
func (f *File) wrap(err error) error {
	var e *source.Error
	if errors.As(err, &e) {
		return err
	}
	e = &source.Error{Path: f.name, Err: source.Reason(err)}
	var t *fault
	if errors.As(err, &t) {
		e.Unit, e.Err, e.Hint = fmt.Sprintf("line %d", t.line), t.err, t.hint
		if t.column >= 0 && t.column < len(f.schema) {
			e.Column = f.schema[t.column].Name
		}
	}
	return e
}

// opening is a scanner behind the header.
type opening struct {
	*scanner
	header []string
}

// begin detects the dialect and reads the header.
func begin(raw io.Reader, o *Options, size int) (opening, error) {
	text, err := decompress(raw)
	if err != nil {
		return opening{}, err
	}
	s := newScanner(text, *o, size)
	s.fill()
	if err := foreign(s.buf[:s.end]); err != nil {
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

// foreign recognizes what is not delimited text in UTF-8 by its first bytes.
func foreign(b []byte) error {
	for _, known := range []struct{ magic, is, hint string }{
		{"\xFF\xFE", "this is UTF-16 text", hintUTF8},
		{"\xFE\xFF", "this is UTF-16 text", hintUTF8},
		{"\x28\xB5\x2F\xFD", "this is compressed with Zstandard", "decompress it, or compress it with gzip"},
		{"\xFD7zXZ", "this is compressed with xz", "decompress it, or compress it with gzip"},
		{"PK\x03\x04", "this is a ZIP archive or a spreadsheet", "export the table as CSV"},
	} {
		if bytes.HasPrefix(b, []byte(known.magic)) {
			return &fault{line: 1, column: -1, err: errors.New(known.is), hint: known.hint}
		}
	}
	return nil
}

const hintUTF8 = "save it as UTF-8"

var errNotUTF8 = errors.New("the text is not UTF-8")
