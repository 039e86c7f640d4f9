package jsonl

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

var _ source.LeafUnit = unit{}

// Leaves lists what the first lines show of values that are no objects and no
// lists, in the order of the columns: those in lists have "element" in their
// path for what is in the list. Everything may be null or absent, which is the
// same. An object that is no list and whose keys are no columns, and what is
// more than 8 levels down, is one leaf that cannot be read.
func (f *File) Leaves() []source.Leaf {
	var all []source.Leaf
	f.eachLeaf(func(nodes []*node) { all = append(all, leafOf(nodes)) })
	return all
}

// eachLeaf calls do with the nodes around each leaf and its own.
func (f *File) eachLeaf(do func(nodes []*node)) {
	var walk func(n *node, around []*node)
	walk = func(n *node, around []*node) {
		around = append(around[:len(around):len(around)], n)
		switch {
		case n.element != nil:
			walk(n.element, around)
		case n.first == isObject:
			for _, c := range n.order {
				walk(c, around)
			}
		default:
			do(around)
		}
	}
	for _, n := range f.root.order {
		walk(n, nil)
	}
}

func leafOf(nodes []*node) source.Leaf {
	l := source.Leaf{}
	for _, n := range nodes {
		l.Path = append(l.Path, n.name)
		l.Type.Kind = n.kind()
		l.Def++
		if n.element != nil {
			l.Def, l.Rep = l.Def+1, l.Rep+1
			l.Lists = append(l.Lists, l.Def)
		}
	}
	return l
}

// leafReader gives the entries of a leaf.
type leafReader struct {
	limits
	ctx   context.Context
	file  *File
	in    *text.Input
	lines *lines
	nodes []*node // around the leaf, and its own
	leaf  *column
	def   []uint32
	rep   []uint32
	key   []byte
	rows  int64
	plain int // bytes of values that are not coded, in the run
	out   source.Levels
	err   error
}

// OpenLeaf starts reading the leaf with this index into the file's Leaves.
func (u unit) OpenLeaf(ctx context.Context, leaf int) (source.LeafReader, error) {
	f := u.f
	r := &leafReader{limits: limits{f.options.MaxDepth}, ctx: ctx, file: f}
	k := 0
	f.eachLeaf(func(nodes []*node) {
		if k == leaf {
			r.nodes = nodes
		}
		k++
	})
	if r.nodes == nil {
		return nil, f.wrap(fmt.Errorf("there is no leaf %d", leaf))
	}
	last := r.nodes[len(r.nodes)-1]
	if last.kind() == source.Nested {
		return nil, f.wrap(&text.Fault{Column: last.path, Err: errors.New("values are lists and objects that are not taken apart")})
	}
	r.leaf = newColumn(last.kind(), f.options.MaxCell)
	var err error
	if r.lines, r.in, err = f.start(); err != nil {
		return nil, f.wrap(err)
	}
	return r, nil
}

// Next implements source.LeafReader.
func (r *leafReader) Next() (*source.Levels, error) {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err != nil {
		return nil, r.err
	}
	done, err := r.read()
	if done && err == nil {
		err = r.file.origin.Finish(r.in, r.rows)
	}
	if err != nil {
		r.err = r.file.wrap(err)
		return nil, r.err
	}
	if done {
		r.err = io.EOF
		if len(r.def) == 0 {
			return nil, io.EOF
		}
	}
	r.out.Def, r.out.Rep = r.def, nil
	if l := leafOf(r.nodes); l.Rep > 0 {
		r.out.Rep = r.rep
	}
	r.out.Values = r.leaf.Vector()
	return &r.out, nil
}

// read reads lines until they make a run of entries, or to the end.
func (r *leafReader) read() (done bool, err error) {
	r.leaf.Reset()
	r.def, r.rep, r.plain, r.out.Count = r.def[:0], r.rep[:0], 0, 0
	for len(r.def) < batchRows && r.plain < batchBytes {
		b, err := r.lines.next()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		i := space(b, 0)
		if b[i] == '\n' {
			continue
		}
		if i, err = opening(b, i, r.lines.line); err == nil {
			if i, err = r.object(b, i, 0, level{}, 1); err == nil {
				err = closing(b, i)
			}
		}
		if err != nil {
			return false, onLine(err, r.lines.line)
		}
		r.rows++
	}
	return false, nil
}

// Close implements source.LeafReader.
func (r *leafReader) Close() error { return r.in.Close() }
