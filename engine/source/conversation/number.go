package conversation

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// extreme is min(...) or max(...); NaN stands for none.
type extreme struct {
	of       evaluated
	greatest bool
	x        []float64
}

func (e *extreme) reads(of evaluated) { e.of = of }

func (e *extreme) grow(n int) { e.x = extend(e.x, n, math.NaN()) }

func (e *extreme) bytes() int64 { return 8 * int64(cap(e.x)) }

func (e *extreme) add(t *turns) error {
	value, valid, mask, err := e.of.numbers(t)
	if err != nil {
		return err
	}
	for i, c := range t.of {
		x := value[i&mask] + 0 // minus zero is zero
		if c < 0 || !valid[i&mask] || math.IsNaN(x) {
			continue
		}
		if have := e.x[c]; math.IsNaN(have) || x < have != e.greatest && x != have {
			e.x[c] = x
		}
	}
	return nil
}

func (e *extreme) vector(from, n int, s *scratch) source.Vector { return floats(e.x[from:from+n], s) }

// floats is a vector of numbers in which NaN is a null.
func floats(x []float64, s *scratch) source.Vector {
	s.fit(len(x))
	for i, f := range x {
		s.floats[i], s.valid[i] = f, !math.IsNaN(f)
	}
	return source.Vector{Type: source.Type{Kind: source.Float}, Floats: s.floats, Valid: s.valid}
}

// summed is sum(...): exact in units of 2^-52, 128 bits wide, so that the order of
// turns does not change a bit.
type summed struct {
	of   evaluated
	high []int64
	low  []uint64
	some []bool
}

const (
	sumScale = 52
	sumLimit = 1 << 50
)

func (x *summed) reads(of evaluated) { x.of = of }

func (x *summed) grow(n int) {
	x.high, x.low, x.some = extend(x.high, n, 0), extend(x.low, n, 0), extend(x.some, n, false)
}

func (x *summed) bytes() int64 {
	return 8*int64(cap(x.high)+cap(x.low)) + int64(cap(x.some))
}

func (x *summed) add(t *turns) error {
	value, valid, mask, err := x.of.numbers(t)
	if err != nil {
		return err
	}
	for i, c := range t.of {
		v := value[i&mask]
		if c < 0 || !valid[i&mask] || math.IsNaN(v) {
			continue
		}
		if math.Abs(v) >= sumLimit {
			return &cellFault{i, fmt.Errorf("%g is too large to be summed; numbers below 2^50 are", v)}
		}
		high, low := fixed(v)
		var carry uint64
		x.low[c], carry = bits.Add64(x.low[c], low, 0)
		sum, _ := bits.Add64(uint64(x.high[c]), uint64(high), carry)
		if before := x.high[c]; before < 0 == (high < 0) && int64(sum) < 0 != (before < 0) {
			return &cellFault{i, fmt.Errorf("the sum of a conversation is too large")}
		}
		x.high[c], x.some[c] = int64(sum), true
	}
	return nil
}

// fixed is a number in units of 2^-52, the rest cut off.
func fixed(v float64) (high int64, low uint64) {
	mantissa, exponent := math.Frexp(math.Abs(v))
	m := uint64(mantissa * (1 << 53))
	switch shift := exponent - 53 + sumScale; {
	case shift >= 64:
		high, low = int64(m<<(shift-64)), 0
	case shift > 0:
		high, low = int64(m>>(64-shift)), m<<shift
	case shift > -64:
		low = m >> -shift
	}
	if v < 0 {
		var borrow uint64
		low, borrow = bits.Sub64(0, low, 0)
		high = -high - int64(borrow)
	}
	return high, low
}

// float rounds a sum once.
func float(high int64, low uint64) float64 {
	n := new(big.Int).Lsh(big.NewInt(high), 64)
	n.Add(n, new(big.Int).SetUint64(low))
	f, _ := new(big.Float).SetInt(n).Float64()
	return math.Ldexp(f, -sumScale)
}

func (x *summed) vector(from, n int, s *scratch) source.Vector {
	s.fit(n)
	for i := range n {
		s.floats[i], s.valid[i] = float(x.high[from+i], x.low[from+i]), x.some[from+i]
	}
	return source.Vector{Type: source.Type{Kind: source.Float}, Floats: s.floats, Valid: s.valid}
}

// elapsed is seconds() or seconds(...): from the first turn on. It is missing where
// the condition was never true, or no turn has a time.
type elapsed struct {
	until      *evaluated // nil: the last turn
	start, end []int64
}

func (e *elapsed) grow(n int) {
	none := int64(math.MaxInt64)
	if e.until == nil {
		none = NoTime
	}
	e.start, e.end = extend(e.start, n, math.MaxInt64), extend(e.end, n, none)
}

func (e *elapsed) bytes() int64 { return 8 * int64(cap(e.start)+cap(e.end)) }

func (e *elapsed) add(t *turns) error {
	yes, mask := []bool{true}, 0
	if e.until != nil {
		var err error
		if yes, _, mask, err = e.until.bools(t); err != nil {
			return err
		}
	}
	for i, c := range t.of {
		at := t.times[i]
		if c < 0 || at == NoTime {
			continue
		}
		e.start[c] = min(e.start[c], at)
		switch {
		case e.until == nil:
			e.end[c] = max(e.end[c], at)
		case yes[i&mask]:
			e.end[c] = min(e.end[c], at)
		}
	}
	return nil
}

func (e *elapsed) vector(from, n int, s *scratch) source.Vector {
	s.fit(n)
	for i := range n {
		start, end := e.start[from+i], e.end[from+i]
		s.valid[i] = start != math.MaxInt64 && end != math.MaxInt64 && end != NoTime
		s.floats[i] = 0
		if s.valid[i] {
			s.floats[i] = float64(end-start) / 1e6
		}
	}
	return source.Vector{Type: source.Type{Kind: source.Float}, Floats: s.floats, Valid: s.valid}
}
