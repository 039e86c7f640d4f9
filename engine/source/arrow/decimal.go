package arrow

import (
	"math/big"
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/plumbline-audit/plumbline/engine/source/internal/canon"
)

// decimals appends the canonical text of decimals.
func (t *textBuffer) decimals(f *field, v values, from, to int) {
	var digits [96]byte
	for i := from; i < to; i++ {
		var text []byte
		negative := false
		switch a := v.Array.(type) {
		case *array.Decimal32:
			text, negative = appendInt(digits[:0], int64(a.Value(i)))
		case *array.Decimal64:
			text, negative = appendInt(digits[:0], int64(a.Value(i)))
		case *array.Decimal128:
			text, negative = appendWide(digits[:0], a.Value(i))
		case *array.Decimal256:
			x := a.Value(i).BigInt()
			negative = x.Sign() < 0
			text = x.Abs(x).Append(digits[:0], 10)
		}
		t.bytes = canon.Decimal(t.bytes, negative, text, int(f.scale))
		t.offsets[i-from+1] = uint32(len(t.bytes))
	}
}

func appendInt(dst []byte, x int64) ([]byte, bool) {
	abs := uint64(x)
	if x < 0 {
		abs = -abs
	}
	return strconv.AppendUint(dst, abs, 10), x < 0
}

// appendWide appends the digits of a 128-bit number, most of which are small.
func appendWide(dst []byte, n decimal128.Num) ([]byte, bool) {
	hi, lo, negative := uint64(n.HighBits()), n.LowBits(), n.HighBits() < 0
	if negative {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	if hi == 0 {
		return strconv.AppendUint(dst, lo, 10), negative
	}
	x := new(big.Int).SetUint64(hi)
	x.Or(x.Lsh(x, 64), new(big.Int).SetUint64(lo))
	return x.Append(dst, 10), negative
}
