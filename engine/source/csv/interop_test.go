package csv

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// groupDecision counts the rows of every file of the set by group and decision,
// nulls spelled as nothing.
var groupDecision = map[string]int{
	"|": 1, "|no": 117, "|yes": 110, "1.10|": 2, "1.10|no": 130, "1.10|yes": 88,
	"Asian|": 2, "Asian|no": 104, "Asian|yes": 99, "Black|": 4, "Black|no": 199, "Black|yes": 150,
	"NA|no": 118, "NA|yes": 70, "Río, «x»|": 1, "Río, «x»|no": 102, "Río, «x»|yes": 93,
	"white|": 2, "white|no": 228, "white|yes": 380,
}

func TestWriters(t *testing.T) {
	tests := []struct {
		file      string
		separator byte
		columns   int
		first     string // columns id and decision of the first row
		nulls     int    // in group: nothing, as against a quoted ""
	}{
		{"excel-bom-crlf-semicolon.csv", ';', 4, "9007199254740993 no", 33},
		{"pandas.csv.gz", ',', 14, "9007199254740993 no", 228}, // writes both as nothing
		{"rfc4180.csv.gz", ',', 13, "9007199254740993 no", 33},
		{"two-gzip-members.csv.gz", ',', 6, "9007199254740993 no", 33},
		{"duckdb.csv.zst", ',', 13, "9007199254740993 no", 33},
		{"polars.csv.zst", ',', 13, "9007199254740993 no", 33},
		{"pyarrow.csv.zst", ',', 13, "9007199254740993 no", 33},
		{"tab-no-final-newline.tsv.zst", '\t', 12, "9007199254740993 no", 33},
		{"utf16le-bom.csv.zst", ',', 6, "9007199254740993 no", 33},
		{"latin1-invalid-utf8.csv.gz", ',', 6, "9007199254740993 no", 33},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			var o Options
			if strings.HasPrefix(test.file, "latin1") {
				o.Encoding = "latin-1"
			}
			f, err := Open("testdata/"+test.file, test.file, o)
			if err != nil {
				t.Fatal(err)
			}
			if f.Separator() != test.separator || len(f.Schema()) != test.columns {
				t.Errorf("separator %q, %d columns", f.Separator(), len(f.Schema()))
			}
			group, decision, id := find(t, f, "group"), find(t, f, "decision"), find(t, f, "id")
			rows, err := readAll(f, group, decision, id)
			if err != nil {
				t.Fatal(err)
			}
			if got := rows[0][2] + " " + rows[0][1]; got != test.first {
				t.Errorf("first row %q, want %q", got, test.first)
			}
			nulls, counts := 0, map[string]int{}
			for _, row := range rows {
				if row[0] == "∅" {
					nulls++
				}
				counts[blank(row[0])+"|"+blank(row[1])]++
			}
			if diff := cmp.Diff(groupDecision, counts); diff != "" {
				t.Error(diff)
			}
			if nulls != test.nulls {
				t.Errorf("%d nulls, want %d", nulls, test.nulls)
			}
		})
	}
}

// The digest is that of the set: netstrings of the values in row order.
func TestDigests(t *testing.T) {
	for _, file := range []string{"pandas.csv.gz", "rfc4180.csv.gz"} {
		f, err := Open("testdata/"+file, file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for column, want := range map[string]string{
			"id": "e9dbd46633ffab42", "note": "7ec34f983a90608b", "big": "a04e496af696437f",
		} {
			rows, err := readAll(f, find(t, f, column))
			if err != nil {
				t.Fatal(err)
			}
			h := sha256.New()
			for _, row := range rows {
				if row[0] != "∅" {
					fmt.Fprintf(h, "%d:%s", len(row[0]), row[0])
				}
			}
			if got := hex.EncodeToString(h.Sum(nil))[:16]; got != want {
				t.Errorf("%s: digest of %s is %s, want %s", file, column, got, want)
			}
		}
	}
}

func blank(s string) string {
	if s == "∅" {
		return ""
	}
	return s
}

func find(t *testing.T, f *File, name string) int {
	t.Helper()
	i := slices.Index(names(f.Schema()), name)
	if i < 0 {
		t.Fatalf("no column %s", name)
	}
	return i
}

func TestDamaged(t *testing.T) {
	tests := []struct{ file, want string }{
		{"ragged.csv", "ragged.csv, line 3: 2 cells where the header has 3"},
		{"unclosed-quote.csv", "unclosed-quote.csv, line 3, column decision: a quote opens here and is never closed; " +
			"if the file does not quote its cells, say so: quote: none"},
		{"truncated.csv.gz", "truncated.csv.gz, line 888, column id: the gzip data is cut off"},
		{"crc-wrong.csv.gz", "crc-wrong.csv.gz, line 4: the gzip checksum is wrong: the file is damaged"},
		{"nul-bytes.csv", "nul-bytes.csv, line 3, column decision: a NUL byte; this is not UTF-8 text, or it is damaged"},
		{"bomb-40mib.csv.gz", "bomb-40mib.csv.gz, line 2, column decision: a cell of more than 1 MiB; " +
			"a quote that opens there may never be closed; if not, raise data.limits.cell"},
		{"latin1-invalid-utf8.csv.gz", "latin1-invalid-utf8.csv.gz, line 8, column group: the text is not UTF-8; save it as UTF-8, or say how it is written: encoding: latin-1"},
	}
	for _, test := range tests {
		f, err := Open("testdata/"+test.file, test.file, Options{})
		if err == nil {
			_, err = readAll(f)
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

func TestOddHeaders(t *testing.T) {
	tests := []struct {
		file   string
		header []string
		rows   int
	}{
		{"duplicate-header.csv", []string{"id", "decision", "decision"}, 2},
		{"header-only.csv", []string{"id", "decision", "group"}, 0},
		{"no-header.csv", []string{"1", "yes", "white"}, 1},
	}
	for _, test := range tests {
		f, err := Open("testdata/"+test.file, test.file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := readAll(f)
		if err != nil || len(rows) != test.rows {
			t.Errorf("%s: %d rows, %v; want %d", test.file, len(rows), err, test.rows)
		}
		if diff := cmp.Diff(test.header, names(f.Schema())); diff != "" {
			t.Errorf("%s: %s", test.file, diff)
		}
	}
}
