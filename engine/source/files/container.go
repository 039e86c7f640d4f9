package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
	"github.com/plumbline-audit/plumbline/engine/source/parquet"
)

// container is an open file of a format that knows its units and rows.
type container interface {
	Schema() source.Schema
	Units() []source.Unit
	Rows() int64 // -1 if only reading can tell
	Size() int64
	SHA256() string // of the footer, or "" if there is none
	Close() error
}

// handle is an open file of the operating system.
type handle interface {
	text.Handle
	io.ReaderAt
}

func (o Options) handle(path string) (handle, error) {
	if o.open != nil {
		return o.open(path)
	}
	return os.Open(path)
}

// parquetFile is a Parquet file with what it reads from.
type parquetFile struct {
	*parquet.File
	from handle
}

func openParquet(f *file, o Options) (container, error) {
	from, size, err := o.sized(f)
	if err != nil {
		return nil, err
	}
	o.Parquet.Name = f.name
	opened, err := parquet.New(from, size, o.Parquet)
	if err != nil {
		from.Close()
		return nil, err
	}
	return parquetFile{opened, from}, nil
}

// sized opens a file and tells its size.
func (o Options) sized(f *file) (handle, int64, error) {
	from, err := o.handle(f.path)
	if err != nil {
		return nil, 0, f.fault(err)
	}
	info, err := from.Stat()
	if err != nil {
		return nil, 0, errors.Join(f.fault(err), from.Close())
	}
	return from, info.Size(), nil
}

func (p parquetFile) Units() []source.Unit {
	groups := p.RowGroups()
	units := make([]source.Unit, len(groups))
	for i, g := range groups {
		units[i] = g
	}
	return units
}

func (p parquetFile) Close() error { return errors.Join(p.File.Close(), p.from.Close()) }

// fingerprint describes a Parquet or Arrow file. It reads the footer again: who
// writes a file anew may keep its size and time.
func (s *Source) fingerprint(f *file) (source.Input, error) {
	in := source.Input{Path: f.name, Bytes: f.info.Size(), SHA256: f.sum, Hash: "footer", Rows: f.rows}
	again, err := s.pool.open(f)
	if err != nil {
		return in, f.blame(err)
	}
	sum := again.SHA256()
	if err := again.Close(); err != nil {
		return in, f.fault(err)
	}
	if sum != f.sum {
		return in, f.fault(text.Changed())
	}
	if s.options.FullHash || f.rows < 0 { // a stream has no footer
		if in.SHA256, err = s.hash(f); err != nil {
			return in, f.blame(err)
		}
		in.Hash = "full"
	}
	return in, nil
}

func (s *Source) hash(f *file) (string, error) {
	from, err := s.options.handle(f.path)
	if err != nil {
		return "", f.fault(err)
	}
	defer from.Close()
	h := sha256.New()
	if _, err := io.Copy(h, from); err != nil {
		return "", f.fault(err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// fault is an error about the file as a whole.
func (f *file) fault(err error) error { return text.Wrap(f.name, err) }

// changed says whether the file is no more what it was when the log was opened.
func (f *file) changed() error {
	if f.path == "" {
		return nil // standard input
	}
	now, err := os.Stat(f.path)
	if err != nil {
		return f.fault(err)
	}
	if now.Size() != f.info.Size() || !now.ModTime().Equal(f.info.ModTime()) || !os.SameFile(now, f.info) {
		return f.fault(text.Changed())
	}
	return nil
}

// blame explains an error of reading: that the file changed, if it did, is the
// cause, and what was found in it only the consequence.
func (f *file) blame(err error) error {
	if changed := f.changed(); changed != nil {
		return changed
	}
	return err
}
