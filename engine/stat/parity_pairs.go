package stat

import "math"

// studentizedCount is the smaller expected count of a pair, at the rate of all
// groups together, from which its pooled z takes the place of its mid-p.
const studentizedCount = 5

// pairOf are two groups of a table with rows.
type pairOf struct{ i, j int }

// pairJudge computes the p-values of all pairs of one table, over and over.
type pairJudge struct {
	large, small []judgedPair // by their pooled z, by their mid-p
	rates, sizes []float64
	known        []midPs // by place; two margins may share one
}

// places is the number of margins whose mid-p-values are kept at a time.
const places = 1 << 13

// judgedPair is a pair with what its pooled z needs.
type judgedPair struct {
	pairOf
	n, m         int64
	rows, factor float64 // n + m, and (n + m)² / (1/n + 1/m)
}

// cornered are those of a pair: its sizes, and the successes of both.
type cornered struct{ n, m, left int64 }

func (m cornered) place() uint64 {
	return (uint64(m.n)*0x9E3779B97F4A7C15 + uint64(m.m)*0xC2B2AE3D27D4EB4F + uint64(m.left)*0x165667B19E3779F9) >> 51
}

// midPs are the two-sided mid-p-values of the first group's successes, from
// first on.
type midPs struct {
	cornered
	first int64
	p     []float64
}

func newPairJudge(table []Count) pairJudge {
	s := pairJudge{rates: make([]float64, len(table)), sizes: make([]float64, len(table)), known: make([]midPs, places)}
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
			x, y := float64(b.N), float64(a.N)
			pair := judgedPair{pairOf{j, i}, b.N, a.N, x + y, (x + y) * (x + y) / (1/x + 1/y)}
			if float64(min(x, y)*rare) >= studentizedCount {
				s.large = append(s.large, pair)
			} else {
				s.small = append(s.small, pair)
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
	for _, p := range s.small {
		out = append(out, p.pairOf)
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
		out = append(out, squareP(s.square(p, k)))
	}
	for _, p := range s.small {
		mid := 1.0
		if _, over := s.square(p, k); over > 0 { // not every row has the same outcome
			mid = s.midP(p, k)
		}
		out = append(out, mid)
	}
	return out
}

// measure computes the rates of the groups.
func (s *pairJudge) measure(k []int64) {
	for i, n := range s.sizes {
		s.rates[i] = float64(k[i]) / n
	}
}

// apart is how far below that of the smallest p so far the z² of a small pair may
// lie for its mid-p to be worth a look: it is a factor of four and more in p. Where
// few cases are expected z² is larger than mid-p warrants, seldom smaller.
const apart = 3

// least is the smallest p-value of all pairs.
func (s *pairJudge) least(k []int64) float64 {
	s.measure(k)
	square, over := 0.0, 1.0
	for _, p := range s.large {
		if x, y := s.square(p, k); x*over > square*y {
			square, over = x, y
		}
	}
	least, worth := squareP(square, over), square/over-apart
	for _, p := range s.small {
		x, y := s.square(p, k)
		if !(x > worth*y) {
			continue
		}
		if mid := s.midP(p, k); mid < least {
			least, worth = mid, math.Inf(1)
			if mid > 0 {
				z := NormalUpper(mid / 2)
				worth = float64(z*z) - apart
			}
		}
	}
	return least
}

// square is the square of the pooled z as a fraction, z² = square/over.
func (s *pairJudge) square(p judgedPair, k []int64) (square, over float64) {
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

// midP is a pair's two-sided mid-p, 0 in a tail below 1e-18.
func (s *pairJudge) midP(p judgedPair, k []int64) float64 {
	at := cornered{p.n, p.m, k[p.i] + k[p.j]}
	known := &s.known[at.place()]
	if known.p == nil || known.cornered != at {
		first, weights := weights(hypergeometric{float64(at.n), float64(at.m), float64(at.left)}, 1e-18, nil)
		*known = midPs{at, first, midP(weights)}
	}
	x := k[p.i] - known.first
	if x < 0 || x >= int64(len(known.p)) {
		return 0
	}
	return known.p[x]
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
