package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"github.com/parquet-go/bitpack"
)

// delta reads DELTA_BINARY_PACKED (Encodings.md): blocks of differences, each
// split into miniblocks of their own bit width.
type delta struct {
	data  []byte
	left  int // values not yet read
	last  int64
	first bool // last is the first value and was not yet given

	per, minis int // values per miniblock, miniblocks per block
	min        int64
	widths     []byte // of the block's miniblocks not yet started

	packed []byte // the miniblock being read
	width  int
	at     int // next value in it
	count  int // values in it

	part [256]uint32 // scratch
}

// maxBlock bounds the values of a block; writers use 128 to 1024.
const maxBlock = 1 << 16

var errDeltaShort = errors.New("page in a delta encoding ends early")

func (d *delta) uvarint() (uint64, error) {
	x, n := binary.Uvarint(d.data)
	if n <= 0 {
		return 0, errDeltaShort
	}
	d.data = d.data[n:]
	return x, nil
}

// reset reads the header. A page whose values are all null may be empty.
func (d *delta) reset(data []byte, most int) error {
	d.data, d.left, d.last, d.first = data, 0, 0, false
	d.widths, d.at, d.count = nil, 0, 0
	if len(data) == 0 {
		return nil
	}
	var head [4]uint64
	for i := range head {
		x, err := d.uvarint()
		if err != nil {
			return err
		}
		head[i] = x
	}
	block, minis, total := head[0], head[1], head[2]
	switch {
	case block == 0 || block > maxBlock || minis == 0 || minis > block, block%minis != 0 || block/minis%8 != 0:
		return fmt.Errorf("page in a delta encoding has blocks of %d values in %d parts", block, minis)
	case total > uint64(most):
		return errors.New("page in a delta encoding claims more values than the page has")
	}
	d.per, d.minis, d.left = int(block/minis), int(minis), int(total)
	d.last = int64(head[3]>>1) ^ -int64(head[3]&1)
	d.first = d.left > 0
	return nil
}

// block starts a block.
func (d *delta) block() error {
	x, err := d.uvarint()
	if err != nil {
		return err
	}
	d.min = int64(x>>1) ^ -int64(x&1)
	if len(d.data) < d.minis {
		return errDeltaShort
	}
	d.widths, d.data = d.data[:d.minis], d.data[d.minis:]
	return nil
}

// miniblock starts the next miniblock, and before it a block if need be. The
// last one may be cut to the values it has.
func (d *delta) miniblock() error {
	if len(d.widths) == 0 {
		if err := d.block(); err != nil {
			return err
		}
	}
	d.width, d.widths = int(d.widths[0]), d.widths[1:]
	if d.width > 64 {
		return fmt.Errorf("page in a delta encoding has differences of %d bits", d.width)
	}
	d.at, d.count = 0, d.per
	full := d.count * d.width / 8
	size := min(full, len(d.data))
	// unpack is faster if it may read ahead.
	d.packed, d.data = d.data[:min(size+bitpack.PaddingInt32, len(d.data))], d.data[size:]
	if size < full {
		d.count = size * 8 / d.width
	}
	if d.count == 0 {
		return errDeltaShort
	}
	return nil
}

// wholeMinis reads whole miniblocks of the usual kind, as many as fit dst, and
// returns how many values they have. What it leaves is for miniblock.
func wholeMinis[T int32 | int64](d *delta, dst []T) (n int, err error) {
	for {
		if len(d.widths) == 0 && len(dst)-n >= d.per {
			if err := d.block(); err != nil {
				return n, err
			}
		}
		count := d.alike(min(len(dst)-n, len(d.part)))
		if count == 0 {
			return n, nil
		}
		width := int(d.widths[0])
		size := count / 8 * width
		if width > 8*int(unsafe.Sizeof(dst[0])) || size+bitpack.PaddingInt64 > len(d.data) { // Unpack reads ahead
			return n, nil
		}
		addMinis(d, dst[n:n+count], width)
		d.widths, d.data, n = d.widths[count/d.per:], d.data[size:], n+count
	}
}

// addMinis reads miniblocks of one width.
func addMinis[T int32 | int64](d *delta, dst []T, width int) {
	last, low := T(d.last), T(d.min)
	switch {
	case width == 0:
		last = steps(dst, last, low)
	case width > 32:
		bitpack.Unpack(dst, d.data, uint(width))
		last = sumWide(dst, last, low)
	default:
		part := d.part[:len(dst)]
		bitpack.Unpack(part, d.data, uint(width))
		last = sum(dst, part, last, low)
	}
	d.last = int64(last)
}

// alike is the number of values, at most most, in the block's next miniblocks
// of one width.
func (d *delta) alike(most int) int {
	count := 0
	for _, w := range d.widths {
		if w != d.widths[0] || count+d.per > most {
			break
		}
		count += d.per
	}
	return count
}

// steps is sum for differences that are all the same.
func steps[T int32 | int64](dst []T, last, low T) T {
	for i := range dst {
		last += low
		dst[i] = last
	}
	return last
}

// sumWide is sum for differences that are in dst already.
func sumWide[T int32 | int64](dst []T, last, low T) T {
	for i, x := range dst {
		last += x + low
		dst[i] = last
	}
	return last
}

// sum adds up differences above low. Both slices are of one length, which is
// a multiple of 8; it takes that many at a time, with one check of bounds.
func sum[T int32 | int64](dst []T, part []uint32, last, low T) T {
	for len(part) >= 8 && len(dst) >= 8 {
		p, d := (*[8]uint32)(part), (*[8]T)(dst)
		last += T(p[0]) + low
		d[0] = last
		last += T(p[1]) + low
		d[1] = last
		last += T(p[2]) + low
		d[2] = last
		last += T(p[3]) + low
		d[3] = last
		last += T(p[4]) + low
		d[4] = last
		last += T(p[5]) + low
		d[5] = last
		last += T(p[6]) + low
		d[6] = last
		last += T(p[7]) + low
		d[7] = last
		part, dst = part[8:], dst[8:]
	}
	return last
}

// readDelta fills dst with the next values. Sums wrap at the size of the
// values, as the format says.
func readDelta[T int32 | int64](d *delta, dst []T) error {
	if len(dst) > d.left {
		return errDeltaShort
	}
	d.left -= len(dst)
	if d.first && len(dst) > 0 {
		d.first = false
		dst[0] = T(d.last)
		dst = dst[1:]
	}
	for len(dst) > 0 {
		if d.at == d.count {
			n, err := wholeMinis(d, dst)
			if err != nil {
				return err
			}
			if dst = dst[n:]; len(dst) == 0 {
				break
			}
			if err := d.miniblock(); err != nil {
				return err
			}
		}
		n := min(d.count-d.at, len(dst))
		partOfMini(d, dst[:n])
		dst = dst[n:]
	}
	return nil
}

// partOfMini adds up the next differences of the open miniblock.
func partOfMini[T int32 | int64](d *delta, dst []T) {
	last, low := T(d.last), T(d.min)
	switch {
	case d.width == 0:
		last = steps(dst, last, low)
	case d.width <= 29: // what unpack has fast paths for
		for at := 0; at < len(dst); at += len(d.part) {
			part := d.part[:min(len(d.part), len(dst)-at)]
			unpack(part, d.packed, d.at+at, d.width)
			out := dst[at:][:len(part)]
			for i, x := range part {
				last += T(x) + low
				out[i] = last
			}
		}
	default:
		for i := range dst {
			last += T(bitsAt(d.packed, (d.at+i)*d.width, d.width)) + low
			dst[i] = last
		}
	}
	d.last, d.at = int64(last), d.at+len(dst)
}

// all reads every value, and leaves in data what follows them.
func (d *delta) all(dst []int64) ([]int64, error) {
	dst = grow(dst[:0], d.left)
	return dst, readDelta(d, dst)
}

// grow returns s longer by n, with arbitrary contents there.
func grow[T any](s []T, n int) []T {
	if n <= cap(s)-len(s) {
		return s[:len(s)+n]
	}
	t := make([]T, len(s)+n, max(len(s)+n, 2*cap(s)))
	copy(t, s)
	return t
}
