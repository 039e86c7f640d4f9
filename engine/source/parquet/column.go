package parquet

import (
	"errors"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// batchRows is the usual size of a batch: what an audit holds of a dozen columns
// stays in the second-level cache. Batches end at its multiples, so that columns
// whose pages end in different places meet again.
const batchRows = 1 << 13

// batchBytes is about how much of strings a batch holds of one column.
const batchBytes = 8 << 20

// column decodes one flat column chunk into a buffer of rows of one form:
// constant, coded or plain.
type column struct {
	pages

	have int // rows in the buffer not yet given
	pos  int // next of them
	size int // rows in the buffer

	constant bool
	isCoded  bool
	nulls    bool // Valid is in use
	codes    []uint32
	ints     []int64
	floats   []float64
	narrow   []int32
	wide     source.Widener // of narrow, or of those shown
	strs     source.Strings
	shown    shown // in place of the four above, if there are any
	valid    []bool
	level    []uint32 // scratch
	bitmap   []byte   // scratch: which rows have a value
}

// fill decodes up to want rows into the empty buffer. There may be fewer, where
// the form changes or strings are long, and more if they are constant.
func (c *column) fill(want int) error {
	ok, err := c.more()
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("column chunk has fewer values than rows")
	}
	c.reset()
	run, code, err := c.run()
	if err != nil {
		return err
	}
	if c.constant = run >= want; c.constant {
		c.codes = append(c.codes[:0], code)
		c.have = run
		return c.skip(run, code)
	}
	if n := c.showing(want); n > 0 {
		return c.show(n)
	}
	for c.size < want {
		if ok, err := c.more(); err != nil {
			return err
		} else if !ok || c.coded != c.isCoded || c.full() {
			break
		}
		if err := c.decode(min(want-c.size, c.left, c.fitting())); err != nil {
			return err
		}
	}
	c.have = c.size
	return nil
}

// reset empties the buffer, for rows of the open page's form.
func (c *column) reset() {
	c.pos, c.size, c.constant, c.nulls, c.isCoded = 0, 0, false, false, c.coded
	c.strs.Bytes, c.strs.Offsets, c.shown = c.strs.Bytes[:0], append(c.strs.Offsets[:0], 0), shown{}
}

// run is the number of equal rows at hand, and their code; 0 if rows differ or
// hold values that have no code.
func (c *column) run() (int, uint32, error) {
	n := c.left
	if c.leaf.def > 0 {
		level, run, err := c.def.peek()
		if err != nil {
			return 0, 0, err
		}
		n = min(n, run)
		if n == 0 || level < c.leaf.def {
			return n, source.NullCode, nil
		}
	}
	if !c.coded || c.interning || n == 0 || c.leaf.typ.Kind == source.Null {
		return 0, 0, nil
	}
	code, run, err := c.index.peek()
	return min(n, run), code, err
}

// skip passes over n rows that run returned.
func (c *column) skip(n int, code uint32) error {
	if c.leaf.def > 0 {
		c.def.skip(n)
	}
	if code != source.NullCode {
		c.index.skip(n)
	}
	return c.advance(n)
}

func (c *column) advance(n int) error {
	c.left -= n
	if c.left == 0 {
		return c.finish()
	}
	return nil
}

// full says whether the strings in the buffer are enough for a batch.
func (c *column) full() bool { return len(c.strs.Bytes) >= batchBytes }

// fitting is how many rows, of the size usual in this page, the buffer takes.
func (c *column) fitting() int {
	if c.coded && !c.interning || c.leaf.form != asStrings {
		return math.MaxInt
	}
	usual := c.values.size()/c.left + 1
	return max(1, (batchBytes-len(c.strs.Bytes))/usual)
}

// decode appends n rows of the open page to the buffer.
func (c *column) decode(n int) error {
	valid, err := c.levels(n)
	if err != nil {
		return err
	}
	if c.coded {
		err = c.decodeCodes(n, valid)
	} else {
		err = c.decodePlain(n, valid)
	}
	if err != nil {
		return err
	}
	c.size += n
	return c.advance(n)
}

// levels reads the definition levels of n rows and counts those that hold a
// value. If some but not all do, c.bitmap tells which.
func (c *column) levels(n int) (valid int, err error) {
	most := c.leaf.def
	if most == 0 {
		return n, nil
	}
	level, run, err := c.def.peek()
	if err != nil {
		return 0, err
	}
	if run >= n {
		c.def.skip(n)
		if level == most {
			return n, nil
		}
		return 0, nil
	}
	c.bitmap = grow(c.bitmap[:0], bitmapSize(n))
	if most == 1 {
		err = c.def.readBits(c.bitmap, n)
	} else {
		c.level = grow(c.level[:0], n)
		if err = c.def.read(c.level); err == nil {
			fullLevels(c.bitmap, c.level, most)
		}
	}
	return countBits(c.bitmap), err
}

// count is the number of levels that are full; none is above full.
func count(level []uint32, full uint32) int {
	var a, b, c, d uint32 // below full
	i := 0
	for ; i+4 <= len(level); i += 4 {
		l := (*[4]uint32)(level[i:])
		a, b, c, d = a+(l[0]-full)>>31, b+(l[1]-full)>>31, c+(l[2]-full)>>31, d+(l[3]-full)>>31
	}
	for ; i < len(level); i++ {
		a += (level[i] - full) >> 31
	}
	return len(level) - int(a+b+c+d)
}

// decodeCodes appends n rows, valid of them with a code.
func (c *column) decodeCodes(n, valid int) error {
	c.codes = grow(c.codes[:c.size], n)
	rows := c.codes[c.size:]
	if c.interning {
		if ok, err := c.interner.codes(rows[:valid], &c.values); err != nil {
			return err
		} else if !ok {
			c.spellOut()
			return c.decodePlain(n, valid)
		}
	} else if err := c.index.read(rows[:valid]); err != nil {
		return err
	}
	switch valid {
	case n:
	case 0:
		set(rows, source.NullCode)
	default:
		spreadCodes(rows, c.bitmap, valid, source.NullCode)
	}
	return nil
}

// decodePlain appends n rows, valid of them with a value.
func (c *column) decodePlain(n, valid int) error {
	c.markValid(n, valid)
	switch c.leaf.form {
	case asInts:
		return decodeNumbers(c, &c.ints, (*values).ints, n, valid)
	case asFloats:
		return decodeNumbers(c, &c.floats, (*values).floats, n, valid)
	case asNarrow:
		return decodeNumbers(c, &c.narrow, (*values).words, n, valid)
	}
	if err := c.values.strings(c.leaf, &c.strs, valid); err != nil {
		return err
	}
	c.strs.Offsets = grow(c.strs.Offsets, n-valid)
	ends := c.strs.Offsets[c.size:] // ends[0] is the end before the new rows
	if valid > 0 && valid < n {
		spreadEnds(ends, ends, c.bitmap, valid)
	} else {
		set(ends[valid+1:], ends[valid])
	}
	return nil
}

// decodeNumbers is decodePlain for numbers, which read reads, into one of the buffers.
func decodeNumbers[T int32 | int64 | float64](c *column, buffer *[]T, read func(*values, *leaf, []T) error, n, valid int) error {
	*buffer = grow((*buffer)[:c.size], n)
	rows := (*buffer)[c.size:]
	if err := read(&c.values, c.leaf, rows[:valid]); err != nil {
		return err
	}
	if valid > 0 && valid < n {
		spread(rows, c.bitmap, valid)
	} else {
		clear(rows[valid:])
	}
	return nil
}

// markValid notes which of n new rows hold a value. There are no marks until
// the first null.
func (c *column) markValid(n, valid int) {
	if valid == n && !c.nulls {
		return
	}
	if !c.nulls {
		c.nulls = true
		c.valid = slices.Grow(c.valid[:0], c.size+n)[:c.size]
		set(c.valid, true)
	}
	c.valid = grow(c.valid[:c.size], n)
	rows := c.valid[c.size:]
	if valid == n || valid == 0 {
		set(rows, valid == n)
	} else {
		setMarks(rows, c.bitmap)
	}
}

func set[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}

// vector gives the next n rows of the buffer.
func (c *column) vector(n int) source.Vector {
	v := source.Vector{Type: c.leaf.typ}
	from, to := c.pos, c.pos+n
	c.have -= n
	c.wide.Reset()
	switch {
	case c.constant:
		v.Const, v.Codes, v.Dict = true, c.codes[:1], c.dictOf()
		return v
	case c.isCoded:
		v.Codes, v.Dict = c.codes[from:to], c.dictOf()
	case c.shown.ints != nil:
		v.Ints = c.shown.ints[from:to]
	case c.shown.floats != nil:
		v.Floats = c.shown.floats[from:to]
	case c.shown.narrow != nil:
		v.Narrow, v.Wide = c.shown.narrow[from:to], &c.wide
	case c.leaf.form == asInts:
		v.Ints = c.ints[from:to]
	case c.leaf.form == asFloats:
		v.Floats = c.floats[from:to]
	case c.leaf.form == asNarrow:
		v.Narrow, v.Wide = c.narrow[from:to], &c.wide
	default:
		s := &c.strs
		if c.shown.strs.Offsets != nil {
			s = &c.shown.strs
		}
		v.Strs = source.Strings{Bytes: s.Bytes, Offsets: s.Offsets[from : to+1]}
	}
	if !c.isCoded && c.nulls {
		v.Valid = c.valid[from:to]
	}
	c.pos = to
	return v
}
