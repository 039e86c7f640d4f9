package model

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// writeBatches writes batches as one Arrow IPC stream: numbers as float64,
// categories as strings, what is missing as null.
func writeBatches(w io.Writer, inputs []Input, batches <-chan Batch) error {
	fields := make([]arrow.Field, len(inputs))
	for i, in := range inputs {
		fields[i] = arrow.Field{Name: in.Name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
		if in.Categories != nil {
			fields[i].Type = arrow.BinaryTypes.String
		}
	}
	schema := arrow.NewSchema(fields, nil)
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	writer := ipc.NewWriter(w, ipc.WithSchema(schema))
	for batch := range batches {
		for i, column := range batch.Columns {
			appendColumn(builder.Field(i), inputs[i], column)
		}
		record := builder.NewRecordBatch()
		err := writer.Write(record)
		record.Release()
		if err != nil {
			return err
		}
	}
	return writer.Close()
}

func appendColumn(builder array.Builder, in Input, column []float64) {
	switch b := builder.(type) {
	case *array.Float64Builder:
		for _, x := range column {
			if x == x {
				b.Append(x)
			} else {
				b.AppendNull()
			}
		}
	case *array.StringBuilder:
		for _, x := range column {
			if x >= 0 && int(x) < len(in.Categories) {
				b.Append(in.Categories[int(x)])
			} else {
				b.AppendNull()
			}
		}
	}
}

// errStreamEnded says that a scorer's stream came to its end.
var errStreamEnded = errors.New("the stream of scores has ended")

// readScores hands on the scores of each batch of an Arrow IPC stream. It ends
// with an error always: errStreamEnded where the stream does.
func readScores(r io.Reader, classes int, take func(scores [][]float64)) (err error) {
	defer func() {
		if fault := recover(); fault != nil { // arrow-go trusts lengths in the stream
			err = fmt.Errorf("what it writes is no Arrow IPC stream: %v", fault)
		}
	}()
	buffered := bufio.NewReader(r)
	start, err := buffered.Peek(4)
	if len(start) == 0 {
		return errStreamEnded
	}
	if err != nil || string(start) != "\xff\xff\xff\xff" {
		return fmt.Errorf("what it writes on standard output is no Arrow IPC stream: it begins with %q; print messages on standard error", start)
	}
	reader, err := ipc.NewReader(buffered)
	if err != nil {
		return fmt.Errorf("what it writes is no Arrow IPC stream: %w", err)
	}
	defer reader.Release()
	columns, err := scoreColumns(reader.Schema(), classes)
	if err != nil {
		return err
	}
	for reader.Next() {
		record := reader.RecordBatch()
		scores := make([][]float64, len(columns))
		for i, column := range columns {
			scores[i] = numbers(record.Column(column))
		}
		take(scores)
	}
	if err := reader.Err(); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("its stream of scores is broken: %w", err)
	}
	return errStreamEnded
}

// scoreColumns finds score, or score_0, score_1, ...
func scoreColumns(schema *arrow.Schema, classes int) ([]int, error) {
	columns := make([]int, classes)
	for class := range columns {
		name := "score"
		if classes > 1 {
			name += "_" + strconv.Itoa(class)
		}
		found := schema.FieldIndices(name)
		if len(found) != 1 {
			return nil, fmt.Errorf("its answer has no column %s, but %v", name, names(schema))
		}
		columns[class] = found[0]
		if id := schema.Field(found[0]).Type.ID(); id != arrow.FLOAT64 && id != arrow.FLOAT32 {
			return nil, fmt.Errorf("its column %s has the type %s, where float64 or float32 is needed; labels are no scores", name, schema.Field(found[0]).Type)
		}
	}
	return columns, nil
}

func names(schema *arrow.Schema) []string {
	var out []string
	for _, f := range schema.Fields() {
		out = append(out, f.Name)
	}
	return out
}

// numbers copies a column; null is NaN.
func numbers(column arrow.Array) []float64 {
	out := make([]float64, column.Len())
	switch c := column.(type) {
	case *array.Float64:
		copy(out, c.Float64Values())
	case *array.Float32:
		for i, x := range c.Float32Values() {
			out[i] = float64(x)
		}
	}
	for i := range out {
		if column.IsNull(i) {
			out[i] = math.NaN()
		}
	}
	return out
}
