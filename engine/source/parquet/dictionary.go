package parquet

import (
	"errors"
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// dictionary reads the dictionary page, which comes first in its chunk.
func (p *pages) dictionary(h *pageHeader, body []byte) error {
	l := p.leaf
	switch {
	case p.dict != nil && l.typ.Kind == source.Null:
		return nil
	case p.dict != nil:
		return errors.New("column chunk has a dictionary page too many")
	case p.ahead != p.chunk.values:
		return errors.New("dictionary page comes after data pages")
	case h.encoding != encPlain && h.encoding != encPlainDictionary:
		return fmt.Errorf("dictionary page has encoding %d", h.encoding)
	}
	body, err := p.decompress(body, int(h.plain))
	if err != nil {
		return err
	}
	if err := p.checkDictionary(int64(h.values), int64(len(body))); err != nil {
		return err
	}
	if err := p.values.open(l, encPlain, body, int(h.values), p.limit); err != nil {
		return err
	}
	p.dict, err = p.values.dict(l, int(h.values), &p.spelled)
	return err
}

// checkDictionary holds the n entries of a dictionary against the bytes of its
// page and, with what they take in memory, against the limit.
func (p *pages) checkDictionary(n, size int64) error {
	l, least, memory := p.leaf, int64(p.leaf.width), 8*n
	if l.width == 0 {
		least = 4 // the length before each string
	}
	if n*least > size {
		return fmt.Errorf("dictionary of %d entries in %d bytes", n, size)
	}
	if l.form == asStrings {
		memory = 16*n + size
		if l.typ.Kind == source.Decimal || l.width > 0 { // text is longer than the number or UUID
			memory += int64(36+l.scale)*n + 2*size
		}
	}
	if memory > int64(p.limit) {
		return fmt.Errorf("dictionary of %d entries is above the limit of %d bytes", n, p.limit)
	}
	return nil
}

// dict reads n values as a dictionary. Strings go through s first.
func (v *values) dict(l *leaf, n int, s *source.Strings) (*source.Dict, error) {
	d := &source.Dict{Type: l.typ}
	switch l.form {
	case asInts:
		d.Ints = make([]int64, n)
		return d, v.ints(l, d.Ints)
	case asFloats:
		d.Floats = make([]float64, n)
		return d, v.floats(l, d.Floats)
	case asNarrow:
		narrow := source.Vector{Type: l.typ, Narrow: make([]int32, n), Wide: new(source.Widener)}
		err := v.words(l, narrow.Narrow)
		if l.typ.Kind == source.Float {
			d.Floats = narrow.Float64s()
		} else {
			d.Ints = narrow.Int64s()
		}
		return d, err
	}
	s.Bytes, s.Offsets = s.Bytes[:0], append(s.Offsets[:0], 0)
	if err := v.strings(l, s, n); err != nil {
		return nil, err
	}
	text := string(s.Bytes)
	d.Strs = make([]string, n)
	for i := range d.Strs {
		d.Strs[i] = text[s.Offsets[i]:s.Offsets[i+1]]
	}
	return d, nil
}
