package stat

import (
	"math"
)

// studentizedCount is the smaller expected count of a pair, at the rate of all
// groups together, from which its pooled z takes the place of its mid-p.
const studentizedCount = 5

// pairOf are two groups of a table with rows.
type pairOf struct{ i, j int }

// pairJudge computes the p-values of all pairs of one table, over and over.
type pairJudge struct {
	large []largePair
	small []smallPair
	rates []float64 // scratch
	sizes []float64
}

// largePair is a pair that its pooled z judges.
type largePair struct {
	pairOf
	rows, factor float64 // n + m, and (n + m)² / (1/n + 1/m)
}

// smallPair is a pair that its mid-p judges. Its p-values are kept by the
// successes of both groups together.
type smallPair struct {
	pairOf
	n, m  int64
	known []midPs
}

// midPs are the two-sided mid-p-values of the first group's successes, from
// first on, when both groups together have left.
type midPs struct {
	left  int64
	first int64
	p     []float64
}

func newPairJudge(table []Count) pairJudge {
	s := pairJudge{rates: make([]float64, len(table)), sizes: make([]float64, len(table))}
	k, n := 0.0, 0.0
	for i, c := range table {
		k, n, s.sizes[i] = k+float64(c.K), n+float64(c.N), float64(c.N)
	}
	rare := min(k, n-k) / n
	for i, a := range table {
		for j, b := range table[:i] {
			if a.N == 0 || b.N == 0 {
				continue
			}
			pair, x, y := pairOf{j, i}, float64(a.N), float64(b.N)
			if float64(min(x, y)*rare) >= studentizedCount {
				s.large = append(s.large, largePair{pair, x + y, (x + y) * (x + y) / (1/x + 1/y)})
			} else {
				s.small = append(s.small, smallPair{pair, b.N, a.N, nil})
			}
		}
	}
	return s
}

// pairs lists the pairs in the order of all.
func (s *pairJudge) pairs() []pairOf {
	var out []pairOf
	for _, p := range s.large {
		out = append(out, p.pairOf)
	}
	for i := range s.small {
		out = append(out, s.small[i].pairOf)
	}
	return out
}

// all are the p-values of the pairs of a table.
func (s *pairJudge) all(table []Count) []float64 {
	k := make([]int64, len(table))
	for i, c := range table {
		k[i] = c.K
	}
	s.measure(k)
	var out []float64
	for _, p := range s.large {
		square, over := s.square(p, k)
		out = append(out, squareP(square, over))
	}
	for i := range s.small {
		out = append(out, s.small[i].p(k))
	}
	return out
}

// measure computes the rates of the groups.
func (s *pairJudge) measure(k []int64) {
	for i, n := range s.sizes {
		s.rates[i] = float64(k[i]) / n
	}
}

// least is the smallest p-value of all pairs.
func (s *pairJudge) least(k []int64) float64 {
	s.measure(k)
	square, over := 0.0, 1.0
	for _, p := range s.large {
		if x, y := s.square(p, k); x*over > square*y {
			square, over = x, y
		}
	}
	least := squareP(square, over)
	for i := range s.small {
		least = min(least, s.small[i].p(k))
	}
	return least
}

// square is the square of the pooled z as a fraction, z² = square/over.
func (s *pairJudge) square(p largePair, k []int64) (square, over float64) {
	d, c := s.rates[p.i]-s.rates[p.j], float64(k[p.i]+k[p.j])
	return float64(d*d) * p.factor, c * (p.rows - c)
}

// squareP is the two-sided p of z² = square/over; 1 where every row has the same
// outcome.
func squareP(square, over float64) float64 {
	if !(over > 0) {
		return 1
	}
	return math.Erfc(math.Sqrt(square / over / 2))
}

// p is the pair's two-sided mid-p, 0 in a tail below 1e-18.
func (s *smallPair) p(k []int64) float64 {
	left := k[s.i] + k[s.j]
	if s.known == nil {
		s.known = make([]midPs, remembered)
	}
	at := &s.known[left%remembered]
	if at.p == nil || at.left != left {
		first, weights := hypergeometric{float64(s.n), float64(s.m), float64(left)}.weights(1e-18)
		*at = midPs{left, first, midP(weights)}
	}
	x := k[s.i] - at.first
	if x < 0 || x >= int64(len(at.p)) {
		return 0
	}
	return at.p[x]
}

// midP is, for each of some outcomes with a single mode, the probability of the
// less probable ones plus half that of the equally probable, itself among them;
// equal means within relativeTie.
func midP(weights []float64) []float64 {
	out := make([]float64, len(weights))
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	less := 0.0
	for low, high := 0, len(weights)-1; low <= high; {
		w := min(weights[low], weights[high]) * (1 + relativeTie)
		from, to := low, high
		equal := 0.0
		for low <= high && weights[low] <= w {
			equal += weights[low]
			low++
		}
		for high >= low && weights[high] <= w {
			equal += weights[high]
			high--
		}
		p := min(1, (less+equal/2)/sum)
		for i := from; i < low; i++ {
			out[i] = p
		}
		for i := high + 1; i <= to; i++ {
			out[i] = p
		}
		less += equal
	}
	return out
}
