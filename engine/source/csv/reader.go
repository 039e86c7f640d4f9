package csv

import (
	"context"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

const (
	batchRows  = 1 << 14
	batchBytes = 16 << 20 // of plain strings
)

// unit is the whole file.
type unit struct{ f *File }

func (u unit) Name() string { return u.f.origin.Name() }

func (u unit) Rows() int64 { return -1 }

func (u unit) Bytes() int64 { return u.f.origin.Size() }

func (u unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	for _, c := range columns {
		if c < 0 || c >= len(u.f.schema) {
			return nil, u.f.wrap(fmt.Errorf("there is no column %d", c))
		}
	}
	s, in, err := u.f.start()
	if err != nil {
		return nil, u.f.wrap(err)
	}
	return newReader(ctx, u.f, in, s, columns), nil
}

// reader gives the batches of a file.
type reader struct {
	ctx   context.Context
	file  *File
	in    *text.Input
	scan  *scanner
	cols  []*column // one per distinct asked column
	slots []int     // of the asked columns in cols
	names []int     // schema index of cols
	lines []int64   // of the rows of the batch
	row   int64     // of the next batch
	done  bool
	batch source.Batch
}

func newReader(ctx context.Context, f *File, in *text.Input, s *scanner, columns []int) *reader {
	r := &reader{ctx: ctx, file: f, in: in, scan: s}
	want := make([]int32, len(f.schema))
	for i := range want {
		want[i] = -1
	}
	for _, c := range columns {
		if want[c] < 0 {
			want[c] = int32(len(r.cols))
			r.cols = append(r.cols, newColumn(s.quote))
			r.names = append(r.names, c)
		}
		r.slots = append(r.slots, int(want[c]))
	}
	s.expect(len(f.schema), want, len(r.cols))
	r.batch.Columns = make([]source.Vector, len(columns))
	return r
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
	n := len(r.lines)
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
		r.batch.Columns[i] = r.cols[slot].Vector()
	}
	r.row += int64(n)
	return &r.batch, nil
}

// read fills the columns with the rows of a batch.
func (r *reader) read() error {
	r.lines = r.lines[:0]
	for _, c := range r.cols {
		c.Reset()
	}
	s, plain := r.scan, 0
	for len(r.lines) < batchRows && plain < batchBytes {
		err := s.next()
		if err == io.EOF {
			r.done = true
			return nil
		}
		if err != nil {
			return err
		}
		r.lines = append(r.lines, s.rowLine)
		for slot, at := range s.cells {
			c := r.cols[slot]
			if !c.add(s.buf, at) {
				return &fault{line: s.rowLine, column: r.names[slot], err: errNotUTF8, hint: hintUTF8}
			}
			if c.Plain() {
				plain += at.end - at.start
			}
		}
	}
	return nil
}

// Line implements source.Liner.
func (r *reader) Line(i int) int64 { return r.lines[i] }

// BytesRead implements source.Reader: bytes of the file as it is stored.
func (r *reader) BytesRead() int64 { return r.in.BytesRead() }

// Close implements source.Reader.
func (r *reader) Close() error { return r.in.Close() }
