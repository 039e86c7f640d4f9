package parquet

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func (v *values) smallDecimals(l *leaf, dst *source.Strings, n int) error {
	v.numbers = grow(v.numbers[:0], n)
	if err := v.ints(l, v.numbers); err != nil {
		return err
	}
	var digits [20]byte
	for _, x := range v.numbers {
		abs := uint64(x)
		if x < 0 {
			abs = -abs
		}
		dst.Bytes = appendDecimal(dst.Bytes, x < 0, strconv.AppendUint(digits[:0], abs, 10), l.scale)
		dst.Offsets = append(dst.Offsets, uint32(len(dst.Bytes)))
	}
	return nil
}

// appendBigDecimal reads a big-endian two's complement number.
func appendBigDecimal(dst, b []byte, scale int) ([]byte, error) {
	if len(b) == 0 || len(b) > maxDecimalBytes {
		return dst, fmt.Errorf("decimal of %d bytes", len(b))
	}
	negative := b[0] >= 0x80
	x := new(big.Int).SetBytes(b)
	if negative {
		x.Sub(new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))), x)
	}
	var digits [maxDecimalDigits + 2]byte
	return appendDecimal(dst, negative, x.Append(digits[:0], 10), scale), nil
}

// appendDecimal writes digits with scale of them behind the point, without
// trailing zeros.
func appendDecimal(dst []byte, negative bool, digits []byte, scale int) []byte {
	for scale > 0 && len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	if len(digits) == 0 {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	whole := len(digits) - scale
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[:whole]...)
	}
	if scale > 0 {
		dst = append(dst, '.')
		for ; whole < 0; whole++ {
			dst = append(dst, '0')
		}
		dst = append(dst, digits[len(digits)-min(scale, len(digits)):]...)
	}
	return dst
}
