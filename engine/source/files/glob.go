package files

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// glob adds what a pattern matches: *, ? and [a-z] within a name, ** for any
// number of folders. A folder that is matched stands for all files in it.
func (r *resolver) glob(p, full string) error {
	m := matcher{resolver: r, pattern: p}
	shown, at, parts := splitPattern(p, full)
	for _, part := range parts {
		if _, err := path.Match(part, ""); err != nil {
			return &source.Error{Path: p, Err: errors.New("this is not a valid pattern"),
				Hint: `a "[" that stands for itself is written "[[]"`}
		}
	}
	if err := m.match(shown, at, parts, 0); err != nil {
		return err
	}
	if m.matches == 0 {
		return &source.Error{Path: p, Err: errors.New("no file matches"),
			Hint: "paths are relative to the folder of the configuration"}
	}
	return nil
}

type matcher struct {
	*resolver
	pattern string
	matches int
}

// splitPattern separates the folder before the first wildcard from the names
// to match beneath it.
func splitPattern(p, full string) (shown, at string, parts []string) {
	slashed := filepath.ToSlash(full)
	all := strings.Split(slashed, "/")
	n := 0
	for n < len(all) && !strings.ContainsAny(all[n], "*?[") {
		n++
	}
	at = strings.Join(all[:n], "/")
	if at == "" {
		at = "/"
	}
	names := strings.Split(path.Clean(filepath.ToSlash(p)), "/")
	shown = strings.Join(names[:max(0, len(names)-(len(all)-n))], "/")
	return shown, filepath.FromSlash(at), all[n:]
}

// match adds what the parts match in the folder at.
func (m *matcher) match(shown, at string, parts []string, depth int) error {
	info, err := os.Stat(at)
	if err != nil {
		return nil // a pattern does not match what is not there
	}
	if len(parts) == 0 {
		return m.take(shown, at, info.IsDir())
	}
	if !info.IsDir() {
		return nil
	}
	part, rest := parts[0], parts[1:]
	if !strings.ContainsAny(part, "*?[") {
		return m.match(path.Join(shown, part), filepath.Join(at, part), rest, depth+1)
	}
	if part == "**" {
		if err := m.match(shown, at, rest, depth); err != nil || len(rest) == 0 {
			return err
		}
	}
	entries, err := list(shown, at, depth)
	if err != nil {
		return err
	}
	for _, e := range entries {
		next := rest
		if part == "**" {
			if !e.IsDir() {
				continue
			}
			next = parts
		} else if ok, _ := path.Match(part, e.Name()); !ok {
			continue
		}
		if err := m.match(path.Join(shown, e.Name()), filepath.Join(at, e.Name()), next, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (m *matcher) take(shown, at string, folder bool) error {
	m.matches++
	if folder {
		return m.walk(shown, at, 0)
	}
	m.add(m.pattern, at)
	return nil
}
