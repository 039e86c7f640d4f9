// Package arrow reads Arrow IPC files (Feather version 2) and streams as coded
// batches: dictionaries and runs stay codes, and no row becomes a Go string.
//
// A log may come from anywhere, so a guard stands before the arrays: it reads
// the messages itself, holds every count, offset, index and size against the
// bytes that are there, reads and decompresses only the buffers of the columns
// that are asked for, within a limit, and builds arrays of arrow-go over what it
// has checked. The format: https://arrow.apache.org/docs/format/Columnar.html.
package arrow

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Options bound what a file may ask for. Zero values are the defaults.
type Options struct {
	Name     string // how messages call the file; default: its path
	MaxBatch int    // bytes that a record batch may take, decompressed and with the dictionaries; default 256 MiB, at most 1 GiB
	MaxRows  int64  // rows of a record batch, which runs of one value make out of few bytes; default 2^36
}

func (o Options) withDefaults(path string) Options {
	if o.Name == "" {
		o.Name = path
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = 256 << 20
	}
	o.MaxBatch = min(o.MaxBatch, 1<<30)
	if o.MaxRows <= 0 {
		o.MaxRows = 1 << 36
	}
	return o
}

// maxMetadata bounds a footer and the metadata of a message.
const maxMetadata = 64 << 20

// File is an open Arrow file or stream. It is safe for concurrent use.
type File struct {
	opt    Options
	r      io.ReaderAt // of a file
	close  func() error
	schema *schema
	rows   int64

	blocks  []block // record batches of a file
	dictAt  []block // its dictionary batches
	dataEnd int64
	stream  *stream // or nil

	loaders sync.Pool // of *loader, between readers

	mu    sync.Mutex
	dicts dictionaries // of the file, as far as they were asked for
	size  int64
	sum   string
}

// Open opens the file at path: a file or a stream, as its first bytes say.
func Open(path string, opt Options) (*File, error) {
	opt = opt.withDefaults(path)
	r, err := os.Open(path)
	if err != nil {
		return nil, fault(opt.Name, err)
	}
	info, err := r.Stat()
	if err == nil && !info.Mode().IsRegular() { // a pipe has no end to look at
		err = errors.New("not a regular file")
	}
	if err != nil {
		r.Close()
		return nil, fault(opt.Name, err)
	}
	f, err := New(r, info.Size(), opt)
	if err != nil {
		r.Close()
		return nil, err
	}
	f.close = r.Close
	return f, nil
}

// New opens a file or stream of size bytes.
func New(r io.ReaderAt, size int64, opt Options) (*File, error) {
	f := &File{r: r, size: size, opt: opt.withDefaults("arrow file"), close: func() error { return nil }}
	if err := guarded(f.open); err != nil {
		return nil, fault(f.opt.Name, err)
	}
	return f, nil
}

// guarded turns a panic into an error: the last resort, if a check is missing.
func guarded(do func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error: %v", x)
		}
	}()
	return do()
}

const (
	magic        = "ARROW1"
	magicFeather = "FEA1" // of the first version, which is another format
	headLength   = 8      // the magic, padded
	tailLength   = 10     // length of the footer, and the magic
)

var continuation = []byte{0xff, 0xff, 0xff, 0xff}

func (f *File) open() error {
	if f.size == 0 {
		return errors.New("file is empty")
	}
	var head [headLength]byte
	if err := f.readAt(head[:min(f.size, headLength)], 0); err != nil {
		return err
	}
	var tail [tailLength]byte
	if f.size >= tailLength {
		if err := f.readAt(tail[:], f.size-tailLength); err != nil {
			return err
		}
	}
	starts, ends := bytes.HasPrefix(head[:], []byte(magic)), string(tail[4:]) == magic
	switch {
	case starts && ends && f.size >= headLength+tailLength:
		return f.openFile(int64(int32(binary.LittleEndian.Uint32(tail[:]))))
	case starts:
		return &hinted{errors.New("end of the file is not that of an Arrow file"), "it may have been cut short while it was written or copied"}
	case ends:
		return errors.New("start of the file is not that of an Arrow file")
	}
	if err := notArrow(head[:]); err != nil {
		return err
	}
	f.stream = &stream{f: f, rewind: func() io.Reader { return io.NewSectionReader(f.r, 0, f.size) }}
	return f.stream.begin()
}

// notArrow tells what cannot be a stream by its first bytes: a message begins
// with the continuation marker or, before version 0.15, with its length.
func notArrow(head []byte) error {
	if bytes.HasPrefix(head, []byte(magicFeather)) {
		return &hinted{errors.New("file is Feather version 1, which is not Arrow"), "write it with version 2, the default since 2020"}
	}
	if bytes.HasPrefix(head, []byte(magic)) {
		return &hinted{errors.New("this is an Arrow file, not a stream"), "give its path, or write a stream"}
	}
	if n := binary.LittleEndian.Uint32(head); !bytes.HasPrefix(head, continuation) && (n == 0 || n > maxMetadata) {
		return errors.New("neither an Arrow file nor an Arrow stream")
	}
	return nil
}

func (f *File) readAt(b []byte, at int64) error {
	n, err := f.r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		return errCut
	}
	return err
}

// take is a loader with memory that an earlier reader left, or a new one.
func (f *File) take() *loader {
	if l, ok := f.loaders.Get().(*loader); ok {
		return l
	}
	return &loader{limit: int64(f.opt.MaxBatch)}
}

// Schema lists the flat columns: fields, fields of structs under their path
// with dots, and one column of kind Nested for each list, map or union.
func (f *File) Schema() source.Schema {
	s := make(source.Schema, len(f.schema.columns))
	for i, c := range f.schema.columns {
		s[i] = c.Column
	}
	return s
}

// Units lists the pieces that can be read independently: of a file runs of its
// record batches; a stream is one.
func (f *File) Units() []source.Unit {
	if f.stream != nil {
		return []source.Unit{&Unit{file: f}}
	}
	return f.runs()
}

// Rows is the number of rows, or -1 if only reading can tell.
func (f *File) Rows() int64 {
	if f.stream != nil {
		return -1
	}
	return f.rows
}

// Size is the number of bytes; of a stream without a file those read so far.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size
}

// SHA256 is a hash in hex: of a file that of its footer (metadata, its length
// and the magic number), of a stream that of every byte, and "" before the
// stream was read to its end.
func (f *File) SHA256() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sum
}

// Close closes the file. Readers must be closed before.
func (f *File) Close() error { return f.close() }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
