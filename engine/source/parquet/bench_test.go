package parquet

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type decision struct {
	Group    string   `parquet:"group,dict,snappy"`
	Decision *string  `parquet:"decision,dict,snappy"`
	Day      int32    `parquet:"day,dict,snappy,date"`
	Time     int64    `parquet:"time,delta,zstd,timestamp(microsecond)"`
	Score    *float64 `parquet:"score,snappy"`
	ID       string   `parquet:"id,zstd"`
}

// decisions writes a decision log of n rows in memory.
func decisions(t testing.TB, n int, group int64, page int) ([]decision, *File) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	groups, answers := []string{"white", "Black", "Asian", "NA", "1.10", "", "Río"}, []string{"yes", "no"}
	rows := make([]decision, n)
	for i := range rows {
		rows[i] = decision{Group: groups[r.IntN(len(groups))], Day: 19000 + r.Int32N(365),
			Time: 1.6e15 + int64(i)*1e6 + r.Int64N(1e6), ID: "case " + string(rune('a'+r.IntN(26)))}
		if r.IntN(10) > 0 {
			rows[i].Decision = &answers[r.IntN(2)]
		}
		if r.IntN(20) > 0 {
			x := r.Float64()
			rows[i].Score = &x
		}
	}
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[decision](&buf, parquet.MaxRowsPerRowGroup(group), parquet.PageBufferSize(page))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return rows, openBytes(t, buf.Bytes())
}

func BenchmarkRead(b *testing.B) {
	_, f := decisions(b, 1<<20, 1<<20, 256<<10)
	all := []int{}
	for i, c := range f.Schema() {
		all = append(all, i)
		b.Run(c.Name, func(b *testing.B) { benchColumns(b, f, []int{i}) })
	}
	b.Run("first four", func(b *testing.B) { benchColumns(b, f, all[:4]) })
	b.Run("all", func(b *testing.B) { benchColumns(b, f, all) })
}

func benchColumns(b *testing.B, f *File, columns []int) {
	b.ReportAllocs()
	for b.Loop() {
		for _, g := range f.RowGroups() {
			r, err := g.Open(context.Background(), columns)
			if err != nil {
				b.Fatal(err)
			}
			for {
				if _, err := r.Next(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			r.Close()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(f.Rows()), "ns/row")
}
