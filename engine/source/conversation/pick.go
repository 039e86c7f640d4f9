package conversation

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/keyed"
)

// best says of which turn a value counts.
type best struct {
	last    bool
	ordered bool
	keys    []int64 // of the turn whose value counts, where turns are ordered
}

// takes tells whether a turn comes before, or after, the one whose value counts. A
// turn without a time comes after those that have one, and of equal ones that which
// comes first in the log.
func (b *best) takes(t *turns, i int, c int32, some bool) bool {
	if !b.ordered {
		return b.last || !some
	}
	at := t.times[i]
	if at == NoTime && !b.last {
		at = math.MaxInt64
	}
	if some && (b.last && at < b.keys[c] || !b.last && at >= b.keys[c]) {
		return false
	}
	b.keys[c] = at
	return true
}

// picked is the value that one turn of each conversation has.
type picked struct {
	best
	cells
	of      evaluated // what gives the value, where no column does
	at      int       // position of the column, or -1
	name    string
	watched bool
	refuse  bool
	differ  []bool // conversations whose turns have several values
}

func (p *picked) grow(n int) {
	p.cells.grow(n)
	if p.ordered {
		p.keys = extend(p.keys, n, 0)
	}
	if p.watched {
		p.differ = extend(p.differ, n, false)
	}
}

func (p *picked) bytes() int64 {
	return p.cells.bytes() + 8*int64(cap(p.keys)) + int64(cap(p.differ))
}

func (p *picked) add(t *turns) error {
	v, err := p.input(t)
	if err != nil {
		return err
	}
	p.turn(v)
	for i, c := range t.of {
		if c < 0 {
			continue
		}
		x, ok, err := p.read(v, i)
		if err != nil {
			return &cellFault{i, err}
		}
		if !ok {
			continue
		}
		some := p.there[c]
		if p.watched && some && p.x[c] != x {
			if p.refuse {
				return p.disagreement(t, i, c, x)
			}
			p.differ[c] = true
		}
		if p.takes(t, i, c, some) {
			p.x[c], p.there[c] = x, true
		}
	}
	return nil
}

func (p *picked) disagreement(t *turns, i int, c int32, x int64) error {
	return &cellFault{i, fmt.Errorf("the turns of conversation %q disagree about %s: %q here, and %q before",
		t.id(i), p.name, source.Text(p.typ, p.value(x)), source.Text(p.typ, p.value(p.x[c])))}
}

// input is the column that values come from.
func (p *picked) input(t *turns) (*source.Vector, error) {
	if p.at >= 0 {
		return &t.cols[p.at], nil
	}
	if p.typ.Kind == source.Bool {
		value, known, mask, err := p.of.bools(t)
		if err != nil {
			return nil, err
		}
		v := &source.Vector{Type: p.typ, Ints: make([]int64, t.rows), Valid: make([]bool, t.rows)}
		for i := range t.rows {
			if v.Valid[i] = known[i&mask]; value[i&mask] {
				v.Ints[i] = 1
			}
		}
		return v, nil
	}
	value, valid, mask, err := p.of.numbers(t)
	if err != nil || mask == -1 {
		return &source.Vector{Type: p.typ, Floats: value, Valid: valid}, err
	}
	v := &source.Vector{Type: p.typ, Floats: make([]float64, t.rows), Valid: make([]bool, t.rows)}
	for i := range t.rows {
		v.Floats[i], v.Valid[i] = value[0], valid[0]
	}
	return v, nil
}

// cells holds one value for each conversation: the bits of a number, or the code of
// a text.
type cells struct {
	typ   source.Type
	x     []int64
	there []bool

	dict  *source.Dict
	codes map[string]uint32
	size  int64
	from  *source.Dict // the dictionary of the vector at hand
	known []int64      // its codes as ours, or unmet
}

const unmet = -1

func newCells(t source.Type) cells {
	c := cells{typ: t}
	if spelled(t) {
		c.dict, c.codes = &source.Dict{Type: t}, map[string]uint32{}
	}
	return c
}

func spelled(t source.Type) bool {
	return t.Kind == source.String || t.Kind == source.Binary || t.Kind == source.Decimal
}

func (c *cells) grow(n int) { c.x, c.there = extend(c.x, n, 0), extend(c.there, n, false) }

// bytes counts, of each text, its header, and its entry in the map.
func (c *cells) bytes() int64 {
	return 8*int64(cap(c.x)) + int64(cap(c.there)) + c.size + 64*int64(c.dict.Len())
}

// turn prepares for another vector.
func (c *cells) turn(v *source.Vector) {
	if v.Codes != nil && v.Dict != c.from {
		c.from, c.known = v.Dict, c.known[:0]
	}
}

// read is the value of a row as bits or code; ok is false where it is missing. An
// empty cell of a text format is.
func (c *cells) read(v *source.Vector, i int) (x int64, ok bool, err error) {
	if v.Codes != nil {
		if v.Const {
			i = 0
		}
		code := v.Codes[i]
		if code == source.NullCode {
			return 0, false, nil
		}
		for len(c.known) <= int(code) {
			c.known = append(c.known, unmet)
		}
		if spelled(c.typ) && c.known[code] != unmet {
			return c.known[code], true, nil
		}
		x, ok, err = c.convert(v, i)
		if ok && spelled(c.typ) {
			c.known[code] = x
		}
		return x, ok, err
	}
	if text, ok := keyed.BytesAt(v, i); ok && spelled(c.typ) {
		if len(text) == 0 && c.typ.Text {
			return 0, false, nil
		}
		if code, ok := c.codes[string(text)]; ok {
			return int64(code), true, nil
		}
	}
	return c.convert(v, i)
}

func (c *cells) convert(v *source.Vector, i int) (x int64, ok bool, err error) {
	value, err := source.Convert(c.typ, v.Type, v.Value(i))
	switch {
	case err != nil || value.Kind == source.Null || c.typ.Text && value.Str == "":
		return 0, false, err
	case spelled(c.typ):
		return int64(c.intern(value.Str)), true, nil
	case value.Kind == source.Float:
		if math.IsNaN(value.Float) {
			return 0, false, nil
		}
		return int64(math.Float64bits(value.Float + 0)), true, nil // minus zero is zero
	}
	return value.Int, true, nil
}

func (c *cells) intern(s string) uint32 {
	code, ok := c.codes[s]
	if !ok {
		code = uint32(c.dict.Len())
		c.dict.Strs = append(c.dict.Strs, s)
		c.codes[s] = code
		c.size += int64(len(s))
	}
	return code
}

// value is what bits or a code stand for.
func (c *cells) value(x int64) source.Value {
	switch {
	case spelled(c.typ):
		return c.dict.Value(int(x))
	case c.typ.Kind == source.Float:
		return source.Value{Kind: source.Float, Float: math.Float64frombits(uint64(x))}
	}
	return source.Value{Kind: c.typ.Kind, Int: x}
}

func (c *cells) vector(from, n int, s *scratch) source.Vector {
	v := source.Vector{Type: c.typ}
	x, there := c.x[from:from+n], c.there[from:from+n]
	switch {
	case c.typ.Kind == source.Null:
		return source.Vector{Type: c.typ, Const: true, Codes: []uint32{source.NullCode}, Dict: &source.Dict{Type: c.typ}}
	case spelled(c.typ):
		v.Dict, v.Codes = c.dict, make([]uint32, n)
		for i := range v.Codes {
			if v.Codes[i] = source.NullCode; there[i] {
				v.Codes[i] = uint32(x[i])
			}
		}
	case c.typ.Kind == source.Float:
		s.fit(n)
		for i, bits := range x {
			s.floats[i] = math.Float64frombits(uint64(bits))
		}
		v.Floats, v.Valid = s.floats, there
	default:
		v.Ints, v.Valid = x, there
	}
	return v
}
