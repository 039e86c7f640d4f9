package slate

import (
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// column gathers the values of a field of lists, one per entry. Text is coded:
// the dictionary lasts as long as the reader.
type column struct {
	typ    source.Type
	coded  bool
	words  *words
	codes  []uint32
	ints   []int64
	floats []float64
	valid  []bool
	nulls  bool

	from *source.Dict // whose codes known translates
	to   []uint32
}

// words are the texts that columns share, numbered as they are met.
type words struct {
	dict  *source.Dict
	index map[string]uint32
}

func newWords() *words { return &words{index: map[string]uint32{}} }

func (w *words) code(t source.Type, s string) uint32 {
	code, ok := w.index[s]
	if !ok {
		if w.dict == nil {
			w.dict = &source.Dict{Type: t}
		}
		code = uint32(len(w.dict.Strs))
		s = strings.Clone(s)
		w.dict.Strs = append(w.dict.Strs, s)
		w.index[s] = code
	}
	return code
}

// newColumn prepares a column of a type.
func newColumn(t source.Type, w *words) *column {
	c := &column{typ: t, words: w}
	switch t.Kind {
	case source.String, source.Binary, source.Decimal, source.Null:
		c.coded = true
	}
	return c
}

func (c *column) reset() {
	c.codes, c.ints, c.floats, c.valid, c.nulls = c.codes[:0], c.ints[:0], c.floats[:0], c.valid[:0], false
}

// null appends a value that is missing.
func (c *column) null() {
	if c.coded {
		c.codes = append(c.codes, source.NullCode)
		return
	}
	c.nulls = true
	c.valid = append(c.valid, false)
	if c.typ.Kind == source.Float {
		c.floats = append(c.floats, 0)
	} else {
		c.ints = append(c.ints, 0)
	}
}

// take appends entry i of a vector of values that are all there.
func (c *column) take(v *source.Vector, i int) {
	switch {
	case c.coded && v.Codes != nil:
		c.codes = append(c.codes, c.translate(v, v.Codes[i]))
	case c.coded:
		s := v.Strs.At(i)
		code, ok := c.words.index[string(s)]
		if !ok {
			code = c.words.code(c.typ, string(s))
		}
		c.codes = append(c.codes, code)
	case v.Codes != nil || v.Type.Kind != c.typ.Kind:
		c.slow(v.Value(i))
	case c.typ.Kind == source.Float:
		c.floats, c.valid = append(c.floats, v.Float64s()[i]), append(c.valid, true)
	default:
		c.ints, c.valid = append(c.ints, v.Int64s()[i]), append(c.valid, true)
	}
}

// add appends a row of a vector of any form.
func (c *column) add(v *source.Vector, i int) {
	if v.Const {
		i = 0
	}
	if null(v, i) {
		c.null()
		return
	}
	c.take(v, i)
}

// maxWords is from how many texts on those that rows no longer have are given up.
const maxWords = 1 << 18

// drop forgets the first n entries.
func (c *column) drop(n int) {
	if c.coded {
		if c.codes = dropped(c.codes, n); len(c.words.index) > maxWords && 2*len(c.codes) < len(c.words.index) {
			c.renew()
		}
		return
	}
	c.valid = dropped(c.valid, n)
	if c.typ.Kind == source.Float {
		c.floats = dropped(c.floats, n)
	} else {
		c.ints = dropped(c.ints, n)
	}
}

// renew keeps the texts that are still in use, in another dictionary.
func (c *column) renew() {
	old := c.words.dict.Strs
	c.words, c.from, c.to = newWords(), nil, nil
	for i, code := range c.codes {
		if code != source.NullCode {
			c.codes[i] = c.words.code(c.typ, old[code])
		}
	}
}

// takeAll appends n entries of a vector from the first one on.
func (c *column) takeAll(v *source.Vector, first, n int) {
	if !c.coded || v.Codes == nil || v.Const || n == 0 {
		for i := range n {
			c.take(v, first+i)
		}
		return
	}
	c.turn(v.Dict)
	at := len(c.codes)
	c.codes = slices.Grow(c.codes, n)[:at+n]
	out, to := c.codes[at:], c.to
	for i, code := range v.Codes[first : first+n] {
		known := to[code]
		if known == source.NullCode {
			known = c.translate(v, code)
		}
		out[i] = known
	}
}

// slow appends a number of any form.
func (c *column) slow(x source.Value) {
	c.valid = append(c.valid, true)
	switch {
	case c.typ.Kind != source.Float:
		c.ints = append(c.ints, x.Int)
	case x.Kind == source.Float:
		c.floats = append(c.floats, x.Float)
	default:
		c.floats = append(c.floats, float64(x.Int))
	}
}

// translate turns a code of a reader's dictionary into one of the column's.
func (c *column) translate(v *source.Vector, code uint32) uint32 {
	c.turn(v.Dict)
	if c.to[code] == source.NullCode {
		c.to[code] = c.words.code(c.typ, v.Dict.Strs[code])
	}
	return c.to[code]
}

// turn makes room for the codes of a dictionary.
func (c *column) turn(d *source.Dict) {
	if d != c.from {
		c.from, c.to = d, c.to[:0]
	}
	for len(c.to) < d.Len() {
		c.to = append(c.to, source.NullCode)
	}
}

// missing tells whether entry i has no value.
func (c *column) missing(i int) bool {
	if c.coded {
		return c.codes[i] == source.NullCode
	}
	return !c.valid[i]
}

// key tells values apart, in this column and in others that share its words.
func (c *column) key(i int) uint64 {
	switch {
	case c.coded:
		return uint64(c.codes[i])
	case c.typ.Kind == source.Float:
		return math.Float64bits(c.floats[i] + 0) // minus zero is zero
	}
	return uint64(c.ints[i])
}

// value is an entry, for messages.
func (c *column) value(i int) string {
	v := c.vector()
	return source.Text(v.Type, v.Value(i))
}

// vector is all entries.
func (c *column) vector() source.Vector {
	v := source.Vector{Type: c.typ}
	if c.coded {
		if v.Dict = c.words.dict; v.Dict == nil {
			v.Dict = &source.Dict{Type: c.typ}
		}
		v.Codes = c.codes
		return v
	}
	v.Ints, v.Floats = c.ints, c.floats
	if c.typ.Kind == source.Float {
		v.Ints = nil
	} else {
		v.Floats = nil
	}
	if c.nulls {
		v.Valid = c.valid
	}
	return v
}
