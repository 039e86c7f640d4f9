package parquet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// attempt reads everything in the bytes of a file, flat and nested, and stops
// at the first error of each. It fails the test on an error that is not clean.
func attempt(t *testing.T, b []byte, opt Options) {
	t.Helper()
	f, err := New(bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		clean(t, err)
		return
	}
	_ = f.Schema()
	for _, g := range f.RowGroups() {
		for i, c := range f.schema.columns {
			_ = g.Stats(i)
			if c.leaf >= 0 {
				clean(t, touch(g, i))
			}
		}
		for i := range f.Leaves() {
			clean(t, touchLeaf(g, i))
		}
	}
}

// mostBatches stops a test at files that are legal but long.
const mostBatches = 200

// touch reads a column and looks at the ends of each batch and every code.
func touch(g *RowGroup, column int) error {
	r, err := g.Open(context.Background(), []int{column})
	if err != nil {
		return err
	}
	defer r.Close()
	for range mostBatches {
		b, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		v := &b.Columns[0]
		_ = source.Text(v.Type, v.Value(0))
		_ = source.Text(v.Type, v.Value(b.Rows-1))
		for _, c := range v.Codes {
			if c != source.NullCode {
				_ = v.Dict.Value(int(c))
			}
		}
	}
	return nil
}

func touchLeaf(g *RowGroup, leaf int) error {
	r, err := g.OpenLeaf(context.Background(), leaf)
	if err != nil {
		return err
	}
	defer r.Close()
	for range mostBatches {
		levels, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range levels.Count {
			_ = levels.Values.Value(i)
		}
	}
	return nil
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

// mutationsEach is how many variants of each good file are read.
const mutationsEach = 120

// TestMutations changes bytes of every good file in fixed ways: whatever comes
// of it is values or a clean error, in memory that the file's size explains.
func TestMutations(t *testing.T) {
	own, _ := filepath.Glob("../../../testdata/interop/good/*.parquet")
	files := append(goodFiles(t), own...)
	if len(files) < 35 {
		t.Fatalf("only %d files", len(files))
	}
	each := mutationsEach
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		each = 15 // the race detector has enough of them, and is slow
	}
	for n, path := range files {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, uint64(n)))
			for i := range each {
				b := bytes.Clone(good)
				mutate(r, b, i)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				attempt(t, b, Options{Name: fmt.Sprintf("mutation %d", i), MaxPage: 16 << 20})
				runtime.ReadMemStats(&after)
				if n := after.TotalAlloc - before.TotalAlloc; n > 256<<20 {
					t.Errorf("mutation %d: %d bytes were allocated", i, n)
				}
			}
		})
	}
}

// mutate changes one to four bytes, in every second case within the footer.
func mutate(r *rand.Rand, b []byte, i int) {
	for range 1 + i%4 {
		at := r.IntN(len(b))
		if i%2 == 0 {
			at = len(b) - 1 - r.IntN(min(len(b), 3000))
		}
		switch r.IntN(3) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		default:
			b[at] = 0xff
		}
	}
}

// A footer of empty column chunks would take fifty times its size.
func TestFooterAmplification(t *testing.T) {
	const n = 200_000
	schema := [][]byte{new(encoder).text(4, "schema").i32(5, 1).end(), leafNode("x", typeInt64, repRequired).end()}
	group := new(encoder).list(1, wireStruct, new(encoder).end()).i64(3, 0).end()
	groups := make([][]byte, n)
	for i := range groups {
		groups[i] = group
	}
	meta := new(encoder).list(2, wireStruct, schema...).i64(3, 0).list(4, wireStruct, groups...).end()
	_, _, err := decodeFooter(meta, 0)
	if err == nil || !strings.Contains(err.Error(), "column chunk has no metadata") {
		t.Error(err)
	}
}

func FuzzThrift(f *testing.F) {
	files, _ := filepath.Glob("testdata/corrupt/*.parquet")
	for _, path := range files {
		if b, err := os.ReadFile(path); err == nil && len(b) > 12 && len(b) < 5000 {
			f.Add(b[4 : len(b)-8])
		}
	}
	f.Add(dictPage(2, texts("yes", "no")))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func(*thrift){
			func(d *thrift) { d.pageHeader() },
			func(d *thrift) { d.skip(wireStruct) },
		} {
			d := thrift{b: b}
			read(&d)
			if d.pos > len(b) || d.err == nil && d.depth != 0 {
				t.Fatalf("at %d of %d, depth %d", d.pos, len(b), d.depth)
			}
		}
		for i := range min(len(b), 200) { // a footer has no mark of where it begins
			decodeFooter(b[i:], 0)
		}
	})
}

func FuzzFile(f *testing.F) {
	files, _ := filepath.Glob("testdata/corrupt/*.parquet")
	for _, path := range files {
		if b, err := os.ReadFile(path); err == nil && len(b) < 5000 {
			f.Add(b)
		}
	}
	for _, encoding := range []int64{encPlain, encRLEDictionary, encDeltaBinary, encDeltaLength, encDeltaByteArray, encByteStreamSplit} {
		f.Add(handFile(flat("x", typeInt64, repOptional, 8, dataPage(8, encoding, append(sizedRuns(8, 1), make([]byte, 64)...), 70))))
		f.Add(handFile(flat("s", typeByteArray, repRepeated, 8, dataPage(8, encoding, append(sizedRuns(8, 0, 8, 1), make([]byte, 64)...), 72))))
	}
	words := texts("yes", "no", "", "a longer string", "yes")
	f.Add(handFile(flat("s", typeByteArray, repOptional, 6, dataPage(6, encPlain, append(sizedRuns(4, 1, 1, 0, 1, 1), words...), 99))))
	f.Add(handFile(flat("s", typeByteArray, repRequired, 5, dataPage(3, encPlain, words, len(words)), dataPage(2, encPlain, words, len(words)))))
	f.Fuzz(func(t *testing.T, b []byte) {
		attempt(t, b, Options{Name: "fuzz", MaxPage: 1 << 20, MaxFooter: 1 << 20, MaxRows: 1 << 22})
	})
}
