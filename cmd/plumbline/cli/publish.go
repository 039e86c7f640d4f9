package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// publish writes a result to its destinations and returns the paths. Files
// appear together when all of them are complete; streams (stdout, devices,
// named pipes) follow.
func (a *app) publish(ctx context.Context, r *audit.Result, list []destination, folder string) ([]string, error) {
	var s stage
	defer s.abort()
	var paths []string
	var files, streams []destination // files with where they are written first
	into := ""
	for _, d := range list {
		to, from := d.path, ""
		var err error
		switch {
		case isStream(to):
			streams = append(streams, d)
			continue
		case to != "":
			from, err = s.place(to)
		default:
			to = filepath.Join(folder, d.format.File)
			if into == "" {
				into, err = s.folder(folder)
			}
			from = filepath.Join(into, d.format.File)
		}
		if err != nil {
			return nil, diskFault(to, err)
		}
		paths, files = append(paths, to), append(files, destination{d.format, from})
	}
	for i, err := range render(files, r) {
		if err != nil {
			return nil, diskFault(paths[i], err)
		}
	}
	if ctx.Err() != nil {
		return nil, context.Canceled
	}
	if err := s.commit(); err != nil {
		return nil, diskFault(folder, err)
	}
	for _, d := range streams {
		if err := a.stream(d, r); err != nil {
			return paths, err
		}
	}
	return paths, nil
}

// render writes files at once: reports only read the result. It returns what went
// wrong with each.
func render(files []destination, r *audit.Result) []error {
	faults := make([]error, len(files))
	var wait sync.WaitGroup
	for i, d := range files {
		wait.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					faults[i] = caught(v)
				}
			}()
			faults[i] = writeFile(d.path, func(w io.Writer) error { return d.format.Write(w, r) })
		})
	}
	wait.Wait()
	return faults
}

// try finds out, before a long scan, whether the files can be created.
func try(list []destination, folder string) error {
	var s stage
	defer s.abort()
	for _, d := range list {
		if isStream(d.path) {
			continue
		}
		to := d.path
		var err error
		if to == "" {
			to = folder
			_, err = s.folder(to)
		} else {
			err = s.file(to, func(io.Writer) error { return nil })
		}
		if err != nil {
			return diskFault(to, err)
		}
	}
	return nil
}

// isStream reports whether a path is written to rather than replaced.
func isStream(path string) bool {
	if path == stdoutPath {
		return true
	}
	info, err := os.Stat(path)
	return path != "" && err == nil && !info.Mode().IsRegular()
}

// stream writes a report to stdout, a device or a named pipe.
func (a *app) stream(d destination, r *audit.Result) error {
	if d.path == stdoutPath {
		return a.print(func(w io.Writer) error { return d.format.Write(w, r) })
	}
	f, err := os.OpenFile(d.path, os.O_WRONLY, 0)
	if err != nil {
		return diskFault(d.path, err)
	}
	err = d.format.Write(f, r)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return diskFault(d.path, err)
	}
	return nil
}

// print writes to stdout. That nobody reads on, as with head, is no fault.
func (a *app) print(render func(io.Writer) error) error {
	err := render(a.stdout)
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return diskFault("to standard output", err)
}
