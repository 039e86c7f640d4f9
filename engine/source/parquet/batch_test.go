package parquet

import (
	"context"
	"io"
	"sync"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// TestBatches reads a file of many batches and pages, all columns together,
// and holds every value against the rows that were written.
func TestBatches(t *testing.T) {
	rows, file := decisions(t, 150_000, 100_000, 20_000)
	at := 0
	for _, g := range file.RowGroups() {
		r, err := g.Open(context.Background(), []int{5, 4, 3, 2, 1, 0})
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if b.Rows < 1 || b.Rows > source.MaxBatch {
				t.Fatalf("batch of %d rows", b.Rows)
			}
			for i := range b.Rows {
				checkRow(t, at, rows[at], b, i)
				at++
			}
		}
		if r.BytesRead() != g.Bytes() {
			t.Errorf("%d bytes read of %d", r.BytesRead(), g.Bytes())
		}
		r.Close()
	}
	if at != len(rows) {
		t.Errorf("read %d rows of %d", at, len(rows))
	}
}

func checkRow(t *testing.T, at int, want decision, b *source.Batch, i int) {
	t.Helper()
	var score, answer source.Value
	if want.Score != nil {
		score = source.Value{Kind: source.Float, Float: *want.Score}
	}
	if want.Decision != nil {
		answer = source.Value{Kind: source.String, Str: *want.Decision}
	}
	for k, v := range []source.Value{
		{Kind: source.String, Str: want.ID}, score,
		{Kind: source.Timestamp, Int: want.Time}, {Kind: source.Date, Int: int64(want.Day)},
		answer, {Kind: source.String, Str: want.Group},
	} {
		if got := b.Columns[k].Value(i); got != v {
			t.Fatalf("row %d, column %d: %v, want %v", at, k, got, v)
		}
	}
}

// A dictionary is one value for all batches of a row group.
func TestDictionaryIsStable(t *testing.T) {
	_, file := decisions(t, 150_000, 100_000, 20_000)
	for _, g := range file.RowGroups() {
		r, err := g.Open(context.Background(), []int{0})
		if err != nil {
			t.Fatal(err)
		}
		var dict *source.Dict
		for {
			b, err := r.Next()
			if err != nil {
				break
			}
			if d := b.Columns[0].Dict; d == nil || dict != nil && d != dict {
				t.Fatalf("dictionary %p after %p", d, dict)
			} else {
				dict = d
			}
		}
		r.Close()
	}
}

// Units of one file are read by several workers.
func TestConcurrent(t *testing.T) {
	rows, file := decisions(t, 60_000, 10_000, 2_000)
	var wait sync.WaitGroup
	var total sync.Map
	for range 4 {
		for i, g := range file.RowGroups() {
			wait.Go(func() {
				n, err := drain(g, []int{0, 1, 2, 3, 4, 5})
				if err != nil {
					t.Error(err)
				}
				total.Store(i, n)
			})
		}
	}
	wait.Wait()
	sum := int64(0)
	total.Range(func(_, n any) bool { sum += n.(int64); return true })
	if sum != int64(len(rows)) {
		t.Errorf("%d rows, want %d", sum, len(rows))
	}
}
