package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Compression codecs, numbered as in parquet.thrift.
const (
	codecNone   = 0
	codecSnappy = 1
	codecGzip   = 2
	codecLZO    = 3
	codecBrotli = 4
	codecLZ4    = 5 // Hadoop's framing of LZ4 blocks, or one bare block
	codecZstd   = 6
	codecLZ4Raw = 7
)

// The most that one byte can grow to: a snappy copy of 64 bytes takes 3, an
// LZ4 length byte adds 255, a zstd block of 128 KiB takes 4 (RFC 8878, 3.1.1.2).
// A page that claims more is refused unread.
const (
	snappyRatio = 22
	lz4Ratio    = 256
	zstdRatio   = 32 << 10
)

// zstdSlack is room behind the output, without which the decoder takes its
// slower path in the last block.
const zstdSlack = 16

// codecs holds decompressors for reuse; it is not safe for concurrent use.
type codecs struct {
	limit  int
	zstd   *zstd.Decoder
	gzip   *gzip.Reader
	brotli *brotli.Reader
	src    bytes.Reader
}

var errSize = errors.New("page does not decompress to the size in its header")

// decompress gives the size bytes that src holds, in dst's memory if they fit.
func (c *codecs) decompress(codec int32, dst, src []byte, size int) ([]byte, error) {
	switch codec {
	case codecNone:
		if len(src) != size {
			return nil, errSize
		}
		return src, nil
	case codecSnappy:
		return unsnappy(dst, src, size)
	case codecGzip, codecBrotli:
		r, err := c.stream(codec, src)
		if err != nil {
			return nil, err
		}
		out, err := readSize(r, dst, len(src), size)
		return out, damaged(codec, err)
	case codecZstd:
		return c.unzstd(dst, src, size)
	case codecLZ4Raw:
		return unlz4(dst, src, size)
	case codecLZ4:
		if out, err := unhadoop(dst, src, size); err == nil {
			return out, nil
		}
		return unlz4(dst, src, size)
	}
	return nil, codecError(codec)
}

// codecError says why a codec is not read, or nil if it is.
func codecError(codec int32) error {
	switch codec {
	case codecNone, codecSnappy, codecGzip, codecBrotli, codecLZ4, codecZstd, codecLZ4Raw:
		return nil
	case codecLZO:
		return &hinted{errors.New("compression LZO is not supported"), "write the file with zstd or snappy"}
	}
	return fmt.Errorf("unknown compression codec %d", codec)
}

// damaged says which codec an error of a decompressor is about, once: most but
// not all begin with a name, and snappy's is that of another format.
func damaged(codec int32, err error) error {
	if err == nil || err == errSize {
		return err
	}
	name := [...]string{codecSnappy: "snappy", codecGzip: "gzip", codecBrotli: "brotli", codecZstd: "zstd", codecLZ4Raw: "lz4"}[codec]
	text := err.Error()
	for _, own := range []string{name, "s2", "flate"} {
		text = strings.TrimPrefix(text, own+": ")
	}
	return fmt.Errorf("%s data is damaged: %s", name, text)
}

func sized(dst []byte, size int) []byte {
	if have := cap(dst); have < size { // by a quarter at least, as in window.room
		return make([]byte, size, max(size, have+have/4))
	}
	return dst[:size]
}

func unsnappy(dst, src []byte, size int) ([]byte, error) {
	n, err := snappy.DecodedLen(src)
	if err != nil {
		return nil, damaged(codecSnappy, err)
	}
	if n != size || size/snappyRatio > len(src) {
		return nil, errSize
	}
	out, err := snappy.Decode(sized(dst, size), src)
	return out, damaged(codecSnappy, err)
}

func unlz4(dst, src []byte, size int) ([]byte, error) {
	if size/lz4Ratio > len(src) {
		return nil, errSize
	}
	dst = sized(dst, size)
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil {
		return nil, damaged(codecLZ4Raw, err)
	}
	if n != size {
		return nil, errSize
	}
	return dst, nil
}

// unhadoop reads LZ4 blocks each behind its size before and after compression,
// big-endian.
func unhadoop(dst, src []byte, size int) ([]byte, error) {
	if size/lz4Ratio > len(src) {
		return nil, errSize
	}
	dst = sized(dst, size)
	at := 0
	for len(src) >= 8 {
		plain, packed := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
		src = src[8:]
		if int64(plain) > int64(size-at) || int64(packed) > int64(len(src)) {
			return nil, errSize
		}
		n, err := lz4.UncompressBlock(src[:packed], dst[at:at+int(plain)])
		if err != nil || n != int(plain) {
			return nil, errSize
		}
		at, src = at+n, src[packed:]
	}
	if at != size || len(src) > 0 {
		return nil, errSize
	}
	return dst, nil
}

func (c *codecs) unzstd(dst, src []byte, size int) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(src); err != nil {
		return nil, damaged(codecZstd, err)
	}
	if h.HasFCS && h.FrameContentSize > uint64(size) || size/zstdRatio > len(src) {
		return nil, errSize
	}
	if c.zstd == nil {
		limit := uint64(max(c.limit, 1<<20))
		// A frame need not say how large its content is: the memory given
		// bounds it.
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(limit), zstd.WithDecoderMaxWindow(limit),
			zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return nil, err
		}
		c.zstd = d
	}
	out, err := c.zstd.DecodeAll(src, sized(dst, size+zstdSlack)[:0:size+zstdSlack])
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return nil, errSize
	}
	if err != nil {
		return nil, damaged(codecZstd, err)
	}
	if len(out) != size {
		return nil, errSize
	}
	return out, nil
}

// stream is a reader of the decompressed bytes of src.
func (c *codecs) stream(codec int32, src []byte) (io.Reader, error) {
	c.src.Reset(src)
	if codec == codecBrotli {
		if c.brotli == nil {
			c.brotli = brotli.NewReader(nil)
		}
		return c.brotli, c.brotli.Reset(&c.src)
	}
	if c.gzip == nil {
		c.gzip = new(gzip.Reader)
	}
	if err := c.gzip.Reset(&c.src); err != nil {
		return nil, damaged(codecGzip, err)
	}
	return c.gzip, nil
}

// readSize reads exactly size bytes and then the end. Memory grows with what
// has been read, not with what is claimed.
func readSize(r io.Reader, dst []byte, packed, size int) ([]byte, error) {
	dst = dst[:0]
	if cap(dst) < size {
		dst = make([]byte, 0, min(size, 16*packed+4096))
	}
	for {
		if len(dst) == size {
			var one [1]byte
			if n, err := io.ReadFull(r, one[:]); n != 0 {
				return nil, errSize
			} else if err != io.EOF {
				return nil, err
			}
			return dst, nil
		}
		if len(dst) == cap(dst) {
			dst = append(make([]byte, 0, min(size, 2*cap(dst))), dst...)
		}
		n, err := r.Read(dst[len(dst):min(size, cap(dst))])
		dst = dst[:len(dst)+n]
		if err == io.EOF && len(dst) < size {
			return nil, errSize
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
	}
}
