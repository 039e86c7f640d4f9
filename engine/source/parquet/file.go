// Package parquet reads Parquet files as coded batches: dictionary pages become
// dictionaries, runs become constant vectors, and no row becomes a Go string.
//
// It has its own page loop, because a log may come from anywhere: every size,
// count, level and index in the file is checked against the bytes that are
// there before memory is asked for or an entry is looked up. The format is
// described at https://github.com/apache/parquet-format.
package parquet

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Options bound what a file may ask for. Zero values are the defaults.
type Options struct {
	Name      string // how messages call the file; default: its path
	MaxFooter int    // bytes of the footer; default 64 MiB
	MaxPage   int    // bytes of a decompressed page or dictionary; default 256 MiB, at most 1 GiB
	MaxRows   int64  // rows of a row group, which runs of one value make out of few bytes; default 2^36

	// Buffers are what readers leave for later ones, of all files of these
	// options; by default each file has its own.
	Buffers *Buffers
}

func (o Options) withDefaults(path string) Options {
	if o.Name == "" {
		o.Name = path
	}
	if o.MaxFooter <= 0 {
		o.MaxFooter = 64 << 20
	}
	if o.MaxPage <= 0 {
		o.MaxPage = 256 << 20
	}
	o.MaxPage = min(o.MaxPage, 1<<30)
	if o.MaxRows <= 0 {
		o.MaxRows = 1 << 36
	}
	if o.Buffers == nil {
		o.Buffers = new(Buffers)
	}
	return o
}

// File is an open Parquet file. It is safe for concurrent use.
type File struct {
	r       io.ReaderAt
	close   func() error
	opt     Options
	size    int64
	dataEnd int64 // offset of the footer
	sum     [sha256.Size]byte
	schema  *schema
	groups  []group
	rows    int64
}

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// fault makes the error that callers see.
func (f *File) fault(unit int, column, place string, err error) error {
	e := &source.Error{Path: f.opt.Name, Column: column, Place: place, Err: err}
	if unit >= 0 {
		e.Unit = fmt.Sprintf("row group %d", unit)
	}
	var h *hinted
	if errors.As(err, &h) {
		e.Hint = h.hint
	}
	return e
}

// Open opens the file at path and reads its footer.
func Open(path string, opt Options) (*File, error) {
	opt = opt.withDefaults(path)
	r, err := os.Open(path)
	if err != nil {
		return nil, &source.Error{Path: opt.Name, Err: withoutPath(err)}
	}
	info, err := r.Stat()
	if err != nil {
		r.Close()
		return nil, &source.Error{Path: opt.Name, Err: withoutPath(err)}
	}
	f, err := New(r, info.Size(), opt)
	if err != nil {
		r.Close()
		return nil, err
	}
	f.close = r.Close
	return f, nil
}

// withoutPath leaves the path to source.Error.
func withoutPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// New reads the footer of a file of size bytes.
func New(r io.ReaderAt, size int64, opt Options) (*File, error) {
	f := &File{r: r, size: size, opt: opt.withDefaults("parquet file"), close: func() error { return nil }}
	if err := f.readFooter(); err != nil {
		var u *unitError
		if errors.As(err, &u) {
			return nil, f.fault(u.group, u.column, u.place, u.err)
		}
		return nil, f.fault(-1, "", "", err)
	}
	return f, nil
}

const (
	magic          = "PAR1"
	magicEncrypted = "PARE"
)

// readFooter checks the file's frame: the magic number, the data, the
// metadata, its length in four bytes, the magic number.
func (f *File) readFooter() error {
	var head [4]byte
	var tail [8]byte
	if f.size == 0 {
		return errors.New("file is empty")
	}
	if f.size < int64(len(head)+len(tail)) {
		return fmt.Errorf("file of %d bytes is too short for Parquet", f.size)
	}
	if err := f.readAt(head[:], 0); err != nil {
		return err
	}
	if err := f.readAt(tail[:], f.size-8); err != nil {
		return err
	}
	switch end := string(tail[4:]); {
	case end == magicEncrypted:
		return &hinted{errors.New("file is encrypted"), "decrypt it first"}
	case string(head[:]) != magic && end != magic:
		return errors.New("not a Parquet file")
	case end != magic:
		return &hinted{errors.New("end of the file is not that of a Parquet file"), "it may have been cut short while it was written or copied"}
	case string(head[:]) != magic:
		return errors.New("start of the file is not that of a Parquet file")
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if n == 0 {
		return fmt.Errorf("footer is missing: its length, at byte %d, is 0", f.size-8)
	}
	if n > f.size-12 {
		return fmt.Errorf("footer claims %d bytes (its length is at byte %d), but the file has only %d", n, f.size-8, f.size)
	}
	if n > int64(f.opt.MaxFooter) {
		return fmt.Errorf("footer of %d bytes is above the limit of %d", n, f.opt.MaxFooter)
	}
	f.dataEnd = f.size - 8 - n
	b := make([]byte, n+8)
	if err := f.readAt(b, f.dataEnd); err != nil {
		return err
	}
	f.sum = sha256.Sum256(b)
	return f.decode(b[:n])
}

func (f *File) readAt(b []byte, at int64) error {
	n, err := f.r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		return errors.New("file ends early: it was cut while it was read")
	}
	return err
}

func (f *File) decode(b []byte) error {
	meta, schema, err := decodeFooter(b, f.dataEnd)
	var u *unitError
	if errors.As(err, &u) {
		return err
	}
	if err != nil {
		return fmt.Errorf("footer at byte %d: %w", f.dataEnd, err)
	}
	for i := range meta.groups {
		rows := meta.groups[i].rows
		if rows > f.opt.MaxRows || rows > math.MaxInt64-f.rows {
			return &unitError{group: i, place: metadataAt(meta.groups[i].at), err: &hinted{
				fmt.Errorf("%d rows are above the limit of %d", rows, f.opt.MaxRows), "if there are that many, raise data.limits.run"}}
		}
		f.rows += rows
	}
	if f.rows != meta.rows {
		return fmt.Errorf("footer at byte %d: %d rows claimed, the row groups have %d", f.dataEnd, meta.rows, f.rows)
	}
	f.schema, f.groups = schema, meta.groups
	return nil
}

// Schema lists the flat columns: primitive fields, fields of structs under
// their path with dots, and one column of kind Nested for each list or map.
func (f *File) Schema() source.Schema {
	s := make(source.Schema, len(f.schema.columns))
	for i, c := range f.schema.columns {
		s[i] = c.Column
	}
	return s
}

// Rows is the number of rows.
func (f *File) Rows() int64 { return f.rows }

// Size is the number of bytes.
func (f *File) Size() int64 { return f.size }

// SHA256 is the hash, in hex, of the footer: the metadata, its length and the
// magic number.
func (f *File) SHA256() string { return hex.EncodeToString(f.sum[:]) }

// RowGroups lists the units, in the order of the file.
func (f *File) RowGroups() []*RowGroup {
	groups, all := make([]RowGroup, len(f.groups)), make([]*RowGroup, len(f.groups))
	for i := range all {
		groups[i] = RowGroup{f, i}
		all[i] = &groups[i]
	}
	return all
}

// Close closes the file. Readers must be closed before.
func (f *File) Close() error { return f.close() }
