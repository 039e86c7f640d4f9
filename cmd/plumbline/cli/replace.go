package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/plumbline-audit/plumbline/reports"
)

// replaceFolder moves a folder to its place. A folder that is there already
// goes: the reports of an earlier run with it, files of other people into the
// new one.
func replaceFolder(from, to string) error {
	if _, err := os.Lstat(to); os.IsNotExist(err) {
		if err := os.Rename(from, to); !errors.Is(err, os.ErrExist) {
			return err // nil, unless somebody else was faster
		}
	}
	old := beside(to)
	if err := os.Rename(to, old); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Rename(old, to))
	}
	return retire(old, to)
}

// retire removes a replaced folder. Only files that plumbline writes are
// removed; everything else moves on to the new folder.
func retire(old, to string) error {
	entries, err := os.ReadDir(old)
	if err != nil {
		return err
	}
	ours := map[string]bool{}
	for _, f := range reports.All() {
		ours[f.File] = true
	}
	for _, e := range entries {
		path := filepath.Join(old, e.Name())
		if ours[e.Name()] && e.Type().IsRegular() {
			err = os.Remove(path)
		} else {
			err = os.Rename(path, filepath.Join(to, e.Name()))
		}
		if err != nil {
			return err
		}
	}
	return os.Remove(old)
}

// syncFolder waits until the disk knows the names in a folder. Some file
// systems cannot do that and say so.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

var errNotFolder = errors.New("a file of this name is in the way")

// diskFault says which output could not be written, and what may help.
func diskFault(what string, err error) error {
	var path *os.PathError
	var link *os.LinkError
	var fault *panicked
	if errors.As(err, &fault) { // not the disk's
		return fault
	}
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	hint := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "; free some space, or choose another place with --out or -o"
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR), errors.Is(err, errNotFolder):
		hint = "; choose another place with --out or -o"
	}
	return &outcome{exitBroken, &writeError{what, err, hint}}
}

type writeError struct {
	what string
	err  error
	hint string
}

func (e *writeError) Error() string { return "cannot write " + e.what + ": " + e.err.Error() + e.hint }
func (e *writeError) Unwrap() error { return e.err }
