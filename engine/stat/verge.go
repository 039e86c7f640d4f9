package stat

import (
	"math"
	"sort"
)

// Verge is the gap of two rates A/N and B/M beside a limit. The ratio of the first to
// the second is inside when t ≤ ratio ≤ 1/t, or, with Low, when t ≤ ratio; with
// Difference it is the difference, inside when it lies in −t to t, or, with Strict,
// between them. Sides are compared in integers, as A·M against t·B·N. A second rate of
// 0 makes no ratio, 0 to 0 neither: such a table lies on neither side, and changes do
// not turn a verdict by leading there (as in FlipflopThreshold).
type Verge struct {
	A, N, B, M int64
	Limit      Decimal
	Low        bool
	Difference bool
	Strict     bool
}

// Defined says that there is a gap.
func (v Verge) Defined() bool { return v.N > 0 && v.M > 0 && v.B >= v.keep() }

// keep is the least number of cases that the second rate has to count: a ratio
// needs one.
func (v Verge) keep() int64 {
	if v.Difference {
		return 0
	}
	return 1
}

// Inside says on which side of the limit the gap lies, if there is one.
func (v Verge) Inside() bool { return v.Defined() && v.enough() && v.notTooMuch() }

// enough is A/N ≥ t·B/M, or A/N ≥ B/M − t.
func (v Verge) enough() bool {
	if v.Difference {
		return !v.apart(v.B, v.M, v.A, v.N)
	}
	return compare(product(uint64(v.A), uint64(v.M), v.Limit.power()), product(uint64(v.B), uint64(v.N), v.Limit.num)) >= 0
}

// notTooMuch is t·A/N ≤ B/M, or A/N ≤ B/M + t.
func (v Verge) notTooMuch() bool {
	if v.Difference {
		return !v.apart(v.A, v.N, v.B, v.M)
	}
	return v.Low || compare(product(uint64(v.A), uint64(v.M), v.Limit.num), product(uint64(v.B), uint64(v.N), v.Limit.power())) <= 0
}

// apart says that a/n lies so far above b/m that the limit is broken.
func (v Verge) apart(a, n, b, m int64) bool {
	if compare(product(uint64(a), uint64(m), 1), product(uint64(b), uint64(n), 1)) < 0 {
		return false
	}
	c := compareApart(a, n, b, m, v.Limit)
	return c > 0 || c == 0 && v.Strict
}

func (v Verge) check() error {
	if err := checkWhole(v.A, v.N); err != nil {
		return err
	}
	if err := checkWhole(v.B, v.M); err != nil {
		return err
	}
	switch {
	case v.N > maxCount || v.M > maxCount:
		return ErrTooLarge
	case v.Limit.Sign() < 0, !v.Difference && (v.Limit.Sign() == 0 || v.Limit.num > v.Limit.power()):
		return ErrLimit
	case v.B < v.keep():
		return ErrUndefined
	}
	return nil
}

// Turn is the fewest changes that carry a gap to the other side of its limit.
type Turn struct {
	Changes int64
	Up      bool // more cases are counted; of relabels, the first rate rises
}

// FlipsOfGroup is the fewest decisions of the first group that would have to be
// other ones. ErrUndefined when none suffice.
func (v Verge) FlipsOfGroup() (Turn, error) {
	if err := v.check(); err != nil {
		return Turn{}, err
	}
	with := func(a int64) Verge { v := v; v.A = a; return v }
	return turn(v.A, 0, v.N, leastOf(v.N, func(a int64) bool { return with(a).enough() }),
		greatestOf(v.N, func(a int64) bool { return with(a).notTooMuch() }))
}

// FlipsOfReference is the fewest decisions of the second group.
func (v Verge) FlipsOfReference() (Turn, error) {
	if err := v.check(); err != nil {
		return Turn{}, err
	}
	with := func(b int64) Verge { v := v; v.B = b; return v }
	return turn(v.B, v.keep(), v.M, max(v.keep(), leastOf(v.M, func(b int64) bool { return with(b).notTooMuch() })),
		greatestOf(v.M, func(b int64) bool { return with(b).enough() }))
}

// leastOf is the least of 0 to n for which a condition holds that, once true,
// stays so; n+1 if there is none.
func leastOf(n int64, holds func(int64) bool) int64 {
	return int64(sort.Search(int(n+1), func(i int) bool { return holds(int64(i)) }))
}

// greatestOf is the greatest of 0 to n for which a condition holds that, once
// false, stays so; -1 if there is none.
func greatestOf(n int64, holds func(int64) bool) int64 {
	return leastOf(n, func(x int64) bool { return !holds(x) }) - 1
}

// turn is the way from k of n to the other side, where first to last are inside;
// fewer than least of n are on neither side.
func turn(k, least, n, first, last int64) (Turn, error) {
	switch {
	case first > last: // nothing is inside
		return Turn{}, ErrUndefined
	case k < first && first <= n:
		return Turn{first - k, true}, nil
	case k < first:
		return Turn{}, ErrUndefined
	case k > last:
		return Turn{k - last, false}, nil
	}
	down, up := k-first+1, last+1-k
	switch canDown, canUp := first > least, last < n; {
	case canDown && (down <= up || !canUp):
		return Turn{down, false}, nil
	case canUp:
		return Turn{up, true}, nil
	}
	return Turn{}, ErrUndefined
}

// smallTable is the number of rows up to which every table within reach is
// tried.
const smallTable = 512

// Relabels is the fewest rows that would have to be of the other group, whatever
// their decision, without leaving a group empty. Small tables are searched
// whole; of large ones the tables that moves in the one useful direction lead to.
// ErrUndefined when none suffice.
func (v Verge) Relabels() (Turn, error) {
	if err := v.check(); err != nil {
		return Turn{}, err
	}
	if v.N+v.M <= smallTable {
		return v.searchAll()
	}
	return v.oneWay()
}

// oneWay moves rows in the useful direction alone.
func (v Verge) oneWay() (Turn, error) {
	// Seen from the other group, what falls rises.
	other := v
	other.A, other.N, other.B, other.M, other.Low = v.B, v.M, v.A, v.N, false
	some, none := v.keep(), int64(0) // of its favorable rows the reference of a ratio has to keep some
	beyond := func(w Verge) bool { return !w.notTooMuch() }
	switch {
	case !v.enough():
		k, ok := v.landing(some)
		return Turn{k, true}, defined(ok)
	case !v.notTooMuch():
		k, ok := other.landing(none)
		return Turn{k, false}, defined(ok)
	}
	down, okDown := other.moves(none, beyond)
	if v.Low {
		return Turn{down, false}, defined(okDown)
	}
	if up, ok := v.moves(some, beyond); ok && (!okDown || up < down) {
		return Turn{up, true}, nil
	}
	return Turn{down, false}, defined(okDown)
}

// landing is the least k of moves that come to lie inside. The first that reach
// it may jump over a narrow inside; a few more then land. The second group keeps so
// many favorable rows.
func (v Verge) landing(keep int64) (int64, bool) {
	const more = 64
	first, ok := v.moves(keep, Verge.enough)
	for k := first; ok && k <= min(first+more, v.B-keep+v.N-v.A); k++ {
		if v.lands(keep, k) {
			return k, true
		}
	}
	return 0, false
}

// lands says that some split of k moves comes to lie inside, and does not jump
// over it. Of very many splits some at equal steps are tried: those between are
// next to equal.
func (v Verge) lands(keep, k int64) bool {
	const tried = 4096
	low, high := max(0, k-(v.B-keep)), min(k, v.N-v.A)
	inside := func(y int64) bool {
		w := v.relabeled(k-y, y)
		return w.N > 0 && w.M > 0 && w.enough() && w.notTooMuch()
	}
	for y := low; y <= high; y += max(1, (high-low)/tried) {
		if inside(y) {
			return true
		}
	}
	return high >= low && inside(high)
}

func defined(ok bool) error {
	if ok {
		return nil
	}
	return ErrUndefined
}

// relabeled moves x favorable rows into the first group and y unfavorable ones
// out of it.
func (v Verge) relabeled(x, y int64) Verge {
	v.A, v.N, v.B, v.M = v.A+x, v.N+x-y, v.B-x, v.M-x+y
	return v
}

func (v Verge) searchAll() (Turn, error) {
	best, found := Turn{}, false
	for x := -v.A; x <= v.B; x++ {
		for y := -(v.M - v.B); y <= v.N-v.A; y++ {
			w, k := v.relabeled(x, y), max(x, -x)+max(y, -y)
			if !w.Defined() || found && k >= best.Changes || w.Inside() == v.Inside() {
				continue
			}
			best, found = Turn{k, x+y > 0}, true
		}
	}
	return best, defined(found)
}

// moves is the least k of moves in one direction that some split into favorable
// and unfavorable rows makes a condition hold, the second group keeping so many of
// its favorable ones. More moves cannot undo it.
func (v Verge) moves(keep int64, holds func(Verge) bool) (int64, bool) {
	most := v.B - keep + v.N - v.A
	reached := func(k int64) bool {
		low, high := max(0, k-(v.B-keep)), min(k, v.N-v.A)
		for _, y := range v.splits(k, low, high) {
			w := v.relabeled(k-y, y)
			if w.N > 0 && w.M > 0 && holds(w) {
				return true
			}
		}
		return false
	}
	k := leastOf(most, reached)
	return k, k <= most
}

// splits are the numbers of unfavorable rows among k moves at which the ratio can
// be furthest: A·M - t·B·N is concave in them, with its top at a closed form, and
// t·A·M - B·N convex, with its top at an end. The difference has one top or bottom.
func (v Verge) splits(k, low, high int64) []int64 {
	out := []int64{low, high}
	near := func(top float64) {
		for d := int64(-1); d <= 2; d++ {
			out = append(out, max(low, min(high, int64(top)+d)))
		}
	}
	if v.Difference {
		// With u = N+k−2y and u+w = N+M its derivative in y is (2A+k−N)/u² − (M+k−2B)/w².
		up, down := float64(2*v.A+k-v.N), float64(v.M+k-2*v.B)
		if up != 0 && down/up > 0 {
			near((float64(v.N+k) - float64(v.N+v.M)/(1+math.Sqrt(down/up))) / 2)
		}
		return out
	}
	den, num := float64(v.Limit.power()), float64(v.Limit.num)
	if den > num {
		near((float64(den*float64(2*v.A+3*k-v.M)) - float64(num*float64(v.N+3*k-2*v.B))) / (4 * (den - num)))
	}
	return out
}
