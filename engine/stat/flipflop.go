package stat

import "math/bits"

// FlipflopParity is the fewest decisions that have to move from the group with
// the higher rate to the one with the lower until the lower rate is no longer the
// lower: the least k with (a+k)/n ≥ (b-k)/m, which is ⌈(b·n - a·m)/(n+m)⌉, the
// shortfall rounded up. 0 at equal rates. A gap with k ≤ 1 hangs on one decision
// (US Uniform Guidelines, questions and answers 20 and 21: the selection of one
// different person for one job would shift the result).
func FlipflopParity(a, n, b, m int64) (int64, error) {
	if err := checkWhole(a, n); err != nil {
		return 0, err
	}
	if err := checkWhole(b, m); err != nil {
		return 0, err
	}
	if n > maxCount || m > maxCount {
		return 0, ErrTooLarge
	}
	h1, l1 := bits.Mul64(uint64(b), uint64(n))
	h2, l2 := bits.Mul64(uint64(a), uint64(m))
	if h1 < h2 || h1 == h2 && l1 < l2 {
		h1, l1, h2, l2 = h2, l2, h1, l1
	}
	low, borrow := bits.Sub64(l1, l2, 0)
	high, _ := bits.Sub64(h1, h2, borrow)
	k, rest := bits.Div64(high, low, uint64(n+m)) // the shortfall is below n+m
	if rest > 0 {
		k++
	}
	return int64(k), nil
}

// FlipflopThreshold is the fewest decisions, of either group and in any
// direction, that have to be other ones for a ratio (a/n)/(b/m) to cross its
// limit: to leave t ≤ ratio ≤ 1/t if it is inside, to come in if it is outside. With
// low only t ≤ ratio is asked. A table whose second rate is 0 has no ratio and lies
// on neither side. ErrLimit when t is not in (0, 1], ErrUndefined when the ratio has
// no value, or no table of these sizes within reach lies on the other side.
func FlipflopThreshold(a, n, b, m int64, t Decimal, low bool) (int64, error) {
	if err := checkWhole(a, n); err != nil {
		return 0, err
	}
	if err := checkWhole(b, m); err != nil {
		return 0, err
	}
	switch {
	case n > maxCount || m > maxCount:
		return 0, ErrTooLarge
	case t.Sign() <= 0 || t.num > t.power():
		return 0, ErrLimit
	case b == 0:
		return 0, ErrUndefined
	}
	f := flips{a, n, b, m, t, low}
	if !f.enough(a, b) || !f.notTooMuch(a, b) {
		return f.in()
	}
	c, ok := f.fewest(-1, func(a, b int64) bool { return !f.enough(a, b) })
	if up, okUp := f.fewest(+1, func(a, b int64) bool { return !f.notTooMuch(a, b) }); okUp && (!ok || up < c) {
		c, ok = up, true
	}
	if !ok {
		return 0, ErrUndefined
	}
	return c, nil
}

// flips searches among the tables that few changes lead to.
type flips struct {
	a, n, b, m int64
	t          Decimal
	low        bool
}

// enough is a/n ≥ t·b/m, notTooMuch t·a/n ≤ b/m.
func (f flips) enough(a, b int64) bool {
	return compare(product(uint64(a), uint64(f.m), f.t.power()), product(uint64(b), uint64(f.n), f.t.num)) >= 0
}

func (f flips) notTooMuch(a, b int64) bool {
	return f.low || compare(product(uint64(a), uint64(f.m), f.t.num), product(uint64(b), uint64(f.n), f.t.power())) <= 0
}

// fewest is the least number of changes, all moving the ratio down (-1) or up (+1),
// for which a condition holds that more of them cannot undo. Conditions are linear
// in the changes of a and of b, so that one of the two is used up first.
func (f flips) fewest(sign int64, holds func(a, b int64) bool) (int64, bool) {
	reached := func(c int64) bool { return holds(f.split(c, sign, true)) || holds(f.split(c, sign, false)) }
	low, high := int64(-1), f.n+f.m
	if !reached(high) {
		return 0, false
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; reached(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// split makes up to c changes up or down, of a first or of b first.
func (f flips) split(c, sign int64, aFirst bool) (a, b int64) {
	roomA, roomB := f.n-f.a, f.b-1 // a second rate of 0 makes no ratio
	if sign < 0 {
		roomA, roomB = f.a, f.m-f.b
	}
	x := min(c, roomA)
	y := min(c-x, roomB)
	if !aFirst {
		y = min(c, roomB)
		x = min(c-y, roomA)
	}
	return f.a + sign*x, f.b - sign*y
}

// overshoot is how many changes beyond the least are tried: enough for every
// table of 8,192 cases, and no more than a moment at any size.
const overshoot = 1 << 13

// in is the fewest changes that bring a ratio inside. Whole decisions may have to
// jump over a narrow inside, so the number of changes rises from the least that
// reaches the nearer side until some split of them lands inside.
func (f flips) in() (int64, error) {
	sign, reached := int64(+1), f.enough
	if f.enough(f.a, f.b) { // too much
		sign, reached = -1, f.notTooMuch
	}
	least, ok := f.fewest(sign, reached)
	if !ok {
		return 0, ErrUndefined
	}
	for c := least; c <= min(f.n+f.m, least+overshoot); c++ {
		for _, d := range [][2]int64{{sign, -sign}, {sign, sign}, {-sign, -sign}, {-sign, sign}} {
			if f.inside(c, d[0], d[1]) {
				return c, nil
			}
		}
	}
	return 0, ErrUndefined
}

// inside says whether some split of exactly c changes, a in direction da and b in
// direction db, lies inside. Along the splits each condition holds on one end.
func (f flips) inside(c, da, db int64) bool {
	roomA, roomB := f.n-f.a, f.m-f.b
	if da < 0 {
		roomA = f.a
	}
	if db < 0 {
		roomB = f.b - 1
	}
	from, to := max(0, c-roomB), min(c, roomA)
	if from > to {
		return false
	}
	at := func(u int64) (int64, int64) { return f.a + da*u, f.b + db*(c-u) }
	from, to = narrow(from, to, func(u int64) bool { return f.enough(at(u)) })
	if from > to {
		return false
	}
	from, to = narrow(from, to, func(u int64) bool { return f.notTooMuch(at(u)) })
	return from <= to
}

// narrow keeps the part of a range where a condition holds that holds on one end
// of it, or on all or none.
func narrow(from, to int64, holds func(int64) bool) (int64, int64) {
	first, last := holds(from), holds(to)
	switch {
	case first && last:
		return from, to
	case !first && !last:
		return 1, 0
	}
	low, high := from, to // holds(low) == first, holds(high) == last
	for high-low > 1 {
		if mid := low + (high-low)/2; holds(mid) == first {
			low = mid
		} else {
			high = mid
		}
	}
	if first {
		return from, low
	}
	return high, to
}
