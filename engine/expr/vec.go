package expr

import "time"

// Status of an element: two bits, or the number of a fault.
const (
	missing uint8 = 1 // there is no value
	unknown uint8 = 2 // there is a two-valued answer, but it depends on a missing value
	faulty  uint8 = 4 // this and above: Program.faults[status-faulty]
)

// vec is a computed column: the slice of its class holds one entry per row, or
// one entry for all rows. Slices may be borrowed; the buffers are the vec's own.
type vec struct {
	class class
	unit  time.Duration
	one   bool
	n     int
	st    []uint8 // nil if every element is there and known
	b     []uint8 // 0 or 1
	i     []int64
	f     []float64
	x     []number
	s     []string

	own struct {
		st, b []uint8
		i     []int64
		f     []float64
		x     []number
		s     []string
		bytes []byte // what computed strings point into
	}
}

// grow gives a slice of n entries out of a buffer. Its content is undefined.
func grow[T any](buf *[]T, n int) []T {
	if cap(*buf) < n {
		*buf = make([]T, n)
	}
	*buf = (*buf)[:n]
	return *buf
}

// fit sizes the result of an operation: as many elements as its operands.
func (v *vec) fit(t typ, a, b, c *vec) {
	v.class, v.unit, v.st = t.class, t.unit, nil
	v.n, v.one = a.n, a.one
	for _, o := range [2]*vec{b, c} {
		if o != nil && !o.one {
			v.n, v.one = o.n, false
		}
	}
	v.room()
}

// room makes place for the values.
func (v *vec) room() {
	switch v.class {
	case boolean:
		v.b = grow(&v.own.b, v.n)
	case integer:
		v.i = grow(&v.own.i, v.n)
	case floating:
		v.f = grow(&v.own.f, v.n)
	case whole, numeral:
		v.x = grow(&v.own.x, v.n)
	case str, text, decimal:
		v.s = grow(&v.own.s, v.n)
	case moment:
		if v.unit == 0 {
			v.x = grow(&v.own.x, v.n)
		} else {
			v.i = grow(&v.own.i, v.n)
		}
	}
}

// mask turns a row into an index: all rows of a single entry are entry 0.
func (v *vec) mask() int {
	if v.one {
		return 0
	}
	return -1
}

// status is the status of row i.
func (v *vec) status(i int) uint8 {
	if v.st == nil {
		return 0
	}
	return v.st[i&v.mask()]
}

// fail marks an element, unless it is not there anyway.
func (v *vec) fail(i int, s uint8) {
	if v.st == nil {
		v.st = grow(&v.own.st, v.n)
		clear(v.st)
	}
	if v.st[i]&missing == 0 && v.st[i] < faulty {
		v.st[i] = s
	}
}

// inherit joins the statuses of operands: what depends on a missing value is
// missing, what depends on a failure fails.
func (v *vec) inherit(a, b *vec) {
	if a.st == nil && (b == nil || b.st == nil) {
		v.st = nil
		return
	}
	v.st = grow(&v.own.st, v.n)
	for i := range v.st {
		s := a.status(i)
		if b != nil {
			s = join(s, b.status(i))
		}
		v.st[i] = s
	}
}

func join(a, b uint8) uint8 {
	switch {
	case a >= faulty:
		return a
	case b >= faulty:
		return b
	}
	return a | b
}

// answer completes a comparison: false, and not known, where it is missing.
func (v *vec) answer() {
	for i, s := range v.st {
		if s != 0 && s < faulty {
			if s&missing != 0 {
				v.b[i] = 0
			}
			v.st[i] = unknown
		}
	}
}

// truth is element i as a condition: a missing one is false, and not known.
func (v *vec) truth(i int) (value, status uint8) {
	i &= v.mask()
	if v.st == nil {
		return v.b[i], 0
	}
	if s := v.st[i]; s < faulty && s&missing != 0 {
		return 0, unknown
	}
	return v.b[i], v.st[i]
}

// number is row i of a numeric vec.
func (v *vec) number(i int) number {
	i &= v.mask()
	switch v.class {
	case integer:
		return number{i: v.i[i]}
	case floating:
		return number{tag: fraction, f: v.f[i]}
	}
	return v.x[i]
}

// instant is row i of a vec of moments as seconds and nanoseconds.
func (v *vec) instant(i int) (sec, nsec int64) {
	i &= v.mask()
	if v.unit == 0 {
		return v.x[i].i, int64(v.x[i].f)
	}
	if v.unit >= time.Second {
		return saturate(v.i[i], int64(v.unit/time.Second)), 0
	}
	sec, rest := floorDiv(v.i[i], int64(time.Second/v.unit))
	return sec, rest * int64(v.unit)
}

// saturate multiplies, stopping at the ends of int64: a day beyond 290 billion
// years stays after all others.
func saturate(a, b int64) int64 {
	if p, failure := wholeArithmetic('*', number{i: a}, number{i: b}); failure == fine && p.tag == signed {
		return p.i
	}
	if a < 0 {
		return -1 << 63
	}
	return 1<<63 - 1
}

func bit(b bool) uint8 {
	var u uint8
	if b {
		u = 1
	}
	return u
}
