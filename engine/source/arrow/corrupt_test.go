package arrow

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// TestCorrupt: broken and hostile files end in an error that names the place,
// or are read, and never take memory that the file does not have.
func TestCorrupt(t *testing.T) {
	list, err := os.Open("testdata/corrupt.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	listed := 0
	for lines := bufio.NewScanner(list); lines.Scan(); {
		name, want, ok := strings.Cut(lines.Text(), " ")
		if !ok || name == "#" {
			continue
		}
		listed++
		t.Run(name, func(t *testing.T) {
			var got string
			var err error
			n := allocated(func() { got, err = outcome("testdata/corrupt/" + name) })
			if got != strings.TrimSpace(want) {
				t.Errorf("got %s (%v), want %s", got, err, strings.TrimSpace(want))
			}
			if n > 4<<20 {
				t.Errorf("%d bytes were allocated", n)
			}
		})
	}
	if files, _ := filepath.Glob("testdata/corrupt/*"); len(files) != listed {
		t.Errorf("%d files, %d listed", len(files), listed)
	}
}

// allocated is the bytes that do takes, which must not take long.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	do()
	if d := time.Since(start); d > 5*time.Second {
		panic(fmt.Sprint("took ", d))
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func outcome(path string) (string, error) {
	f, err := Open(path, Options{Name: filepath.Base(path)})
	rows := int64(0)
	if err == nil {
		defer f.Close()
		for _, i := range flatColumns(f) {
			if rows, err = each(f, []int{i}, func(*source.Batch, int) {}); err != nil {
				break
			}
		}
	}
	if err == nil {
		return fmt.Sprintf("%d rows", rows), nil
	}
	var e *source.Error
	if !errors.As(err, &e) || e.Path != filepath.Base(path) {
		return "an error that names no file", err
	}
	switch {
	case e.Column != "":
		return "error: " + e.Unit + ", column " + e.Column, err
	case e.Unit != "":
		return "error: " + e.Unit, err
	}
	return "error: file", err
}

// What is beside a column that is too large can be read: its bytes are passed.
func TestBombBeside(t *testing.T) {
	f := open(t, "testdata/corrupt/bomb-1gib-zstd.arrows")
	n := allocated(func() {
		rows, err := each(f, nil, func(*source.Batch, int) {})
		if err != nil || rows == 0 {
			t.Errorf("%d rows: %v", rows, err)
		}
	})
	if n > 4<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func TestRefused(t *testing.T) {
	b, err := os.ReadFile("testdata/good/pyarrow-stream-runend.arrows")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("testdata/good/pyarrow-file-lz4.arrow")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bytes []byte
		want  string
	}{
		"feather":      {append([]byte("FEA1"), b...), "x: file is Feather version 1, which is not Arrow; write it with version 2, the default since 2020"},
		"text":         {[]byte("id,decision\n1,yes\n"), "x: neither an Arrow file nor an Arrow stream"},
		"joined":       {append(bytes.Clone(b), b...), "there is data behind the end of the stream; streams cannot be joined one behind the other"},
		"cut":          {b[:len(b)-100], "stream ends in the middle of a message"},
		"short":        {b[:6], "x: stream ends in the middle of a message"},
		"schema only":  {[]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, "x: stream ends before its schema"},
		"no beginning": {file[8:], "x: start of the file is not that of an Arrow file"},
	} {
		f, err := New(bytes.NewReader(c.bytes), int64(len(c.bytes)), Options{Name: "x"})
		if err == nil {
			_, _, err = digests(f, flatColumns(f))
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	_, err = Stream(bytes.NewReader(file), Options{Name: "-"})
	if err == nil || err.Error() != "-: this is an Arrow file, not a stream; give its path, or write a stream" {
		t.Error(err)
	}
	f := open(t, "testdata/good/pyarrow-stream-listview.arrows")
	_, err = each(f, []int{columnIndex(f, "tags")}, nil)
	if err == nil || !strings.Contains(err.Error(), "column tags: column is a list, map or union") {
		t.Error(err)
	}
}
