package slate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// virtual is a leaf that the files do not have: the elements of lists that are
// written some other way. Every value is text as spelled.
func virtual(name string) source.Leaf {
	return source.Leaf{Path: []string{name}, Type: source.Type{Kind: source.String, Text: true}, Def: 2, Rep: 1, Lists: []int{1}}
}

// entries are those of some rows, of one field of virtual lists.
type entries struct {
	def, rep []uint32
	strs     source.Strings
	row      int // entries of the row at hand
}

// begin begins a row.
func (e *entries) begin() { e.row = 0 }

// add appends an entry of the row; nil is a null.
func (e *entries) add(value []byte) {
	level := uint32(2)
	if value == nil {
		level = 1
	} else {
		e.strs.Bytes = append(e.strs.Bytes, value...)
		e.strs.Offsets = append(e.strs.Offsets, uint32(len(e.strs.Bytes)))
	}
	e.level(level)
}

// end ends a row: one without entries has a level that says so.
func (e *entries) end() {
	if e.row == 0 {
		e.level(0)
	}
}

func (e *entries) level(def uint32) {
	e.def, e.rep = append(e.def, def), append(e.rep, uint32(min(e.row, 1)))
	e.row++
}

// levels gives them as a leaf's reader does.
func (e *entries) levels() *source.Levels {
	n := len(e.strs.Offsets) - 1
	return &source.Levels{Def: e.def, Rep: e.rep, Count: n,
		Values: source.Vector{Type: source.Type{Kind: source.String, Text: true}, Strs: e.strs}}
}

// textLists takes the lists of a column of text apart, for all cursors of a reader
// that want a field of them.
type textLists struct {
	unit   source.Unit
	column string
	reader source.Reader
	batch  *source.Batch
	next   int // row of it
	split  splitter
	names  []string // of the fields that are wanted
	blocks map[int]*block
	made   int
	fields int // readers of fields
	open   int // of which are not closed
}

// splitter adds the entries of a row's text to those of each field.
type splitter interface {
	split(text []byte, fields []string, to []*entries) error
}

// block are the entries of some rows, by field, until every cursor has had its own.
type block struct {
	of   []*entries
	left int
}

// Rows and bytes of text that make a block.
const (
	blockRows  = 1 << 10
	blockBytes = 1 << 20
)

func openText(ctx context.Context, u source.Unit, at int, name string, s splitter) (*textLists, error) {
	r, err := u.Open(ctx, []int{at})
	if err != nil {
		return nil, err
	}
	return &textLists{unit: u, column: name, reader: r, split: s, blocks: map[int]*block{}}, nil
}

// field gives a reader of a field. All are asked for before the first is read.
func (t *textLists) field(name string) source.LeafReader {
	at := slices.Index(t.names, name)
	if at < 0 {
		at, t.names = len(t.names), append(t.names, name)
	}
	t.fields++
	t.open++
	return &textField{lists: t, at: at}
}

// textField gives the entries of one field.
type textField struct {
	lists *textLists
	at    int
	block int // the next
}

// Next implements source.LeafReader.
func (f *textField) Next() (*source.Levels, error) {
	t := f.lists
	for f.block >= t.made {
		if err := t.make(); err != nil {
			return nil, err
		}
	}
	b := t.blocks[f.block]
	if b.left--; b.left == 0 {
		delete(t.blocks, f.block)
	}
	f.block++
	return b.of[f.at].levels(), nil
}

// Close implements source.LeafReader.
func (f *textField) Close() error {
	if f.lists.open--; f.lists.open == 0 {
		return f.lists.reader.Close()
	}
	return nil
}

// make makes the next block.
func (t *textLists) make() error {
	for t.batch == nil || t.next == t.batch.Rows {
		b, err := t.reader.Next()
		if err != nil {
			return err // io.EOF too
		}
		t.batch, t.next = b, 0
	}
	b := &block{left: t.fields}
	for range t.names {
		b.of = append(b.of, &entries{strs: source.Strings{Offsets: []uint32{0}}})
	}
	v, bytes := &t.batch.Columns[0], 0
	for n := 0; n < blockRows && bytes < blockBytes && t.next < t.batch.Rows; n++ {
		for _, e := range b.of {
			e.begin()
		}
		if text := textAt(v, t.next); text != nil {
			bytes += len(text)
			if err := t.split.split(text, t.names, b.of); err != nil {
				return t.fault(err)
			}
		}
		for _, e := range b.of {
			e.end()
		}
		t.next++
	}
	t.blocks[t.made] = b
	t.made++
	return nil
}

func (t *textLists) fault(err error) error {
	out := &source.Error{Path: t.unit.Name(), Unit: source.Place(t.reader, t.batch, t.next), Column: t.column, Err: err}
	var h *hinted
	if errors.As(err, &h) {
		out.Err, out.Hint = h.err, h.hint
	}
	return out
}

// hinted is a fault, and how to mend it.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }

// textAt is the text of a row; nil is a null.
func textAt(v *source.Vector, i int) []byte {
	if v.Const {
		i = 0
	}
	switch {
	case v.Codes == nil && v.Type.Kind == source.String && (v.Valid == nil || v.Valid[i]):
		if b := v.Strs.At(i); b != nil {
			return b
		}
		return []byte{}
	case v.Codes != nil && v.Codes[i] == source.NullCode:
		return nil
	case v.Codes != nil && v.Type.Kind == source.String:
		return []byte(v.Dict.Strs[v.Codes[i]])
	}
	x := v.Value(i)
	if x.Kind == source.Null {
		return nil
	}
	return []byte(source.Text(v.Type, x))
}

// separated are items with something between them: a|b|c. Blanks around an item are
// not part of it, and where nothing is between two separators is no item.
type separated struct{ by string }

func (s separated) split(text []byte, fields []string, to []*entries) error {
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil
	}
	if len(bytes.TrimSpace([]byte(s.by))) == 0 && s.by != "\t" { // blanks, however many
		for item := range bytes.FieldsSeq(text) {
			addAll(to, item)
		}
		return nil
	}
	for item := range bytes.SplitSeq(text, []byte(s.by)) {
		if item = bytes.TrimSpace(item); len(item) == 0 {
			item = nil
		}
		addAll(to, item)
	}
	return nil
}

func addAll(to []*entries, value []byte) {
	for _, e := range to {
		e.add(value)
	}
}

// placeReader gives the values of one column per place as lists.
type placeReader struct {
	reader source.Reader
	batch  *source.Batch
	next   int
}

// Next implements source.LeafReader.
func (p *placeReader) Next() (*source.Levels, error) {
	for p.batch == nil || p.next == p.batch.Rows {
		b, err := p.reader.Next()
		if err != nil {
			return nil, err
		}
		p.batch, p.next = b, 0
	}
	e := &entries{strs: source.Strings{Offsets: []uint32{0}}}
	for n := 0; n < blockRows && p.next < p.batch.Rows; n++ {
		e.begin()
		for i := range p.batch.Columns {
			value := textAt(&p.batch.Columns[i], p.next)
			if len(value) == 0 {
				value = nil
			}
			e.add(value)
		}
		p.next++
	}
	return e.levels(), nil
}

// Close implements source.LeafReader.
func (p *placeReader) Close() error { return p.reader.Close() }

// jsonFields lists the fields of the objects in a column's lists, in the order in
// which the first rows show them; none if they hold no objects.
func (s *Source) jsonFields(at int) (fields []string, err error) {
	const enough = 1 << 12 // rows that show something
	name, seen := s.flat[at].Name, 0
	for _, u := range s.Source.Units() {
		if seen >= enough {
			break
		}
		r, err := u.Open(context.Background(), []int{at})
		if err != nil {
			return nil, err
		}
		for seen < enough {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, errors.Join(err, r.Close())
			}
			for i := range min(b.Rows, source.MaxBatch) {
				text := textAt(&b.Columns[0], i)
				keys, listed, err := keysOf(text)
				if err != nil {
					t := textLists{unit: u, column: name, reader: r, batch: b, next: i}
					return nil, errors.Join(t.fault(err), r.Close())
				}
				if listed {
					seen++
				}
				for _, key := range keys {
					if !slices.Contains(fields, key) {
						fields = append(fields, key)
					}
				}
				if len(fields) > maxFields {
					return nil, errors.Join(fmt.Errorf("the lists of column %q have objects of more than %d keys", name, maxFields), r.Close())
				}
			}
		}
		if err := r.Close(); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// maxFields bounds the keys of objects in lists.
const maxFields = 1 << 10
