//go:build !purego

package kernel

import (
	"slices"

	"golang.org/x/sys/cpu"
)

//go:noescape
func packTwo(keys, x, y *uint32, n int, s, t, base, keep uint32)

//go:noescape
func packLook(keys, x, y *uint32, n int, added *[2][Few]uint32, base, keep uint32)

//go:noescape
func packLook8(keys, x, y *uint32, n int, added *[2][Few]uint32, base, keep uint32)

//go:noescape
func extremes(xs *int64, n int, least, most *[4]int64)

//go:noescape
func occurring(codes *uint32, n int) (bits uint32)

//go:noescape
func lookup16(out, codes *uint32, n int, entries *[16]uint32) (odd uint32)

// inCache is how many keys stay in the nearest cache while column after column is
// added to them.
const inCache = 1 << 11

// packWide makes the first keys as packPlain does, with vector instructions, and
// returns how many.
func packWide(keys []uint32, base uint32, columns []Column) int {
	n := len(keys) &^ 7
	if n == 0 || len(columns) == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	for _, c := range columns {
		_ = c.Codes[n-1]
	}
	for from := 0; from < n; from += inCache {
		keys, base, keep := keys[from:min(from+inCache, n)], base, uint32(0)
		for _, looked := range [...]bool{false, true} {
			var last *Column // that waits for another
			for i := range columns {
				switch c := &columns[i]; {
				case looked != (c.Entries != nil):
				case last == nil:
					last = c
				default:
					packPair(keys, last, c, from, base, keep)
					last, base, keep = nil, 0, ^uint32(0)
				}
			}
			if last != nil { // an odd one goes with itself, times 0
				packPair(keys, last, &Column{Codes: last.Codes, Entries: last.Entries}, from, base, keep)
				base, keep = 0, ^uint32(0)
			}
		}
	}
	return n
}

// packPair adds two columns, of codes or of entries both, from a row on.
func packPair(keys []uint32, x, y *Column, from int, base, keep uint32) {
	if x.Entries == nil {
		packTwo(&keys[0], &x.Codes[from], &y.Codes[from], len(keys), x.Stride, y.Stride, base, keep)
		return
	}
	added := [2][Few]uint32{x.added(), y.added()}
	if len(x.Entries) <= 8 && len(y.Entries) <= 8 {
		added[0][7], added[1][7] = added[0][Few-1], added[1][Few-1] // none, by its lowest 3 bits
		packLook8(&keys[0], &x.Codes[from], &y.Codes[from], len(keys), &added, base, keep)
		return
	}
	packLook(&keys[0], &x.Codes[from], &y.Codes[from], len(keys), &added, base, keep)
}

// rangeWide is the least and the greatest of some first numbers, of so many.
func rangeWide(xs []int64) (low, high int64, n int) {
	if n = len(xs) &^ 7; n == 0 || !cpu.X86.HasAVX2 {
		return xs[0], xs[0], 0
	}
	var least, most [4]int64
	extremes(&xs[0], n, &least, &most)
	return slices.Min(least[:]), slices.Max(most[:]), n
}

// occurringWide looks at the first codes with vector instructions, and returns how
// many, and the bits code % Few of those that occur.
func occurringWide(codes []uint32) (n int, bits uint32) {
	if n = len(codes) &^ 7; n == 0 || !cpu.X86.HasAVX2 {
		return 0, 0
	}
	return n, occurring(&codes[0], n)
}

// lookupWide looks the first codes up as lookupPlain does, with vector
// instructions, if entries are few, and returns how many.
func lookupWide(out, codes, entries []uint32) (n int, all bool) {
	var few [16]uint32
	n = len(codes) &^ 7
	if n == 0 || len(entries) > len(few) || !cpu.X86.HasAVX2 {
		return 0, true
	}
	copy(few[:], entries)
	return n, lookup16(&out[:n][0], &codes[0], n, &few) == 0
}
