package files

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// logs are one log in every format, large enough to be read in pieces; compress
// packs those of text.
func logs(t testing.TB) map[string]string {
	const rows = 60_000
	rng := rand.New(rand.NewPCG(1, 2))
	var csv, jsonl strings.Builder
	csv.WriteString("id,decision,noise\n")
	var noises []string
	for i := range rows {
		decision, noise := []string{"yes", "no"}[i%2], rng.Uint64()
		noises = append(noises, fmt.Sprint(noise))
		fmt.Fprintf(&csv, "%d,%s,%x\n", i, decision, noise)
		fmt.Fprintf(&jsonl, `{"id":%d,"decision":"%s","noise":"%x"}`+"\n", i, decision, noise)
	}
	out := map[string]string{"a.csv": csv.String(), "a.jsonl": jsonl.String(), "a.parquet": "@siblings/a-reference.parquet",
		"a.arrow": arrowLog(t, false, noises...), "a.arrows": arrowLog(t, true, noises...)}
	for _, name := range []string{"a.csv", "a.jsonl"} {
		for _, ext := range []string{".gz", ".zst"} {
			out[name+ext] = compress(t, ext, out[name])
		}
	}
	return out
}

func compress(t testing.TB, ext, text string) string {
	var b strings.Builder
	var w io.WriteCloser = gzip.NewWriter(&b)
	if ext == ".zst" {
		var err error
		if w, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// faulty is a file that is hard to read.
type faulty struct {
	*os.File
	fails int64 // at and beyond this offset
	most  int   // bytes at once
	at    int64
}

func (f *faulty) Read(p []byte) (int, error) {
	if f.at >= f.fails {
		return 0, &os.PathError{Op: "read", Path: f.Name(), Err: syscall.EIO}
	}
	n, err := f.File.Read(p[:min(len(p), f.most, int(f.fails-f.at))])
	f.at += int64(n)
	return n, err
}

func (f *faulty) ReadAt(p []byte, at int64) (int, error) {
	if at < f.fails && at+int64(len(p)) > f.fails { // so that the footer can be read
		return 0, &os.PathError{Op: "read", Path: f.Name(), Err: syscall.EIO}
	}
	return f.File.ReadAt(p, at)
}

func openFaulty(fails int64, most int) func(string) (handle, error) {
	return func(path string) (handle, error) {
		file, err := os.Open(path)
		return &faulty{File: file, fails: fails, most: most}, err
	}
}

// Reads that fail stop the audit with their cause; short reads change nothing.
func TestHardToRead(t *testing.T) {
	for name, content := range logs(t) {
		dir := folderOf(t, map[string]string{name: content})
		want, err := counts(open(t, Options{Base: dir, Paths: []string{name}}), "decision")
		if err != nil {
			t.Fatal(err)
		}
		size := int64(2231) // of the Parquet file
		if !strings.HasPrefix(content, "@") {
			size = int64(len(content))
		}
		for _, at := range []int64{size / 3, size * 2 / 3} {
			switch name {
			case "a.parquet":
				at = size / 4 // in a page
			case "a.arrow":
				at = size * 9 / 10 // in the last column
			}
			_, err := openAndCount(Options{Base: dir, Paths: []string{name}, open: openFaulty(at, 1<<20)})
			if err == nil || !strings.HasPrefix(err.Error(), name) || !strings.HasSuffix(err.Error(), ": input/output error") {
				t.Errorf("%s fails at %d: %v", name, at, err)
			}
		}
		got, err := openAndCount(Options{Base: dir, Paths: []string{name}, open: openFaulty(1<<40, 777)})
		if fmt.Sprint(got) != fmt.Sprint(want) || err != nil {
			t.Errorf("%s in pieces: %v, %v; want %v", name, got, err, want)
		}
	}
}

func openAndCount(o Options) (map[string]int, error) {
	s, err := Open(context.Background(), o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	n, err := counts(s, "decision")
	if err == nil {
		_, err = s.Inputs()
	}
	return n, err
}

// A file that changes between its first rows and the end of the audit is found
// out, whatever it was changed to.
func TestChangesWhileRead(t *testing.T) {
	restore := func(path string, was os.FileInfo) error { return os.Chtimes(path, was.ModTime(), was.ModTime()) }
	changes := map[string]func(path string, was os.FileInfo) error{
		"shrinks":     func(path string, was os.FileInfo) error { return os.Truncate(path, was.Size()/2) },
		"emptied":     func(path string, was os.FileInfo) error { return os.Truncate(path, 0) },
		"grows":       func(path string, was os.FileInfo) error { return appendTo(path, "99,yes,x\n") },
		"is removed":  func(path string, was os.FileInfo) error { return os.Remove(path) },
		"is replaced": func(path string, was os.FileInfo) error { return replace(path, was) },
		"is replaced by one of the same size and time": func(path string, was os.FileInfo) error {
			if err := replace(path, was); err != nil {
				return err
			}
			return restore(path, was)
		},
		"is touched": func(path string, was os.FileInfo) error {
			later := was.ModTime().Add(1)
			return os.Chtimes(path, later, later)
		},
	}
	for name, content := range logs(t) {
		for what, change := range changes {
			dir := folderOf(t, map[string]string{name: content})
			path := filepath.Join(dir, name)
			was, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, Options{Base: dir, Paths: []string{name}})
			err = readAround(s, func() error { return change(path, was) })
			want := name + ": the file changed while it was read; audit a file that is finished, or a copy of it"
			if what == "is removed" {
				want = name + ": no such file or directory"
			}
			if err == nil || err.Error() != want {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	f.Close()
	return err
}

func replace(path string, was os.FileInfo) error {
	if err := os.WriteFile(path+".new", make([]byte, was.Size()), 0o666); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// readAround reads a batch, lets something happen, reads the rest, and asks for
// the fingerprints.
func readAround(s *Source, happen func() error) error {
	r, err := s.Units()[0].Open(context.Background(), []int{0})
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := r.Next(); err != nil {
		return err
	}
	if err := happen(); err != nil {
		return err
	}
	for err == nil {
		_, err = r.Next()
	}
	if err != io.EOF {
		return err
	}
	_, err = s.Inputs()
	return err
}

// A Parquet file whose footer was written anew in place, at its old size and
// time.
func TestFooterChanges(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.parquet": "@siblings/a-reference.parquet"})
	path := filepath.Join(dir, "a.parquet")
	s := open(t, Options{Base: dir, Paths: []string{"a.parquet"}})
	was, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	err = readAround(s, func() error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at := strings.LastIndex(string(b), "parquet-cpp-arrow") // the name of the writer
		if at < 0 {
			t.Fatal("the writer is not named")
		}
		b[at] = 'q'
		if err := os.WriteFile(path, b, 0o666); err != nil {
			return err
		}
		return os.Chtimes(path, was.ModTime(), was.ModTime())
	})
	if err == nil || !strings.Contains(err.Error(), "the file changed while it was read") {
		t.Error(err)
	}
}
