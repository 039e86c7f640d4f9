package parquet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// The files in testdata/good are one logical table (2,000 rows of made-up
// decisions with every trap) as written by ten writers.

func goodFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/good/*.parquet")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	return files
}

func TestInterop(t *testing.T) {
	e := readExpected(t)
	for _, path := range goodFiles(t) {
		want := e.Files[filepath.Base(path)]
		if want.Sums != nil || want.Micros != nil {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) { checkFile(t, path, e) })
	}
}

// column reads one flat column as values.
func columnValues(t testing.TB, f *File, name string) []source.Value {
	t.Helper()
	var all []source.Value
	err := readColumn(f, columnIndex(f, name), func(v source.Vector, rows int) {
		for i := range rows {
			all = append(all, v.Value(i))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func columnIndex(f *File, name string) int {
	for i, c := range f.schema.columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// readColumn reads one flat column of all row groups.
func readColumn(f *File, column int, each func(v source.Vector, rows int)) error {
	for _, g := range f.RowGroups() {
		r, err := g.Open(context.Background(), []int{column})
		if err != nil {
			return err
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			each(b.Columns[0], b.Rows)
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path, Options{Name: filepath.Base(path)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// The same decision as text and as a boolean: booleans are stored as bits or
// as run lengths, and readers have got the latter wrong.
func TestBooleansAgree(t *testing.T) {
	checked := 0
	for _, path := range goodFiles(t) {
		f := open(t, path)
		if columnIndex(f, "decision_bool") < 0 || columnIndex(f, "decision") < 0 {
			continue
		}
		checked++
		text, flags := columnValues(t, f, "decision"), columnValues(t, f, "decision_bool")
		for i, v := range text {
			want := source.Value{}
			if v.Kind == source.String {
				want = source.Value{Kind: source.Bool, Int: int64(len(v.Str) - 2)} // no, yes
			}
			if flags[i] != want {
				t.Fatalf("%s: row %d: %v but %v", path, i, v, flags[i])
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d files have both columns", checked)
	}
}

// TestLists holds list lengths, nulls and empties against the expected.
func TestLists(t *testing.T) {
	e := readExpected(t)
	for _, path := range goodFiles(t) {
		f := open(t, path)
		exceptions := e.Files[filepath.Base(path)].Exceptions
		for i, l := range f.Leaves() {
			want, ok := e.Lists[l.Path[0]]
			if x := exceptions[l.Path[0]].Lists; x != nil {
				want = *x
			}
			if ok {
				if got := listDigest(t, f, i, l); got != want.SHA256 {
					t.Errorf("%s: leaf %v: list lengths hash to %s, want %s", path, l.Path, got, want.SHA256)
				}
			}
		}
	}
}

func listDigest(t *testing.T, f *File, i int, l source.Leaf) string {
	var lengths []int
	for _, g := range f.RowGroups() {
		r, err := g.OpenLeaf(context.Background(), i)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for {
			levels, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for k, def := range levels.Def {
				if levels.Rep[k] > 0 {
					lengths[len(lengths)-1]++
					continue
				}
				lengths = append(lengths, min(1, int(def)-l.Lists[0]+1))
				if n := &lengths[len(lengths)-1]; *n < 0 {
					*n = -1
				}
			}
		}
	}
	h := sha256.New()
	for _, n := range lengths {
		io.WriteString(h, strconv.Itoa(n)+",")
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func TestFarDates(t *testing.T) {
	f := open(t, "testdata/good/pyarrow-far-dates.parquet")
	for name, want := range map[string]string{
		"ts":  "0001-01-01T00:00:00Z 9999-12-31T23:59:59.999999Z 1969-12-31T23:59:59.999999Z ",
		"day": "0001-01-01 9999-12-31 1969-12-31 ",
	} {
		var got []string
		for _, v := range columnValues(t, f, name) {
			got = append(got, source.Text(f.Schema()[columnIndex(f, name)].Type, v))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", name, s, want)
		}
	}
}

func TestRequiredColumns(t *testing.T) {
	e := readExpected(t)
	f := open(t, "testdata/good/pyarrow-lz4raw-required.parquet")
	for name, want := range e.Files["pyarrow-lz4raw-required.parquet"].Sums {
		sum := new(big.Int)
		for _, v := range columnValues(t, f, name) {
			sum.Add(sum, big.NewInt(v.Int))
		}
		if sum.String() != want {
			t.Errorf("sum of %s is %v, want %s", name, sum, want)
		}
	}
}

func TestStats(t *testing.T) {
	for name, want := range map[string][3]int64{ // null count, least, greatest
		"pyarrow-v2-snappy":           {10, -1, 1703941056000000},
		"pyarrow-format1-millis":      {10, 0, 1703941056000},
		"pyarrow-nanos":               {10, -1000, 1703941056000000000},
		"spark-writer-v2":             {10, -1, 1703941056000000},
		"duckdb-v2-lz4raw-dict-small": {10, -1, 1703941056000000},
	} {
		f := open(t, "testdata/good/"+name+".parquet")
		column := columnIndex(f, "ts")
		var got [3]int64
		for i, g := range f.RowGroups() {
			s := g.Stats(column)
			if !s.Bounds || s.Nulls < 0 {
				t.Fatalf("%s: no statistics: %+v", name, s)
			}
			if i == 0 {
				got[1], got[2] = s.Low, s.High
			}
			got[0], got[1], got[2] = got[0]+s.Nulls, min(got[1], s.Low), max(got[2], s.High)
		}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestSchema(t *testing.T) {
	f := open(t, "testdata/good/spark-legacy-format.parquet")
	var got []string
	for _, c := range f.Schema() {
		if strings.ContainsAny(c.Name, ".") || c.Type.Kind == source.Nested {
			got = append(got, fmt.Sprintf("%s/%d", c.Name, c.Type.Kind))
		}
	}
	want := fmt.Sprintf("[tags/%d items/%[1]d place.city/%d place.lat/%d attrs/%[1]d]", source.Nested, source.String, source.Float)
	if fmt.Sprint(got) != want {
		t.Errorf("nested columns are %v, want %s", got, want)
	}
	_, err := f.RowGroups()[0].Open(context.Background(), []int{columnIndex(f, "tags")})
	if err == nil || !strings.Contains(err.Error(), "column tags: column is a list or map") {
		t.Errorf("reading a list as a column: %v", err)
	}
}
