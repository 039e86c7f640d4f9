package parquet

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Several threads give the batches, and complain of the fault, that one does:
// of a whole file and of ones with a wrong byte.
func TestWide(t *testing.T) {
	type row struct {
		Group string `parquet:",dict,snappy"`
		Label *bool  `parquet:",optional,zstd"`
		Score *float64
		Time  int64 `parquet:",snappy"`
		Name  string
	}
	rng := rand.New(rand.NewPCG(3, 4))
	rows := make([]row, 40_000)
	for i := range rows {
		yes, score := rng.IntN(2) == 0, rng.Float64()
		rows[i] = row{Group: fmt.Sprint("group ", rng.IntN(5)), Time: rng.Int64N(1e6), Name: fmt.Sprint(rng.IntN(1000)), Label: &yes, Score: &score}
		if i/5000%2 == 1 {
			rows[i].Label = nil
		}
	}
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[row](&buf, parquet.PageBufferSize(20_000), parquet.MaxRowsPerRowGroup(30_000))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	seed := maphash.MakeSeed()
	read := func(g *RowGroup, threads int) string {
		r, err := g.OpenWide(context.Background(), []int{0, 1, 2, 3, 4}, threads)
		if err != nil {
			return err.Error()
		}
		defer r.Close()
		var sum maphash.Hash
		sum.SetSeed(seed)
		for {
			b, err := r.Next()
			if err == io.EOF {
				return fmt.Sprint(sum.Sum64())
			}
			if err != nil {
				return fmt.Sprint(sum.Sum64(), " ", err)
			}
			for i := range b.Columns {
				for k := 0; k < b.Rows; k += 29 {
					fmt.Fprint(&sum, b.Columns[i].Value(k))
				}
			}
		}
	}
	faults := 0
	for n := range 25 {
		data := bytes.Clone(buf.Bytes())
		if n > 0 {
			data[4+rng.IntN(len(data)*9/10)] ^= 1 << rng.IntN(8)
		}
		f, err := New(bytes.NewReader(data), int64(len(data)), Options{Name: "log"})
		if err != nil {
			continue
		}
		for _, g := range f.RowGroups() {
			one := read(g, 1)
			if bytes.Contains([]byte(one), []byte("log")) {
				faults++
			}
			for _, threads := range []int{2, 3, 9} {
				if got := read(g, threads); got != one {
					t.Errorf("byte %d, %d threads: %s, with one %s", n, threads, got, one)
				}
			}
		}
	}
	if faults < 6 {
		t.Errorf("only %d files were found to be damaged", faults)
	}
}

// Columns of which a batch takes much share the memory they are read into only
// where one is read at a time.
func TestWideWindows(t *testing.T) {
	type row struct {
		A int64 `parquet:",snappy"`
		B int64 `parquet:",snappy"`
		C int64 `parquet:",snappy"`
	}
	rng := rand.New(rand.NewPCG(5, 6))
	rows := make([]row, 300_000)
	for i := range rows {
		rows[i] = row{rng.Int64(), rng.Int64(), rng.Int64()}
	}
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[row](&buf, parquet.PageBufferSize(64_000))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := New(bytes.NewReader(buf.Bytes()), int64(buf.Len()), Options{Name: "log"})
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{1, 2, 3} {
		r, err := f.RowGroups()[0].OpenWide(context.Background(), []int{0, 1, 2}, threads)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%d threads: %v", threads, err)
			}
			for k := range b.Rows {
				if got := (row{b.Columns[0].Ints[k], b.Columns[1].Ints[k], b.Columns[2].Ints[k]}); got != rows[at+k] {
					t.Fatalf("%d threads, row %d: %v, want %v", threads, at+k, got, rows[at+k])
				}
			}
			at += b.Rows
		}
		if at != len(rows) {
			t.Errorf("%d threads: %d rows", threads, at)
		}
		r.Close()
	}
}
