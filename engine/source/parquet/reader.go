package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Open starts reading the columns with these indices into the file's Schema.
func (g *RowGroup) Open(ctx context.Context, columns []int) (source.Reader, error) {
	return g.OpenWide(ctx, columns, 1)
}

// OpenWide is Open for several threads, each of which decodes columns.
func (g *RowGroup) OpenWide(ctx context.Context, columns []int, threads int) (source.Reader, error) {
	f := g.file
	r := &reader{ctx: ctx, group: g, rows: g.Rows(), memory: f.take()}
	r.memory.help(min(threads, len(columns))-1, f.opt.MaxPage)
	for _, i := range columns {
		if i < 0 || i >= len(f.schema.columns) {
			r.Close()
			return nil, f.fault(g.index, "", "", fmt.Errorf("there is no column %d", i))
		}
		c := r.memory.column()
		r.columns = append(r.columns, c)
		leaf := f.schema.columns[i].leaf
		if err := g.openFlat(ctx, r, c, leaf); err != nil {
			r.Close()
			return nil, f.fault(g.index, f.schema.columns[i].Name, g.metadataAt(leaf), err)
		}
	}
	r.batch.Columns = make([]source.Vector, len(columns))
	return r, nil
}

func (g *RowGroup) openFlat(ctx context.Context, r *reader, c *column, leaf int) error {
	if leaf < 0 {
		return errors.New("column is a list or map: it has no single value per row")
	}
	chunk := &g.group().chunks[leaf]
	if err := g.openLeaf(ctx, r.memory, c, leaf); err != nil {
		return err
	}
	c.internable = g.file.schema.leaves[leaf].form == asStrings && g.file.schema.leaves[leaf].raw()
	if chunk.values != r.rows {
		return fmt.Errorf("column chunk has %d values for %d rows", chunk.values, r.rows)
	}
	return nil
}

func (g *RowGroup) openLeaf(ctx context.Context, m *memory, c *column, leaf int) error {
	f := g.file
	c.codecs, c.shared, c.limit, c.have, c.internable = &m.codecs, &m.shared, f.opt.MaxPage, 0, false
	if len(m.helpers) > 0 { // several columns are read at a time
		c.shared = nil
	}
	return c.open(ctx, f.r, f.dataEnd, &f.schema.leaves[leaf], &g.group().chunks[leaf])
}

// reader gives the rows of a row group in batches. The columns' pages do not
// end at the same rows, so each column decodes ahead into a buffer of its own,
// and a batch is what all of them have.
type reader struct {
	ctx     context.Context
	group   *RowGroup
	rows    int64
	row     int64
	columns []*column
	memory  *memory
	batch   source.Batch
	err     error

	empty  []int   // scratch of fillAll: columns without a row at hand,
	faults []error // and what is wrong with them
}

// Next returns the next batch.
func (r *reader) Next() (b *source.Batch, err error) {
	if r.err != nil {
		return nil, r.err
	}
	at := -1
	defer func() {
		// The decompressors are other people's code; a panic there is a
		// fault of this unit.
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error: %v", x)
		}
		if err != nil && err != io.EOF {
			b, err = nil, r.group.fault(r.ctx, r.columns, at, err)
		}
		r.err = err
	}()
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if r.row == r.rows {
		return nil, io.EOF
	}
	n, want := r.rows-r.row, batchRows-int(r.row%batchRows)
	want = int(min(int64(want), n))
	if len(r.memory.helpers) > 0 {
		if at, err = r.fillAll(want); err != nil {
			return nil, err
		}
	}
	for i, c := range r.columns {
		at = i
		if c.have == 0 {
			if err := c.fill(want); err != nil {
				return nil, err
			}
		}
		n = min(n, int64(c.have))
	}
	r.batch.Rows, r.batch.Row = int(n), r.row
	for i, c := range r.columns {
		r.batch.Columns[i] = c.vector(int(n))
	}
	r.row += n
	return &r.batch, nil
}

// fault places an error in the column at which it arose, or says that the work
// was called off.
func (g *RowGroup) fault(ctx context.Context, columns []*column, at int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	name, place := "", ""
	if at >= 0 {
		name, place = columns[at].leaf.name, columns[at].place()
	}
	return g.file.fault(g.index, name, place, err)
}

// metadataAt says where the metadata of a leaf's chunk are, if it has one.
func (g *RowGroup) metadataAt(leaf int) string {
	if leaf < 0 {
		return ""
	}
	return metadataAt(g.group().chunks[leaf].at)
}

// BytesRead is the share of the unit's bytes that belongs to the rows given so
// far, whichever columns were asked for.
func (r *reader) BytesRead() int64 {
	if r.rows == 0 {
		return r.group.Bytes()
	}
	return int64(float64(r.group.Bytes()) * (float64(r.row) / float64(r.rows)))
}

// Close gives the buffers back. The last batch is no longer valid.
func (r *reader) Close() error {
	if r.memory == nil {
		return nil
	}
	r.group.file.leave(r.memory, r.columns)
	r.memory, r.columns, r.err = nil, nil, os.ErrClosed
	return nil
}
