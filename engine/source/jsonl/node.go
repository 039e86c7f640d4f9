package jsonl

import (
	"github.com/plumbline-audit/plumbline/engine/source"
)

const (
	maxFlat = 8      // levels of objects whose keys become columns
	maxKeys = 1024   // of an object; one with more is a map
	maxRoot = 65_536 // of a line's object

	elementName = "element" // of a list, in paths
)

// node is a key that the first lines hold, with the keys below it.
type node struct {
	name     string
	path     string // with dots, for messages
	children map[string]*node
	order    []*node
	first    kinds // of the first value that is no null, or 0
	kinds    kinds // of all values
	element  *node // of a list: what its elements are, or nil
}

func newNode(parent, name string) *node {
	n := &node{name: name, path: name}
	if parent != "" {
		n.path = parent + "." + name
	}
	return n
}

// child returns the node of a key, a new one if need be.
func (n *node) child(name string) *node {
	c := n.children[name]
	if c == nil {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		c = newNode(n.path, name)
		n.children[name] = c
		n.order = append(n.order, c)
	}
	return c
}

// saw notes a value.
func (n *node) saw(k kinds) {
	if n.first == 0 {
		n.first = k
	}
	n.kinds |= k
}

// nest makes of an object one whose keys are no columns.
func (n *node) nest() {
	n.first, n.children, n.order, n.element = isNested, nil, nil, nil
}

// settle decides, once all is seen, what a string that may be a number is.
func (n *node) settle() {
	if n.first == isNaN {
		n.first = isFloat
		if n.kinds&isString != 0 || n.kinds&isNumber == 0 {
			n.first = isString
		}
	}
	for _, c := range n.order {
		c.settle()
	}
	if n.element != nil {
		n.element.settle()
	}
}

// list makes a list of a node.
func (n *node) list() *node {
	if n.element == nil {
		n.element = newNode(n.path, elementName)
	}
	return n.element
}

// flatten makes the schema: the keys without keys below them, in order.
func (f *File) flatten() {
	f.root.settle()
	f.columns, f.schema = f.columns[:0], nil
	var walk func(n *node)
	walk = func(n *node) {
		for _, c := range n.order {
			if c.first == isObject {
				walk(c)
				continue
			}
			f.columns = append(f.columns, c)
			f.schema = append(f.schema, source.Column{Name: c.path, Type: source.Type{Kind: c.kind()}})
		}
	}
	walk(f.root)
}

// Unify makes the files of one log agree: a column of numbers has the type that
// keeps the numbers of all first lines, and a column of nulls the type that it
// has elsewhere. With adopt, every file gets the columns of all, and looks for
// them also where its own first lines did not show them.
func Unify(files []*File, adopt bool) {
	all := &node{first: isObject}
	for _, f := range files {
		all.absorb(f.root)
	}
	for _, f := range files {
		f.root.follow(all, adopt)
		f.flatten()
	}
}

// absorb adds what another node saw.
func (n *node) absorb(o *node) {
	if n.first == 0 {
		n.first = o.first
	}
	if n.first.class() != o.first.class() {
		return
	}
	n.kinds |= o.kinds
	if o.element != nil {
		n.list().absorb(o.element)
	}
	if n.first == isObject {
		for _, c := range o.order {
			n.child(c.name).absorb(c)
		}
	}
}

// follow takes over what all files together saw.
func (n *node) follow(all *node, adopt bool) {
	unknown := n.first == 0
	if unknown {
		n.first, adopt = all.first, true
	}
	if n.first.class() != all.first.class() {
		return
	}
	n.kinds = all.kinds
	if all.element != nil && (n.element != nil || unknown) {
		n.list().follow(all.element, adopt)
	}
	if n.first != isObject {
		return
	}
	for _, c := range all.order {
		if adopt || n.children[c.name] != nil {
			n.child(c.name).follow(c, adopt)
		}
	}
}
