package arrow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// attempt reads every column in the bytes of a file by itself, then all
// together, and also as a stream from a reader. It fails on an error that is
// not clean.
func attempt(t *testing.T, b []byte, opt Options) {
	t.Helper()
	f, err := New(bytes.NewReader(b), int64(len(b)), opt)
	clean(t, err)
	if err == nil {
		columns := flatColumns(f)
		for _, i := range columns {
			clean(t, touch(f, []int{i}))
		}
		clean(t, touch(f, columns))
		for i, l := range f.Leaves() {
			if l.Rep > 0 {
				_, err := spell(f.Units()[0], i)
				clean(t, err)
			}
		}
	}
	if f, err = Stream(bytes.NewReader(b), opt); err == nil {
		err = touch(f, flatColumns(f))
	}
	clean(t, err)
}

// mostBatches stops a test at files that are legal but long.
const mostBatches = 50

// touch reads columns and looks at the ends of each batch and every code.
func touch(f *File, columns []int) error {
	for _, u := range f.Units() {
		r, err := u.Open(context.Background(), columns)
		if err != nil {
			return err
		}
		defer r.Close()
		for range mostBatches {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			for i := range b.Columns {
				look(&b.Columns[i], b.Rows)
			}
		}
	}
	return nil
}

func look(v *source.Vector, rows int) {
	for _, c := range v.Codes {
		if c != source.NullCode {
			_ = v.Dict.Value(int(c))
		}
	}
	if v.Const {
		rows = 1
	}
	for i := 0; i < rows; i += max(1, rows/100) {
		_ = source.Text(v.Type, v.Value(i))
	}
	_ = source.Text(v.Type, v.Value(rows-1))
}

// clean holds an error to the form that a user can act on.
func clean(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *source.Error
	if !errors.As(err, &e) || e.Path == "" {
		t.Fatalf("error without a file: %v", err)
	}
	if s := err.Error(); strings.Contains(s, "internal error") || strings.Contains(s, "runtime error") {
		t.Fatal(s)
	}
}

// TestMutations changes bytes of good files in fixed ways: whatever comes of
// it is values or a clean error, in memory that is bounded.
func TestMutations(t *testing.T) {
	for n, name := range []string{"pyarrow-file-lz4.arrow", "pyarrow-file-views-zstd.arrow", "pyarrow-stream-dict-delta.arrows",
		"pyarrow-stream-runend.arrows", "pyarrow-stream-v4-metadata.arrows", "pyarrow-stream-listview.arrows", "pyarrow-file-dict-delta.arrow",
		"pyarrow-stream-lz4.arrows", "pyarrow-file-zstd.arrow"} {
		good, err := os.ReadFile("testdata/good/" + name)
		if err != nil {
			t.Fatal(err)
		}
		meta := metadataAt(good)
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(4, uint64(n)))
			for i := range 150 {
				b := bytes.Clone(good)
				mutate(r, b, meta, i)
				size := allocated(func() { attempt(t, b, Options{Name: fmt.Sprintf("mutation %d", i), MaxBatch: 16 << 20}) })
				if size > 256<<20 {
					t.Errorf("mutation %d: %d bytes were allocated", i, size)
				}
			}
		})
	}
}

// metadataAt lists the places of bytes near the start of a message, where the
// metadata is.
func metadataAt(b []byte) (at []int) {
	for i := 0; i+8 < len(b); i += 8 {
		if bytes.HasPrefix(b[i:], continuation) {
			for k := i; k < min(i+600, len(b)); k++ {
				at = append(at, k)
			}
		}
	}
	for k := len(b) - min(len(b), 1500); k < len(b); k++ {
		at = append(at, k)
	}
	return at
}

// mutate changes one to four bytes, three times in four within the metadata.
func mutate(r *rand.Rand, b []byte, meta []int, i int) {
	for range 1 + i%3 {
		at := r.IntN(len(b))
		if i%4 != 0 {
			at = meta[r.IntN(len(meta))]
		}
		switch r.IntN(4) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		case 2:
			b[at]++
		default:
			b[at] = 0xff
		}
	}
}

func FuzzFile(f *testing.F) {
	files, _ := filepath.Glob("testdata/corrupt/*")
	for _, path := range files {
		if b, err := os.ReadFile(path); err == nil && len(b) < 7000 {
			f.Add(b)
		}
	}
	for _, c := range forms() {
		f.Add(written(f, c.array(), false, false))
		f.Add(written(f, encode(c.array(), 1), true, true))
		f.Add(written(f, inList(c.array(), true), false, false))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		attempt(t, b, Options{Name: "fuzz", MaxBatch: 1 << 20})
	})
}
