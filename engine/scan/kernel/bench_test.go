package kernel

import (
	"strconv"
	"testing"
)

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
	for name, of := range map[string]func([]int64) (low, high int64){"wide": Range, "plain": rangePlain} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				of(xs)
			}
			perRow(b)
		})
	}
}

func BenchmarkPack(b *testing.B) {
	columns := []Column{
		{Codes: few(8), Stride: 1}, {Codes: few(8), Stride: 8}, {Codes: few(4), Stride: 64}, {Codes: few(2), Stride: 256}, {Codes: few(3), Stride: 512},
	}
	keys := make([]uint32, benchRows)
	pack := func(b *testing.B) {
		for b.Loop() {
			Pack(keys, 5, columns)
		}
		perRow(b)
	}
	b.Run("codes", pack)
	for _, size := range []int{8, Few} {
		for i := range columns {
			columns[i].Entries, columns[i].Codes = few(uint32(size))[:size], few(uint32(size)-1)
		}
		b.Run("entries="+strconv.Itoa(size), pack)
	}
}

func BenchmarkOccurring(b *testing.B) {
	codes := few(7)
	for b.Loop() {
		Occurring(codes)
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
