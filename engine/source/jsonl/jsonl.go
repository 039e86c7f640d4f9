// Package jsonl reads JSON Lines: one object a line, in UTF-8, plain or
// compressed with gzip or Zstandard. Empty lines are skipped.
//
// The first lines decide what the columns are: the union of the keys of the
// first 10,000 lines (or 16 MiB), in order of appearance. The keys of an object
// inside an object become columns with dotted names, down to 8 levels; a list,
// an object with more than 1,024 different keys and one deeper down are Nested.
// A key that first appears later is a column only if it is looked for (see
// Look), and reads as missing where another file of the log has it.
//
// Lists that hold one type are taken apart into leaves (see Leaves).
//
// A column is boolean, string or number as its values are; null and an absent
// key are a null. Numbers are Int, or Uint above the range of int64, or Float if
// one has a fraction or an exponent; integers that none of these keeps digit by
// digit make the column Decimal. In a column of numbers the strings "NaN",
// "Infinity" and "-Infinity" are those floating-point numbers, as in the JSON
// form of Protocol Buffers. A column that holds nothing but nulls in the first
// lines takes the type of its first value, numbers as Decimal. Every other value
// that does not fit its column is an error.
//
// Behind the first lines, values that are not asked for are scanned for
// structure only: their escapes and UTF-8 are not checked, nor is whether their
// keys repeat.
package jsonl

import (
	"sync"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// Options are the limits. Zero values are the defaults.
type Options struct {
	MaxLine  int // bytes; default 16 MiB, at most 1 GiB
	MaxCell  int // bytes of a string or number that is asked for; default 1 MiB
	MaxDepth int // of objects and lists in each other; default 64, at most 10,000
}

func (o Options) withDefaults() Options {
	limit := func(n *int, standard, most int) {
		if *n <= 0 {
			*n = standard
		}
		*n = min(*n, most)
	}
	limit(&o.MaxLine, 16<<20, 1<<30)
	limit(&o.MaxCell, 1<<20, 1<<30)
	limit(&o.MaxDepth, 64, 10_000)
	return o
}

// File is a text of JSON Lines, of which the first lines were read. It holds no
// open descriptor.
type File struct {
	origin  *text.Origin
	options Options
	root    *node
	columns []*node // by index into schema
	schema  source.Schema
	empty   bool
	whole   bool // the first lines are all

	mu   sync.Mutex
	kept *lines // of a stream, until it is read
	in   *text.Input
}

// Open reads the first lines of the file at path, which messages call name.
func Open(path, name string, o Options) (*File, error) { return New(text.File(path, name, nil), o) }

// New reads the first lines of a text.
func New(origin *text.Origin, o Options) (*File, error) {
	f := &File{origin: origin, options: o.withDefaults()}
	l, in, err := f.open()
	if err != nil {
		return nil, f.wrap(err)
	}
	l.hold = origin.Once()
	s := sampler{lines: l, depth: f.options.MaxDepth, root: newNode("", "")}
	if err := s.read(); err != nil {
		in.Close()
		return nil, f.wrap(err)
	}
	f.root, f.empty, f.whole = s.root, s.rows == 0, s.whole
	f.flatten()
	if origin.Once() {
		l.rewind()
		f.kept, f.in = l, in
		return f, nil
	}
	return f, f.wrap(in.Close())
}

// open begins to read the text.
func (f *File) open() (*lines, *text.Input, error) {
	in, err := f.origin.Open()
	if err != nil {
		return nil, nil, err
	}
	l := newLines(in, f.options.MaxLine, bufferSize)
	l.why = in.Broken
	if err := l.begin(); err != nil {
		in.Close()
		return nil, nil, err
	}
	return l, in, nil
}

// start gives the lines from the first one, for a reader.
func (f *File) start() (*lines, *text.Input, error) {
	f.mu.Lock()
	l, in := f.kept, f.in
	f.kept, f.in = nil, nil
	f.mu.Unlock()
	if l != nil {
		return l, in, nil
	}
	return f.open()
}

// Schema has the columns that the first lines show.
func (f *File) Schema() source.Schema { return f.schema }

// Empty says that there is no line.
func (f *File) Empty() bool { return f.empty }

// Whole says that the first lines are all.
func (f *File) Whole() bool { return f.whole }

// Unit is the whole file.
func (f *File) Unit() source.Unit { return unit{f} }

// Input is the fingerprint of the whole file, and its rows if it was read to
// the end by a reader. If it was not, the file is hashed now.
func (f *File) Input() (source.Input, error) {
	in, err := f.origin.Fingerprint()
	if f.empty && err == nil {
		in.Rows = 0
	}
	return in, err
}

func (f *File) wrap(err error) error {
	if err == nil {
		return nil
	}
	return text.Wrap(f.origin.Name(), err)
}
