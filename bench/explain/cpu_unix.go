//go:build unix

package main

import (
	"runtime"
	"syscall"
	"time"
)

// used is the processor's time of this process so far, in seconds.
func used() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return (time.Duration(u.Utime.Nano()) + time.Duration(u.Stime.Nano())).Seconds()
}

// peak is the greatest resident set of this process, in bytes.
func peak() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" { // it counts bytes there
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) * 1024
}
