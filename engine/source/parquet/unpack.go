package parquet

import (
	"encoding/binary"

	"github.com/parquet-go/bitpack"
)

// wideUnpack is from how many values on the vector instructions pay.
const wideUnpack = 32

// unpack takes len(dst) values of width bits (1 to 32), from value start on,
// out of src, least significant bit first. src holds them all.
func unpack(dst []uint32, src []byte, start, width int) {
	if width == 1 && start&7 == 0 && len(dst) == 8 { // one group between runs
		unpack1(dst, src[start/8:])
		return
	}
	for start%8 != 0 && len(dst) > 0 { // to the start of a group of 8 values
		dst[0] = uint32(bitsAt(src, start*width, width))
		dst, start = dst[1:], start+1
	}
	src = src[start*width/8:]
	src = src[:cap(src)] // the page goes on behind the values: what is read ahead may be anything
	n := 0
	if room := len(src) - bitpack.PaddingInt32; len(dst) >= wideUnpack && room > 0 {
		// It reads ahead of what it needs, but not beyond src.
		n = min(len(dst), room*8/width) &^ 7
		bitpack.Unpack(dst[:n], src, uint(width))
		dst, src, n = dst[n:], src[n/8*width:], 0
	}
	switch {
	case width == 1:
		n = unpack1(dst, src)
	case width <= 8:
		n = unpack8(dst, src, width)
	case width <= 15:
		n = unpack15(dst, src, width)
	case width <= 29:
		n = unpack29(dst, src, width)
	}
	for ; n < len(dst); n++ {
		dst[n] = uint32(bitsAt(src, n*width, width))
	}
}

// bitsAt is the number of width (0 to 64) bits at bit pos of src.
func bitsAt(src []byte, pos, width int) uint64 {
	i, shift := pos>>3, pos&7
	var x uint64
	if i+8 <= len(src) {
		x = binary.LittleEndian.Uint64(src[i:])
	} else {
		for j, b := range src[i:] {
			x |= uint64(b) << (8 * j)
		}
	}
	x >>= shift
	if shift+width > 64 {
		x |= uint64(src[i+8]) << (64 - shift)
	}
	if width < 64 {
		x &= 1<<width - 1
	}
	return x
}

func unpack1(dst []uint32, src []byte) int {
	n := len(dst) &^ 7
	for i := 0; i < n; i += 8 {
		d, x := dst[i:i+8:i+8], uint32(src[i/8])
		d[0], d[1], d[2], d[3] = x&1, x>>1&1, x>>2&1, x>>3&1
		d[4], d[5], d[6], d[7] = x>>4&1, x>>5&1, x>>6&1, x>>7
	}
	return n
}

// unpack8 takes eight values out of one load of 64 bits.
func unpack8(dst []uint32, src []byte, width int) int {
	w, mask := uint(width)&31, uint32(1)<<(uint(width)&31)-1
	i := 0
	for ; i+8 <= len(dst) && len(src) >= 8; i, src = i+8, src[width:] {
		d, x := dst[i:i+8:i+8], binary.LittleEndian.Uint64(src)
		d[0] = uint32(x) & mask
		x >>= w
		d[1] = uint32(x) & mask
		x >>= w
		d[2] = uint32(x) & mask
		x >>= w
		d[3] = uint32(x) & mask
		x >>= w
		d[4] = uint32(x) & mask
		x >>= w
		d[5] = uint32(x) & mask
		x >>= w
		d[6] = uint32(x) & mask
		x >>= w
		d[7] = uint32(x) & mask
	}
	return i
}

// unpack15 takes four values out of each load: 4 x 15 bits and a shift of up
// to 4 fit 64.
func unpack15(dst []uint32, src []byte, width int) int {
	w, mask := uint(width)&31, uint32(1)<<(uint(width)&31)-1
	half, shift := width/2, uint(width*4)&7
	i := 0
	for ; i+8 <= len(dst) && len(src) >= half+8; i, src = i+8, src[width:] {
		d := dst[i : i+8 : i+8]
		x := binary.LittleEndian.Uint64(src)
		d[0], d[1] = uint32(x)&mask, uint32(x>>w)&mask
		d[2], d[3] = uint32(x>>(2*w))&mask, uint32(x>>(3*w&63))&mask
		x = binary.LittleEndian.Uint64(src[half:]) >> shift
		d[4], d[5] = uint32(x)&mask, uint32(x>>w)&mask
		d[6], d[7] = uint32(x>>(2*w))&mask, uint32(x>>(3*w&63))&mask
	}
	return i
}

// unpack29 takes two values out of each load: 2 x 29 bits and a shift of up to
// 6 fit 64.
func unpack29(dst []uint32, src []byte, width int) int {
	w, mask := uint(width)&31, uint32(1)<<(uint(width)&31)-1
	i := 0
	for ; i+8 <= len(dst) && len(src) >= width+8; i, src = i+8, src[width:] {
		d := dst[i : i+8 : i+8]
		for j := 0; j < 8; j += 2 {
			bit := j * width
			x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
			d[j], d[j+1] = uint32(x)&mask, uint32(x>>w)&mask
		}
	}
	return i
}
