// Package kernel holds the loops that run once per row. Each does one simple
// thing to whole columns; reference.go does the same in the plainest way, and a
// property test compares the two.
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
