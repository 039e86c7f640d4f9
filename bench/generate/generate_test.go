package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

const testRows = 20_000

func testOptions(out, format string) options {
	return options{rows: testRows, out: out, seed: 1, format: format, rowGroup: 4096, files: 1, workers: 2}
}

// generated generates into a folder of the test and returns the files' contents.
func generated(t *testing.T, o options) map[string][]byte {
	t.Helper()
	o.out = t.TempDir()
	if err := generate(o); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(o.out, "*"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// The same options give the same bytes, with any number of workers; another
// seed gives others.
func TestSameBytes(t *testing.T) {
	for _, format := range []string{"parquet", "arrow", "csv", "jsonl"} {
		t.Run(format, func(t *testing.T) {
			o := testOptions("", format)
			want := generated(t, o)
			o.workers = 3
			got := generated(t, o)
			for name := range want {
				if !bytes.Equal(want[name], got[name]) {
					t.Errorf("%s differs between two and three workers", name)
				}
			}
			o.seed = 2
			if name := "log." + format; bytes.Equal(want[name], generated(t, o)[name]) {
				t.Errorf("%s is the same for another seed", name)
			}
		})
	}
}

// The rows do not depend on files, row groups, codecs or dictionaries.
func TestSplitsHoldTheSameRows(t *testing.T) {
	whole := testOptions("", "parquet")
	want := parquetRows(t, generated(t, whole))
	if len(want) != testRows {
		t.Fatalf("%d rows", len(want))
	}
	for name, change := range map[string]func(*options){
		"files":        func(o *options) { o.files = 3 },
		"row groups":   func(o *options) { o.rowGroup = 1000 },
		"zstd":         func(o *options) { o.codec = "zstd" },
		"uncompressed": func(o *options) { o.codec = "none" },
		"plain":        func(o *options) { o.plain = true },
	} {
		t.Run(name, func(t *testing.T) {
			o := whole
			change(&o)
			if got := parquetRows(t, generated(t, o)); !slices.Equal(got, want) {
				t.Error("the rows differ")
			}
		})
	}
	csv := testOptions("", "csv")
	one := generated(t, csv)["log.csv"]
	csv.files = 3
	parts := generated(t, csv)
	header, body, _ := strings.Cut(string(one), "\n")
	joined := ""
	for _, name := range []string{"log-00.csv", "log-01.csv", "log-02.csv"} {
		joined += strings.TrimPrefix(string(parts[name]), header+"\n")
	}
	if joined != body {
		t.Error("three files of CSV differ from one")
	}
}

// parquetRows prints every row, in the order of the files.
func parquetRows(t *testing.T, files map[string][]byte) (rows []string) {
	t.Helper()
	var names []string
	for name := range files {
		if strings.HasSuffix(name, ".parquet") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := parquet.OpenFile(bytes.NewReader(files[name]), int64(len(files[name])))
		if err != nil {
			t.Fatal(err)
		}
		r := parquet.NewReader(f)
		buffer := make([]parquet.Row, 1000)
		for {
			n, err := r.ReadRows(buffer)
			for _, row := range buffer[:n] {
				rows = append(rows, fmt.Sprint(row))
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return rows
}

// The log is as its description says: times in order over twelve months,
// groups of unequal sizes, missing values, a score that says something.
func TestShape(t *testing.T) {
	l := &decisions{seed: 1, rows: testRows, tables: newTables()}
	b := newBatch(testRows)
	l.fill(b, 0, testRows)
	if !slices.IsSorted(b.ints[decidedAt]) {
		t.Error("times are not in order")
	}
	first, last := b.ints[decidedAt][0], b.ints[decidedAt][testRows-1]
	if begin, end := int64(time2025)*1000, int64(time2025+span)*1000; first < begin || last >= end || last-first < (end-begin)/100*99 {
		t.Errorf("times run from %d to %d", first, last)
	}
	for i, c := range columns(true) {
		if c.kind != category {
			continue
		}
		n := make([]int, len(c.values)+1)
		for _, code := range b.codes[i] {
			n[code+1]++
		}
		if slices.Contains(n[1:], 0) {
			t.Errorf("%s: a value has no row: %v", c.name, n)
		}
		if missing := slices.Contains([]string{"sex", "race", "employment", "repaid"}, c.name); missing != (n[0] > 0) {
			t.Errorf("%s: %d missing", c.name, n[0])
		}
	}
	var repaid, scored [2]float64 // by decision
	for i, x := range b.reals[score] {
		if y := b.codes[label][i]; !math.IsNaN(x) && y != absent {
			at := b.codes[decision][i]
			scored[at]++
			repaid[at] += float64(1 - y)
		}
	}
	if approved, declined := repaid[0]/scored[0], repaid[1]/scored[1]; approved < declined+0.2 {
		t.Errorf("%.3f of the approved repay, and %.3f of the declined", approved, declined)
	}
	l.shuffled = true
	l.fill(b, 0, testRows)
	if slices.IsSorted(b.ints[decidedAt]) {
		t.Error("shuffled times are in order")
	}
}

// Recorded results stay comparable: a change of the rows is a decision.
func TestRowsStay(t *testing.T) {
	digest := sha256.Sum256(generated(t, testOptions("", "csv"))["log.csv"])
	const want = "81bb67d196b930e5d16ce643eb5a7768f13f81e30b10f4e979c7dfbed5b5c1c1"
	if got := hex.EncodeToString(digest[:]); got != want {
		t.Errorf("the rows of seed 1 have changed: digest %s", got)
	}
}

func TestRefusals(t *testing.T) {
	for name, change := range map[string]func(*options){
		"no rows":         func(o *options) { o.rows = 0 },
		"no folder":       func(o *options) { o.out = "" },
		"format":          func(o *options) { o.format = "xml" },
		"parquet codec":   func(o *options) { o.codec = "lzo" },
		"arrow codec":     func(o *options) { o.format, o.codec = "arrow", "snappy" },
		"compressed text": func(o *options) { o.format, o.codec = "csv", "zstd" },
	} {
		o := testOptions(t.TempDir(), "parquet")
		change(&o)
		if err := generate(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
