package text

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// maxWindow bounds the memory of a Zstandard decoder; it is what --long takes.
const maxWindow = 128 << 20

// decompress returns the text of a stream that may be compressed: gzip with any
// number of members, or Zstandard with any number of frames. close may be nil.
func decompress(raw io.Reader) (text io.Reader, close func() error, err error) {
	b := bufio.NewReaderSize(raw, 64<<10) // which big reads bypass
	magic, err := b.Peek(4)
	switch {
	case err != nil && err != io.EOF:
		return nil, nil, err
	case gzipped(magic):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, &Fault{Line: 1, Err: errors.New("the gzip header is cut off or damaged")}
		}
		return &members{z, b}, z.Close, nil
	case zstandard(magic):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, func() error { z.Close(); return nil }, nil
	}
	return b, nil, nil
}

// members reads the members of gzip one by one: what follows the last is then told
// from one that is cut off.
type members struct {
	one *gzip.Reader
	src *bufio.Reader
}

func (m *members) Read(p []byte) (int, error) {
	for {
		m.one.Multistream(false)
		n, err := m.one.Read(p)
		if err != io.EOF {
			return n, err
		}
		if n > 0 {
			return n, nil // it says so again
		}
		head, err := m.src.Peek(2)
		switch {
		case len(head) == 0:
			return 0, err
		case !gzipped(head) && (err == nil || err == io.EOF):
			return 0, gzip.ErrHeader
		}
		if err := m.one.Reset(m.src); err != nil {
			return 0, err
		}
	}
}

// Compressed says whether a stream that begins like this is decompressed.
func Compressed(head []byte) bool { return gzipped(head) || zstandard(head) }

func gzipped(magic []byte) bool { return len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b }

// zstandard recognizes a frame, or a skippable frame as pzstd begins with.
func zstandard(magic []byte) bool {
	if len(magic) < 4 {
		return false
	}
	m := string(magic)
	return m == "\x28\xB5\x2F\xFD" || m[0]&0xF0 == 0x50 && m[1:] == "\x2A\x4D\x18"
}

// Broken explains why reading a text stopped.
func (in *Input) Broken(err error) error {
	var corrupt flate.CorruptInputError
	said := func(s string) error { return errors.New(s) }
	switch {
	case in.raw.err != nil:
		return source.Reason(in.raw.err)
	case errors.Is(err, gzip.ErrChecksum):
		return said("the gzip checksum is wrong: the file is damaged")
	case errors.Is(err, gzip.ErrHeader):
		return said("what follows the gzip data is not gzip")
	case errors.As(err, &corrupt):
		return said("the gzip data is damaged")
	case errors.Is(err, zstd.ErrCRCMismatch):
		return said("the Zstandard checksum is wrong: the file is damaged")
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return said("the Zstandard data needs a window of more than " + Size(maxWindow))
	}
	_, gz := in.Reader.(*members)
	_, zs := in.Reader.(*zstd.Decoder)
	switch cut := errors.Is(err, io.ErrUnexpectedEOF); {
	case gz && cut:
		return said("the gzip data is cut off")
	case gz:
		return said("the gzip data is damaged")
	case zs && cut:
		return said("the Zstandard data is cut off")
	case zs:
		return said("the Zstandard data is damaged")
	}
	return source.Reason(err)
}
