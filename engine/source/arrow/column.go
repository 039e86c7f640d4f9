package arrow

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// column is one asked column of a reader: what it holds of the current record
// batch, and the memory of the vectors that it hands on.
type column struct {
	f     *field
	form  form
	at    int   // of f among the fields
	above []int // the structs around it
	first int   // among the spans of the batch: bitmaps of the structs, then its own

	rows   int64
	v      values   // of the leaf; for runs, of their values
	bits   [][]byte // validity of the structs and of the leaf, where there are nulls
	ends   []int64  // of runs
	runs   []uint32 // code of each run
	run    int      // the run that holds the next row
	dict   *source.Dict
	lost   []bool // entries of dict that are null, or nil
	length int    // of dict, with nulls

	out    source.Vector
	valid  []bool
	codes  []uint32
	ints   []int64
	floats []float64
	text   textBuffer
}

func newColumn(s *schema, index int) (*column, error) {
	at := s.columns[index].field
	f := &s.fields[at]
	if f.bad != nil {
		return nil, located(f, f.bad)
	}
	c := &column{f: f, at: at, form: f.form()}
	for up := f.parent; up >= 0; up = s.fields[up].parent {
		c.above = append(c.above, up)
	}
	c.dict = &source.Dict{Type: f.typ}
	if c.form == asBools {
		c.dict.Ints = []int64{0, 1}
	}
	return c, nil
}

// leaves are the fields whose buffers make the column's values.
func (c *column) leaves() int {
	switch c.form {
	case asNull:
		return 0
	case asRuns:
		return 2
	}
	return 1
}

// spans appends where the column's buffers are in a batch.
func (c *column) spans(all []span, b *batch, fields []field, places []place) (_ []span, err error) {
	c.first = len(all)
	if c.form == asNull {
		return all, nil
	}
	for _, up := range c.above {
		s, err := b.span(places[up].buffer, c.f)
		if err != nil {
			return nil, located(c.f, err)
		}
		all = append(all, s)
	}
	at := c.at
	if c.form == asRuns {
		at++
	}
	for i := range c.leaves() {
		if all, err = b.spans(all, &fields[at+i], places[at+i]); err != nil {
			return nil, located(c.f, errors.Unwrap(err))
		}
	}
	return all, nil
}

// take checks the column's buffers and makes them the current batch.
func (c *column) take(s *schema, places []place, buffers [][]byte, version int, d *dictionaries, l *loader) error {
	c.rows, c.bits, c.run = places[c.at].rows, c.bits[:0], 0
	if c.form == asNull {
		return nil
	}
	buffers = buffers[c.first:]
	for i, up := range c.above {
		bits, err := validity(places[up], buffers[i])
		if err != nil {
			return fmt.Errorf("struct around it: %w", err)
		}
		if bits != nil {
			c.bits = append(c.bits, bits)
		}
	}
	buffers = buffers[len(c.above):]
	if c.form == asRuns {
		return c.takeRuns(s, places, buffers, version, d, l)
	}
	var err error
	if c.v, err = newValues(c.f, places[c.at], buffers[:c.f.buffers(version)+places[c.at].variadic]); err != nil {
		return err
	}
	if c.v.bits != nil {
		c.bits = append(c.bits, c.v.bits)
	}
	if c.f.layout == viewLayout && c.v.viewBytes(0, c.v.n) > 16*l.limit {
		return fmt.Errorf("strings of the batch add up to more than %d bytes", 16*l.limit)
	}
	if c.form == asCodes {
		c.use(d)
	}
	return nil
}

// use takes the dictionary as it is now. One that is missing is empty: the
// format allows it where all values are null.
func (c *column) use(d *dictionaries) { c.lookup(d.get(c.f.dict.id)) }

func (c *column) lookup(e *entries) {
	if e == nil {
		e = &entries{dict: &source.Dict{Type: c.f.typ}}
	}
	c.dict, c.lost, c.length = e.dict, e.null, e.n
}

// takeRuns reads the two children of a run-end encoded array: each run gets a
// code once, and rows repeat it.
func (c *column) takeRuns(s *schema, places []place, buffers [][]byte, version int, d *dictionaries, l *loader) error {
	ends, values := &s.fields[c.at+1], &s.fields[c.at+2]
	p := places[c.at+2]
	if p.rows < places[c.at+1].rows {
		return fmt.Errorf("%d runs have %d values", places[c.at+1].rows, p.rows)
	}
	k := ends.buffers(version)
	e, err := newValues(ends, places[c.at+1], buffers[:k])
	if err != nil {
		return fmt.Errorf("run ends: %w", err)
	}
	if c.v, err = newValues(values, p, buffers[k:k+values.buffers(version)+p.variadic]); err != nil {
		return fmt.Errorf("values of runs: %w", err)
	}
	cost := int64(e.n)*12 + p.rows*20
	if values.dict == nil {
		cost += c.v.size(values)
	}
	if cost > l.limit {
		return l.excess(fmt.Sprintf("memory for %d runs", e.n))
	}
	if c.ends, err = runEnds(c.ends, e, c.rows); err != nil {
		return err
	}
	c.runs = sized(c.runs, c.v.n)
	if values.dict != nil {
		c.lookup(d.get(values.dict.id))
		return c.look(c.runs, c.v, c.v.bits, 0, c.v.n)
	}
	run := entries{dict: &source.Dict{Type: c.f.typ}}
	run.add(values, c.v)
	c.dict = run.dict
	for i := range c.runs {
		c.runs[i] = uint32(i)
		if run.null != nil && run.null[i] {
			c.runs[i] = source.NullCode
		}
	}
	return nil
}

// constant is for how many rows from row on the column certainly has one value
// and no memory to say so.
func (c *column) constant(row int64) int64 {
	switch {
	case c.form == asNull:
		return c.rows - row
	case c.form == asRuns && len(c.bits) == 0:
		for c.ends[c.run] <= row {
			c.run++
		}
		return min(c.ends[c.run], c.rows) - row
	}
	return 0
}

// most is how many of n rows a batch may have for the column's memory.
func (c *column) most(row int64, n int) int {
	const room = 64 << 20
	a, ok := c.v.Array.(*array.BinaryView)
	if !ok || c.form != asStrings {
		return n
	}
	sum := 0
	for i := range n {
		if !a.IsNull(int(row)+i) && (c.v.bits == nil || bit(c.v.bits, int(row)+i)) {
			sum += a.ValueLen(int(row) + i)
		}
		if sum > room && i > 0 {
			return i
		}
	}
	return n
}
