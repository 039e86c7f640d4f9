package csv

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// openText writes text to a file and opens it.
func openText(t testing.TB, text string, o Options) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.csv")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return Open(path, "log.csv", o)
}

// readAll reads columns, or all if there are none, and spells nulls "∅".
func readAll(f *File, columns ...int) (rows [][]string, err error) {
	if columns == nil {
		for i := range f.Schema() {
			columns = append(columns, i)
		}
	}
	r, err := f.Unit().Open(context.Background(), columns)
	if err != nil {
		return nil, err
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
		for i := range b.Rows {
			row := make([]string, len(columns))
			for j := range b.Columns {
				row[j] = "∅"
				if v := b.Columns[j].Value(i); v.Kind != source.Null {
					row[j] = v.Str
				}
			}
			rows = append(rows, row)
		}
	}
}

func names(s source.Schema) (all []string) {
	for _, c := range s {
		all = append(all, c.Name)
	}
	return all
}

func TestRows(t *testing.T) {
	tests := []struct {
		name, text string
		options    Options
		header     string // joined by /
		rows       []string
	}{
		{"plain", "a,b\n1,2\n3,4\n", Options{}, "a/b", []string{"1/2", "3/4"}},
		{"no final newline", "a,b\n1,2\n3,4", Options{}, "a/b", []string{"1/2", "3/4"}},
		{"crlf and byte order mark", "\uFEFFa;b\r\n1;2\r\n", Options{}, "a/b", []string{"1/2"}},
		{"cr", "a\tb\r1\t2\r3\t4", Options{}, "a/b", []string{"1/2", "3/4"}},
		{"mixed line ends", "a|b\r\n1|2\n3|4\r5|6", Options{}, "a/b", []string{"1/2", "3/4", "5/6"}},
		{"header only", "a,b", Options{}, "a/b", nil},
		{"empty header name", ",b\n0,1\n", Options{}, "/b", []string{"0/1"}},
		{"null and empty string", "a,b\n,\"\"\n\"\",\n", Options{}, "a/b", []string{"∅/", "/∅"}},
		{"quoted", "a,b\n\"x,\"\"y\"\"\",\"1\r\n2\"\n", Options{}, "a/b", []string{"x,\"y\"/1\r\n2"}},
		{"quote inside a cell", "a,b\nx\"y,5\"\n", Options{}, "a/b", []string{"x\"y/5\""}},
		{"quoted header", "\"a,1\",\"b\"\"\"\n1,2\n", Options{}, "a,1/b\"", []string{"1/2"}},
		{"quoted last cell", "a,b\n1,\"2\"", Options{}, "a/b", []string{"1/2"}},
		{"empty lines", "\n\na,b\n\n1,2\n\r\n\n3,4\n\n", Options{}, "a/b", []string{"1/2", "3/4"}},
		{"one column", "a\n1\n\n\"\"\n2\n", Options{}, "a", []string{"1", "∅", "", "2"}},
		{"decimal commas", "a;b\n1,5;2,5\n3,5;4,5\n", Options{}, "a/b", []string{"1,5/2,5", "3,5/4,5"}},
		{"separators in quotes", "a;b\n\"1,2,3\";x\n\"4,5,6\";y\n", Options{}, "a/b", []string{"1,2,3/x", "4,5,6/y"}},
		{"given separator", "a,b;c\n1;2\n", Options{Separator: ';'}, "a,b/c", []string{"1/2"}},
		{"given quote", "a,b\n'1,''2',\"\n", Options{Quote: '\''}, "a/b", []string{"1,'2/\""}},
		{"no quotes", "a\tb\n\"x\t\"\n", Options{NoQuote: true}, "a/b", []string{"\"x/\""}},
		{"spaces stay", " a,b \n 1, 2 \n", Options{}, " a/b ", []string{" 1/ 2 "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := openText(t, test.text, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(names(f.Schema()), "/"); got != test.header {
				t.Errorf("header %q, want %q", got, test.header)
			}
			rows, err := readAll(f)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, strings.Join(row, "/"))
			}
			if diff := cmp.Diff(test.rows, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name, text string
		options    Options
		want       string
	}{
		{"empty", "", Options{}, "log.csv: the file is empty: there is no header line"},
		{"blank", "\n\n", Options{}, "log.csv: the file is empty: there is no header line"},
		{"short row", "a,b,c\n1,2,3\n1,2\n", Options{}, "log.csv, line 3: 2 cells where the header has 3"},
		{"long row", "a,b\n1,\"\n\n\"\n1,2,3\n", Options{}, "log.csv, line 5: 3 cells where the header has 2"},
		{"one cell", "a,b\n1\n", Options{}, "log.csv, line 2: 1 cell where the header has 2"},
		{"ragged over lines", "a,b\n\"1\n2\"\n", Options{}, "log.csv, line 2: 1 cell where the header has 2"},
		{"unclosed", "a,b\n1,2\n3,\"4\n5,6\n", Options{},
			"log.csv, line 3, column b: a quote opens here and is never closed; if the file does not quote its cells, say so: quote: none"},
		{"behind quote", "a,b\n\"1\" ,2\n", Options{},
			"log.csv, line 2, column a: text behind a closing quote; a quote inside a quoted cell is written twice"},
		{"nul", "a,b\n1,2\n\"x\n\",2\x00\n", Options{},
			"log.csv, line 4, column b: a NUL byte; this is not UTF-8 text, or it is damaged"},
		{"nul in quotes", "a,b\n1,\"\n\x00\"\n", Options{},
			"log.csv, line 3, column b: a NUL byte; this is not UTF-8 text, or it is damaged"},
		{"not utf-8", "a,b\n1,2\n1,M\xfcller\n", Options{},
			"log.csv, line 3, column b: the text is not UTF-8; save it as UTF-8, or say how it is written: encoding: latin-1"},
		{"header not utf-8", "a,M\xfcller\n1,2\n", Options{}, "log.csv, line 1: the text is not UTF-8; save it as UTF-8, or say how it is written: encoding: latin-1"},
		{"zip", "PK\x03\x04xx", Options{},
			"log.csv, line 1: this is a ZIP archive or a spreadsheet; export the table as CSV"},
		{"long cell", "a,b\n1,123456789\n", Options{MaxCell: 8},
			"log.csv, line 2, column b: a cell of more than 8 bytes; a quote that opens there may never be closed; if not, raise data.limits.cell"},
		{"long quoted cell", "a,b\n1,\"1\n2\n3\n4\n5\n6\"\n", Options{MaxCell: 8},
			"log.csv, line 2, column b: a cell of more than 8 bytes; a quote that opens there may never be closed; if not, raise data.limits.cell"},
		{"long row", "a\n" + strings.Repeat("1,", 300) + "\n", Options{MaxCell: 8},
			"log.csv, line 2: a row of more than 512 bytes; a quote that opens there may never be closed; if not, raise data.limits.cell"},
		{"bad separator", "a,b", Options{Separator: '\n'}, `log.csv: '\n' cannot be a separator or a quote`},
		{"separator is quote", "a,b", Options{Separator: '"'}, `log.csv: '"' cannot be both separator and quote`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := openText(t, test.text, test.options)
			if err == nil {
				_, err = readAll(f)
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// A column becomes plain when it has too many values; nothing is lost, and the
// other columns stay coded.
func TestManyValues(t *testing.T) {
	var text strings.Builder
	text.WriteString("id,g\n")
	const rows = 1<<16 + 3*batchRows/2
	for i := range rows {
		if i%10 == 9 {
			text.WriteString(",x\n")
			continue
		}
		text.WriteString("id")
		text.WriteString(strings.Repeat("0", i%3))
		text.WriteString(strconv.Itoa(i) + ",y\n")
	}
	f, err := openText(t, text.String(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != rows {
		t.Fatalf("%d rows, want %d", len(got), rows)
	}
	for i, row := range got {
		want := "id" + strings.Repeat("0", i%3) + strconv.Itoa(i)
		if i%10 == 9 {
			want = "∅"
		}
		if row[0] != want {
			t.Fatalf("row %d: %q, want %q", i, row[0], want)
		}
	}
	r, err := f.Unit().Open(context.Background(), []int{1, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var last *source.Batch
	var total int64
	for {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.Row != total || b.Rows == 0 || b.Rows > source.MaxBatch {
			t.Fatalf("batch of %d rows at %d, want at %d", b.Rows, b.Row, total)
		}
		total += int64(b.Rows)
		last = b
	}
	if last.Columns[0].Codes == nil || last.Columns[1].Codes != nil || last.Columns[2].Dict != last.Columns[0].Dict {
		t.Error("want g coded twice with one dictionary and id plain")
	}
}

func TestFingerprint(t *testing.T) {
	f, err := openText(t, "a,b\n1,2\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := f.Input()
	if err != nil {
		t.Fatal(err)
	}
	want := source.Input{Path: "log.csv", Bytes: 8, Hash: "full", Rows: -1,
		SHA256: "492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470"}
	if before != want {
		t.Errorf("got %+v", before)
	}
	if _, err := readAll(f, 1); err != nil {
		t.Fatal(err)
	}
	after, err := f.Input()
	want.Rows = 1
	if err != nil || after != want {
		t.Errorf("after reading: %+v, %v; want %+v", after, err, want)
	}
}

func TestChangedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, "log.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("3,4\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := readAll(f); err == nil || err.Error() != "log.csv: the file changed while it was read; audit a file that is finished, or a copy of it" {
			t.Errorf("got %v", err)
		}
	}
	if _, err := f.Input(); err == nil {
		t.Error("a changed file was given a fingerprint")
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "x.csv"), "x.csv", Options{})
	if err == nil || err.Error() != "x.csv: no such file or directory" {
		t.Errorf("got %v", err)
	}
}
