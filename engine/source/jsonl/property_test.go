package jsonl

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// read reads all usable columns of a text that arrives from r.
func read(r io.Reader, o Options) (schema string, rows [][]string, err error) {
	f, err := New(text.Stream(r, "log.jsonl"), o)
	if err != nil {
		return "", nil, err
	}
	rows, err = readAll(f, usable(f))
	return schemaText(f.Schema()), rows, err
}

// Rows written by the standard library come back, in whatever pieces they
// arrive.
func TestAgainstStandardLibrary(t *testing.T) {
	word := rapid.StringOf(rapid.RuneFrom([]rune("ab\"\\/\n\té€\U0001F600\u2028<\x00\x7F")))
	rapid.Check(t, func(t *rapid.T) {
		var log bytes.Buffer
		var want [][]string
		for range rapid.IntRange(1, 20).Draw(t, "rows") {
			s, i, f := word.Draw(t, "s"), rapid.Int64().Draw(t, "i"), rapid.Float64().Draw(t, "f")
			u, b := rapid.Uint64().Draw(t, "u"), rapid.Bool().Draw(t, "b")
			if f == math.Trunc(f) {
				f = 0.5
			}
			row := []string{"∅", "∅", "∅", "∅", "∅"}
			object := map[string]any{"l": []any{s, map[string]any{s: f}}}
			for at, value := range []any{s, i, f, u, b} {
				if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
					continue
				}
				name := string("sifub"[at])
				object[name] = value
				row[at] = fmt.Sprint(value)
				if at == 2 {
					row[at] = source.Text(source.Type{}, source.Value{Kind: source.Float, Float: f})
				}
			}
			line, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			log.Write(line)
			log.WriteString(rapid.SampledFrom([]string{"\n", "\r\n", "\n\n", " \n"}).Draw(t, "end"))
			want = append(want, row)
		}
		f, err := New(text.Stream(iotest.OneByteReader(&log), "log.jsonl"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var columns []int
		for i := range 5 {
			at, _, ok := f.Schema().Find(string("sifub"[i]), 0)
			if !ok {
				for r := range want {
					want[r] = append(want[r][:len(columns)], want[r][len(columns)+1:]...)
				}
				continue
			}
			columns = append(columns, at)
		}
		got, err := readAll(f, columns)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The canonical text of a decimal is the number that was written.
func TestDecimal(t *testing.T) {
	tests := []struct{ in, want string }{
		{"0", "0"}, {"-0", "0"}, {"-0.00e5", "0"}, {"1.50", "1.5"}, {"1e3", "1000"}, {"-12.5E-3", "-0.0125"},
		{"100e-2", "1"}, {"123456789012345678901234567890", "123456789012345678901234567890"}, {"1.23e1", "12.3"}, {"0.1e1", "1"},
	}
	for _, test := range tests {
		if got, ok := decimal([]byte(test.in)); !ok || got != test.want {
			t.Errorf("%s: %s, want %s", test.in, got, test.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		got, ok := decimal(strconv.AppendFloat(nil, f, 'e', -1, 64))
		back, err := strconv.ParseFloat(got, 64)
		if !ok || err != nil || back != f || strings.ContainsAny(got, "eE") {
			t.Fatalf("%g: %s", f, got)
		}
	})
}

// Columns become plain when they have too many values; nothing is lost, and the
// other columns stay coded.
func TestManyValues(t *testing.T) {
	const rows = 1<<16 + 3*batchRows/2
	var log strings.Builder
	value := func(i int) []string {
		s := strconv.Itoa(i)
		if i%10 == 9 {
			return []string{"∅", "∅", "∅", "∅", "y"}
		}
		return []string{"s" + s, s, s + ".5", "1" + strings.Repeat("0", 20) + s, "x"}
	}
	for i := range rows {
		v := value(i)
		if v[0] == "∅" {
			log.WriteString(`{"c":"y"}` + "\n")
			continue
		}
		fmt.Fprintf(&log, `{"s":"%s","i":%s,"f":%s,"d":%s,"c":"x"}`+"\n", v[0], v[1], v[2], v[3])
	}
	f, err := openText(t, log.String(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := schemaText(f.Schema()); got != "s:string i:int f:float d:decimal c:string" {
		t.Fatal(got)
	}
	got, err := readAll(f, usable(f))
	if err != nil || len(got) != rows {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i, row := range got {
		if want := value(i); strings.Join(row, " ") != strings.Join(want, " ") {
			t.Fatalf("row %d: %v, want %v", i, row, want)
		}
	}
	r, err := f.Unit().Open(context.Background(), []int{4, 0, 4})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var last source.Batch
	for err == nil {
		var b *source.Batch
		if b, err = r.Next(); err == nil {
			last = *b
		}
	}
	if v := last.Columns; err != io.EOF || v[0].Codes == nil || v[1].Codes != nil || v[2].Dict != v[0].Dict {
		t.Error("want c coded twice with one dictionary and s plain")
	}
	if line := r.(source.Liner).Line(0); line <= 1<<16 {
		t.Errorf("the last batch begins on line %d", line)
	}
}

// Whatever the pieces that arrive, the columns, rows and the fault are the same;
// what is accepted is JSON where nothing was left out.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":"x"}` + "\n" + `{"a":2.5,"b":null}`, `{"p":{"x":[1,{"y":"\u00e9"}]},"a":true}`, "[1]", "{\"a\":1}\r\n\n {\"a\":\"NaN\"}",
		`{"a":-0.0e-5}` + "\n" + `{"a":9007199254740993}`, `{"a":18446744073709551615}`, "\uFEFF{}\n{", `{"a":"\ud83d\ude00"}`, `{"a":{"b":null}}` + "\n" + `{"a":{"b":1,"b":2}}`,
		`{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`, "{\"a\\n\":\"\xff\"}", `{"a":nul}`, `{"a":NaN}`, "{\"a\":-0.\x0e",
		`{"a":[1,null,[{"b":"x"}]]}`, `{"a":[{"b":[]},null]}` + "\n" + `{"a":[{"b":["x"]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		mutateLeaves(t, log, "fuzz")
		o := Options{MaxLine: 64, MaxCell: 24, MaxDepth: 5}
		schema, rows, err := read(bytes.NewReader(log), o)
		again, rowsAgain, errAgain := read(iotest.OneByteReader(bytes.NewReader(log)), o)
		if diff := cmp.Diff([]any{schema, rows, fmt.Sprint(err)}, []any{again, rowsAgain, fmt.Sprint(errAgain)}); diff != "" {
			t.Error(diff)
		}
		if err != nil {
			checkClear(t, "fuzz", err)
			return
		}
		if len(log) > 2 && (log[0] == 0x1f || log[0] == 0x28 || log[0]&0xF0 == 0x50) {
			return // compressed
		}
		n := 0
		for line := range bytes.Lines(bytes.TrimPrefix(log, []byte("\uFEFF"))) {
			if line = bytes.Trim(line, " \t\r\n"); len(line) == 0 {
				continue
			}
			n++
			var object map[string]json.RawMessage
			if json.Unmarshal(line, &object) != nil && !lenient(line) {
				t.Errorf("%q was accepted", line)
			}
		}
		if n != len(rows) && len(schema) > 0 {
			t.Errorf("%d rows, want %d", len(rows), n)
		}
	})
}

// lenient says whether a line may be accepted though it is not JSON: escapes
// are not checked in values that are not asked for.
func lenient(line []byte) bool { return bytes.ContainsRune(line, '\\') }

// table is a log of ten keys.
func table(rows int) string {
	var b strings.Builder
	groups := []string{`"white"`, `"Black"`, `"Asian"`, `"other"`, "null"}
	for i := range rows {
		fmt.Fprintf(&b, `{"id":%d,"time":"2024-0%d-11T10:00:00Z","group":%s,"sex":"%s","age":%d,"decision":"%s","score":0.%03d,"label":%t,"version":"v1.%d","note":"some text here"}`+"\n",
			1000000+i, 1+i%9, groups[i*7%5], []string{"f", "m"}[i*3%2], 18+i*31%70, []string{"yes", "no"}[i*5%3%2], i*7919%1000, i%2 == 0, i%4)
	}
	return b.String()
}

// Five keys out of ten; the metric is rows per second on one core.
func BenchmarkRead(b *testing.B) {
	const rows = 300_000
	for _, test := range []struct {
		name    string
		columns []int
	}{{"five", []int{1, 2, 4, 5, 6}}, {"id", []int{0}}, {"none", nil}} {
		b.Run(test.name, func(b *testing.B) {
			log := table(rows)
			f, err := openText(b, log, Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(log)))
			for b.Loop() {
				benchmark(b, f, test.columns, rows)
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func benchmark(b *testing.B, f *File, columns []int, rows int) {
	r, err := f.Unit().Open(context.Background(), columns)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for {
		batch, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		n += batch.Rows
	}
	if r.Close() != nil || n != rows {
		b.Fatal(n)
	}
}
