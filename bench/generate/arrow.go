package main

import (
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// writeArrow writes rows of the log as an Arrow file; categories have one
// dictionary for the whole file.
func writeArrow(w io.Writer, l *decisions, o options, rows part) error {
	list := columns(o.subject)
	var fields []arrow.Field
	var dictionaries []arrow.Array
	for _, c := range list {
		fields = append(fields, arrow.Field{Name: c.name, Type: arrowType(c, o.plain), Nullable: true})
		words := array.NewStringBuilder(memory.DefaultAllocator)
		words.AppendValues(c.values, nil)
		dictionaries = append(dictionaries, words.NewArray())
	}
	schema := arrow.NewSchema(fields, nil)
	settings := []ipc.Option{ipc.WithSchema(schema)}
	switch o.codec {
	case "", "none":
	case "zstd":
		settings = append(settings, ipc.WithZstd())
	case "lz4":
		settings = append(settings, ipc.WithLZ4())
	default:
		return fmt.Errorf("--codec: %s is not lz4, zstd or none", o.codec)
	}
	out, err := ipc.NewFileWriter(w, settings...)
	if err != nil {
		return err
	}
	err = inOrder(o.workers, rows.split(min(o.rowGroup, 1<<18)),
		func(_ int, p part) (arrow.RecordBatch, error) {
			b := newBatch(int(p.rows))
			l.fill(b, p.first, int(p.rows))
			var arrays []arrow.Array
			for i, c := range list {
				arrays = append(arrays, arrowColumn(b, i, c, fields[i].Type, dictionaries[i]))
			}
			return array.NewRecordBatch(schema, arrays, p.rows), nil
		},
		out.Write)
	if err != nil {
		return err
	}
	return out.Close()
}

func arrowType(c column, plain bool) arrow.DataType {
	switch {
	case c.kind == category && plain:
		return arrow.BinaryTypes.String
	case c.kind == category:
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	case c.kind == real:
		return arrow.PrimitiveTypes.Float64
	case c.kind == instant:
		return arrow.FixedWidthTypes.Timestamp_us
	}
	return arrow.PrimitiveTypes.Int64
}

// arrowColumn turns a column of the batch into an array.
func arrowColumn(b *batch, i int, c column, as arrow.DataType, dictionary arrow.Array) arrow.Array {
	mem := memory.DefaultAllocator
	switch c.kind {
	case category:
		valid := make([]bool, b.rows)
		for r, code := range b.codes[i] {
			valid[r] = code != absent
		}
		if d, ok := as.(*arrow.DictionaryType); ok {
			codes := array.NewInt8Builder(mem)
			codes.AppendValues(b.codes[i], valid)
			return array.NewDictionaryArray(d, codes.NewArray(), dictionary)
		}
		words := array.NewStringBuilder(mem)
		for r, code := range b.codes[i] {
			if valid[r] {
				words.Append(c.values[code])
			} else {
				words.AppendNull()
			}
		}
		return words.NewArray()
	case real:
		numbers := array.NewFloat64Builder(mem)
		valid := make([]bool, b.rows)
		for r, x := range b.reals[i] {
			valid[r] = x == x
		}
		numbers.AppendValues(b.reals[i], valid)
		return numbers.NewArray()
	case instant:
		times := array.NewTimestampBuilder(mem, as.(*arrow.TimestampType))
		for _, t := range b.ints[i] {
			times.Append(arrow.Timestamp(t))
		}
		return times.NewArray()
	}
	numbers := array.NewInt64Builder(mem)
	numbers.AppendValues(b.ints[i], nil)
	return numbers.NewArray()
}
