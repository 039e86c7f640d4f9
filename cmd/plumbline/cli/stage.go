package cli

import (
	"bufio"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
)

// stage is where files are written before they are moved to their places, so
// that no reader ever meets half a report: everything is complete and synced
// under hidden names beside the places, or it is not there at all.
type stage struct {
	made  []string // folders that were created, the outermost first
	moves []move
}

// move is a finished file or folder and the place it is for.
type move struct {
	from, to string
	folder   bool
}

// file writes a file for a place.
func (s *stage) file(to string, render func(io.Writer) error) error {
	from, err := s.place(to)
	if err != nil {
		return err
	}
	return writeFile(from, render)
}

// place says where to write a file for a place before commit.
func (s *stage) place(to string) (from string, err error) {
	to = resolved(to)
	if err := s.parents(filepath.Dir(to)); err != nil {
		return "", err
	}
	from = beside(to)
	s.moves = append(s.moves, move{from: from, to: to})
	return from, nil
}

// folder creates a folder for a place, to be filled before commit.
func (s *stage) folder(to string) (from string, err error) {
	to = resolved(to)
	if info, err := os.Stat(to); err == nil && !info.IsDir() {
		return "", &os.PathError{Op: "write", Path: to, Err: errNotFolder}
	}
	if err := s.parents(filepath.Dir(to)); err != nil {
		return "", err
	}
	from = beside(to)
	if err := os.Mkdir(from, 0o777); err != nil {
		return "", err
	}
	s.moves = append(s.moves, move{from, to, true})
	return from, nil
}

// parents creates missing folders and remembers them.
func (s *stage) parents(dir string) error {
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		return err
	}
	if err := s.parents(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil && !os.IsExist(err) {
		return err
	} else if err == nil {
		s.made = append(s.made, dir)
	}
	return nil
}

// abort removes everything that was not moved yet, and the folders that were
// created and are still empty.
func (s *stage) abort() {
	for _, m := range s.moves {
		os.RemoveAll(m.from)
	}
	for i := len(s.made) - 1; i >= 0; i-- {
		os.Remove(s.made[i]) // fails if somebody else put something there
	}
	*s = stage{}
}

// commit moves everything to its place.
func (s *stage) commit() error {
	for len(s.moves) > 0 {
		m := s.moves[0]
		if err := keepMode(m.from, m.to); err != nil {
			return err
		}
		var err error
		if m.folder {
			err = replaceFolder(m.from, m.to)
		} else {
			err = os.Rename(m.from, m.to)
		}
		if err != nil {
			return err
		}
		s.moves = s.moves[1:]
		if err := syncFolder(filepath.Dir(m.to)); err != nil {
			return err
		}
	}
	return nil
}

// keepMode gives a file or folder the permissions of the one it replaces.
func keepMode(from, to string) error {
	info, err := os.Stat(to)
	if err != nil {
		return nil // nothing to replace
	}
	return os.Chmod(from, info.Mode().Perm())
}

// beside is a hidden name in the same folder, and so on the same disk.
func beside(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".part-"+rand.Text()[:8])
}

// resolved follows a symbolic link, so that its target is replaced and the
// link stays.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// writeFile renders into a new file and waits until the disk has it.
func writeFile(path string, render func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(f, 1<<16)
	err = render(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
