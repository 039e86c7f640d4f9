//go:build !linux || !(amd64 || arm64)

package files

// willNeed does nothing where there is no such call.
func willNeed(uintptr, int64, int64) {}
