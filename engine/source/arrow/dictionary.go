package arrow

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// entries is a dictionary as far as it has been read.
type entries struct {
	dict *source.Dict
	null []bool // of each entry, or nil: a dictionary may itself hold nulls
	n    int
	cost int64 // bytes
}

// dictionaries holds the entries behind each id that is asked for.
type dictionaries struct {
	byID map[int64]*entries
	cost int64
}

func (d *dictionaries) get(id int64) *entries {
	if d.byID == nil {
		return nil
	}
	return d.byID[id]
}

// add takes a dictionary message: a delta appends to the dictionary, so that
// what was computed for its entries stays true; any other makes a new one.
func (d *dictionaries) add(l *loader, what *dictionary, m *dictionaryBatch, from body) error {
	old := d.get(m.id)
	if m.delta && old == nil {
		return fmt.Errorf("dictionary %d is extended before it was given", m.id)
	}
	f := &what.values[0]
	places := make([]place, len(what.values))
	if err := m.walk(what.values, places); err != nil {
		return err
	}
	if !m.delta && old != nil {
		d.cost -= old.cost
		delete(d.byID, m.id)
		old = nil
	}
	l.held = d.cost
	v, err := l.leaf(&m.batch, f, places[0], from)
	if err != nil {
		return located(f, err)
	}
	cost := int64(v.n)*16 + v.size(f)
	if cost > l.limit-d.cost {
		return located(f, l.excess(fmt.Sprintf("dictionary of %d values", v.n)))
	}
	if old == nil {
		old = &entries{dict: &source.Dict{Type: f.typ}}
		if d.byID == nil {
			d.byID = map[int64]*entries{}
		}
		d.byID[m.id] = old
	}
	old.cost += cost
	d.cost += cost
	old.add(f, v)
	return nil
}

// leaf loads one array.
func (l *loader) leaf(b *batch, f *field, p place, from body) (values, error) {
	spans, err := b.spans(nil, f, p)
	if err != nil {
		return values{}, err
	}
	buffers, err := l.load(from, b.codec, spans)
	if err != nil {
		return values{}, err
	}
	return newValues(f, p, buffers)
}

// spans appends where the buffers of a leaf are.
func (b *batch) spans(all []span, f *field, p place) ([]span, error) {
	for i := range f.buffers(b.version) + p.variadic {
		s, err := b.span(p.buffer+i, f)
		if err != nil {
			return nil, located(f, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// size is the number of bytes that the strings of an array take.
func (v *values) size(f *field) int64 {
	if v.Array == nil && v.binary.bytes == nil {
		return 0
	}
	switch {
	case f.typ.Kind == source.Decimal:
		return int64(v.n) * int64(80+max(f.scale, -f.scale))
	case f.uuid:
		return int64(v.n) * 36
	case f.layout == viewLayout:
		return v.viewBytes(0, v.n)
	case f.layout == fixedLayout && f.typ.Kind == source.Binary:
		return int64(v.n) * int64(f.width)
	}
	return int64(len(v.binary.bytes))
}

// add appends the values of an array.
func (e *entries) add(f *field, v values) {
	e.nulls(f, v)
	e.n += v.n
	if v.n == 0 || f.layout == nullLayout {
		return
	}
	d := e.dict
	switch f.form() {
	case asFloats:
		d.Floats = append(d.Floats, floats(new([]float64), v, 0, v.n)...)
	case asStrings:
		var t textBuffer
		s := t.strings(f, v, 0, v.n)
		first := s.Offsets[0]
		text := string(s.Bytes[first:s.Offsets[v.n]])
		d.Strs = slices.Grow(d.Strs, v.n)
		for i := range v.n {
			d.Strs = append(d.Strs, text[s.Offsets[i]-first:s.Offsets[i+1]-first])
		}
	default:
		d.Ints = append(d.Ints, ints(new([]int64), v, 0, v.n)...)
	}
}

func (e *entries) nulls(f *field, v values) {
	if v.bits == nil && e.null == nil {
		return
	}
	e.null = append(e.null, make([]bool, e.n+v.n-len(e.null))...)
	for i := range v.n {
		e.null[e.n+i] = v.bits != nil && !bit(v.bits, i)
	}
}
