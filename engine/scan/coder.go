package scan

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/spelling"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// categorize turns one value into a category. It is called once per distinct
// value, not once per row.
type categorize func(source.Type, source.Value) (table.Category, error)

// coder turns a column into small integer codes, one per category, numbered in
// order of first appearance. It belongs to one worker.
type coder struct {
	name   string // for messages: "group race"
	column int    // position among the frame's columns
	limit  int    // largest number of values, 0 for no limit
	hint   string // how to mend a column of more, if not as others
	plain  int    // values that are told apart; beyond, all are spilled; 0 for no such limit
	spill  func(table.Category) table.Category
	direct categorize // what a value spills to, without the way over its own; may be nil
	hashed bool       // there were more
	folded bool       // and the codes of those told apart were given up

	memo   memo[uint32]
	cats   []table.Category
	shards [table.Shards]uint32 // by their order: the codes of shards, and 1
	spills []table.Category     // what cats spill to, as far as it was asked
	index  map[table.Category]uint32
	values int // categories that are not the missing one
	out    []uint32
	counts [3][]uint32 // scratch: rows by dictionary code, twice, and by code
}

func newCoder(name string, column int, fn categorize, preset ...table.Category) *coder {
	c := &coder{name: name, column: column, index: map[table.Category]uint32{}}
	for _, cat := range preset {
		c.intern(cat)
	}
	c.memo.read = func(t source.Type, v source.Value) (uint32, error) {
		read := fn
		if c.hashed && c.direct != nil {
			read = c.direct
		}
		cat, err := read(t, v)
		if err != nil {
			return 0, err
		}
		if !utf8.ValidString(cat.Name) { // a report could not show it, and might show two such names alike
			return 0, notText(cat.Name)
		}
		code := c.intern(c.spilled(cat))
		if c.limit > 0 && c.values > c.limit {
			return 0, errTooMany
		}
		return code, nil
	}
	return c
}

// errTooMany tells that a worker alone met more values than the limit allows.
var errTooMany = errors.New("too many distinct values")

// spilled is the category under which a value is counted: its own, or what it
// spills to once there have been too many.
func (c *coder) spilled(cat table.Category) table.Category {
	if c.plain == 0 || cat.Missing {
		return cat
	}
	if !c.hashed && c.values >= c.plain {
		_, known := c.index[cat]
		c.hashed = !known
	}
	if c.hashed {
		return c.spill(cat)
	}
	return cat
}

// categories lists them by code; once values are spilled, several codes may have
// one category.
func (c *coder) categories() []table.Category {
	if !c.hashed {
		return c.cats
	}
	for _, cat := range c.cats[len(c.spills):] {
		if !cat.Missing {
			cat = c.spill(cat)
		}
		c.spills = append(c.spills, cat)
	}
	return c.spills
}

func (c *coder) intern(cat table.Category) uint32 {
	if at := cat.Order; c.hashed && uint64(at) < uint64(len(c.shards)) {
		if code := c.shards[at]; code > 0 && c.cats[code-1] == cat { // without a hash
			return code - 1
		}
		c.shards[at] = c.learned(cat) + 1
		return c.shards[at] - 1
	}
	return c.learned(cat)
}

// learned is the code of a category, which is given one if it has none.
func (c *coder) learned(cat table.Category) uint32 {
	code, ok := c.index[cat]
	if !ok {
		code = uint32(len(c.cats))
		c.cats = append(c.cats, cat)
		c.index[cat] = code
		if !cat.Missing {
			c.values++
		}
	}
	return code
}

// codes fills one code per row. Rows that are out of scope have any code: what
// they hold is neither counted nor judged.
func (c *coder) codes(f *frame) ([]uint32, error) {
	c.out = grow(c.out, f.rows)
	row, err := c.memo.fill(c.out, &f.cols[c.column], f.reason)
	switch {
	case err == errTooMany:
		return nil, tooMany(c.name, f.names[c.column], c.limit, c.hint)
	case err != nil:
		return nil, f.rowError(row, c.column, fmt.Errorf("%s: %w", c.name, err))
	}
	return c.out, nil
}

// fewEntries is how many codes are worth counting rather than looking up row by
// row.
const fewEntries = 1 << 12

// count counts a frame's rows by code, in the order of codes, if they are of a
// dictionary and all count. What cannot be read is left to codes, which says where
// it is.
func (c *coder) count(f *frame, out []keyed) ([]keyed, bool) {
	v := &f.cols[c.column]
	if !c.listed(f, min(fewEntries, f.rows)) || len(c.cats) > fewEntries {
		return out, false
	}
	words := c.memo.coded(v)
	for i := range 2 {
		c.counts[i] = grow(c.counts[i], len(words))
		clear(c.counts[i])
	}
	kernel.CountCodes(c.counts[0], c.counts[1], v.Codes[:f.rows])
	for i, n := range c.counts[0] {
		if n > 0 && !c.learn(v, i) {
			return out, false
		}
	}
	sums := grow(c.counts[2], len(c.cats))
	clear(sums)
	for i, n := range c.counts[0] {
		if n > 0 {
			sums[words[i]] += n
		}
	}
	for code, n := range sums {
		if n > 0 {
			out = append(out, keyed{uint32(code), n})
		}
	}
	c.counts[2] = sums
	return out, true
}

// listed tells whether a frame's rows all count, and are of a dictionary of at most
// so many entries, whose words the memo then has.
func (c *coder) listed(f *frame, most int) bool {
	v, none := &f.cols[c.column], [...]byte{0}
	if v.Codes == nil || v.Const || v.Dict.Len() > most || bytes.Count(f.reason, none[:]) < f.rows {
		return false
	}
	c.memo.turn(v)
	return true
}

// learn reads an entry of a dictionary, from 1 on, or null, which is 0, unless it is
// known. It tells whether that could be read.
func (c *coder) learn(v *source.Vector, entry int) bool {
	words := c.memo.coded(v)
	if words[entry] != kernel.Unknown {
		return true
	}
	var value source.Value // null
	if entry > 0 {
		value = v.Dict.Value(entry - 1)
	}
	word, err := c.memo.read(v.Type, value)
	if err == nil {
		words[entry] = word
	}
	return err == nil
}

// occurring lists the codes of a frame's rows, if they are of a dictionary of few
// entries and all count. How many have each is not counted.
func (c *coder) occurring(f *frame, out []keyed) ([]keyed, bool) {
	if !c.listed(f, kernel.Few-1) {
		return out, false
	}
	v := &f.cols[c.column]
	words := c.memo.coded(v)
	for set := kernel.Occurring(v.Codes[:f.rows]); set != 0; set &= set - 1 {
		entry := bits.TrailingZeros32(set)
		if !c.learn(v, entry) {
			return out, false
		}
		if k := (keyed{key: words[entry]}); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out, true
}

// entries are the dictionary's codes of a frame that was counted or listed, and the
// codes of its entries, that of null first; nil if there are not few.
func (c *coder) entries(f *frame) (codes, entries []uint32) {
	v := &f.cols[c.column]
	if v.Dict.Len() >= kernel.Few {
		return nil, nil
	}
	return v.Codes[:f.rows], c.memo.coded(v)[:v.Dict.Len()+1]
}

// tooMany says that a column has more values than its role may. It names no
// place and no number, so it is the same error whether one worker met all the
// values or several some of them.
func tooMany(name, column string, limit int, hint string) error {
	switch {
	case hint != "":
	case strings.HasPrefix(name, "group "):
		hint = "cut numbers with bins, merge values with map, or raise max_values"
	default:
		hint = "merge values before the audit"
	}
	return fmt.Errorf("column %s: %s has more than %d distinct values; %s", spelling.Shown(column), name, limit, hint)
}
