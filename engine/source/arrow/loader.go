package arrow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// body gives the bytes behind a message's metadata. A stream gives them in
// order only.
type body interface {
	// known is false if the body may be shorter than it claims to be: memory
	// then grows with what has been read.
	known() bool
	readBody(b []byte, at int64) error
}

// loader brings buffers into memory and decompresses them. The buffers of a
// batch are valid until the next load.
type loader struct {
	limit int64 // bytes that a batch may take, with the dictionaries
	held  int64 // bytes of dictionaries
	raw   []byte
	plain []byte
	order []int
	out   [][]byte
	zstd  *zstd.Decoder
	lz4   *lz4.Reader
	src   bytes.Reader
}

// align is what the format asks of the start of buffers.
const align = 8

func aligned(n int64) int64 { return (n + align - 1) &^ (align - 1) }

// load reads the buffers at spans.
func (l *loader) load(from body, codec int, spans []span) ([][]byte, error) {
	l.out, l.order = l.out[:0], l.order[:0]
	sizes := make([]int64, len(spans))
	for i, s := range spans {
		l.out = append(l.out, nil)
		sizes[i] = s.n
		if s.n > 0 {
			l.order = append(l.order, i)
		}
	}
	packed, err := l.total(l.held, spans, sizes)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(l.order, func(i, j int) int {
		if spans[i].at < spans[j].at {
			return -1
		}
		return 1
	})
	if err := l.readAll(from, spans, packed); err != nil {
		return nil, err
	}
	if codec == codecNone {
		return l.out, nil
	}
	for _, i := range l.order {
		if sizes[i], err = declared(codec, l.out[i]); err != nil {
			return nil, located(spans[i].owner, err)
		}
	}
	if _, err := l.total(l.held+packed, spans, sizes); err != nil {
		return nil, err
	}
	return l.out, l.decompressAll(codec, spans, sizes)
}

// total adds sizes up and holds them, with what is taken already, to the limit;
// the fault names the column with the largest buffer.
func (l *loader) total(taken int64, spans []span, sizes []int64) (int64, error) {
	sum, most := taken, 0
	for i, n := range sizes {
		if n > sizes[most] {
			most = i
		}
		if n > l.limit {
			sum = l.limit + 1
			break
		}
		if sum += aligned(n); sum > l.limit {
			break
		}
	}
	if sum > l.limit {
		for i, n := range sizes {
			if n > sizes[most] {
				most = i
			}
		}
		return 0, located(spans[most].owner, l.excess(fmt.Sprintf("buffer of %d bytes", sizes[most])))
	}
	return sum - taken, nil
}

func (l *loader) excess(what string) error {
	return &hinted{fmt.Errorf("%s brings the batch above the limit of %d bytes", what, l.limit), "raise data.limits.batch, or write the file with fewer rows per record batch"}
}

func (l *loader) readAll(from body, spans []span, size int64) error {
	l.raw = l.raw[:0]
	if from.known() {
		l.raw = reserve(l.raw, size)
	}
	starts := make([]int64, len(spans))
	for k, i := range l.order {
		if k > 0 {
			// Fields of one struct share its validity bitmap.
			if before := l.order[k-1]; spans[before].at == spans[i].at && spans[before].n == spans[i].n {
				starts[i] = starts[before]
				continue
			}
		}
		starts[i] = int64(len(l.raw))
		if err := l.readSpan(from, spans[i]); err != nil {
			return located(spans[i].owner, err)
		}
	}
	for _, i := range l.order {
		l.out[i] = l.raw[starts[i] : starts[i]+spans[i].n : starts[i]+spans[i].n]
	}
	return nil
}

// readSpan appends a buffer to raw.
func (l *loader) readSpan(from body, s span) error {
	const step = 1 << 20
	end := int64(len(l.raw)) + aligned(s.n)
	for at := s.at; at < s.at+s.n; {
		n := min(s.at+s.n-at, max(step, int64(cap(l.raw)-len(l.raw))))
		l.raw = slices.Grow(l.raw, int(n)+align)
		b := l.raw[len(l.raw) : len(l.raw)+int(n)]
		if err := from.readBody(b, at); err != nil {
			return err
		}
		l.raw = l.raw[:len(l.raw)+int(n)]
		at += n
	}
	l.raw = l.raw[:end]
	return nil
}

// reserve is empty memory for size bytes that begins at a multiple of 8.
func reserve(b []byte, size int64) []byte {
	if int64(cap(b)) >= size {
		return b[:0]
	}
	return make([]byte, 0, max(size, 64))
}

// The most that one byte can grow to: a length byte of LZ4 adds 255, a zstd
// block of 128 KiB takes 4 (RFC 8878, 3.1.1.2).
const (
	lz4Ratio  = 256
	zstdRatio = 32 << 10
)

var errSize = errors.New("buffer does not decompress to the size that it declares")

// declared is the size of a compressed buffer's content, which precedes it; a
// buffer that is not compressed has -1 there and counts as nothing here.
func declared(codec int, b []byte) (int64, error) {
	if len(b) < 8 {
		return 0, errors.New("compressed buffer has no length")
	}
	n := int64(binary.LittleEndian.Uint64(b))
	ratio := int64(lz4Ratio)
	if codec == codecZstd {
		ratio = zstdRatio
	}
	switch {
	case n == -1:
		return 0, nil
	case n < 0:
		return 0, fmt.Errorf("compressed buffer declares a length of %d", n)
	case n/ratio > int64(len(b)):
		return 0, fmt.Errorf("compressed buffer of %d bytes declares a length of %d", len(b), n)
	}
	return n, nil
}

func (l *loader) decompressAll(codec int, spans []span, sizes []int64) error {
	total := int64(0)
	for _, i := range l.order {
		total += aligned(sizes[i])
	}
	l.plain = reserve(l.plain, total)
	at := int64(0)
	for _, i := range l.order {
		b, n := l.out[i], sizes[i]
		if int64(binary.LittleEndian.Uint64(b)) == -1 {
			l.out[i] = b[8:]
			continue
		}
		dst := l.plain[at : at+n : at+n]
		at += aligned(n)
		if err := l.decompress(codec, dst, b[8:]); err != nil {
			return located(spans[i].owner, err)
		}
		l.out[i] = dst
	}
	return nil
}

// decompress fills dst exactly.
func (l *loader) decompress(codec int, dst, src []byte) error {
	if codec == codecZstd {
		return l.unzstd(dst, src)
	}
	l.src.Reset(src)
	if l.lz4 == nil {
		l.lz4 = lz4.NewReader(nil)
	}
	l.lz4.Reset(&l.src)
	n, err := io.ReadFull(l.lz4, dst)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errSize
	}
	if err != nil {
		return err
	}
	var one [1]byte
	if more, err := l.lz4.Read(one[:]); more > 0 || err == nil || n != len(dst) {
		return errSize
	} else if err != io.EOF {
		return err
	}
	return nil
}

// unzstd decodes within the memory given: a frame may ask for a window of
// gigabytes, and need not say how large its content is.
func (l *loader) unzstd(dst, src []byte) error {
	if l.zstd == nil {
		limit := uint64(max(l.limit, 1<<20))
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(limit),
			zstd.WithDecoderMaxWindow(limit), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return err
		}
		l.zstd = d
	}
	out, err := l.zstd.DecodeAll(src, dst[:0])
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return errSize
	}
	if err != nil {
		return fmt.Errorf("zstd: %w", err)
	}
	if len(out) != len(dst) {
		return errSize
	}
	return nil
}
