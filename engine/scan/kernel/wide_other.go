//go:build !amd64 || purego

package kernel

func packWide(keys []uint32, base uint32, columns []Column) int { return 0 }

func rangeWide(xs []int64) (low, high int64, n int) { return xs[0], xs[0], 0 }

func occurringWide(codes []uint32) (n int, bits uint32) { return 0, 0 }

func lookupWide(out, codes, entries []uint32) (n int, all bool) { return 0, true }
