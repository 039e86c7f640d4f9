package files

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// arrowLog is a log as an Arrow file or stream.
func arrowLog(t testing.TB, stream bool, groups ...string) string {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "g", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "n", Type: arrow.PrimitiveTypes.Int64},
		{Name: "decision", Type: arrow.BinaryTypes.String}}, nil)
	build := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i, g := range groups {
		build.Field(0).(*array.StringBuilder).Append(g)
		build.Field(1).(*array.Int64Builder).Append(int64(i))
		build.Field(2).(*array.StringBuilder).Append([]string{"yes", "no"}[i%2])
	}
	batch := build.NewRecordBatch()
	var b bytes.Buffer
	if stream {
		w := ipc.NewWriter(&b, ipc.WithSchema(schema))
		if err := w.Write(batch); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	w, err := ipc.NewFileWriter(&b, ipc.WithSchema(schema))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Arrow files and streams in files are one format, and may stand in one log.
func TestArrow(t *testing.T) {
	stream := arrowLog(t, true, "x", "y", "x")
	dir := folderOf(t, map[string]string{"day=1/a.arrow": arrowLog(t, false, "x", "y"), "day=2/b.arrows": stream})
	s := open(t, Options{Base: dir, Paths: []string{"."}})
	for range 2 {
		got, err := counts(s, "g", "day")
		if diff := cmp.Diff(map[string]int{"x|1": 1, "y|1": 1, "x|2": 2, "y|2": 1}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	inputs, err := s.Inputs()
	if err != nil || len(inputs) != 2 {
		t.Fatal(inputs, err)
	}
	if in := inputs[0]; in.Rows != 2 || in.Hash != "footer" || len(in.SHA256) != 64 {
		t.Errorf("%+v", in)
	}
	if in := inputs[1]; in.Rows != 3 || in.Hash != "full" || len(in.SHA256) != 64 || in.Bytes != int64(len(stream)) {
		t.Errorf("%+v", in)
	}
}

// Without a format, standard input is an Arrow stream.
func TestArrowOnStdin(t *testing.T) {
	log := arrowLog(t, true, "x", "y", "x")
	for _, format := range []string{"", "auto", "arrow"} {
		s, err := Open(context.Background(), Options{Paths: []string{"-"}, Format: format, Stdin: iotest.HalfReader(strings.NewReader(log))})
		if err != nil {
			t.Fatal(err)
		}
		checkUntouched(t, s)
		got, err := counts(s, "g")
		if diff := cmp.Diff(map[string]int{"x": 2, "y": 1}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		inputs, err := s.Inputs()
		if err != nil || inputs[0].Path != "-" || inputs[0].Rows != 3 || inputs[0].Bytes != int64(len(log)) {
			t.Errorf("%+v, %v", inputs, err)
		}
		if _, err := counts(s, "g"); err == nil || !strings.Contains(err.Error(), "standard input") || !strings.Contains(err.Error(), "can be read once") {
			t.Error(err)
		}
	}
	for text, want := range map[string]string{
		"g,n\nx,1\n":            "standard input: this is text, and there is no name to tell what it holds; say format: csv or format: jsonl",
		"\x1f\x8b\x08\x00":      "standard input: this is compressed, and there is no name to tell what it holds; say format: csv or format: jsonl",
		"PAR1":                  "standard input: a Parquet file cannot be read as a stream; its footer comes last; give the path of the file",
		"":                      "standard input: stream is empty",
		arrowLog(t, false, "x"): "standard input: this is an Arrow file, not a stream; give its path, or write a stream",
		log[:len(log)/2]:        "standard input, record batch 0: stream ends in the middle of a message; it may have been cut short while it was written or copied",
	} {
		_, err := openAndCount(Options{Paths: []string{"-"}, Stdin: strings.NewReader(text)})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
