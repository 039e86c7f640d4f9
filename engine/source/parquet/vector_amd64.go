//go:build !purego

package parquet

import (
	"golang.org/x/sys/cpu"

	"github.com/plumbline-audit/plumbline/engine/source"
)

//go:noescape
func spreadNulls(rows *uint32, bitmap *byte, bytes, valid int, places *[256][8]uint8)

//go:noescape
func greatest(values *uint32, n int) (most uint32)

// spreadWide is spreadPlain with vector instructions. It tells whether it could.
func spreadWide(rows []uint32, bitmap []byte, valid int, none uint32) bool {
	if len(bitmap) == 0 || len(rows) < 8*len(bitmap) || none != source.NullCode || !cpu.X86.HasAVX2 ||
		valid != countBits(bitmap) { // or it would read elsewhere
		return false
	}
	spreadNulls(&rows[0], &bitmap[0], len(bitmap), valid, &placesOf)
	return true
}

// mostWide is the greatest of some first values, of so many.
func mostWide(values []uint32) (most uint32, n int) {
	if n = len(values) &^ 15; n == 0 || !cpu.X86.HasAVX2 {
		return 0, 0
	}
	return greatest(&values[0], n), n
}
