package arrow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// The files in testdata/good are one logical table (2,000 rows of made-up
// decisions with every trap) as written by pyarrow and Polars.

func TestInterop(t *testing.T) {
	e := readExpected(t)
	for _, path := range goodFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f := open(t, path)
			columns := flatColumns(f)
			got, rows, err := digests(f, columns)
			checkDigests(t, e, path, got, rows, err)
			for _, i := range columns { // each by itself, past the others
				got, rows, err := digests(f, []int{i})
				checkDigests(t, e, path, got, rows, err)
			}
			checkColumns(t, e, f)
		})
	}
}

func checkDigests(t *testing.T, e expectation, path string, got map[string]leafDigest, rows int64, err error) {
	t.Helper()
	want := e.Files[filepath.Base(path)]
	if err != nil || rows != want.Rows || rows == 0 {
		t.Fatalf("read %d rows of %d: %v", rows, want.Rows, err)
	}
	for name, d := range got {
		expected, ok := e.Leaves[name]
		if x, exception := want.Exceptions[name]; exception {
			expected, ok = x, true
		}
		if !ok || d != expected {
			t.Errorf("column %s: got %v, want %v", name, d, expected)
		}
	}
}

func checkColumns(t *testing.T, e expectation, f *File) {
	t.Helper()
	var top []string
	for _, c := range f.Schema() {
		name, _, _ := strings.Cut(c.Name, ".")
		if len(top) == 0 || top[len(top)-1] != name {
			top = append(top, name)
		}
		if nested := strings.Contains("tags items attrs", c.Name); nested != (c.Type.Kind == source.Nested) {
			t.Errorf("column %s is of kind %d", c.Name, c.Type.Kind)
		}
	}
	want := e.Files[f.opt.Name]
	if strings.Join(top, " ") != strings.Join(want.Columns, " ") {
		t.Errorf("columns are %v, want %v", top, want.Columns)
	}
	var batches []int64
	for _, b := range f.blocks {
		batches = append(batches, b.rows)
	}
	if f.stream == nil && (f.Rows() != want.Rows || len(batches) != len(want.Batches)) {
		t.Errorf("batches have %v rows, want %v", batches, want.Batches)
	}
}

// A stream on standard input gives the same rows, once.
func TestStream(t *testing.T) {
	e := readExpected(t)
	for _, path := range goodFiles(t) {
		if !strings.HasSuffix(path, ".arrows") {
			continue
		}
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		f, err := Stream(in, Options{Name: "-"})
		if err != nil {
			t.Fatal(err)
		}
		if f.Rows() != -1 || f.Units()[0].Rows() != -1 || f.SHA256() != "" {
			t.Error("rows and hash of a stream are known before it was read")
		}
		got, rows, err := digests(f, flatColumns(f))
		checkDigests(t, e, path, got, rows, err)
		b, _ := os.ReadFile(path)
		if f.SHA256() != digest(b) || f.Size() != int64(len(b)) {
			t.Errorf("%s: hash %s of %d bytes", path, f.SHA256(), f.Size())
		}
		_, _, err = digests(f, nil)
		if err == nil || !strings.Contains(err.Error(), "-: stream was read already; it can be read once") {
			t.Errorf("second reading: %v", err)
		}
	}
}

// The same decision as text, as a boolean and as a number.
func TestDecisionsAgree(t *testing.T) {
	checked := 0
	for _, path := range goodFiles(t) {
		f := open(t, path)
		columns := []int{columnIndex(f, "decision"), columnIndex(f, "decision_bool"), columnIndex(f, "decision_i8")}
		if columns[0] < 0 || columns[1] < 0 || columns[2] < 0 {
			continue
		}
		checked++
		_, err := each(f, columns, func(b *source.Batch, i int) {
			v := b.Columns[0].Value(i)
			flag, number := source.Value{}, source.Value{}
			if v.Kind == source.String {
				yes := int64(len(v.Str) - 2) // no, yes
				flag, number = source.Value{Kind: source.Bool, Int: yes}, source.Value{Kind: source.Int, Int: 2*yes - 1}
			}
			if b.Columns[1].Value(i) != flag || b.Columns[2].Value(i) != number {
				t.Fatalf("%s: row %d: %v but %v and %v", path, i, v, b.Columns[1].Value(i), b.Columns[2].Value(i))
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
	if checked < 3 {
		t.Errorf("only %d files have the three columns", checked)
	}
}
