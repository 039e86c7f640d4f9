package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// checkReference refuses, before the scan, a --save-reference that cannot be
// served.
func checkReference(path string, conf *config.Audit, targets []destination) error {
	if path == "" {
		return nil
	}
	const flag = "--save-reference"
	if info, err := os.Stat(path); err == nil && info.IsDir() || os.IsPathSeparator(path[len(path)-1]) {
		return usage("%s: %s is a folder; name a file", flag, path)
	}
	if isStream(path) {
		return usage("%s: %s is no file; later audits read the profile from one", flag, path)
	}
	if conf.Windows.Reference.File != "" {
		return usage("%s: the audit compares with a saved profile, so it has no reference windows of its own", flag)
	}
	if conf.Privacy != nil && !conf.Privacy.KeepExact {
		return usage("%s: a profile holds the exact counts of small cells, which privacy.min_cell suppresses; set privacy.keep_exact: true, and do not publish the profile", flag)
	}
	for _, d := range targets {
		if d.path != "" && d.path != stdoutPath && samePlace(d.path, path) {
			return usage("%s and -o %s=%s go to the same place; give one of them another path", flag, d.format.Name, d.path)
		}
	}
	return nil
}

// samePlace compares paths, links followed.
func samePlace(a, b string) bool {
	x, xErr := filepath.Abs(resolved(a))
	y, yErr := filepath.Abs(resolved(b))
	return xErr == nil && yErr == nil && x == y
}

// tryReference finds out, before a long scan, whether the profile can be
// created.
func tryReference(path string) error {
	if path == "" {
		return nil
	}
	var s stage
	defer s.abort()
	if err := s.file(path, func(io.Writer) error { return nil }); err != nil {
		return diskFault(path, err)
	}
	return nil
}

// saveReference writes the profile of the reference windows, as a whole or not
// at all.
func (a *app) saveReference(ctx context.Context, job *engine.Job, path string) error {
	if path == "" {
		return nil
	}
	data, err := attempt(ctx, func(context.Context) ([]byte, error) { return job.Profile() })
	if err != nil {
		return err
	}
	var s stage
	defer s.abort()
	write := func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
	if err := s.file(path, write); err != nil {
		return diskFault(path, err)
	}
	if ctx.Err() != nil {
		return context.Canceled
	}
	if err := s.commit(); err != nil {
		return diskFault(path, err)
	}
	a.notes.info("wrote %s", path)
	return nil
}
