package stat

import (
	"math"
	"math/rand/v2"
)

// PairsOfPeople is PairsUnderParity for groups whose rows are clustered by
// person. A pair's own p is that of Crowd.ScoreTest; the p-values of all pairs
// depend on each other as jackknife differences of the rates do. The p-value of a
// pair is the chance that the largest of |Z| over all pairs and tables, jointly
// normal with those correlations, is as large as the normal quantile of the pair's
// own p (single-step max-t: Hothorn, Bretz and Westfall 2008, Biometrical Journal
// 50, 346-363), counted over draws as (b + 1) / (m + 1). Under parity the rate of a
// group varies as p(1-p) over its effective size, p being the rate of everybody, and the size no larger than the Crowd allows; the
// correlations between groups, which share people, come from the shifts of the same
// shards. All groups must have the same number of shards. A p is at most Bonferroni's
// bound, pairs times the pair's own, and at least the pair's own. ErrFewShards when
// no pair can be tested.
func PairsOfPeople(rng *rand.Rand, tables [][]People, draws int) (PairTests, error) {
	s := PairTests{Draws: draws, Method: MethodMaxT, groups: len(tables[0])}
	s.clear()
	var own []float64 // of the pairs, in the order of contrasts
	var pairs []contrastOf
	vary := newVarying(tables)
	for t, table := range tables {
		crowd := CrowdOf(table)
		for j := range table {
			for i := range table[:j] {
				test, err := crowd.ScoreTest(table[i], table[j], TwoSided)
				x, y := t*s.groups+i, t*s.groups+j
				if variance := vary.apart(x, y); err == nil && variance > 0 {
					own = append(own, test.P)
					pairs = append(pairs, contrastOf{pairOf{i, j}, x, y, 1 / variance})
				}
			}
		}
	}
	if s.Tests = len(pairs); s.Tests == 0 {
		return PairTests{}, ErrFewShards
	}
	c := newCounter(own)
	rates := make([]float64, len(vary.sd))
	for range draws {
		vary.draw(rng, rates)
		square := 0.0
		for _, p := range pairs {
			d := rates[p.x] - rates[p.y]
			square = max(square, float64(d*d)*p.precision)
		}
		c.add(squareP(square, 1))
	}
	for i, p := range pairs {
		s.set(p.i, p.j, min(1, max(own[i], min(c.p(own[i]), float64(s.Tests)*own[i]))))
	}
	return s, nil
}

// contrastOf is a pair of groups by their places among all groups of all tables.
type contrastOf struct {
	pairOf
	x, y      int
	precision float64
}

// varying is how the rates of groups vary together under parity.
type varying struct {
	rate []float64   // the rate of everybody in the group's table
	sd   []float64   // of the group's rate; 0 without an effective size
	root [][]float64 // lower triangular, of the correlations
	z    []float64   // scratch
}

func newVarying(tables [][]People) *varying {
	v := &varying{}
	var shifts [][]float64
	for _, table := range tables {
		k, n := 0.0, 0.0
		for _, g := range table {
			for _, s := range g.Shards {
				k, n = k+float64(s.K), n+float64(s.N)
			}
		}
		p := k / max(1, n)
		crowd := CrowdOf(table)
		for _, g := range table {
			sd := 0.0
			shift := []float64(nil)
			if e, err := g.effective(); err == nil && e.size > 0 {
				sd = math.Sqrt(float64(p*(1-p)) / min(e.size, crowd.cap(g, e.rows)))
				r, _ := replicate(g.Shards) // effective has replicated it
				shift = r.shift
			}
			v.rate, v.sd, shifts = append(v.rate, p), append(v.sd, sd), append(shifts, shift)
		}
	}
	v.root = cholesky(correlations(shifts))
	v.z = make([]float64, len(v.sd))
	return v
}

// correlations of shifts, drawn together toward 0 as far as they are noise: of
// groups that share no people they are nothing but that, and taken as they are
// they would make the largest of many contrasts look smaller than it is. The share
// of noise is estimated from the correlations themselves (Schäfer and Strimmer
// 2005, Statistical Applications in Genetics and Molecular Biology 4, 32). Shifts
// without any spread are independent.
func correlations(shifts [][]float64) [][]float64 {
	dot := func(a, b []float64) float64 {
		sum := 0.0
		for i := range min(len(a), len(b)) {
			sum += float64(a[i] * b[i])
		}
		return sum
	}
	out := make([][]float64, len(shifts))
	noise, squares := 0.0, 0.0
	for i, a := range shifts {
		out[i] = make([]float64, i+1)
		out[i][i] = 1
		for j, b := range shifts[:i] {
			if scale := float64(dot(a, a) * dot(b, b)); scale > 0 {
				r := clamp(dot(a, b)/math.Sqrt(scale), -1, 1)
				out[i][j] = r
				free := 1 - float64(r*r)
				noise += float64(free*free) / float64(max(1, len(a)-1))
				squares += float64(r * r)
			}
		}
	}
	if squares > 0 {
		keep := 1 - min(1, noise/squares)
		for i, row := range out {
			for j := range row[:i] {
				row[j] *= keep
			}
		}
	}
	return out
}

// cholesky is the root of a matrix without negative eigenvalues, in place; what a
// row adds to those above it may be nothing.
func cholesky(m [][]float64) [][]float64 {
	for i, row := range m {
		for j := range row {
			rest := row[j]
			for k := range j {
				rest -= float64(row[k] * m[j][k])
			}
			switch {
			case i == j:
				row[j] = math.Sqrt(max(0, rest))
			case m[j][j] > 1e-8:
				row[j] = rest / m[j][j]
			default:
				row[j] = 0
			}
		}
	}
	return m
}

// apart is the variance of the difference of two rates.
func (v *varying) apart(x, y int) float64 {
	if v.sd[x] == 0 || v.sd[y] == 0 {
		return 0
	}
	sum := 0.0
	for k := range v.root[max(x, y)] {
		d := float64(v.sd[max(x, y)] * v.root[max(x, y)][k])
		if k <= min(x, y) {
			d -= float64(v.sd[min(x, y)] * v.root[min(x, y)][k])
		}
		sum += float64(d * d)
	}
	if sum < 1e-12*max(v.sd[x]*v.sd[x], v.sd[y]*v.sd[y]) { // the same people, to the last row
		return 0
	}
	return sum
}

// draw fills out with rates under parity, not confined to [0, 1].
func (v *varying) draw(rng *rand.Rand, out []float64) {
	for i, row := range v.root {
		v.z[i] = rng.NormFloat64()
		x := 0.0
		for k, r := range row {
			x += float64(r * v.z[k])
		}
		out[i] = v.rate[i] + float64(v.sd[i]*x)
	}
}
