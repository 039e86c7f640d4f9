package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// decoder reads what encoder wrote. Every number of things is held against the
// bytes that are left before anything is allocated, and the first fault stays.
type decoder struct {
	in  []byte
	err error
}

var errTable = errors.New("not an encoded table, or a damaged one")

func (d *decoder) fail() {
	d.err, d.in = errTable, nil
}

func (d *decoder) uint() uint64 {
	x, n := binary.Uvarint(d.in)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.in = d.in[n:]
	return x
}

func (d *decoder) int() int64 {
	x, n := binary.Varint(d.in)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.in = d.in[n:]
	return x
}

// length reads how many things of at least size bytes follow.
func (d *decoder) length(size int) int {
	n := d.uint()
	if n > uint64(len(d.in)/size) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.length(1)
	s := string(d.in[:n])
	d.in = d.in[n:]
	return s
}

// maxCount bounds rows and copies: sums of as many cells as fit into memory
// stay within 64 bits.
const maxCount = 1 << 56

// cell reads a cell; some asks for one with a row.
func (d *decoder) cell(some bool) Cell {
	rows := d.uint()
	more := d.int()
	n := int64(rows) + more
	if rows > maxCount || more > maxCount || more < -maxCount || n < 0 || rows == 0 && (n != 0 || some) {
		d.fail()
		return Cell{}
	}
	return Cell{N: n, Rows: int64(rows)}
}

func (d *decoder) dims() ([]Dim, [][]Category) {
	dims := make([]Dim, d.length(2))
	cats := make([][]Category, len(dims))
	for i := range dims {
		dims[i] = Dim(d.text())
		cats[i] = make([]Category, d.length(3))
		for k := range cats[i] {
			name, missing, order := d.text(), d.uint(), d.int()
			cats[i][k] = Category{name, missing == 1, order}
		}
	}
	return dims, cats
}

// keys reads the cells: f gets the codes of each.
func (d *decoder) keys(cats [][]Category, size int, f func(codes []int)) {
	n := d.length(size)
	shape := &Counts{cats: cats, dims: make([]Dim, len(cats))}
	codes := make([]int, len(cats))
	key := uint64(0)
	for range n {
		key += d.uint()
		if d.err != nil {
			return
		}
		for _, c := range cats {
			if len(c) == 0 {
				d.fail()
				return
			}
		}
		shape.split(key, codes) // a key that is too large wraps, and is found out by encoding again
		f(codes)
	}
}

// same holds a decoded table against what it was decoded from: there is one
// encoding of a table, so anything else was not written by this package.
func (d *decoder) same(t interface{ MarshalBinary() ([]byte, error) }, data []byte) error {
	if d.err == nil && len(d.in) > 0 {
		d.fail()
	}
	if d.err != nil {
		return d.err
	}
	again, err := t.MarshalBinary()
	if err == nil && !bytes.Equal(again, data) {
		err = errTable
	}
	return err
}

// UnmarshalBinary decodes a table. Any other bytes are an error.
func (c *Counts) UnmarshalBinary(data []byte) error {
	d := &decoder{in: data}
	if len(data) == 0 || data[0] != countsForm {
		return errTable
	}
	d.in = data[1:]
	dims, cats := d.dims()
	b, err := NewBuilder(dims, cats)
	if err != nil {
		return fmt.Errorf("%w: %w", errTable, err)
	}
	d.keys(cats, 3, func(codes []int) { b.Add(codes, d.cell(true)) })
	out := b.Counts()
	if err := d.same(out, data); err != nil {
		return err
	}
	*c = *out
	return nil
}

// UnmarshalBinary decodes a table. Any other bytes are an error.
func (v *Values) UnmarshalBinary(data []byte) error {
	d := &decoder{in: data}
	if len(data) == 0 || data[0] != exactForm && data[0] != bucketsForm {
		return errTable
	}
	d.in = data[1:]
	dims, cats := d.dims()
	b, err := NewValuesBuilder(dims, cats)
	if err != nil {
		return fmt.Errorf("%w: %w", errTable, err)
	}
	b.bucketed = data[0] == bucketsForm
	d.keys(cats, 8, func(codes []int) {
		b.AddMissing(codes, d.cell(false))
		b.Add(codes, math.NaN(), d.cell(false))
		b.Add(codes, math.Inf(1), d.cell(false))
		d.points(b, codes)
	})
	out := b.Values()
	if err := d.same(out, data); err != nil {
		return err
	}
	*v = *out
	return nil
}

// points reads the numbers of a cell.
func (d *decoder) points(b *ValuesBuilder, codes []int) {
	ps := make([]Point, d.length(3))
	at := uint64(0)
	for i := range ps {
		at += d.uint()
		if b.bucketed {
			if at > 2*bucketOffset {
				d.fail()
			}
			ps[i].X = middle(int64(at) - bucketOffset)
		} else {
			ps[i].X = unordered(at)
		}
		ps[i].Cell = d.cell(true)
		if !finite(ps[i].X) {
			d.fail()
		}
		if d.err != nil {
			return
		}
		if !b.bucketed {
			b.Add(codes, ps[i].X, ps[i].Cell)
		}
	}
	if b.bucketed {
		m := &Moments{d.sum(), d.sum()}
		if d.err == nil {
			b.AddBucketed(codes, ps, m)
		}
	}
}

// maxDigits is more than any sum of squares has.
const maxDigits = 160

func (d *decoder) sum() (s ExactSum) {
	n := d.int()
	if n < -maxDigits || n > maxDigits || int(magnitude(n))*4 > len(d.in) {
		d.fail()
		return s
	}
	if n == 0 {
		return s
	}
	low := d.uint()
	size := int(magnitude(n))
	if low > maxDigits || 4*size > len(d.in) {
		d.fail()
		return s
	}
	s.low, s.digits = int(low), make([]int64, size)
	for i := range s.digits {
		s.digits[i] = int64(binary.LittleEndian.Uint32(d.in[4*i:]))
		if n < 0 {
			s.digits[i] = -s.digits[i]
		}
	}
	d.in = d.in[4*size:]
	return s
}
