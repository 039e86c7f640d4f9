package table

import (
	"encoding/binary"
	"math"
)

// The first byte of an encoded table says what it is.
const (
	countsForm  = 'C'
	exactForm   = 'V'
	bucketsForm = 'B'
)

// encoder writes a table: whole numbers as varints, keys and points as steps
// from the one before. A table has exactly one encoding.
type encoder struct{ out []byte }

func (e *encoder) uint(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *encoder) int(n int64)   { e.out = binary.AppendVarint(e.out, n) }

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.out = append(e.out, s...)
}

// cell writes rows first, and copies as what they are more than rows: mostly 0.
func (e *encoder) cell(c Cell) {
	e.uint(uint64(c.Rows))
	e.int(c.N - c.Rows)
}

func (e *encoder) dims(c *Counts) {
	e.uint(uint64(len(c.dims)))
	for i, d := range c.dims {
		e.text(string(d))
		e.uint(uint64(len(c.cats[i])))
		for _, cat := range c.cats[i] {
			e.text(cat.Name)
			missing := uint64(0)
			if cat.Missing {
				missing = 1
			}
			e.uint(missing)
			e.int(cat.Order)
		}
	}
}

// keys writes the cells, each by f after its key.
func (e *encoder) keys(c *Counts, f func(i int)) {
	e.uint(uint64(len(c.keys)))
	last := uint64(0)
	for i, key := range c.keys {
		e.uint(key - last)
		last = key
		f(i)
	}
}

// MarshalBinary encodes the table.
func (c *Counts) MarshalBinary() ([]byte, error) {
	e := &encoder{out: []byte{countsForm}}
	e.dims(c)
	e.keys(c, func(i int) { e.cell(c.cells[i]) })
	return e.out, nil
}

// MarshalBinary encodes the table.
func (v *Values) MarshalBinary() ([]byte, error) {
	e := &encoder{out: []byte{exactForm}}
	if !v.Exact() {
		e.out[0] = bucketsForm
	}
	c := v.Counts()
	e.dims(c)
	e.keys(c, func(i int) {
		d := &v.cells[i]
		e.cell(d.Missing)
		e.cell(d.NaN)
		e.cell(d.Inf)
		e.points(d.Points, v.Exact())
		if !v.Exact() {
			e.sum(&d.moments.Sum)
			e.sum(&d.moments.Squares)
		}
	})
	return e.out, nil
}

func (e *encoder) points(ps []Point, exact bool) {
	e.uint(uint64(len(ps)))
	last := uint64(0)
	for _, p := range ps {
		at := ordered(p.X)
		if !exact {
			at = uint64(bucketOf(p.X) + bucketOffset)
		}
		e.uint(at - last)
		last = at
		e.cell(p.Cell)
	}
}

// bucketOffset makes the numbers of buckets positive.
const bucketOffset = 1 << 20

// ordered are the bits of a float in the order of floats.
func ordered(x float64) uint64 {
	b := math.Float64bits(x)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

func unordered(b uint64) float64 {
	if b>>63 != 0 {
		return math.Float64frombits(b &^ (1 << 63))
	}
	return math.Float64frombits(^b)
}

// sum writes a normal sum: sign and number of digits, then the digits, lowest
// first.
func (e *encoder) sum(s *ExactSum) {
	n := int64(len(s.digits))
	if n > 0 && s.digits[n-1] < 0 {
		n = -n
	}
	e.int(n)
	if n == 0 {
		return
	}
	e.uint(uint64(s.low))
	for _, d := range s.digits {
		e.out = binary.LittleEndian.AppendUint32(e.out, uint32(magnitude(d)))
	}
}
