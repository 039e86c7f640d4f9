package published

import "math/big"

// span is a closed interval of numbers; high is nil where nothing bounds it.
type span struct{ low, high *big.Rat }

func point(n int64) span { return span{big.NewRat(n, 1), big.NewRat(n, 1)} }

// exact says whether a span is a single number.
func (s span) exact() bool { return s.high != nil && s.low.Cmp(s.high) == 0 }

// meets says whether two spans have a number in common.
func (s span) meets(o span) bool {
	return (o.high == nil || s.low.Cmp(o.high) <= 0) && (s.high == nil || o.low.Cmp(s.high) <= 0)
}

// within is what two spans have in common; s if they have nothing.
func (s span) within(o span) span {
	if !s.meets(o) {
		return s
	}
	out := span{larger(s.low, o.low), s.high}
	if out.high == nil || o.high != nil && o.high.Cmp(out.high) < 0 {
		out.high = o.high
	}
	return out
}

func (s span) plus(o span) span {
	out := span{low: new(big.Rat).Add(s.low, o.low)}
	if s.high != nil && o.high != nil {
		out.high = new(big.Rat).Add(s.high, o.high)
	}
	return out
}

// minus is a difference, which may be negative; ok is false if nothing bounds it.
func (s span) minus(o span) (out span, ok bool) {
	if o.high == nil || s.high == nil {
		return span{}, false
	}
	return span{new(big.Rat).Sub(s.low, o.high), new(big.Rat).Sub(s.high, o.low)}, true
}

// over is the share that a part may be of a whole; unknown if nothing bounds it.
func (s span) over(whole span) (out span, ok bool) {
	if s.high == nil && whole.high == nil {
		return span{}, false
	}
	out = span{low: new(big.Rat), high: big.NewRat(1, 1)}
	if whole.high != nil && whole.high.Sign() > 0 {
		out.low = new(big.Rat).Quo(s.low, whole.high)
	}
	if s.high != nil && whole.low.Sign() > 0 {
		out.high = new(big.Rat).Quo(s.high, whole.low)
	}
	return out, whole.high == nil || whole.high.Sign() > 0
}

// wholes is the span of whole numbers in s; ok is false if there is none.
func (s span) wholes() (out span, ok bool) {
	out.low = new(big.Rat).SetInt(ceiling(s.low))
	if s.high != nil {
		out.high = new(big.Rat).SetInt(floor(s.high))
		ok = out.low.Cmp(out.high) <= 0
		return out, ok
	}
	return out, true
}

func floor(x *big.Rat) *big.Int {
	// Div rounds toward minus infinity because the denominator is positive.
	return new(big.Int).Div(x.Num(), x.Denom())
}

func ceiling(x *big.Rat) *big.Int {
	return new(big.Int).Neg(floor(new(big.Rat).Neg(x)))
}

func larger(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}
