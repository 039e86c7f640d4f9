//go:build amd64 || arm64

package files

import "syscall"

// willNeed asks the kernel to read a stretch of a file in the background. It may
// refuse: the stretch is then read when it is needed.
func willNeed(fd uintptr, offset, size int64) {
	const advice = 3 // POSIX_FADV_WILLNEED
	_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, fd, uintptr(offset), uintptr(size), advice, 0, 0)
}
