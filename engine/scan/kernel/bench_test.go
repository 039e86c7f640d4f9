package kernel

import "testing"

const benchRows = 1 << 15

// few are codes below n, in no order that a processor learns.
func few(n uint32) []uint32 {
	out, x := make([]uint32, benchRows), uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = x >> 16 % n
	}
	return out
}

func BenchmarkRange(b *testing.B) {
	xs := make([]int64, benchRows)
	for i := range xs {
		xs[i] = int64(i * 7919 % benchRows)
	}
	for b.Loop() {
		Range(xs)
	}
	perRow(b)
}

func BenchmarkPack(b *testing.B) {
	columns := []Column{{few(8), 1}, {few(8), 8}, {few(4), 64}, {few(2), 256}, {few(3), 512}}
	keys := make([]uint32, benchRows)
	for b.Loop() {
		Pack(keys, 5, columns)
	}
	perRow(b)
}

func BenchmarkLookupCodes(b *testing.B) {
	codes, entries, out := few(7), []uint32{3, 2, 1, 0, 5, 6, 7, 4}, make([]uint32, benchRows)
	for b.Loop() {
		LookupCodes(out, codes, entries)
	}
	perRow(b)
}

func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}
