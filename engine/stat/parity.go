package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Count is K successes among the N rows of one group.
type Count struct{ K, N int64 }

// PairTests are the tests of all pairs of groups at once. The p-value of a pair
// allows for every pair that was looked at, so that the smallest may be picked
// after seeing the data.
type PairTests struct {
	Tests  int // pairs tested, over all tables
	Draws  int
	Method string
	p      []float64 // by pair of groups: the smallest over the tables; NaN if it was not tested
	groups int
}

// P is the p-value of a pair of groups; ok is false where a group has no rows,
// or the pair no test.
func (s PairTests) P(i, j int) (p float64, ok bool) {
	if i == j || min(i, j) < 0 || max(i, j) >= s.groups {
		return 0, false
	}
	p = s.p[min(i, j)*s.groups+max(i, j)]
	return p, !math.IsNaN(p)
}

// PairsUnderParity tests every pair of groups in one or several tables of the
// same groups (equalized odds: those with a positive and those with a negative
// label) against parity of all groups within each table. The p-value of a pair
// is the chance, when the successes of each table are dealt to its groups at
// random, that the smallest p of all pairs and tables is as small as the pair's
// own:
//
//	p = (b + 1) / (m + 1),  b of m tables dealt with min p* ≤ p of the pair
//
// (single-step min-p: Westfall and Young 1993, Resampling-Based Multiple Testing,
// section 2.3; the + 1: Phipson and Smyth 2010). Dealing keeps both margins, so
// that under parity the chance of any p ≤ alpha is at most alpha, whatever the
// sizes: exactly where small groups decide, to the error of a skewed normal draw where
// large ones do (dealtNormal). Where only some groups are alike it holds
// approximately, because each pair is judged by its own margins (subset pivotality).
//
// The p of a pair is Fisher's mid-p. Where the smaller expected count of the pair,
// at the rate of all groups together, is at least studentizedCount, it is that of
// the pooled z, the difference over its standard error from the pair's own margins:
// the smallest p is then the largest |z| (studentized max-t). The largest raw
// difference or the smallest raw ratio is never used: a group of two people decides
// it. A pair's p is at most Bonferroni's bound 2·pairs·mid-p, which a draw cannot
// resolve when it is small, and at least its own mid-p.
//
// ErrNoRows when fewer than two groups of every table have rows.
func PairsUnderParity(rng *rand.Rand, tables [][]Count, draws int) (PairTests, error) {
	s, decks, err := pairing(tables)
	if err != nil {
		return PairTests{}, err
	}
	s.Draws, s.Method = draws, MethodMinP
	tests := make([]pairJudge, len(tables))
	var observed []float64
	for t, table := range tables {
		tests[t] = newPairJudge(table)
		observed = append(observed, tests[t].all(table)...)
		s.Tests += len(tests[t].small) + len(tests[t].large)
	}
	c := newCounter(observed)
	dealt := make([]int64, s.groups)
	for range draws {
		least := 1.0
		for t, d := range decks {
			d.deal(rng, dealt)
			least = min(least, tests[t].least(dealt))
		}
		c.add(least)
	}
	for t, table := range tables {
		own := tests[t].all(table)
		for i, pair := range tests[t].pairs() {
			a, b := table[pair.i], table[pair.j]
			mid, err := FisherMidP(a.K, a.N, b.K, b.N)
			if err != nil {
				return PairTests{}, err
			}
			p := min(c.p(own[i]), 2*float64(s.Tests)*mid.P)
			s.set(pair.i, pair.j, min(1, max(p, mid.P)))
		}
	}
	return s, nil
}

// pairing checks the tables and starts the result with no pair tested.
func pairing(tables [][]Count) (PairTests, []*deck, error) {
	s := PairTests{}
	var decks []*deck
	for _, table := range tables {
		d, err := newDeck(table)
		if err != nil {
			return s, nil, err
		}
		decks = append(decks, d)
		s.groups = len(table)
	}
	for _, table := range tables {
		if len(table) != s.groups {
			return s, nil, ErrCounts
		}
	}
	s.clear()
	return s, decks, nil
}

func (s *PairTests) clear() {
	s.p = slices.Repeat([]float64{math.NaN()}, s.groups*s.groups)
}

// set keeps the smaller p of a pair.
func (s *PairTests) set(i, j int, p float64) {
	at := &s.p[min(i, j)*s.groups+max(i, j)]
	if math.IsNaN(*at) || p < *at {
		*at = p
	}
}

// counter counts draws at or below each of some values; equal means within
// relativeTie.
type counter struct {
	values []float64 // rising
	at     []int     // draws whose smallest value that they reach is this one
	draws  int
}

func newCounter(values []float64) *counter {
	c := &counter{values: slices.Clone(values)}
	slices.Sort(c.values)
	c.values = slices.Compact(c.values)
	c.at = make([]int, len(c.values)+1)
	return c
}

func (c *counter) add(x float64) {
	i, _ := slices.BinarySearch(c.values, x/(1+relativeTie))
	c.at[i]++
	c.draws++
}

// p is (b + 1) / (m + 1) for b draws at or below a value.
func (c *counter) p(value float64) float64 {
	b := 0
	for i, x := range c.values {
		if x > value {
			break
		}
		b += c.at[i]
	}
	return float64(b+1) / float64(c.draws+1)
}
