package files

import (
	"errors"
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

// resolver turns what a configuration lists into files.
type resolver struct {
	base string
	all  []found
	seen map[string]bool // a file that is listed twice is read once
}

const maxDepth = 64 // of folders; more is a loop of links

// resolve finds the files, sorted by name.
func resolve(base string, paths []string) ([]found, error) {
	abs, err := filepath.Abs(base)
	if err != nil {
		return nil, source.Reason(err)
	}
	r := resolver{base: abs, seen: map[string]bool{}}
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
		r.add(p, full)
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
func (r *resolver) add(p, full string) {
	full = filepath.Clean(full)
	if r.seen[full] {
		return
	}
	r.seen[full] = true
	name := full
	relative, err := filepath.Rel(r.base, full)
	if err == nil && (filepath.IsLocal(relative) || !filepath.IsAbs(filepath.FromSlash(p))) {
		name = relative
	}
	r.all = append(r.all, found{full, filepath.ToSlash(name)})
}

func (r *resolver) folder(p, full string) error {
	before := len(r.seen)
	if err := r.walk(p, full, 0); err != nil {
		return err
	}
	if len(r.seen) == before && !r.holds(full) {
		return &source.Error{Path: p, Err: errors.New("the folder holds no log file"),
			Hint: `files whose names begin with "." or "_" are not looked at`}
	}
	return nil
}

// holds says whether a file of the folder was listed before.
func (r *resolver) holds(full string) bool {
	for f := range r.seen {
		if strings.HasPrefix(f, filepath.Clean(full)+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// walk adds the files of a folder and of the folders in it.
func (r *resolver) walk(p, full string, depth int) error {
	entries, err := list(p, full, depth)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(p, e.Name())
		if e.IsDir() {
			err = r.walk(name, filepath.Join(full, e.Name()), depth+1)
			if err != nil {
				return err
			}
			continue
		}
		r.add(name, filepath.Join(full, e.Name()))
	}
	return nil
}

// list gives what a folder holds, links followed, bookkeeping left out.
func list(p, full string, depth int) ([]fs.FileInfo, error) {
	if depth > maxDepth {
		return nil, &source.Error{Path: p, Err: errors.New("folders are nested too deeply"), Hint: "is there a loop of links?"}
	}
	entries, err := os.ReadDir(full)
	if err != nil {
		return nil, &source.Error{Path: p, Err: source.Reason(err)}
	}
	var kept []fs.FileInfo
	for _, e := range entries {
		if skipped(e.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(full, e.Name()))
		if err != nil {
			return nil, &source.Error{Path: path.Join(p, e.Name()), Err: source.Reason(err)}
		}
		kept = append(kept, named{info, e.Name()})
	}
	return kept, nil
}

// named keeps the name of a link, not of what it leads to.
type named struct {
	fs.FileInfo
	name string
}

func (n named) Name() string { return n.name }

// skipped recognizes hidden files and the bookkeeping of other programs:
// _SUCCESS, _metadata, _delta_log, .part.crc. A partition folder may begin with
// an underscore.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".crc") ||
		strings.HasPrefix(name, "_") && !strings.Contains(name, "=")
}
