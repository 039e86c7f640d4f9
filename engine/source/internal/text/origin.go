package text

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Handle is an open file.
type Handle interface {
	io.Reader
	io.Closer
	Stat() (fs.FileInfo, error)
}

// Origin is where a text is stored: a file, which is opened anew by everyone
// who reads it, or a stream, which can be read once.
type Origin struct {
	name   string // in messages
	path   string
	open   func(path string) (Handle, error)
	stream io.Reader
	info   fs.FileInfo // of the file when it was first opened

	mu    sync.Mutex
	taken bool   // the stream
	sum   string // SHA-256 of what is stored, once it was read to the end
	size  int64  // likewise
	rows  int64  // likewise
}

// File is the file at path, which messages call name. With open nil it is
// opened by the operating system.
func File(path, name string, open func(path string) (Handle, error)) *Origin {
	if open == nil {
		open = openFile
	}
	return &Origin{name: name, path: path, open: open, rows: -1}
}

func openFile(path string) (Handle, error) { return os.Open(path) }

// Stream is what r gives, once.
func Stream(r io.Reader, name string) *Origin {
	return &Origin{name: name, stream: r, rows: -1}
}

// Name is how messages call the file.
func (o *Origin) Name() string { return o.name }

// Once says that the text can be read only once.
func (o *Origin) Once() bool { return o.stream != nil }

// Size is that of the file, or 0 for a stream.
func (o *Origin) Size() int64 {
	if o.info == nil {
		return 0
	}
	return o.info.Size()
}

// Input reads an origin from its start to its end.
type Input struct {
	io.Reader // the text, decompressed
	raw       *counted
	close     func() error
}

// counted counts and hashes bytes as they are stored.
type counted struct {
	src  io.Reader
	file Handle // nil for a stream
	hash hash.Hash
	read atomic.Int64
	err  error // why reading failed
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.read.Add(int64(n))
	c.hash.Write(p[:n])
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

var (
	errChanged = errors.New("the file changed while it was read")
	errOnce    = errors.New("it can be read only once, and this audit reads the log several times")
)

// Changed is the fault of a file that is not what it was.
func Changed() error {
	return &Fault{Err: errChanged, Hint: "audit a file that is finished, or a copy of it"}
}

// Open starts reading.
func (o *Origin) Open() (*Input, error) {
	raw, err := o.start()
	if err != nil {
		return nil, err
	}
	in := &Input{raw: raw}
	if in.Reader, in.close, err = decompress(raw); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (o *Origin) start() (*counted, error) {
	if o.stream != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.taken {
			return nil, &Fault{Err: errOnce, Hint: "write it to a file first"}
		}
		o.taken = true
		return &counted{src: o.stream, hash: sha256.New()}, nil
	}
	file, err := o.open(o.path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("not a regular file")
	case o.info == nil:
		o.info = info
	case !same(o.info, info):
		err = Changed()
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &counted{src: file, file: file, hash: sha256.New()}, nil
}

// same says whether a file is still the one that it was.
func same(was, is fs.FileInfo) bool {
	return was.Size() == is.Size() && was.ModTime().Equal(is.ModTime())
}

// BytesRead is how much of what is stored was read so far.
func (in *Input) BytesRead() int64 { return in.raw.read.Load() }

// Close gives everything back.
func (in *Input) Close() error {
	var err error
	if in.close != nil {
		err = in.close()
	}
	if in.raw.file != nil {
		err = errors.Join(err, in.raw.file.Close())
	}
	return err
}

// Finish records the fingerprint of what was read to its end, with its rows, or
// -1. It fails if the file is not what it was when it was first opened.
func (o *Origin) Finish(in *Input, rows int64) error {
	return o.finish(in.raw, rows)
}

func (o *Origin) finish(raw *counted, rows int64) error {
	if err := o.unchanged(raw); err != nil {
		return err
	}
	sum := hex.EncodeToString(raw.hash.Sum(nil))
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sum != "" && o.sum != sum {
		return Changed()
	}
	o.sum, o.size = sum, raw.read.Load()
	if rows >= 0 {
		o.rows = rows
	}
	return nil
}

func (o *Origin) unchanged(raw *counted) error {
	if o.stream != nil {
		return nil
	}
	now, err := raw.file.Stat()
	if err != nil {
		return err
	}
	if !same(o.info, now) || raw.read.Load() != o.info.Size() {
		return Changed()
	}
	return nil
}

// Fingerprint describes what is stored. A file that was not read to its end is
// hashed now.
func (o *Origin) Fingerprint() (source.Input, error) {
	o.mu.Lock()
	known := o.sum != ""
	o.mu.Unlock()
	if !known {
		if err := o.hashAll(); err != nil {
			return source.Input{}, Wrap(o.name, err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return source.Input{Path: o.name, Bytes: o.size, SHA256: o.sum, Hash: "full", Rows: o.rows}, nil
}

func (o *Origin) hashAll() error {
	if o.stream != nil {
		return errors.New("it was not read to its end")
	}
	raw, err := o.start()
	if err != nil {
		return err
	}
	defer raw.file.Close()
	if _, err := io.Copy(io.Discard, raw); err != nil {
		return err
	}
	return o.finish(raw, -1)
}
