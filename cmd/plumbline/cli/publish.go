package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
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
	var streams []destination
	into := ""
	for _, d := range list {
		to := d.path
		render := func(w io.Writer) error { return d.format.Write(w, r) }
		var err error
		switch {
		case isStream(to):
			streams = append(streams, d)
			continue
		case to != "":
			err = s.file(to, render)
		default:
			to = filepath.Join(folder, d.format.File)
			if into == "" {
				into, err = s.folder(folder)
			}
			if err == nil {
				err = writeFile(filepath.Join(into, d.format.File), render)
			}
		}
		if err != nil {
			return nil, diskFault(to, err)
		}
		paths = append(paths, to)
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
