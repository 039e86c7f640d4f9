package parquet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// readAllFlat reads each flat column by itself, row group by row group.
func readAllFlat(f *File) (rows int64, err error) {
	for _, g := range f.RowGroups() {
		for i, c := range f.schema.columns {
			if c.leaf < 0 {
				continue
			}
			n, err := drain(g, []int{i})
			if err != nil {
				return rows, err
			}
			if n != g.Rows() {
				return rows, fmt.Errorf("read %d rows of %d", n, g.Rows())
			}
		}
		rows += g.Rows()
	}
	return rows, nil
}

// drain reads columns of a row group to the end.
func drain(g *RowGroup, columns []int) (rows int64, err error) {
	r, err := g.Open(context.Background(), columns)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows += int64(b.Rows)
	}
}

// TestCorrupt: broken and hostile files end in an error that names the place,
// or are read, and never take memory that the file does not have.
func TestCorrupt(t *testing.T) {
	list, err := os.Open("testdata/corrupt.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		name, want, ok := strings.Cut(lines.Text(), " ")
		if !ok || name == "#" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, err := outcome("testdata/corrupt/" + name)
			runtime.ReadMemStats(&after)
			if got != strings.TrimSpace(want) {
				t.Errorf("got %s (%v), want %s", got, err, strings.TrimSpace(want))
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
				t.Errorf("%d bytes were allocated", n)
			}
		})
	}
}

func outcome(path string) (string, error) {
	f, err := Open(path, Options{Name: filepath.Base(path)})
	rows := int64(0)
	if err == nil {
		defer f.Close()
		rows, err = readAllFlat(f)
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
		return "error: " + e.Unit + ", column " + e.Column + ", " + e.Place, err
	case e.Place != "":
		return "error: " + e.Unit + ", " + e.Place, err
	case e.Unit != "":
		return "error: " + e.Unit, err
	}
	return "error: file", err
}

// A billion rows in 167 bytes are one constant batch.
func TestRowBomb(t *testing.T) {
	f := open(t, "testdata/corrupt/rle-row-bomb-1e9.parquet")
	r, err := f.RowGroups()[0].Open(context.Background(), []int{0})
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if v := b.Columns[0]; b.Rows != 1e9 || !v.Const || v.Value(7e8).Str != "no" {
		t.Errorf("%d rows, constant %v", b.Rows, v.Const)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Error(err)
	}
	_, err = Open("testdata/corrupt/rle-row-bomb-1e9.parquet", Options{Name: "x", MaxRows: 1e8})
	if err == nil || !strings.HasPrefix(err.Error(), "x, row group 0, metadata at byte ") ||
		!strings.HasSuffix(err.Error(), ": 1000000000 rows are above the limit of 100000000; if there are that many, raise data.limits.run") {
		t.Error(err)
	}
}

// A column beside one that is too large can be read.
func TestBombBeside(t *testing.T) {
	f := open(t, "testdata/corrupt/bomb-1gib-zstd.parquet")
	v := columnValues(t, f, "decision")
	if len(v) != 2 || v[0].Str != "yes" || v[1].Str != "no" {
		t.Errorf("decisions are %v", v)
	}
}
