package parquet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/plumbline-audit/plumbline/engine/source"
)

type shownRow struct {
	Length  *string `parquet:"a"`
	Text    string  `parquet:"b"`
	Share   float64 `parquet:"c"`
	Counter int64   `parquet:"d"`
	ID      string  `parquet:"e"`
	Single  float32 `parquet:"f"`
}

// TestShown reads, side by side, columns whose pages end at different rows, so
// that some batches are in the memory of a page, some begin or end within one,
// and some are put together of several; also strings longer than what is
// copied without a call. Expected is what parquet-go was given to write, 32-bit
// floats as strconv prints them.
func TestShown(t *testing.T) {
	schema := parquet.NewSchema("log", parquet.Group{
		"a": parquet.Optional(parquet.Encoded(parquet.String(), &parquet.DeltaLengthByteArray)),
		"b": parquet.Encoded(parquet.String(), &parquet.Plain),
		"c": parquet.Encoded(parquet.Leaf(parquet.DoubleType), &parquet.ByteStreamSplit),
		"d": parquet.Encoded(parquet.Leaf(parquet.Int64Type), &parquet.ByteStreamSplit),
		"e": parquet.Encoded(parquet.String(), &parquet.DeltaByteArray),
		"f": parquet.Encoded(parquet.Leaf(parquet.FloatType), &parquet.Plain),
	})
	for _, page := range []int{3 << 10, 60 << 10, 300 << 10} {
		r := rand.New(rand.NewPCG(4, uint64(page)))
		rows := make([]shownRow, 60_000)
		for i := range rows {
			rows[i] = shownRow{Share: r.Float64(), Single: r.Float32(), Counter: r.Int64(), ID: fmt.Sprint(i * 7), Text: strings.Repeat("é", r.IntN(40))}
			if r.IntN(5) > 0 && i/3000%9 != 4 { // pages of nulls too
				s := fmt.Sprintf("%x", r.Uint64()>>r.IntN(64))
				rows[i].Length = &s
			}
		}
		for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy} { // the latter's columns share memory
			var buf bytes.Buffer
			w := parquet.NewGenericWriter[shownRow](&buf, schema, parquet.PageBufferSize(page), parquet.Compression(codec))
			if _, err := w.Write(rows); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			for _, columns := range [][]int{{0, 1, 2, 3, 4, 5}, {0}, {4, 1}} {
				checkShown(t, openBytes(t, buf.Bytes()), columns, rows)
			}
		}
	}
}

func decimal(f float32) float64 {
	x, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		panic(err)
	}
	return x
}

func checkShown(t *testing.T, f *File, columns []int, rows []shownRow) {
	t.Helper()
	r, err := f.RowGroups()[0].Open(context.Background(), columns)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	at := 0
	for {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Rows {
			row := &rows[at]
			length := source.Value{}
			if row.Length != nil {
				length = source.Value{Kind: source.String, Str: *row.Length}
			}
			want := []source.Value{length, {Kind: source.String, Str: row.Text}, {Kind: source.Float, Float: row.Share},
				{Kind: source.Int, Int: row.Counter}, {Kind: source.String, Str: row.ID},
				{Kind: source.Float, Float: decimal(row.Single)}}
			for k, c := range columns {
				if got := b.Columns[k].Value(i); got != want[c] {
					t.Fatalf("row %d, column %d: %v, want %v", at, c, got, want[c])
				}
			}
			at++
		}
	}
	if at != len(rows) {
		t.Fatalf("read %d rows of %d", at, len(rows))
	}
}
