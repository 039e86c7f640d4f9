package files

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// JSON Lines of one log agree on the types of their columns, and a file without
// a line lacks none.
func TestJSONLines(t *testing.T) {
	content := map[string]string{
		"log/day=1/a.jsonl":   `{"g":"x","n":1,"late":null,"p":{"a":1}}` + "\n",
		"log/day=2/b.json":    `{"n":0.5,"g":"y","late":"no","p":null}` + "\n",
		"log/day=3/c.jsonl":   "",
		"log/day=4/d.json.gz": compress(t, ".gz", `{"g":null,"n":null,"late":"yes"}`+"\n"+`{"p":{"a":7},"g":"NA"}`),
	}
	dir := folderOf(t, content)
	s := open(t, Options{Base: dir, Paths: []string{"log"}})
	want := source.Schema{{Name: "g", Type: source.Type{Kind: source.String}}, {Name: "n", Type: source.Type{Kind: source.Float}},
		{Name: "late", Type: source.Type{Kind: source.String}}, {Name: "p.a", Type: source.Type{Kind: source.Int}},
		{Name: "day", Type: source.Type{Kind: source.String, Text: true}}}
	if diff := cmp.Diff(want, s.Schema()); diff != "" {
		t.Fatal(diff)
	}
	if err := s.Check([]int{0, 1, 2, 3, 4}); err != nil {
		t.Error(err)
	}
	got, err := counts(s, "g", "n", "late", "p.a", "day")
	if diff := cmp.Diff(map[string]int{"x|1|∅|1|1": 1, "y|0.5|no|∅|2": 1, "∅|∅|yes|∅|4": 1, "NA|∅|∅|7|4": 1}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	inputs, err := s.Inputs()
	if err != nil || len(inputs) != 4 || inputs[2].Rows != 0 || inputs[3].Rows != 2 || inputs[0].Hash != "full" {
		t.Errorf("%+v, %v", inputs, err)
	}
}

func TestJSONLinesDiffer(t *testing.T) {
	tests := []struct {
		a, b    string
		missing bool
		want    string // counts of g and h, or the error
	}{
		{`{"g":"x","h":1}`, `{"g":"y"}`, false, "b.jsonl, column h: there is no such column"},
		{`{"g":"x","h":1}`, `{"g":"y"}`, true, "x|1=1 y|∅=1"},
		{`{"g":"x","h":1}`, `{"g":"y","H":2}`, false, `b.jsonl, column h: there is no such column; did you mean "H"?`},
		{`{"g":"x","h":1}`, `{"g":"y","h":"2"}`, false, "b.jsonl, column h: the type is string, but integer in a.jsonl"},
		{`{"g":"x","h":1}`, `{"g":"y","h":null}`, false, "x|1=1 y|∅=1"},
		{`{"g":"x","h":null}`, `{"g":"y","h":9007199254740993}`, false, "x|∅=1 y|9007199254740993=1"},
		{`{"g":"x","h":9007199254740993}`, `{"g":"y","h":0.5}`, false, "x|9007199254740993=1 y|0.5=1"},
	}
	for _, test := range tests {
		dir := folderOf(t, map[string]string{"a.jsonl": test.a, "b.jsonl": test.b})
		s := open(t, Options{Base: dir, Paths: []string{"."}, MissingNull: test.missing})
		g, _, _ := s.Schema().Find("g", 0)
		h, _, _ := s.Schema().Find("h", 0)
		got := ""
		err := s.Check([]int{g, h})
		if err == nil {
			var n map[string]int
			if n, err = counts(s, "g", "h"); err == nil {
				got = spell(n)
			}
		}
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s and %s:\ngot  %s\nwant %s", test.a, test.b, got, test.want)
		}
	}
}

// spell lists counts in the order of their keys; there are at most two.
func spell(n map[string]int) string {
	var out []string
	for key, count := range n {
		if count == 1 {
			out = append(out, key+"=1")
		}
	}
	if len(out) == 2 && out[0] > out[1] {
		out[0], out[1] = out[1], out[0]
	}
	return strings.Join(out, " ")
}

// A key that only another file shows is looked for behind the first lines too.
func TestAdoptedColumn(t *testing.T) {
	late := strings.Repeat(`{"g":"y"}`+"\n", 12_000) + `{"g":"z","label":true,"p":{"q":3}}`
	dir := folderOf(t, map[string]string{"a.jsonl": `{"g":"x","label":false,"p":{"q":1}}`, "b.jsonl": late})
	s := open(t, Options{Base: dir, Paths: []string{"."}, MissingNull: true})
	got, err := counts(s, "g", "label", "p.q")
	if diff := cmp.Diff(map[string]int{"x|false|1": 1, "y|∅|∅": 12_000, "z|true|3": 1}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestStdin(t *testing.T) {
	const csv, jsonl = "g,d\nx,yes\ny,no\n", `{"g":"x","d":"yes"}` + "\n" + `{"g":"y","d":"no"}`
	tests := []struct{ name, text, format, want string }{
		{"csv", csv, "csv", ""},
		{"jsonl", jsonl, "jsonl", ""},
		{"csv.gz", compress(t, ".gz", csv), "csv", ""},
		{"jsonl.zst", compress(t, ".zst", jsonl), "jsonl", ""},
		{"parquet", "PAR1", "parquet", "standard input: a Parquet file cannot be read as a stream; its footer comes last; give the path of the file"},
		{"no header", "", "csv", "standard input: the file is empty: there is no header line"},
		{"fault", csv + "1,2,3\n", "csv", "standard input, line 4: 3 cells where the header has 2"},
		{"cut off", jsonl[:len(jsonl)-1], "jsonl", "standard input, line 2: the line ends inside an object; an object stands on one line; if this is the last line, the file is cut off"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Paths: []string{"-"}, Format: test.format, Stdin: iotest.OneByteReader(strings.NewReader(test.text))}
			s, err := Open(context.Background(), o)
			var got map[string]int
			if err == nil {
				checkUntouched(t, s)
				got, err = counts(s, "g", "d")
			}
			if err != nil || test.want != "" {
				if err == nil || err.Error() != test.want {
					t.Errorf("got %v, want %s", err, test.want)
				}
				return
			}
			if diff := cmp.Diff(map[string]int{"x|yes": 1, "y|no": 1}, got); diff != "" {
				t.Error(diff)
			}
			checkReadOnce(t, s, int64(len(test.text)))
		})
	}
}

// checkUntouched holds that a sample reads nothing of what can be read once.
func checkUntouched(t *testing.T, s *Source) {
	t.Helper()
	sample, err := source.Sample(context.Background(), s, []int{0}, 100, 100)
	if err != nil || sample.Rows != 0 || sample.Complete || len(sample.Distinct) != 0 {
		t.Errorf("sampled %+v, %v", sample, err)
	}
	if _, err := s.Inputs(); err == nil || err.Error() != "standard input: it was not read to its end" {
		t.Errorf("fingerprint before reading: %v", err)
	}
}

func checkReadOnce(t *testing.T, s *Source, size int64) {
	t.Helper()
	inputs, err := s.Inputs()
	if err != nil || inputs[0].Path != "-" || inputs[0].Bytes != size || inputs[0].Rows != 2 || len(inputs[0].SHA256) != 64 {
		t.Errorf("%+v, %v", inputs, err)
	}
	_, err = counts(s, "g")
	if want := "standard input: it can be read only once, and this audit reads the log several times; write it to a file first"; err == nil || err.Error() != want {
		t.Errorf("read again: %v", err)
	}
}

func TestStdinFails(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("g,d\nx,yes\n"), iotest.ErrReader(io.ErrClosedPipe))
	_, err := openAndCount(Options{Paths: []string{"-"}, Format: "csv", Stdin: broken})
	if err == nil || !strings.Contains(err.Error(), "io: read/write on closed pipe") {
		t.Error(err)
	}
}
