package main

import (
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// buffered is how many rows are made and written at a time.
const buffered = 8192

// writeParquet writes rows of the log in row groups. Like most writers it makes
// every column nullable and gives columns of few values a dictionary.
func writeParquet(w io.Writer, l *decisions, o options, rows part) error {
	codec, err := parquetCodec(o.codec)
	if err != nil {
		return err
	}
	list := columns(o.subject)
	fields := parquet.Group{}
	for _, c := range list {
		fields[c.name] = parquet.Optional(node(c, o.plain))
	}
	schema := parquet.NewSchema("decisions", fields)
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(codec), parquet.DataPageVersion(1),
		parquet.PageBufferSize(1<<20), parquet.CreatedBy("plumbline", "generate", ""))
	groups := make([]*group, o.workers)
	for i := range groups {
		groups[i] = newGroup(out.BeginRowGroup(), schema, list)
	}
	err = inOrder(o.workers, rows.split(o.rowGroup),
		func(slot int, p part) (*group, error) { return groups[slot], groups[slot].write(l, p) },
		func(g *group) error {
			_, err := g.out.Commit()
			return err
		})
	if err != nil {
		return err
	}
	return out.Close()
}

func parquetCodec(name string) (compress.Codec, error) {
	switch name {
	case "", "snappy":
		return &parquet.Snappy, nil
	case "zstd":
		return &parquet.Zstd, nil
	case "none":
		return &parquet.Uncompressed, nil
	}
	return nil, fmt.Errorf("--codec: %s is not snappy, zstd or none", name)
}

func node(c column, plain bool) parquet.Node {
	var n parquet.Node
	switch {
	case c.kind == category:
		n = parquet.String()
	case c.kind == real:
		n = parquet.Leaf(parquet.DoubleType)
	case c.kind == instant:
		n = parquet.Timestamp(parquet.Microsecond)
	default:
		n = parquet.Leaf(parquet.Int64Type)
	}
	if !plain && (c.kind == category || c.few) {
		return parquet.Encoded(n, &parquet.RLEDictionary)
	}
	return parquet.Encoded(n, &parquet.Plain)
}

// group is a row group in the making, used again for later ones.
type group struct {
	out     *parquet.ConcurrentRowGroupWriter
	list    []column
	at      []int             // position of the columns in the file, which orders them by name
	entries [][]parquet.Value // of a category, the missing one last
	rows    *batch
	values  []parquet.Value
}

func newGroup(out *parquet.ConcurrentRowGroupWriter, schema *parquet.Schema, list []column) *group {
	g := &group{out: out, list: list, rows: newBatch(buffered), values: make([]parquet.Value, buffered),
		at: make([]int, len(list)), entries: make([][]parquet.Value, len(list))}
	for i, c := range list {
		leaf, _ := schema.Lookup(c.name)
		g.at[i] = leaf.ColumnIndex
		for _, text := range c.values {
			g.entries[i] = append(g.entries[i], parquet.ValueOf(text).Level(0, 1, g.at[i]))
		}
		g.entries[i] = append(g.entries[i], parquet.NullValue().Level(0, 0, g.at[i]))
	}
	return g
}

func (g *group) write(l *decisions, p part) error {
	for _, chunk := range p.split(buffered) {
		l.fill(g.rows, chunk.first, int(chunk.rows))
		for i := range g.list {
			if _, err := g.out.ColumnWriters()[g.at[i]].WriteRowValues(g.column(i)); err != nil {
				return err
			}
		}
	}
	return g.out.Flush()
}

// column turns a column of the batch into values of the file.
func (g *group) column(i int) []parquet.Value {
	out := g.values[:g.rows.rows]
	null := len(g.entries[i]) - 1
	switch g.list[i].kind {
	case category:
		for r, code := range g.rows.codes[i][:len(out)] {
			if code == absent {
				out[r] = g.entries[i][null]
			} else {
				out[r] = g.entries[i][code]
			}
		}
	case real:
		for r, x := range g.rows.reals[i][:len(out)] {
			if math.IsNaN(x) {
				out[r] = g.entries[i][null]
			} else {
				out[r] = parquet.DoubleValue(x).Level(0, 1, g.at[i])
			}
		}
	default:
		for r, n := range g.rows.ints[i][:len(out)] {
			out[r] = parquet.Int64Value(n).Level(0, 1, g.at[i])
		}
	}
	return out
}
