//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

//go:noescape
func packTwo(keys, x, y *uint32, n int, s, t, base, keep uint32)

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
		size, base, keep := min(n-from, inCache), base, uint32(0)
		for rest := columns; len(rest) > 0; base, keep = 0, ^uint32(0) {
			x, y := rest[0], Column{Codes: rest[0].Codes} // an odd one goes with itself, times 0
			if rest = rest[1:]; len(rest) > 0 {
				y, rest = rest[0], rest[1:]
			}
			packTwo(&keys[from], &x.Codes[from], &y.Codes[from], size, x.Stride, y.Stride, base, keep)
		}
	}
	return n
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
