package parquet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// maxDepth bounds how deep a schema is nested; it also keeps levels in a byte.
const maxDepth = 255

// leaf is one primitive column: a chunk in every row group.
type leaf struct {
	path     []string
	name     string // path with dots
	physical int32
	width    int // bytes per value of a fixed-width type, else 0
	scale    int // of decimals
	unsigned bool
	form     form
	typ      source.Type
	def, rep uint32 // maximal levels
	lists    []int  // definition level from which each list around it has an entry
	bad      error  // why its values cannot be read
}

// form is how values of a leaf are held when they are not coded.
type form uint8

const (
	asCodes form = iota // booleans and columns of nothing: always coded
	asInts
	asFloats
	asNarrow // numbers of 32 bits, as they are stored
	asStrings
)

// flatColumn is a column of the flat schema: a leaf, or -1 for a list or map.
type flatColumn struct {
	source.Column
	leaf int
}

// schema is the tree of a file, flattened in two ways.
type schema struct {
	leaves  []leaf
	columns []flatColumn
}

// builder walks the depth-first list of schema elements.
type builder struct {
	schema
	elements []element
	next     int
	path     []*element
	budget   int      // bytes of path text that may still be made
	nested   *element // that the last nested column stands for
}

// buildSchema makes the tree. size is that of the footer: paths repeat the
// names of their groups, and are bounded by a multiple of it.
func buildSchema(elements []element, size int) (*schema, error) {
	if len(elements) == 0 {
		return nil, errors.New("schema is missing")
	}
	b := &builder{elements: elements, next: 1, budget: 1<<20 + 16*size}
	root := &elements[0]
	if err := b.children(root, 0, 0); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if b.next != len(elements) {
		return nil, fmt.Errorf("schema: %d elements are not part of the tree", len(elements)-b.next)
	}
	if len(b.leaves) == 0 {
		return nil, errors.New("schema has no columns")
	}
	return &b.schema, nil
}

func (b *builder) children(parent *element, def, rep uint32) error {
	n := int(parent.children)
	if n < 0 || n > len(b.elements)-b.next {
		return fmt.Errorf("group %q claims %d children", parent.name, n)
	}
	for ; n > 0; n-- {
		if b.next >= len(b.elements) {
			return fmt.Errorf("group %q has fewer children than it claims", parent.name)
		}
		if err := b.node(def, rep); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) node(def, rep uint32) error {
	e := &b.elements[b.next]
	b.next++
	switch e.repetition {
	case repRequired:
	case repOptional:
		def++
	case repRepeated:
		def, rep = def+1, rep+1
	default:
		return fmt.Errorf("element %q has unknown repetition %d", e.name, e.repetition)
	}
	b.path = append(b.path, e)
	defer func() { b.path = b.path[:len(b.path)-1] }()
	if len(b.path) > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	if e.physical < 0 {
		return b.children(e, def, rep)
	}
	return b.leaf(e, def, rep)
}

func (b *builder) leaf(e *element, def, rep uint32) error {
	if e.children > 0 {
		return fmt.Errorf("element %q has both a type and children", e.name)
	}
	if e.physical > typeFixed {
		return fmt.Errorf("element %q has unknown type %d", e.name, e.physical)
	}
	l := leaf{path: make([]string, 0, len(b.path)), physical: e.physical, def: def, rep: rep}
	level := 0
	for _, p := range b.path {
		if p.repetition != repRequired {
			level++
		}
		if p.repetition == repRepeated {
			l.lists = append(l.lists, level)
		}
		b.budget -= 2*len(p.name) + 25
		if b.budget < 0 {
			return errors.New("names of nested columns are too long")
		}
		l.path = append(l.path, string(p.name))
	}
	l.name = strings.Join(l.path, ".")
	l.annotate(e)
	b.leaves = append(b.leaves, l)
	b.flatten(len(b.leaves) - 1)
	return nil
}

// flatten adds the leaf to the flat columns, or, once for all leaves of a list
// or map, the column that stands for it: the group annotated as LIST or MAP
// around the outermost repeated element, or that element if it stands alone.
func (b *builder) flatten(i int) {
	l := &b.leaves[i]
	if l.rep == 0 {
		b.columns = append(b.columns, flatColumn{source.Column{Name: l.name, Type: l.typ}, i})
		return
	}
	k := 0
	for b.path[k].repetition != repRepeated {
		k++
	}
	if k > 0 && b.path[k-1].collection() {
		k--
	}
	if b.path[k] == b.nested {
		return
	}
	b.nested = b.path[k]
	name := strings.Join(l.path[:k+1], ".")
	b.columns = append(b.columns, flatColumn{source.Column{Name: name, Type: source.Type{Kind: source.Nested}}, -1})
}
