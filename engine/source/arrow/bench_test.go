package arrow

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// decisions is a struct of a decision log's columns, which come out as flat ones.
func decisions(n int) arrow.Array {
	r := rand.New(rand.NewPCG(1, 2))
	mem := memory.DefaultAllocator
	score, id, day := array.NewFloat64Builder(mem), array.NewInt64Builder(mem), array.NewDate32Builder(mem)
	text, flag := array.NewStringBuilder(mem), array.NewBooleanBuilder(mem)
	group := array.NewBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	for i := range n {
		score.Append(r.Float64())
		id.Append(int64(i))
		day.Append(arrow.Date32(19000 + r.IntN(365)))
		text.Append("case " + string(rune('a'+r.IntN(26))))
		if r.IntN(20) == 0 {
			flag.AppendNull()
			group.AppendNull()
			continue
		}
		flag.Append(r.IntN(2) == 0)
		_ = group.AppendString([]string{"white", "Black", "Asian", "NA", "1.10"}[r.IntN(5)])
	}
	names := []string{"score", "id", "day", "text", "flag", "group"}
	var columns []arrow.Array
	for _, b := range []array.Builder{score, id, day, text, flag, group} {
		columns = append(columns, b.NewArray())
	}
	s, err := array.NewStructArray(columns, names)
	if err != nil {
		panic(err)
	}
	return s
}

func BenchmarkRead(b *testing.B) {
	const rows = 1 << 20
	a := decisions(rows)
	for _, packed := range []bool{false, true} {
		file := written(b, a, true, packed)
		f, err := New(bytes.NewReader(file), int64(len(file)), Options{})
		if err != nil {
			b.Fatal(err)
		}
		var all []int
		for i, c := range f.Schema() {
			all = append(all, i)
			b.Run(fmt.Sprintf("%s/zstd=%v", c.Name, packed), func(b *testing.B) { benchColumns(b, f, []int{i}) })
		}
		b.Run(fmt.Sprintf("all/zstd=%v", packed), func(b *testing.B) { benchColumns(b, f, all) })
	}
}

func benchColumns(b *testing.B, f *File, columns []int) {
	b.ReportAllocs()
	for b.Loop() {
		for _, u := range f.Units() {
			r, err := u.Open(context.Background(), columns)
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
