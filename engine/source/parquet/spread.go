package parquet

import (
	"encoding/binary"
	"math/bits"
)

// A bitmap has one bit per row, least significant first, set where the row has
// a value. Rows are moved eight at a time by what the tables say of a byte of
// it: no branch hangs on a level, which cannot be predicted.
var (
	marksOf  [256][8]bool
	placesOf [256][8]uint8 // of a row: which of the byte's values it has, 8 if none
	nearOf   [256][8]uint8 // likewise, but the next one, at most 7, if none
	endsOf   [256][8]uint8 // of a row: how many of the byte's values it and those before it have
)

func init() {
	for b := range marksOf {
		n := uint8(0)
		for i := range 8 {
			placesOf[b][i], nearOf[b][i] = 8, n
			if b>>i&1 == 1 {
				marksOf[b][i], placesOf[b][i] = true, n
				n++
			}
			endsOf[b][i] = n
		}
	}
}

// bitmapSize is the bytes of a bitmap of n rows and what readBits needs beyond.
func bitmapSize(n int) int { return n/8 + 2 }

// fullLevels makes a bitmap of levels, none of which is above full.
func fullLevels(dst []byte, level []uint32, full uint32) {
	clear(dst)
	for i, l := range level {
		dst[i>>3] |= byte(1-(l-full)>>31) << (i & 7)
	}
}

// countBits is the number of bits set.
func countBits(b []byte) (n int) {
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b))
	}
	for _, x := range b {
		n += bits.OnesCount8(x)
	}
	return n
}

// spread moves the values at the start of rows to the rows that have one, from
// the end; the others hold anything.
func spread[T int32 | int64 | float64](rows []T, bitmap []byte, valid int) {
	n := len(rows) &^ 7
	for i := len(rows) - 1; i >= n; i-- {
		if bitmap[i>>3]>>(i&7)&1 == 1 {
			valid--
			rows[i] = rows[valid]
		}
	}
	bitmap = bitmap[:n/8]
	for k := len(bitmap) - 1; k >= 0; k-- {
		b := bitmap[k]
		valid -= bits.OnesCount64(uint64(b))
		// A value never lies behind its row: from the end none is overwritten
		// before it has moved.
		to, from, at := (*[8]T)(rows[8*k:]), (*[8]T)(rows[valid:]), &nearOf[b]
		to[7] = from[at[7]&7]
		to[6] = from[at[6]&7]
		to[5] = from[at[5]&7]
		to[4] = from[at[4]&7]
		to[3] = from[at[3]&7]
		to[2] = from[at[2]&7]
		to[1] = from[at[1]&7]
		to[0] = from[at[0]&7]
	}
}

// spreadCodes is spread for codes: rows that have none become none.
func spreadCodes(rows []uint32, bitmap []byte, valid int, none uint32) {
	n := len(rows) &^ 7
	for i := len(rows) - 1; i >= n; i-- {
		if bitmap[i>>3]>>(i&7)&1 == 0 {
			rows[i] = none
		} else {
			valid--
			rows[i] = rows[valid]
		}
	}
	if bitmap = bitmap[:n/8]; !spreadWide(rows, bitmap, valid, none) {
		spreadPlain(rows, bitmap, valid, none)
	}
}

// spreadPlain is spreadCodes for 8 rows per byte of the bitmap.
func spreadPlain(rows []uint32, bitmap []byte, valid int, none uint32) {
	var from [16]uint32
	for i := 8; i < len(from); i++ {
		from[i] = none
	}
	for k := len(bitmap) - 1; k >= 0; k-- {
		b := bitmap[k]
		valid -= bits.OnesCount64(uint64(b))
		next := (*[8]uint32)(rows[valid:])
		from[0], from[1], from[2], from[3] = next[0], next[1], next[2], next[3]
		from[4], from[5], from[6], from[7] = next[4], next[5], next[6], next[7]
		to, at := (*[8]uint32)(rows[8*k:]), &placesOf[b]
		to[0], to[1], to[2], to[3] = from[at[0]&15], from[at[1]&15], from[at[2]&15], from[at[3]&15]
		to[4], to[5], to[6], to[7] = from[at[4]&15], from[at[5]&15], from[at[6]&15], from[at[7]&15]
	}
}

// spreadEnds gives the rows without a value a string of no bytes: ends[i+1] is
// where that of row i ends, and from the ends of the valid strings, behind where
// the first begins. They may be the same memory.
func spreadEnds(ends, from []uint32, bitmap []byte, valid int) {
	rows := len(ends) - 1
	n := rows &^ 7
	for i := rows - 1; i >= n; i-- {
		ends[i+1] = from[valid]
		valid -= int(bitmap[i>>3] >> (i & 7) & 1)
	}
	bitmap = bitmap[:n/8]
	for k := len(bitmap) - 1; k >= 0; k-- {
		b := bitmap[k]
		valid -= bits.OnesCount64(uint64(b))
		to, from, at := (*[8]uint32)(ends[8*k+1:]), from[valid:], &endsOf[b]
		to[7] = from[at[7]] // from the end, as in spread
		to[6] = from[at[6]]
		to[5] = from[at[5]]
		to[4] = from[at[4]]
		to[3] = from[at[3]]
		to[2] = from[at[2]]
		to[1] = from[at[1]]
		to[0] = from[at[0]]
	}
	ends[0] = from[0]
}

// setMarks writes out a bitmap.
func setMarks(marks []bool, bitmap []byte) {
	for len(marks) >= 8 {
		*(*[8]bool)(marks) = marksOf[bitmap[0]]
		marks, bitmap = marks[8:], bitmap[1:]
	}
	for i := range marks {
		marks[i] = bitmap[0]>>i&1 == 1
	}
}

// readBits is read for values of one bit, into a bitmap of n values. dst has
// bitmapSize(n) bytes; bits beyond n are 0.
func (h *hybrid) readBits(dst []byte, n int) error {
	dst = dst[:bitmapSize(n)]
	for at := 0; at < n; {
		switch {
		case h.run > 0:
			k := min(h.run, n-at)
			putRun(dst, at, k, -byte(h.value))
			h.run -= k
			at += k
		case h.at < h.count:
			k := min(h.count-h.at, n-at)
			putBits(dst, at, k, h.packed, h.at)
			h.at += k
			at += k
		default:
			if at&7 == 0 {
				k := h.shortRuns(dst[at>>3 : n>>3])
				if at += 8 * k; at == n {
					break
				}
			}
			if err := h.header(); err != nil {
				return err
			}
		}
	}
	dst[n>>3] &= 1<<(n&7) - 1
	dst[n>>3+1] = 0
	return nil
}

// shortRuns reads runs as long as they are of whole bytes and fit dst, and
// their headers of one byte, or two of equal values. It returns how many bytes it wrote.
func (h *hybrid) shortRuns(dst []byte) int {
	d, at := h.data, 0
	for len(d) > 1 {
		x, k := d[0], int(d[0]>>1)
		if len(d) > 8 && len(dst)-at >= 8 {
			if k, next := runOrGroups((*[9]byte)(d), (*[8]byte)(dst[at:])); k < 8 {
				d, at = d[next:], at+k
				continue
			}
		}
		if x&1 == 1 {
			if x >= 0x80 || k >= len(d) || k > len(dst)-at {
				break
			}
			copy(dst[at:], d[1:k+1])
			d = d[k+1:]
		} else {
			run := d[1:]
			if x >= 0x80 { // a header of two bytes, or more
				k, run = k&0x3f|int(d[1])<<6, d[2:]
			}
			if x >= 0x80 && d[1] >= 0x80 || k&7 != 0 || len(run) == 0 || run[0] > 1 || k>>3 > len(dst)-at {
				break
			}
			k >>= 3
			set(dst[at:at+k], -run[0])
			d = run[1:]
		}
		at += k
	}
	h.data = d
	return at
}

// runOrGroups reads a run or bit-packed groups of fewer than 8 bytes, and writes
// 8. It returns how many of them count, and where the next header is. Which of
// the two it is cannot be predicted, nor its length, so no branch hangs on them.
func runOrGroups(d *[9]byte, dst *[8]byte) (k, next int) {
	x, word := uint64(d[0]), binary.LittleEndian.Uint64(d[1:])
	packed := x & 1
	size := x >> ((4 - 3*packed) & 7)
	if (x&0xf|word&0xff>>1)&^-packed != 0 { // not of whole bytes, or damaged
		return 8, 0
	}
	same := -(word & 1)
	binary.LittleEndian.PutUint64(dst[:], same^(same^word)&-packed)
	return int(size), int(2 + (size-1)&-packed)
}

// putRun writes n bits at at, all as those of b, and zeros or more of them up
// to two bytes' end.
func putRun(dst []byte, at, n int, b byte) {
	if n > 0 && at&7 != 0 {
		putByte(dst, at, b)
		n, at = n-(8-at&7), (at+7)&^7
	}
	if n > 0 {
		set(dst[at>>3:(at+n+7)>>3], b)
	}
}

// putBits writes n bits of src from bit from on, as putRun does.
func putBits(dst []byte, at, n int, src []byte, from int) {
	for ; n > 0; at, from, n = at+8, from+8, n-8 {
		i := from >> 3
		x := uint(src[i])
		if i+1 < len(src) {
			x |= uint(src[i+1]) << 8
		}
		putByte(dst, at, byte(x>>(from&7)))
	}
}

func putByte(dst []byte, at int, b byte) {
	i, shift := at>>3, at&7
	x := uint(b) << shift
	d := dst[i : i+2 : i+2]
	d[0] = d[0]&(1<<shift-1) | byte(x)
	d[1] = byte(x >> 8)
}
