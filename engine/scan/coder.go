package scan

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// categorize turns one value into a category. It is called once per distinct
// value, not once per row.
type categorize func(source.Type, source.Value) (table.Category, error)

// memoLimit bounds the values that a coder remembers of a column which is not
// dictionary-encoded; beyond it every new value is categorized anew.
const memoLimit = 1 << 20

// coder turns a column into small integer codes, one per category, numbered in
// order of first appearance. It belongs to one worker.
type coder struct {
	role   string // for messages: "group race"
	column int    // position among the frame's columns
	fn     categorize
	limit  int // largest number of categories, 0 for no limit
	hint   string

	cats  []table.Category
	index map[table.Category]uint32
	out   []uint32

	typ    source.Type
	dict   *source.Dict // whose entries byCode remembers
	byCode []uint32     // code + 1, or 0 if not categorized yet
	ints   map[int64]uint32
	floats map[uint64]uint32
	strs   map[string]uint32
}

func newCoder(role string, column int, fn categorize, preset ...table.Category) *coder {
	c := &coder{role: role, column: column, fn: fn, index: map[table.Category]uint32{}}
	for _, cat := range preset {
		c.intern(cat)
	}
	return c
}

func (c *coder) categories() []table.Category { return c.cats }

func (c *coder) intern(cat table.Category) uint32 {
	code, ok := c.index[cat]
	if !ok {
		code = uint32(len(c.cats))
		c.cats = append(c.cats, cat)
		c.index[cat] = code
	}
	return code
}

func (c *coder) value(v source.Value) (uint32, error) {
	cat, err := c.fn(c.typ, v)
	if err != nil {
		return 0, err
	}
	code := c.intern(cat)
	if c.limit > 0 && len(c.cats) > c.limit+1 { // the missing group is not a value
		return 0, &hinted{fmt.Sprintf("more than %d distinct values", c.limit), c.hint}
	}
	return code, nil
}

// codes fills one code per row.
func (c *coder) codes(f *frame) ([]uint32, error) {
	v := &f.cols[c.column]
	if v.Type != c.typ || c.ints == nil {
		c.forget(v.Type)
	}
	c.out = grow(c.out, f.rows)
	row, err := c.fill(v, f.rows)
	if err != nil {
		return nil, f.rowError(row, c.column, fmt.Errorf("%s: %w", c.role, err))
	}
	return c.out, nil
}

func (c *coder) forget(t source.Type) {
	c.typ, c.dict, c.byCode = t, nil, nil
	c.ints, c.floats, c.strs = map[int64]uint32{}, map[uint64]uint32{}, map[string]uint32{}
}

// fill dispatches on the vector's form; on an error it says at which row.
func (c *coder) fill(v *source.Vector, rows int) (int, error) {
	switch {
	case v.Const:
		code, err := c.value(v.Value(0))
		if err != nil {
			return 0, err
		}
		for i := range c.out {
			c.out[i] = code
		}
		return 0, nil
	case v.Codes != nil:
		return c.fillCoded(v, rows)
	case v.Type.Kind == source.Float:
		return c.fillFloats(v, rows)
	case v.Type.Kind == source.String, v.Type.Kind == source.Binary, v.Type.Kind == source.Decimal:
		return c.fillStrings(v, rows)
	case v.Type.Kind == source.Null, v.Type.Kind == source.Nested:
		return c.fillNulls(rows)
	}
	return c.fillInts(v, rows)
}

func (c *coder) fillNulls(rows int) (int, error) {
	null, err := c.value(source.Value{})
	for i := range rows {
		c.out[i] = null
	}
	return 0, err
}

// fillCoded looks each row's dictionary code up; an entry is categorized when
// it is first met, so an entry that no row uses costs and creates nothing.
func (c *coder) fillCoded(v *source.Vector, rows int) (int, error) {
	if v.Dict != c.dict {
		c.dict, c.byCode = v.Dict, c.byCode[:0]
	}
	for len(c.byCode) < v.Dict.Len()+1 { // the last slot but one per entry is the null's at 0
		c.byCode = append(c.byCode, 0)
	}
	out, known := c.out[:rows], c.byCode
	for i, code := range v.Codes[:rows] {
		slot := code + 1 // NullCode + 1 wraps to 0
		if known[slot] == 0 {
			if err := c.learn(v, slot); err != nil {
				return i, err
			}
		}
		out[i] = known[slot] - 1
	}
	return 0, nil
}

func (c *coder) learn(v *source.Vector, slot uint32) error {
	value := source.Value{}
	if slot > 0 {
		value = v.Dict.Value(int(slot - 1))
	}
	code, err := c.value(value)
	if err != nil {
		return err
	}
	c.byCode[slot] = code + 1
	return nil
}

func (c *coder) fillInts(v *source.Vector, rows int) (int, error) {
	last, lastCode, has := int64(0), uint32(0), false
	for i, x := range v.Ints[:rows] {
		if v.Valid != nil && !v.Valid[i] {
			code, err := c.value(source.Value{})
			if err != nil {
				return i, err
			}
			c.out[i] = code
			continue
		}
		if has && x == last {
			c.out[i] = lastCode
			continue
		}
		code, ok := c.ints[x]
		if !ok {
			var err error
			if code, err = c.value(source.Value{Kind: v.Type.Kind, Int: x}); err != nil {
				return i, err
			}
			if len(c.ints) < memoLimit {
				c.ints[x] = code
			}
		}
		last, lastCode, has = x, code, true
		c.out[i] = code
	}
	return 0, nil
}

func (c *coder) fillFloats(v *source.Vector, rows int) (int, error) {
	for i, x := range v.Floats[:rows] {
		value := source.Value{Kind: source.Float, Float: x}
		if v.Valid != nil && !v.Valid[i] {
			value = source.Value{}
		}
		code, ok := c.floats[math.Float64bits(x)]
		if !ok || value.Kind == source.Null {
			var err error
			if code, err = c.value(value); err != nil {
				return i, err
			}
			if value.Kind != source.Null && len(c.floats) < memoLimit {
				c.floats[math.Float64bits(x)] = code
			}
		}
		c.out[i] = code
	}
	return 0, nil
}

func (c *coder) fillStrings(v *source.Vector, rows int) (int, error) {
	for i := range rows {
		if v.Valid != nil && !v.Valid[i] {
			code, err := c.value(source.Value{})
			if err != nil {
				return i, err
			}
			c.out[i] = code
			continue
		}
		code, ok := c.strs[string(v.Strs.At(i))] // no copy: the compiler looks the bytes up as they are
		if !ok {
			text := string(v.Strs.At(i))
			var err error
			if code, err = c.value(source.Value{Kind: v.Type.Kind, Str: text}); err != nil {
				return i, err
			}
			if len(c.strs) < memoLimit {
				c.strs[text] = code
			}
		}
		c.out[i] = code
	}
	return 0, nil
}

// grow returns a slice of n elements, reusing s where it is long enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
