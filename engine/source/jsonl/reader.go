package jsonl

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

const (
	batchRows  = 1 << 14
	batchBytes = 16 << 20 // of values that are not coded
)

// unit is the whole file.
type unit struct{ f *File }

func (u unit) Name() string { return u.f.origin.Name() }

func (u unit) Rows() int64 { return -1 }

func (u unit) Bytes() int64 { return u.f.origin.Size() }

func (u unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	f := u.f
	for _, c := range columns {
		if c < 0 || c >= len(f.schema) {
			return nil, f.wrap(fmt.Errorf("there is no column %d", c))
		}
		if f.schema[c].Type.Kind == source.Nested {
			return nil, f.wrap(&text.Fault{Column: f.schema[c].Name, Err: errors.New("a list or an object has no single value per row")})
		}
	}
	l, in, err := f.start()
	if err != nil {
		return nil, f.wrap(err)
	}
	r := &reader{ctx: ctx, file: f, in: in, lines: l, limits: limits{f.options.MaxDepth}}
	r.plan(columns)
	r.batch.Columns = make([]source.Vector, len(columns))
	return r, nil
}

// reader gives the batches of a file.
type reader struct {
	limits
	ctx    context.Context
	file   *File
	in     *text.Input
	lines  *lines
	root   *field
	fields []*field // one per distinct asked column
	slots  []int    // of the asked columns in fields
	starts []int64  // lines of the rows of the batch
	stamp  int64    // of the current row, from 1
	filled int      // fields that the current row has
	plain  int      // bytes of values that are not coded, in the batch
	row    int64    // of the next batch
	done   bool
	batch  source.Batch
	key    []byte
}

// plan makes the fields of the asked columns.
func (r *reader) plan(columns []int) {
	asked := map[*node]*field{}
	for _, c := range columns {
		n := r.file.columns[c]
		f := asked[n]
		if f == nil {
			f = &field{column: newColumn(r.file.schema[c].Type.Kind, r.file.options.MaxCell)}
			asked[n] = f
			f.slot = len(r.fields)
			r.fields = append(r.fields, f)
		}
		r.slots = append(r.slots, f.slot)
	}
	r.root = fieldOf(r.file.root, asked)
}

// Next implements source.Reader.
func (r *reader) Next() (*source.Batch, error) {
	if r.done {
		return nil, io.EOF
	}
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.read(); err != nil {
		return nil, r.file.wrap(err)
	}
	n := len(r.starts)
	if r.done {
		if err := r.file.origin.Finish(r.in, r.row+int64(n)); err != nil {
			return nil, r.file.wrap(err)
		}
		if n == 0 {
			return nil, io.EOF
		}
	}
	r.batch.Rows, r.batch.Row = n, r.row
	for i, slot := range r.slots {
		r.batch.Columns[i] = r.fields[slot].column.Vector()
	}
	r.row += int64(n)
	return &r.batch, nil
}

// read fills the columns with the rows of a batch.
func (r *reader) read() error {
	r.starts, r.plain = r.starts[:0], 0
	for _, f := range r.fields {
		f.column.Reset()
	}
	for len(r.starts) < batchRows && r.plain < batchBytes {
		b, err := r.lines.next()
		if err == io.EOF {
			r.done = true
			return nil
		}
		if err != nil {
			return err
		}
		i := space(b, 0)
		if b[i] == '\n' {
			continue
		}
		if err := r.line(b, i); err != nil {
			return onLine(err, r.lines.line)
		}
		r.starts = append(r.starts, r.lines.line)
	}
	return nil
}

// line reads a row.
func (r *reader) line(b []byte, i int) (err error) {
	r.stamp++
	r.filled = 0
	if i, err = opening(b, i, r.lines.line); err != nil {
		return err
	}
	if i, err = r.object(b, i, r.root, 1); err != nil {
		return err
	}
	if b[i] != '\n' {
		if err := closing(b, i); err != nil {
			return err
		}
	}
	if r.filled < len(r.fields) {
		for _, f := range r.fields {
			if f.stamp != r.stamp {
				f.column.Null()
			}
		}
	}
	return nil
}

// Line implements source.Liner.
func (r *reader) Line(i int) int64 { return r.starts[i] }

// BytesRead implements source.Reader: bytes of the file as it is stored.
func (r *reader) BytesRead() int64 { return r.in.BytesRead() }

// Close implements source.Reader.
func (r *reader) Close() error { return r.in.Close() }
