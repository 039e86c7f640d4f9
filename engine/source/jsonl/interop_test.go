package jsonl

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// groupDecision counts the rows of every file of the set by group and decision.
var groupDecision = map[string]int{
	"∅|no": 18, "∅|yes": 15, "|∅": 1, "|no": 99, "|yes": 95, "1.10|∅": 2, "1.10|no": 130, "1.10|yes": 88,
	"Asian|∅": 2, "Asian|no": 104, "Asian|yes": 99, "Black|∅": 4, "Black|no": 199, "Black|yes": 150,
	"NA|no": 118, "NA|yes": 70, "Río, «x»|∅": 1, "Río, «x»|no": 102, "Río, «x»|yes": 93,
	"white|∅": 2, "white|no": 228, "white|yes": 380,
}

func find(t *testing.T, f *File, names ...string) (columns []int) {
	t.Helper()
	for _, name := range names {
		i, _, ok := f.Schema().Find(name, 0)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		columns = append(columns, i)
	}
	return columns
}

func TestWriters(t *testing.T) {
	tests := []struct {
		file, schema string
		digests      map[string]string // of the values in row order, as netstrings
		nulls        map[string]int
		nan          int
	}{
		{"full.jsonl.gz", "id:int subject:string ts:string ts_local:string day:string decision:string decision_bool:bool decision_i8:int " +
			"score:float amount:float group:string note:string tags:nested items:nested place.city:string place.lat:float " +
			"attrs.rent:string attrs.loan:string uuid:string blob:string big:string",
			map[string]string{"id": "e9dbd46633ffab42", "subject": "3d4940e198c6bb61", "note": "7ec34f983a90608b",
				"decision": "5d3b415baaef2d49", "group": "a6fc6e4a5a077a1d", "big": "a04e496af696437f"},
			map[string]int{"amount": 54, "decision_bool": 12, "score": 36, "uuid": 1500, "ts": 10}, 0},
		{"sparse-crlf.jsonl.zst", "id:int subject:string ts:string decision:string score:float group:string amount:float",
			map[string]string{"id": "e9dbd46633ffab42", "subject": "3d4940e198c6bb61", "decision": "5d3b415baaef2d49", "group": "a6fc6e4a5a077a1d"},
			map[string]int{"amount": 54, "score": 20, "ts": 10}, 16},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			f, err := Open("testdata/"+test.file, test.file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := schemaText(f.Schema()); got != test.schema {
				t.Errorf("schema %s", got)
			}
			rows, err := readAll(f, find(t, f, "group", "decision", "score"))
			if err != nil {
				t.Fatal(err)
			}
			counts, nan := map[string]int{}, 0
			for _, row := range rows {
				counts[row[0]+"|"+row[1]]++
				if row[2] == "NaN" {
					nan++
				}
			}
			if diff := cmp.Diff(groupDecision, counts); diff != "" {
				t.Error(diff)
			}
			if nan != test.nan {
				t.Errorf("%d scores are NaN, want %d", nan, test.nan)
			}
			for column, want := range test.digests {
				if got := digest(t, f, column); got != want {
					t.Errorf("digest of %s is %s, want %s", column, got, want)
				}
			}
			for column, want := range test.nulls {
				rows, err := readAll(f, find(t, f, column))
				if err != nil {
					t.Fatal(err)
				}
				if got := count(rows, "∅"); got != want {
					t.Errorf("%d nulls in %s, want %d", got, column, want)
				}
			}
		})
	}
}

func count(rows [][]string, cell string) (n int) {
	for _, row := range rows {
		if row[0] == cell {
			n++
		}
	}
	return n
}

// digest is that of the set: netstrings of the values in row order.
func digest(t *testing.T, f *File, column string) string {
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
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// The three spellings of the decision say the same.
func TestDecisions(t *testing.T) {
	f, err := Open("testdata/full.jsonl.gz", "full", Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readAll(f, find(t, f, "decision", "decision_bool", "decision_i8"))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if got := strings.Join(row, " "); !slices.Contains([]string{"yes true 1", "no false -1", "∅ ∅ ∅"}, got) {
			t.Fatalf("row %d: %s", i, got)
		}
	}
}

func TestDamaged(t *testing.T) {
	tests := []struct {
		file    string
		columns []string // nil for all
		want    string
	}{
		{"broken-line.jsonl", nil, "line 2: the line ends inside an object; an object stands on one line; if this is the last line, the file is cut off"},
		{"not-an-object.jsonl", nil, "line 2: a list, not an object; JSON Lines hold one object a line"},
		{"duplicate-keys.jsonl", nil, "line 1, column decision: the key is given twice; each key stands once in an object"},
		{"duplicate-keys.jsonl", []string{"id"}, ""},
		{"lone-surrogate.jsonl", nil, `line 1, column group: \ud800 is half of a surrogate pair; the text cannot be written as UTF-8`},
		{"type-changes.jsonl", []string{"decision"}, "line 2, column decision: a boolean here, strings before; a column has one type; the first 10000 lines decide the type of a column"},
		{"type-changes.jsonl", []string{"id"}, "line 2, column id: a string here, numbers before; a column has one type; the first 10000 lines decide the type of a column"},
		{"type-changes.jsonl", []string{"score"}, "line 2, column score: a string here, numbers before; a column has one type; the first 10000 lines decide the type of a column"},
		{"nan-literal.jsonl", nil, `line 1, column score: NaN is not JSON; a number that is missing is written null, NaN in quotes: "NaN"`},
		{"one-array.json", nil, "line 1: one array, not one object a line; write each object on a line of its own, without the brackets and commas around them"},
		{"depth-5000.jsonl", nil, "line 1, column decision: lists and objects are nested more than 64 deep; if that is how the log is, raise data.limits.depth"},
		{"big-integers.jsonl", nil, ""},
	}
	for _, test := range tests {
		f, err := Open("testdata/"+test.file, test.file, Options{})
		if err == nil {
			columns := usable(f)
			if test.columns != nil {
				columns = find(t, f, test.columns...)
			}
			_, err = readAll(f, columns)
		}
		if test.want == "" && err == nil {
			continue
		}
		if err == nil || err.Error() != test.file+", "+test.want {
			t.Errorf("got  %v\nwant %s, %s", err, test.file, test.want)
		}
	}
}

func TestBigIntegers(t *testing.T) {
	f, err := Open("testdata/big-integers.jsonl", "big", Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readAll(f, find(t, f, "id"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"9007199254740993"}, {"9007199254740992"}, {"18446744073709551616"}}, rows); diff != "" {
		t.Error(diff)
	}
}

// A good file with a few bytes changed, lost or doubled gives rows or one clear
// error, and never more rows than it has line feeds.
func TestMutations(t *testing.T) {
	for _, file := range []string{"full.jsonl.gz", "sparse-crlf.jsonl.zst"} {
		good, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		plain := unpack(t, good)[:60_000]
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range 150 {
			mutate(t, rng, good, fmt.Sprintf("%s, stored, mutation %d", file, i))
			mutate(t, rng, plain, fmt.Sprintf("%s, text, mutation %d", file, i))
		}
	}
}

func unpack(t *testing.T, b []byte) []byte {
	var r io.Reader
	z, err := zstd.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if r = z; b[0] == 0x1f {
		if r, err = gzip.NewReader(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mutate(t *testing.T, rng *rand.Rand, good []byte, name string) {
	t.Helper()
	bad := slices.Clone(good)
	for range 1 + rng.IntN(3) {
		at := rng.IntN(len(bad))
		n := min(1+rng.IntN(40), len(bad)-at)
		switch rng.IntN(4) {
		case 0:
			bad[at] ^= 1 << rng.IntN(8)
		case 1:
			bad = slices.Delete(bad, at, at+n)
		case 2:
			bad = slices.Insert(bad, at, bad[at:at+n]...)
		case 3:
			bad = bad[:at+1]
		}
	}
	f, err := New(text.Stream(iotest.HalfReader(bytes.NewReader(bad)), "log.jsonl"), Options{})
	var rows [][]string
	if err == nil {
		rows, err = readAll(f, usable(f))
	}
	mutateLeaves(t, bad, name)
	if err != nil {
		checkClear(t, name, err)
	} else if lines := 1 + bytes.Count(bad, []byte("\n")); bad[0] == '{' && len(rows) > lines {
		t.Errorf("%s: %d rows in %d lines", name, len(rows), lines)
	}
}

// checkClear holds that an error begins with the file, names a line, and is one
// line of printable text.
func checkClear(t *testing.T, name string, err error) {
	t.Helper()
	s := err.Error()
	if !strings.HasPrefix(s, "log.jsonl") || len(s) > 600 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		t.Errorf("%s: %q", name, s)
	}
	if _, ok := err.(*source.Error); !ok {
		t.Errorf("%s: %T", name, err)
	}
}
