package cli

import (
	"errors"
	"os"
	"runtime/pprof"
)

// profiled does work and writes a CPU profile of it, if a path is given.
func (a *app) profiled(path string, work func() error) (err error) {
	if path == "" {
		return work()
	}
	f, err := os.Create(path)
	if err != nil {
		return diskFault(path, err)
	}
	defer func() {
		pprof.StopCPUProfile()
		if closed := f.Close(); closed != nil {
			err = errors.Join(err, diskFault(path, closed))
		}
	}()
	if err := pprof.StartCPUProfile(f); err != nil {
		return diskFault(path, err)
	}
	return work()
}
