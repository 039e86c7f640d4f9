package files

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// folderOf writes files by name into a new folder; content that begins with @
// is that of a file of testdata.
func folderOf(t testing.TB, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		if copied, ok := strings.CutPrefix(text, "@"); ok {
			b, err := os.ReadFile(filepath.Join("testdata", copied))
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, o Options) *Source {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// counts tallies the rows by the texts of columns, nulls as ∅.
func counts(s source.Source, names ...string) (map[string]int, error) {
	var columns []int
	for _, name := range names {
		i, _, _ := s.Schema().Find(name, 0)
		columns = append(columns, i)
	}
	n := map[string]int{}
	for _, u := range s.Units() {
		if err := countUnit(u, columns, n); err != nil {
			return n, err
		}
	}
	return n, nil
}

func countUnit(u source.Unit, columns []int, n map[string]int) error {
	r, err := u.Open(context.Background(), columns)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range b.Rows {
			var parts []string
			for c := range b.Columns {
				v := &b.Columns[c]
				if value := v.Value(i); value.Kind == source.Null {
					parts = append(parts, "∅")
				} else {
					parts = append(parts, source.Text(v.Type, value))
				}
			}
			n[strings.Join(parts, "|")]++
		}
	}
}

func names(s source.Schema) (all []string) {
	for _, c := range s {
		all = append(all, c.Name)
	}
	return all
}

func TestResolve(t *testing.T) {
	const text = "a,b\n1,2\n"
	dir := folderOf(t, map[string]string{
		"log/x.csv": text, "log/y.csv": text, "log/sub/z.csv": text, "log/.hidden.csv": text, "log/_SUCCESS": "",
		"log/sub/_metadata": "", "log/.x.csv.crc": "", "log/_temporary/w.csv": text, "one.csv": text, "[odd].csv": text,
		"empty/.keep": "",
	})
	tests := []struct {
		paths []string
		want  string // names, or the error
	}{
		{[]string{"one.csv"}, "one.csv"},
		{[]string{"./log/../one.csv", "one.csv", filepath.Join(dir, "one.csv")}, "one.csv"},
		{[]string{"log"}, "log/sub/z.csv log/x.csv log/y.csv"},
		{[]string{"log/"}, "log/sub/z.csv log/x.csv log/y.csv"},
		{[]string{"log/y.csv", "log/x.csv"}, "log/x.csv log/y.csv"},
		{[]string{"log/*.csv"}, "log/x.csv log/y.csv"},
		{[]string{"log/[xz].csv", "log/s*/?.csv"}, "log/sub/z.csv log/x.csv"},
		{[]string{"log/**/*.csv"}, "log/sub/z.csv log/x.csv log/y.csv"},
		{[]string{"**/z.csv"}, "log/sub/z.csv"},
		{[]string{"l*"}, "log/sub/z.csv log/x.csv log/y.csv"},
		{[]string{"log", "log/sub"}, "log/sub/z.csv log/x.csv log/y.csv"},
		{[]string{"[odd].csv"}, "[odd].csv"},
		{[]string{filepath.Join(dir, "log", "*.csv")}, "log/x.csv log/y.csv"},
		{[]string{"log/.hidden.csv"}, "log/.hidden.csv"},
		{nil, "no log file was found"},
		{[]string{""}, `"": an empty path`},
		{[]string{"-"}, "standard input: there is none; give the path of a file"},
		{[]string{"one.csv", "-"}, "-: standard input cannot be one of several files; give it alone"},
		{[]string{"s3://bucket/x.csv"}, "s3://bucket/x.csv: reading from object stores is not available in this version"},
		{[]string{"two.csv"}, "two.csv: no such file or directory; paths are relative to the folder of the configuration"},
		{[]string{"log/*.parquet"}, "log/*.parquet: no file matches; paths are relative to the folder of the configuration"},
		{[]string{"log/[.csv"}, `log/[.csv: this is not a valid pattern; a "[" that stands for itself is written "[[]"`},
		{[]string{"empty"}, `empty: the folder holds no log file; files whose names begin with "." or "_" are not looked at`},
	}
	for _, test := range tests {
		var got []string
		s, err := Open(context.Background(), Options{Base: dir, Paths: test.paths})
		if err != nil {
			got = append(got, err.Error())
		} else {
			for _, u := range s.Units() {
				got = append(got, u.Name())
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.paths, strings.Join(got, " "), test.want)
		}
	}
}

func TestFormats(t *testing.T) {
	tests := []struct {
		content map[string]string
		format  string
		want    string
	}{
		{map[string]string{"a.csv": "x\n1\n", "b.parquet": "@siblings/a-reference.parquet"}, "",
			"b.parquet: this is a parquet file, but a.csv is a csv file; files of one log have one format"},
		{map[string]string{"a": "@siblings/a-reference.parquet"}, "", ""},
		{map[string]string{"a.dat": "x\n1\n"}, "csv", ""},
		{map[string]string{"a.dat": "x\n1\n"}, "auto",
			"a.dat: neither its name nor its first bytes tell the format of this file; if it is delimited text, say format: csv; if JSON Lines, format: jsonl"},
		{map[string]string{"a.csv": "PAR1,PAR2\n1,2\n"}, "", ""},
		{map[string]string{"a.csv": "@siblings/a-reference.parquet"}, "", ""},
		{map[string]string{"a.arrow": "x"}, "",
			"a.arrow: stream ends in the middle of a message; it may have been cut short while it was written or copied"},
		{map[string]string{"a.jsonl.gz": "x"}, "",
			`a.jsonl.gz, line 1: "x" where an object should be`},
		{map[string]string{"a.dat": `{"x":1}`, "b.json": `{"x":2}`}, "", ""},
		{map[string]string{"a.csv": "x\n1\n"}, "xml", "unknown format xml"},
	}
	for _, test := range tests {
		_, err := Open(context.Background(), Options{Base: folderOf(t, test.content), Paths: []string{"."}, Format: test.format})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	for _, bad := range []string{"@not-parquet-csv.parquet", ""} {
		dir := folderOf(t, map[string]string{"a.parquet": "@siblings/a-reference.parquet", "b.parquet": bad})
		if _, err := Open(context.Background(), Options{Base: dir, Paths: []string{"."}}); err == nil ||
			!strings.HasPrefix(err.Error(), "b.parquet: ") {
			t.Errorf("got %v", err)
		}
	}
}

func TestPartitions(t *testing.T) {
	content := map[string]string{}
	for _, group := range []string{"1.10", "NA", "Río, «x»", "a%2Fb%25", "50%", "__HIVE_DEFAULT_PARTITION__", ""} {
		content["year=2024/_group="+group+"/part-0.parquet"] = "@siblings/b-column-missing.parquet"
	}
	s := open(t, Options{Base: folderOf(t, content), Paths: []string{"."}})
	if diff := cmp.Diff([]string{"id", "ts", "decision", "year", "_group"}, names(s.Schema())); diff != "" {
		t.Fatal(diff)
	}
	got, err := counts(s, "_group", "year")
	want := map[string]int{"1.10|2024": 100, "NA|2024": 100, "Río, «x»|2024": 100, "a/b%|2024": 100, "50%|2024": 100,
		"∅|2024": 100, "|2024": 100}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	got, err = counts(s, "decision", "year")
	if len(got) < 2 || err != nil {
		t.Errorf("with a column of the file: %v, %v", got, err)
	}
}

func TestInputs(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.parquet": "@siblings/a-reference.parquet", "g.parquet": "@siblings/g-id-is-int32.parquet"})
	for _, full := range []bool{false, true} {
		s := open(t, Options{Base: dir, Paths: []string{"g.parquet", "a.parquet"}, FullHash: full})
		inputs, err := s.Inputs()
		if err != nil {
			t.Fatal(err)
		}
		a := source.Input{Path: "a.parquet", Bytes: 2231, Rows: 100, Hash: "footer",
			SHA256: "40ae510001511e939722f915055793caed7ec933a51413698475999ceb706768"}
		if full {
			a.Hash, a.SHA256 = "full", "0d54b0983c6fffd34f6e6aec5881eff0830472b54cbd578ebbb0bffbf2a6a496"
		}
		if diff := cmp.Diff(a, inputs[0]); diff != "" || inputs[1].Path != "g.parquet" || inputs[1].Rows != 0 {
			t.Error(diff, inputs[1])
		}
	}
	s := open(t, Options{Base: dir, Paths: []string{"."}})
	if err := os.Chtimes(filepath.Join(dir, "a.parquet"), time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Inputs(); err == nil || err.Error() != "a.parquet: the file changed while it was read; audit a file that is finished, or a copy of it" {
		t.Errorf("got %v", err)
	}
}

// Files that were replaced are found out when they are read.
func TestReplacedFile(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.parquet": "@siblings/a-reference.parquet", "b.parquet": "@siblings/b-column-missing.parquet"})
	s := open(t, Options{Base: dir, Paths: []string{"a.parquet"}})
	if err := os.Rename(filepath.Join(dir, "b.parquet"), filepath.Join(dir, "a.parquet")); err != nil {
		t.Fatal(err)
	}
	if _, err := counts(s, "decision"); err == nil || err.Error() != "a.parquet: the file changed while it was read; audit a file that is finished, or a copy of it" {
		t.Errorf("got %v", err)
	}
}
