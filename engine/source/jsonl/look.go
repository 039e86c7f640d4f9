package jsonl

import (
	"context"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Look searches all lines for columns that the first ones did not show, and says
// whether it found one. A key that a writer leaves out where it has no value may
// be rare; one that nobody asks for is not worth reading the file for. What can
// be read only once is not searched.
func (f *File) Look(ctx context.Context, names []string) (found bool, err error) {
	wanted, roots := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		if slices.ContainsFunc(f.schema, func(c source.Column) bool { return c.Name == name }) {
			continue
		}
		wanted[name], roots[name] = true, true
		for i, r := range name {
			if r == '.' {
				roots[name[:i]] = true
			}
		}
	}
	if f.origin.Once() || f.whole || len(wanted) == 0 {
		return false, nil
	}
	l, in, err := f.open()
	if err != nil {
		return false, f.wrap(err)
	}
	defer in.Close()
	s := sampler{lines: l, depth: f.options.MaxDepth, root: newNode("", ""), roots: roots, ctx: ctx}
	if err := s.read(); err != nil {
		return false, f.wrap(err)
	}
	if found = f.root.graft(s.root, wanted); found {
		f.flatten()
	}
	return found, nil
}

// graft adds the wanted keys that another node saw, and says whether there were
// any.
func (n *node) graft(o *node, wanted map[string]bool) (found bool) {
	for _, c := range o.order {
		have := n.children[c.name]
		switch {
		case have != nil && (have.first != isObject || c.first != isObject):
		case have != nil:
			found = have.graft(c, wanted) || found
		case c.first == isObject:
			inner := newNode(n.path, c.name)
			if inner.first = isObject; inner.graft(c, wanted) {
				n.attach(inner)
				found = true
			}
		case wanted[c.path]:
			n.attach(c)
			found = true
		}
	}
	return found
}

func (n *node) attach(c *node) {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	n.children[c.name] = c
	n.order = append(n.order, c)
}
