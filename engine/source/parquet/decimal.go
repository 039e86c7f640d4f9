package parquet

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/canon"
)

// smallDecimals appends decimals that are stored as integers.
func (v *values) smallDecimals(l *leaf, dst *source.Strings, n int) error {
	if l.physical == typeInt32 {
		v.narrow = grow(v.narrow[:0], n)
		if err := v.words(l, v.narrow); err != nil {
			return err
		}
		appendDecimals(dst, v.narrow, l.scale)
		return nil
	}
	v.numbers = grow(v.numbers[:0], n)
	if err := v.ints(l, v.numbers); err != nil {
		return err
	}
	appendDecimals(dst, v.numbers, l.scale)
	return nil
}

func appendDecimals[T int32 | int64](dst *source.Strings, numbers []T, scale int) {
	var digits [20]byte
	for _, x := range numbers {
		abs := uint64(x)
		if x < 0 {
			abs = -abs
		}
		dst.Bytes = canon.Decimal(dst.Bytes, x < 0, strconv.AppendUint(digits[:0], abs, 10), scale)
		dst.Offsets = append(dst.Offsets, uint32(len(dst.Bytes)))
	}
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
