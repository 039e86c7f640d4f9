package stat

import (
	"math/big"
	"sort"
)

// Fraction is K of N, kept as it is counted.
type Fraction struct{ K, N int64 }

// Rat is the fraction's value; N must not be 0.
func (f Fraction) Rat() *big.Rat { return big.NewRat(f.K, f.N) }

// Unassigned is rows that may belong to a group or not: those whose outcome is known
// to be a success or a failure, and those that may be either.
type Unassigned struct{ Success, Failure, Either int64 }

// Plus adds two pools.
func (p Unassigned) Plus(o Unassigned) Unassigned {
	return Unassigned{p.Success + o.Success, p.Failure + o.Failure, p.Either + o.Either}
}

// WorstRate bounds the rate of a group of which further rows may be part, over
// all ways to deal them: every failure, or every success, is one of its own. ok
// if the group has a row for certain.
func WorstRate(g Fraction, p Unassigned) (low, high Fraction, ok bool) {
	if g.N == 0 {
		return low, high, false
	}
	up := p.Success + p.Either
	return Fraction{g.K, g.N + p.Failure + p.Either}, Fraction{g.K + up, g.N + up}, true
}

// Contrast orders pairs of fractions: the difference of the first and the
// second, or their ratio.
type Contrast func(a, b Fraction) *big.Rat

// Difference is a - b.
func Difference(a, b Fraction) *big.Rat { return new(big.Rat).Sub(a.Rat(), b.Rat()) }

// Ratio is a / b, or nil if b is 0.
func Ratio(a, b Fraction) *big.Rat {
	if b.K == 0 {
		return nil
	}
	return new(big.Rat).Quo(a.Rat(), b.Rat())
}

// LeastGap finds the dealing of rows of unknown group that makes the contrast of
// a with b least: onlyA may be part of a alone, onlyB of b alone, and shared of
// either, or of another group. A known failure lowers a, and a known success
// raises b, so there is nothing to weigh; but of the shared rows that may be
// either outcome, each can do one of the two. The difference is convex in how
// many lower a, and so is the logarithm of the ratio, so the least is where they
// stop falling: bounds of one group at a time miss it. Both groups must have a
// row for certain; the ratio is nil if b has no success under any dealing.
//
// The greatest contrast of a with b is the least of b with a, turned round.
func LeastGap(a, b Fraction, onlyA, onlyB, shared Unassigned, c Contrast) (low, high Fraction) {
	a.N += onlyA.Failure + onlyA.Either + shared.Failure
	up := onlyB.Success + onlyB.Either + shared.Success
	b = Fraction{b.K + up, b.N + up}
	at := func(i int64) (Fraction, Fraction) {
		rest := shared.Either - i
		return Fraction{a.K, a.N + i}, Fraction{b.K + rest, b.N + rest}
	}
	// the first i after which the contrast no longer falls
	i := sort.Search(int(shared.Either), func(i int) bool {
		x, y := c(at(int64(i))), c(at(int64(i)+1))
		return y == nil || x != nil && y.Cmp(x) >= 0
	})
	return at(int64(i))
}
