package parquet

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/canon"
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
		dst.Bytes = canon.Decimal(dst.Bytes, x < 0, strconv.AppendUint(digits[:0], abs, 10), l.scale)
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
	return canon.Decimal(dst, negative, x.Append(digits[:0], 10), scale), nil
}
