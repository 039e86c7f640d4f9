// Package kernel holds the loops that run once per row. Each does one simple
// thing to whole columns; its tests compare it with a reference that does the
// same row by row.
package kernel

// Count2 counts rows by two codes: counts[a*stride+b].
func Count2(counts []uint32, a, b []uint32, stride uint32) {
	b = b[:len(a)]
	for i, x := range a {
		counts[x*stride+b[i]]++
	}
}

// Count2Rows is Count2 for chosen rows.
func Count2Rows(counts []uint32, a, b []uint32, stride uint32, rows []int32) {
	b = b[:len(a)]
	for _, row := range rows {
		counts[a[row]*stride+b[row]]++
	}
}

// Few is how many entries Occurring tells apart, and a column of Pack may have.
const Few = 16

// Column is what a column of codes adds to keys: code times stride or, if there are
// entries, that of code + 1 times stride. The entry of the greatest code, which stands
// for none, is the first.
type Column struct {
	Codes   []uint32
	Entries []uint32 // at most Few
	Stride  uint32
}

// Pack makes keys: base and what every column adds. A code is multiplied, not
// shifted: processors do that faster by a number that is not known beforehand.
func Pack(keys []uint32, base uint32, columns []Column) {
	packPlain(keys, packWide(keys, base, columns), base, columns)
}

// packPlain is Pack from a row on.
func packPlain(keys []uint32, from int, base uint32, columns []Column) {
	keys = keys[from:]
	for i := range keys {
		keys[i] = base
	}
	for _, c := range columns {
		codes := c.Codes[from:][:len(keys)]
		if c.Entries == nil {
			for i := range keys {
				keys[i] += codes[i] * c.Stride
			}
			continue
		}
		added := c.added()
		for i := range keys {
			keys[i] += added[codes[i]%Few]
		}
	}
}

// added is what codes add, by their lowest bits, of which those of none are all set.
func (c *Column) added() (added [Few]uint32) {
	for i, x := range c.Entries {
		added[(i+Few-1)%Few] = x * c.Stride
	}
	return added
}

// Occurring has the bit code + 1 of every code that occurs. Codes are below Few - 1, or
// the greatest, which stands for none.
func Occurring(codes []uint32) uint32 {
	n, bits := occurringWide(codes)
	for _, c := range codes[n:] {
		bits |= 1 << (c % Few)
	}
	return (bits<<1 | bits>>(Few-1)) & (1<<Few - 1)
}

// Count counts rows by key.
func Count(counts, keys []uint32) {
	for _, k := range keys {
		counts[k]++
	}
}

// CountRows is Count for chosen rows.
func CountRows(counts, keys []uint32, rows []int32) {
	for _, row := range rows {
		counts[keys[row]]++
	}
}

// CountCodes counts rows by code + 1, so that the greatest code, which stands for
// none, is counted first. It adds to every other row's count elsewhere, because a
// processor waits for a count that was just written; twice is that room.
func CountCodes(counts, twice, codes []uint32) {
	twice = twice[:len(counts)]
	for ; len(codes) >= 2; codes = codes[2:] {
		counts[codes[0]+1]++
		twice[codes[1]+1]++
	}
	for _, c := range codes {
		counts[c+1]++
	}
	for i, n := range twice {
		counts[i] += n
	}
}

// Unknown marks a key without an entry in a table for Lookup.
const Unknown = ^uint32(0)

// Lookup looks every key up, and tells whether all have an entry. Entries are
// below 1<<31.
func Lookup(out, keys, entries []uint32) bool {
	out = out[:len(keys)]
	all := uint32(0)
	for i, k := range keys {
		x := entries[k]
		out[i] = x
		all |= x
	}
	return all>>31 == 0
}

// LookupCodes is Lookup by code + 1, so that the entry of the greatest code, which
// stands for none, is the first.
func LookupCodes(out, codes, entries []uint32) bool {
	n, all := lookupWide(out, codes, entries)
	return lookupPlain(out[n:len(codes)], codes[n:], entries) && all
}

// lookupPlain is LookupCodes without vector instructions.
func lookupPlain(out, codes, entries []uint32) bool {
	all := uint32(0)
	for i, k := range codes {
		x := entries[k+1]
		out[i] = x
		all |= x
	}
	return all>>31 == 0
}

// LookupRows is Lookup for chosen rows.
func LookupRows(out, keys, entries []uint32, rows []int32) bool {
	out = out[:len(keys)]
	all := uint32(0)
	for _, row := range rows {
		x := entries[keys[row]]
		out[row] = x
		all |= x
	}
	return all>>31 == 0
}

// Range is the least and the greatest of some numbers. Four are compared at a
// time, because each comparison waits for the one before it.
func Range(xs []int64) (low, high int64) {
	low, high, n := rangeWide(xs)
	lowRest, highRest := rangePlain(xs[min(n, len(xs)-1):])
	return min(low, lowRest), max(high, highRest)
}

// rangePlain is Range without vector instructions.
func rangePlain(xs []int64) (low, high int64) {
	low, high = xs[0], xs[0]
	l1, l2, l3, h1, h2, h3 := low, low, low, high, high, high
	for ; len(xs) >= 4; xs = xs[4:] {
		low, high = min(low, xs[0]), max(high, xs[0])
		l1, h1 = min(l1, xs[1]), max(h1, xs[1])
		l2, h2 = min(l2, xs[2]), max(h2, xs[2])
		l3, h3 = min(l3, xs[3]), max(h3, xs[3])
	}
	for _, x := range xs {
		low, high = min(low, x), max(high, x)
	}
	return min(low, l1, l2, l3), max(high, h1, h2, h3)
}

// Most is the greatest of some codes.
func Most(codes []uint32) (most uint32) {
	for _, c := range codes {
		most = max(most, c)
	}
	return most
}

// First is the position of the first code that has one of some bits, or the number
// of codes if none has.
func First(codes []uint32, bits uint32) int {
	at := 0
	for ; len(codes)-at >= 8; at += 8 {
		c := (*[8]uint32)(codes[at:])
		if (c[0]|c[1]|c[2]|c[3]|c[4]|c[5]|c[6]|c[7])&bits != 0 {
			break
		}
	}
	for ; at < len(codes) && codes[at]&bits == 0; at++ {
	}
	return at
}

// AnyNaN tells whether one of some numbers is not a number.
func AnyNaN(xs []float64) bool {
	for _, x := range xs {
		if x != x {
			return true
		}
	}
	return false
}
