package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// found is a file of the log.
type found struct {
	path string // for the operating system
	name string // as the configuration would call it: relative to the base folder, but absolute if it is outside and listed so; with slashes
}

// resolver turns what a configuration lists into files. What is listed twice, or
// met again by way of a link, is read once. Links are followed last, so that a
// file has the name of the folder that it is in.
type resolver struct {
	base    string
	all     []found
	files   identities
	folders identities // whose files were all taken
	met     int        // files, also those that were there before
	links   []func() error
}

const maxDepth = 64 // of folders

// resolve finds the files, sorted by name.
func resolve(base string, paths []string) ([]found, error) {
	abs, err := filepath.Abs(base)
	if err != nil {
		return nil, source.Reason(err)
	}
	r := resolver{base: abs, files: identities{}, folders: identities{}}
	for _, p := range paths {
		if err := r.entry(p); err != nil {
			return nil, err
		}
	}
	if len(r.all) == 0 {
		return nil, errors.New("no log file was found")
	}
	slices.SortFunc(r.all, func(a, b found) int { return strings.Compare(a.name, b.name) })
	return r.all, nil
}

// entry finds the files of one path, folder or glob.
func (r *resolver) entry(p string) error {
	switch {
	case p == "":
		return &source.Error{Path: `""`, Err: errors.New("an empty path")}
	case p == stdinPath:
		return &source.Error{Path: p, Err: errors.New("standard input cannot be one of several files"), Hint: "give it alone"}
	case strings.Contains(p, "://"):
		return &source.Error{Path: p, Err: errors.New("reading from object stores is not available in this version")}
	}
	full := filepath.FromSlash(p)
	if !filepath.IsAbs(full) {
		full = filepath.Join(r.base, full)
	}
	info, err := os.Stat(full)
	switch {
	case err == nil && info.IsDir():
		return r.folder(p, full)
	case err == nil:
		r.add(p, full, info)
		return nil
	case !errors.Is(err, fs.ErrNotExist) || !strings.ContainsAny(p, "*?["):
		return &source.Error{Path: p, Err: source.Reason(err), Hint: relativeHint(err)}
	}
	return r.glob(p, full)
}

func relativeHint(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "paths are relative to the folder of the configuration"
	}
	return ""
}

// add takes a file that the path p of the configuration names or leads to.
func (r *resolver) add(p, full string, info fs.FileInfo) {
	r.met++
	if !r.files.add(info) {
		return
	}
	full = filepath.Clean(full)
	name := full
	relative, err := filepath.Rel(r.base, full)
	if err == nil && (filepath.IsLocal(relative) || !filepath.IsAbs(filepath.FromSlash(p))) {
		name = relative
	}
	r.all = append(r.all, found{full, filepath.ToSlash(name)})
}

func (r *resolver) folder(p, full string) error {
	before := r.met
	err := r.walk(p, full, 0)
	if err == nil {
		err = r.follow()
	}
	if err == nil && r.met == before {
		err = &source.Error{Path: p, Err: errors.New("the folder holds no log file"),
			Hint: `files whose names begin with "." or "_" are not looked at`}
	}
	return err
}

// walk adds the files of a folder and of the folders in it.
func (r *resolver) walk(p, full string, depth int) error {
	info, err := os.Stat(full)
	if err != nil {
		return &source.Error{Path: p, Err: source.Reason(err)}
	}
	if !r.folders.add(info) {
		r.met++
		return nil
	}
	entries, err := list(p, full, depth)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, at := path.Join(p, e.Name()), filepath.Join(full, e.Name())
		take := func() error { r.add(name, at, e.FileInfo); return nil }
		if e.IsDir() {
			take = func() error { return r.walk(name, at, depth+1) }
		}
		if e.link {
			r.links = append(r.links, take)
		} else if err := take(); err != nil {
			return err
		}
	}
	return nil
}

// follow takes what links lead to, and the links in that.
func (r *resolver) follow() error {
	for len(r.links) > 0 {
		next := r.links[0]
		r.links = r.links[1:]
		if err := next(); err != nil {
			return err
		}
	}
	return nil
}

// list gives what a folder holds, links followed, bookkeeping left out.
func list(p, full string, depth int) ([]entry, error) {
	if depth > maxDepth {
		return nil, &source.Error{Path: p, Err: fmt.Errorf("folders are nested more than %d deep", maxDepth)}
	}
	entries, err := os.ReadDir(full)
	if err != nil {
		return nil, &source.Error{Path: p, Err: source.Reason(err)}
	}
	var kept []entry
	for _, e := range entries {
		if skipped(e.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(full, e.Name()))
		if err != nil {
			return nil, &source.Error{Path: path.Join(p, e.Name()), Err: source.Reason(err)}
		}
		kept = append(kept, entry{info, e.Name(), e.Type()&fs.ModeSymlink != 0})
	}
	return kept, nil
}

// entry is what a folder holds under a name, which may be that of a link.
type entry struct {
	fs.FileInfo
	name string
	link bool
}

func (e entry) Name() string { return e.name }

// skipped recognizes hidden files and the bookkeeping of other programs:
// _SUCCESS, _metadata, _delta_log, .part.crc. A partition folder may begin with
// an underscore.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".crc") ||
		strings.HasPrefix(name, "_") && !strings.Contains(name, "=")
}
