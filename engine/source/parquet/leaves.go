package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Leaf is a primitive field of the schema, however deep in lists and structs.
type Leaf struct {
	Path []string
	Type source.Type
	// Def and Rep are the largest definition and repetition level: a value is
	// there where the definition level is Def, and Rep is the number of lists
	// around it (Dremel encoding; parquet-format, README.md, "Nested Encoding").
	Def, Rep int
	// Lists has, for each list around the field, the definition level from which
	// it has an entry; one below it is empty, at less it is null.
	Lists []int
}

// Leaves lists the primitive fields in the order of the schema.
func (f *File) Leaves() []Leaf {
	all := make([]Leaf, len(f.schema.leaves))
	for i, l := range f.schema.leaves {
		all[i] = Leaf{Path: l.path, Type: l.typ, Def: int(l.def), Rep: int(l.rep), Lists: l.lists}
	}
	return all
}

// Levels is a run of a leaf's entries. Def and Rep have one entry each (nil if
// all would be 0); Values has the values that are there, without nulls, coded
// or plain.
type Levels struct {
	Def, Rep []uint32
	Values   source.Vector
	Count    int // values
}

// LeafReader gives a leaf's levels and values.
type LeafReader struct {
	ctx    context.Context
	group  *RowGroup
	memory *memory
	column *column
	rows   int64
	rep    []uint32
	out    Levels
	err    error
}

// OpenLeaf starts reading the leaf with this index into the file's Leaves.
func (g *RowGroup) OpenLeaf(ctx context.Context, leaf int) (*LeafReader, error) {
	m := g.file.take()
	r := &LeafReader{ctx: ctx, group: g, memory: m, column: m.column()}
	if err := g.openLeaf(ctx, m, r.column, leaf); err != nil {
		return nil, g.file.fault(g.index, g.file.schema.leaves[leaf].name, err)
	}
	return r, nil
}

// Next returns the next levels, valid until the next call, or io.EOF.
func (r *LeafReader) Next() (out *Levels, err error) {
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

func (r *LeafReader) next() error {
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
func (r *LeafReader) repetition(n int) error {
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

func (r *LeafReader) definition(n int) (valid int, err error) {
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
func (r *LeafReader) Close() error {
	if r.memory == nil {
		return nil
	}
	r.column.dict = nil
	r.memory.columns = append(r.memory.columns, r.column)
	r.group.file.memory.Put(r.memory)
	r.memory, r.column, r.err = nil, nil, os.ErrClosed
	return nil
}
