package csv

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// input is an open file, whose bytes are counted and hashed as they are read.
type input struct {
	file *os.File
	info fs.FileInfo
	hash hash.Hash
	read atomic.Int64
}

func openInput(path string) (*input, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &input{file: file, info: info, hash: sha256.New()}, nil
}

// Read gives the bytes as they are stored.
func (in *input) Read(p []byte) (int, error) {
	n, err := in.file.Read(p)
	in.read.Add(int64(n))
	in.hash.Write(p[:n])
	return n, err
}

func (in *input) Close() error { return in.file.Close() }

// decompress returns the text of a stream that may be gzipped.
func decompress(raw io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(raw, 64<<10) // which big reads bypass
	magic, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(magic) != "\x1f\x8b" {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, &fault{line: 1, column: -1, err: errors.New("the gzip header is cut off or damaged")}
	}
	return z, nil
}

var errChanged = errors.New("the file changed while it was read")

// unchanged compares the file with what it was when its header was read.
func (in *input) unchanged(since fs.FileInfo) error {
	now, err := in.file.Stat()
	if err != nil {
		return err
	}
	if now.Size() != since.Size() || !now.ModTime().Equal(since.ModTime()) || in.read.Load() != since.Size() {
		return errChanged
	}
	return nil
}

// finish records the fingerprint of a file that was read to its end.
func (f *File) finish(in *input, rows int64) error {
	if err := in.unchanged(f.info); err != nil {
		return f.wrap(err)
	}
	sum := hex.EncodeToString(in.hash.Sum(nil))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sum != "" && f.sum != sum {
		return f.wrap(errChanged)
	}
	f.sum = sum
	if rows >= 0 {
		f.rows = rows
	}
	return nil
}

// Input is the fingerprint of the whole file, and its rows if it was read to
// the end by a reader. If it was not, the file is hashed now.
func (f *File) Input() (source.Input, error) {
	f.mu.Lock()
	known := f.sum != ""
	f.mu.Unlock()
	if !known {
		if err := f.hashAll(); err != nil {
			return source.Input{}, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return source.Input{Path: f.name, Bytes: f.info.Size(), SHA256: f.sum, Hash: "full", Rows: f.rows}, nil
}

func (f *File) hashAll() error {
	in, err := openInput(f.path)
	if err != nil {
		return f.wrap(err)
	}
	defer in.Close()
	if _, err := io.Copy(io.Discard, in); err != nil {
		return f.wrap(err)
	}
	return f.finish(in, -1)
}
