package arrow

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// maxDepth bounds how deep a schema is nested, as other Arrow readers do.
const maxDepth = 64

// field is one array of a record batch: a column, or a part of one. Fields are
// kept depth-first, which is the order of the field nodes of a record batch.
type field struct {
	name   string // for messages: of a column, its path with dots
	own    string
	parent int // index, or -1
	end    int // index behind the last field within this one
	layout layout
	width  int            // bytes of a value, or of an offset; values in a fixed-size list
	pairs  bool           // a map
	dtype  arrow.DataType // of values of a leaf that can be read
	typ    source.Type
	scale  int32       // of decimals
	uuid   bool        // extension type arrow.uuid
	dict   *dictionary // values are indices into it, of this type:
	index  arrow.DataType
	bad    error // why values cannot be read
}

// dictionary is what the schema says about the values behind an id.
type dictionary struct {
	id     int64
	values []field // the value type: one leaf, if it can be read
}

// flatColumn is a column of the flat schema.
type flatColumn struct {
	source.Column
	field int
}

// schema is the schema of a file, flattened in two ways.
type schema struct {
	fields  []field
	columns []flatColumn
	dicts   map[int64]*dictionary
	version int
}

// schemaParser walks the schema message (Schema.fbs of the Arrow format).
type schemaParser struct {
	*schema
	fields int // that may still come
	names  int // bytes of names that may still be made
}

// parseSchema reads a Schema table. References in a flatbuffer may meet in one
// table, so that few bytes describe endless trees: fields and names are bounded
// by the size of the metadata.
func parseSchema(t table, version int) (*schema, error) {
	if err := checkVersion(version); err != nil {
		return nil, err
	}
	if t.i16(0, 0) != 0 {
		return nil, &hinted{errors.New("values are big-endian, which is not supported"), "write the file on a little-endian machine"}
	}
	size := len(t.f.b)
	s := &schema{dicts: map[int64]*dictionary{}, version: version}
	p := &schemaParser{s, size/8 + 1, 1<<20 + 16*size}
	top := t.vector(1, 4)
	for i := range top.n {
		if err := p.field(&s.fields, top.table(i), -1, 1); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	if t.f.err != nil {
		return nil, fmt.Errorf("schema: %w", t.f.err)
	}
	if len(s.fields) == 0 {
		return nil, errors.New("schema has no columns")
	}
	for i := 0; i < len(s.fields); i = s.fields[i].end {
		if err := p.flatten(i, ""); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	return s, nil
}

// Metadata versions, numbered from 0 for V1.
const (
	version4 = 3
	version5 = 4
)

func checkVersion(v int) error {
	if v < version4 || v > version5 {
		return fmt.Errorf("metadata version %d is not supported", v+1)
	}
	return nil
}

// field appends a Field table and what is within it.
func (p *schemaParser) field(all *[]field, t table, parent, depth int) error {
	if p.fields--; p.fields < 0 {
		return errMetadata
	}
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	name := t.text(0)
	if p.names -= len(name) + 1; p.names < 0 {
		return errors.New("names are too long")
	}
	f := field{name: string(name), parent: parent}
	f.own = f.name
	if encoding, ok := t.sub(4); ok {
		return p.encoded(all, t, encoding, f, depth)
	}
	describe(&f, t)
	at := len(*all)
	*all = append(*all, f)
	children := t.vector(5, 4)
	for i := range children.n {
		if err := p.field(all, children.table(i), at, depth+1); err != nil {
			return err
		}
	}
	if t.f.err != nil {
		return t.f.err
	}
	(*all)[at].end = len(*all)
	return checkChildren(*all, at, children.n)
}

// encoded appends a field of indices into a dictionary; the type in the field
// is that of the dictionary's values.
func (p *schemaParser) encoded(all *[]field, t, encoding table, f field, depth int) error {
	values := field{name: f.name, parent: -1}
	describe(&values, t)
	d := &dictionary{id: encoding.i64(0), values: []field{values}}
	children := t.vector(5, 4)
	for i := range children.n {
		if err := p.field(&d.values, children.table(i), 0, depth+1); err != nil {
			return err
		}
	}
	d.values[0].end = len(d.values)
	if err := checkChildren(d.values, 0, children.n); err != nil {
		return err
	}
	width, signed := 32, true // "if null, the indices must be signed 32-bit integers"
	if index, ok := encoding.sub(1); ok {
		width, signed = index.i32(0, 0), index.bool(1)
	}
	if t.f.err != nil {
		return t.f.err
	}
	f.index = integer(width, signed)
	if f.index == nil {
		return fmt.Errorf("field %q: dictionary indices of %d bits", f.name, width)
	}
	known := p.dicts[d.id]
	if known != nil && !sameDictionary(known.values, d.values) {
		return fmt.Errorf("field %q: dictionary %d has another type elsewhere", f.name, d.id)
	}
	if known == nil {
		p.dicts[d.id] = d
		known = d
	}
	f.layout, f.width, f.dict, f.dtype = fixedLayout, width/8, known, f.index
	f.typ, f.bad = d.values[0].typ, d.values[0].bad
	f.end = len(*all) + 1
	*all = append(*all, f)
	return nil
}

func sameDictionary(a, b []field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := &a[i], &b[i]
		if x.layout != y.layout || x.width != y.width || x.typ != y.typ || x.scale != y.scale || x.uuid != y.uuid {
			return false
		}
	}
	return true
}

// flatten adds the flat columns of field i: fields of structs under their path
// with dots; a list, map or union is one column.
func (p *schemaParser) flatten(i int, prefix string) error {
	f := &p.schema.fields[i]
	if p.names -= len(prefix) + len(f.name) + 1; p.names < 0 {
		return errors.New("names of nested columns are too long")
	}
	name := prefix + f.name
	if f.layout == structLayout && f.end > i+1 {
		for c := i + 1; c < f.end; c = p.schema.fields[c].end {
			if err := p.flatten(c, name+"."); err != nil {
				return err
			}
		}
		return nil
	}
	f.name = name
	p.columns = append(p.columns, flatColumn{source.Column{Name: name, Type: f.typ}, i})
	return nil
}
