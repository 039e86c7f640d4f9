package arrow

import (
	"context"
	"errors"
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/source"
)

var _ source.LeafUnit = (*Unit)(nil)

// leafReader gives the entries of a leaf, record batch by record batch.
type leafReader struct {
	reader
	name  string // of the leaf
	most  uint32 // definition level of a value
	key   bool   // the keys of a map
	given int64  // entries of the record batch
	def   []uint32
	rep   []uint32
	at    []int64 // index of each entry's value, or -1
	out   source.Levels
}

// OpenLeaf starts reading the leaf with this index into the file's Leaves.
func (u *Unit) OpenLeaf(ctx context.Context, leaf int) (source.LeafReader, error) {
	r := &leafReader{reader: reader{ctx: ctx, unit: u, block: u.first, ids: map[int64]bool{}}}
	if err := guarded(func() error { return r.open(leaf) }); err != nil {
		r.Close()
		return nil, fault(u.file.opt.Name, err)
	}
	return r, nil
}

func (r *leafReader) open(leaf int) error {
	s := r.unit.file.schema
	r.begin()
	all := s.leaves()
	if leaf < 0 || leaf >= len(all) {
		return fmt.Errorf("there is no leaf %d", leaf)
	}
	at := all[leaf]
	r.name = s.name(at)
	if bad := s.fields[at].bad; bad != nil {
		return &inColumn{r.name, bad}
	}
	f := s.fields[at] // messages call it by its path
	f.name = r.name
	c := &column{f: &f, at: at, form: f.form()}
	c.dict = &source.Dict{Type: f.typ}
	if c.form == asBools {
		c.dict.Ints = []int64{0, 1}
	}
	r.most, r.key, r.around = uint32(s.leaf(at).Def), s.required(at), s.around(at)
	r.columns = []*column{c}
	r.need(c)
	return r.ready()
}

// aroundSpans appends where the buffers of what is around the leaf are, and
// gives all buffers the leaf as their owner.
func (r *reader) aroundSpans(b *batch) ([]span, error) {
	all := r.spans
	if len(r.around) == 0 {
		return all, nil
	}
	owner := r.columns[0].f
	for i := range r.around {
		st := &r.around[i]
		var err error
		if all, err = b.spans(all, st.f, r.places[st.at]); err != nil {
			return nil, &inColumn{owner.name, errors.Unwrap(err)}
		}
	}
	for i := range all {
		all[i].owner = owner
	}
	return all, nil
}

// takeAround checks what is around the leaf and makes it the current batch.
func (r *reader) takeAround(buffers [][]byte) error {
	for i := range r.around {
		st := &r.around[i]
		n := st.f.buffers(r.unit.file.schema.version)
		if err := st.take(r.places, buffers[:n]); err != nil {
			return located(r.columns[0].f, fmt.Errorf("%q around it: %w", st.f.own, err))
		}
		buffers = buffers[n:]
	}
	return nil
}

// Next returns the next levels, valid until the next call, or io.EOF.
func (r *leafReader) Next() (*source.Levels, error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.err = r.guard(r.next); r.err != nil {
		return nil, r.err
	}
	return &r.out, nil
}

func (r *leafReader) next() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	for !r.more() {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		r.rows, r.row, r.given = 0, 0, 0
		if err := r.advance(); err != nil {
			return err
		}
	}
	return located(r.columns[0].f, r.walk())
}
