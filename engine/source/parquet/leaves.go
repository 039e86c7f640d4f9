package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Leaves lists the primitive fields in the order of the schema.
func (f *File) Leaves() []source.Leaf {
	all := make([]source.Leaf, len(f.schema.leaves))
	for i, l := range f.schema.leaves {
		all[i] = source.Leaf{Path: l.path, Type: l.typ, Def: int(l.def), Rep: int(l.rep), Lists: l.lists}
	}
	return all
}

// leafReader gives a leaf's levels and values.
type leafReader struct {
	ctx    context.Context
	group  *RowGroup
	memory *memory
	column *column
	rows   int64
	rep    []uint32
	out    source.Levels
	err    error
}

var _ source.LeafUnit = (*RowGroup)(nil)

// OpenLeaf starts reading the leaf with this index into the file's Leaves.
func (g *RowGroup) OpenLeaf(ctx context.Context, leaf int) (source.LeafReader, error) {
	if leaf < 0 || leaf >= len(g.file.schema.leaves) {
		return nil, g.file.fault(g.index, "", "", fmt.Errorf("there is no leaf %d", leaf))
	}
	m := g.file.take()
	r := &leafReader{ctx: ctx, group: g, memory: m, column: m.column()}
	if err := g.openLeaf(ctx, m, r.column, leaf); err != nil {
		return nil, g.file.fault(g.index, g.file.schema.leaves[leaf].name, g.metadataAt(leaf), err)
	}
	return r, nil
}

// Next returns the next levels, valid until the next call, or io.EOF.
func (r *leafReader) Next() (out *source.Levels, err error) {
	if r.err != nil {
		return nil, r.err
	}
	defer func() {
		if x := recover(); x != nil { // as in reader.Next
			err = fmt.Errorf("internal error: %v", x)
		}
		if err != nil && err != io.EOF {
			out, err = nil, r.group.fault(r.ctx, []*column{r.column}, 0, err)
		}
		r.err = err
	}()
	return &r.out, r.next()
}

func (r *leafReader) next() error {
	c := r.column
	ok, err := c.more()
	if err != nil {
		return err
	}
	if !ok {
		if r.rows != r.group.Rows() {
			return fmt.Errorf("column chunk has %d rows of %d", r.rows, r.group.Rows())
		}
		return io.EOF
	}
	n := min(c.left, batchRows, c.fitting())
	if err := r.repetition(n); err != nil {
		return err
	}
	valid, err := r.definition(n)
	if err != nil {
		return err
	}
	c.reset()
	if c.coded {
		err = c.decodeCodes(valid, valid)
	} else {
		err = c.decodePlain(valid, valid)
	}
	if err != nil {
		return err
	}
	c.size, c.have = valid, valid
	r.out.Values, r.out.Count = c.vector(valid), valid
	return c.advance(n)
}

// repetition reads the repetition levels, 0 where a row begins.
func (r *leafReader) repetition(n int) error {
	if r.column.leaf.rep == 0 {
		r.rows += int64(n)
		return nil
	}
	r.rep = grow(r.rep[:0], n)
	if err := r.column.rep.read(r.rep); err != nil {
		return err
	}
	if r.rows == 0 && r.rep[0] != 0 {
		return errors.New("column chunk begins in the middle of a row")
	}
	for _, l := range r.rep {
		if l == 0 {
			r.rows++
		}
	}
	r.out.Rep = r.rep
	return nil
}

func (r *leafReader) definition(n int) (valid int, err error) {
	c := r.column
	if c.leaf.def == 0 {
		return n, nil
	}
	c.level = grow(c.level[:0], n)
	if err := c.def.read(c.level); err != nil {
		return 0, err
	}
	r.out.Def = c.level
	return count(c.level, c.leaf.def), nil
}

// Close gives the buffers back.
func (r *leafReader) Close() error {
	if r.memory == nil {
		return nil
	}
	r.group.file.leave(r.memory, []*column{r.column})
	r.memory, r.column, r.err = nil, nil, os.ErrClosed
	return nil
}
