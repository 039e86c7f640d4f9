//go:build !amd64 || purego

package parquet

func spreadWide([]uint32, []byte, int, uint32) bool { return false }

func mostWide([]uint32) (most uint32, n int) { return 0, 0 }
