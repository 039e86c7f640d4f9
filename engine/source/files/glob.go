package files

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// glob adds what a pattern matches: *, ? and [a-z] within a name, ** for any
// number of folders. A folder that is matched stands for all files in it.
func (r *resolver) glob(p, full string) error {
	m := matcher{resolver: r, pattern: p, looked: map[int]identities{}}
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
	if err := r.follow(); err != nil {
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
	looked  map[int]identities // folders by how many parts were left to match in them: links can make loops
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
		return m.take(shown, at, info)
	}
	if !info.IsDir() || !m.first(len(parts), info) {
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
		further := func() error {
			return m.match(path.Join(shown, e.Name()), filepath.Join(at, e.Name()), next, depth+1)
		}
		if e.link {
			m.links = append(m.links, further)
		} else if err := further(); err != nil {
			return err
		}
	}
	return nil
}

// first says whether no folder of this identity was matched with as many parts.
func (m *matcher) first(parts int, folder fs.FileInfo) bool {
	if m.looked[parts] == nil {
		m.looked[parts] = identities{}
	}
	return m.looked[parts].add(folder)
}

func (m *matcher) take(shown, at string, info fs.FileInfo) error {
	m.matches++
	if info.IsDir() {
		return m.walk(shown, at, 0)
	}
	m.add(m.pattern, at, info)
	return nil
}
