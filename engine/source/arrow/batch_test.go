package arrow

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func firstColumn(t testing.TB, b []byte, opt Options) source.Reader {
	t.Helper()
	f, err := New(bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Units()[0].Open(context.Background(), []int{0})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// A billion rows in one run are one constant batch.
func TestRunBomb(t *testing.T) {
	ends := formCase{dtype: arrow.PrimitiveTypes.Int64, json: `[3, 1000000000]`}.array()
	a := array.NewRunEndEncodedArray(ends, formCase{dtype: arrow.BinaryTypes.String, json: `["no", "yes"]`}.array(), 1e9, 0)
	r := firstColumn(t, written(t, a, false, false), Options{Name: "runs"})
	b, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if v := &b.Columns[0]; b.Rows != source.MaxBatch || v.Value(2).Str != "no" || v.Value(3).Str != "yes" {
		t.Errorf("%d rows", b.Rows)
	}
	if b, err = r.Next(); err != nil {
		t.Fatal(err)
	}
	if v := &b.Columns[0]; !v.Const || b.Row+int64(b.Rows) != 1e9 || v.Value(7e8).Str != "yes" {
		t.Errorf("%d rows from %d", b.Rows, b.Row)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Error(err)
	}
}

// A delta appends to the dictionary that batches hold; a replacement makes
// another.
func TestDictionaries(t *testing.T) {
	for name, same := range map[string]bool{"pyarrow-stream-dict-delta.arrows": true, "pyarrow-stream-dict-replaced.arrows": false} {
		f := open(t, "testdata/good/"+name)
		var dicts []*source.Dict
		sizes := map[int]bool{}
		_, err := each(f, []int{columnIndex(f, "group")}, func(b *source.Batch, i int) {
			v := &b.Columns[0]
			if v.Codes == nil {
				t.Fatal("column is not coded")
			}
			if i == 0 {
				dicts = append(dicts, v.Dict)
				sizes[v.Dict.Len()] = true
			}
		})
		if err != nil || len(dicts) != 4 || (dicts[0] == dicts[3]) != same || same && len(sizes) < 3 {
			t.Errorf("%s: %d dictionaries of %v: %v", name, len(dicts), sizes, err)
		}
	}
}

// The units of a file share its dictionaries.
func TestUnitsShare(t *testing.T) {
	f := open(t, "testdata/good/pyarrow-file-dict-delta.arrow")
	var dicts [2]*source.Dict
	for i := range dicts {
		r, err := f.Units()[0].Open(context.Background(), []int{columnIndex(f, "group")})
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		dicts[i] = b.Columns[0].Dict
		r.Close()
	}
	if dicts[0] != dicts[1] || dicts[0].Len() != 7 {
		t.Errorf("dictionaries differ, or have %d entries", dicts[0].Len())
	}
}

func TestLimit(t *testing.T) {
	b := written(t, decisions(5000), true, false)
	f, err := New(bytes.NewReader(b), int64(len(b)), Options{Name: "x", MaxBatch: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	_, err = each(f, []int{0}, func(*source.Batch, int) {})
	want := "x, record batch 0, column x.score: buffer of 40000 bytes brings the batch above the limit of 20000 bytes; raise data.limits.batch, or write the file with fewer rows per record batch"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	_, err = New(bytes.NewReader(b), int64(len(b)), Options{Name: "x", MaxRows: 4000})
	if want := "x, record batch 0: 5000 rows are above the limit of 4000; if there are that many, raise data.limits.run"; err == nil || err.Error() != want {
		t.Error(err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	f := open(t, "testdata/good/pyarrow-file-lz4.arrow")
	r, err := f.Units()[0].Open(ctx, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Next(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A file that shrinks while it is read is noticed.
func TestShrinks(t *testing.T) {
	b := written(t, decisions(5000), true, false)
	r := &shrinking{bytes.NewReader(b), int64(len(b))}
	f, err := New(r, int64(len(b)), Options{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	r.size = 1000
	_, err = each(f, []int{0}, func(*source.Batch, int) {})
	if err == nil || !strings.Contains(err.Error(), "file ends early: it was cut while it was read") {
		t.Error(err)
	}
}

type shrinking struct {
	io.ReaderAt
	size int64
}

func (s *shrinking) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > s.size {
		return 0, io.EOF
	}
	return s.ReaderAt.ReadAt(b, at)
}
