package stat

import "math"

// The names of the exact unconditional tests.
const (
	MethodBarnard  = "barnard"
	MethodBoschloo = "boschloo"
)

// ErrManyRows is why there is no exact unconditional test.
const ErrManyRows Reason = "more than 1,000 rows, where the exact unconditional test takes long; fisher-midp agrees with it"

// maxUnconditional bounds the rows of both groups: 0.2 s.
const maxUnconditional = 1000

// Barnard is the exact unconditional test of k1/n1 = k2/n2 (Barnard 1945,
// Nature 156, 177) by the pooled z statistic: the largest chance, over all rates
// that both groups may have in common, of a table whose z is as extreme. A
// table without both outcomes has z = 0. Up to 1,000 rows; ErrManyRows beyond.
func Barnard(k1, n1, k2, n2 int64, side Side) (Test, error) {
	u, err := newUnconditional(k1, n1, k2, n2)
	if err != nil {
		return Test{}, err
	}
	z, _ := pooledZ(u.k1, u.n1, u.k2, u.n2) // 0 without both outcomes
	limit := math.Abs(z) * (1 - relativeTie)
	return Test{z, u.largest(func(s float64) float64 {
		return u.share(s, func(x, _ float64) bool {
			at, _ := pooledZ(x, u.n1, s-x, u.n2)
			switch side {
			case Less:
				return at <= z+float64(relativeTie*math.Abs(z))
			case Greater:
				return at >= z-float64(relativeTie*math.Abs(z))
			}
			return math.Abs(at) >= limit
		})
	}), MethodBarnard}, nil
}

// Boschloo is the exact unconditional test of k1/n1 = k2/n2 by the one-sided p
// of Fisher's test (Boschloo 1970, Statistica Neerlandica 24, 1-9): the largest
// chance, over all common rates, of a table whose Fisher p is as small. It
// rejects whatever Fisher's does, and more. Two-sided P is twice the smaller
// side, at most 1, as in SciPy. Up to 1,000 rows; ErrManyRows beyond.
func Boschloo(k1, n1, k2, n2 int64, side Side) (Test, error) {
	u, err := newUnconditional(k1, n1, k2, n2)
	if err != nil {
		return Test{}, err
	}
	turned := unconditional{u.k2, u.n2, u.k1, u.n1}
	t := Test{Method: MethodBoschloo}
	switch side {
	case Less:
		t.P = u.boschloo()
	case Greater:
		t.P = turned.boschloo()
	default:
		t.P = min(1, 2*min(u.boschloo(), turned.boschloo()))
	}
	return t, nil
}

// unconditional is a table of two groups of which only the sizes are fixed.
type unconditional struct{ k1, n1, k2, n2 float64 }

func newUnconditional(k1, n1, k2, n2 int64) (unconditional, error) {
	u := unconditional{float64(k1), float64(n1), float64(k2), float64(n2)}
	if err := checkPair(u.k1, u.n1, u.k2, u.n2); err != nil {
		return u, err
	}
	if n1+n2 > maxUnconditional {
		return u, ErrManyRows
	}
	return u, nil
}

// boschloo is the test that the first group's rate is not the smaller one.
func (u unconditional) boschloo() float64 {
	p := hypergeometric{u.n1, u.n2, u.k1 + u.k2}.lower(u.k1) * (1 + relativeTie)
	return u.largest(func(s float64) float64 {
		return u.share(s, func(_, lower float64) bool { return lower <= p })
	})
}

// share is the chance, given s successes in all, of the tables that are as
// extreme; x are the first group's successes and lower the chance of as few.
func (u unconditional) share(s float64, extreme func(x, lower float64) bool) float64 {
	h := hypergeometric{u.n1, u.n2, s}
	lower, in := 0.0, 0.0
	for x := h.first(); x <= h.last(); x++ {
		p := math.Exp(h.log(x))
		lower += p
		if extreme(x, lower) {
			in += p
		}
	}
	return min(1, in)
}

// largest is the maximum over rates π of Σ share(s)·Binomial(s; N, π): a smooth
// function, looked for on an even grid of arcsin √π, in steps of a tenth of the
// standard deviation of s, and from the best points of the grid by golden
// section.
func (u unconditional) largest(share func(s float64) float64) float64 {
	n := u.n1 + u.n2
	logs := make([]float64, int(n)+1) // log of share(s) times n over s
	for s := range logs {
		k := float64(s)
		logs[s] = math.Log(share(k)) + logBinomial(k, n-k, 0.5, 0.5) + float64(n*math.Ln2)
	}
	at := func(angle float64) float64 {
		sin, cos := math.Sincos(angle)
		p, q := 2*math.Log(sin), 2*math.Log(cos)
		total := 0.0
		for s, log := range logs {
			total += math.Exp(log + float64(float64(s)*p) + float64((n-float64(s))*q))
		}
		return total
	}
	steps := 50 + int(16*math.Sqrt(n))
	grid := make([]float64, steps+1)
	best := max(math.Exp(logs[0]), math.Exp(logs[len(logs)-1])) // at rates 0 and 1
	angle := func(i int) float64 { return math.Pi / 2 * float64(i) / float64(steps) }
	for i := 1; i < steps; i++ {
		grid[i] = at(angle(i))
		best = max(best, grid[i])
	}
	for i := 1; i < steps; i++ {
		if grid[i] >= grid[i-1] && grid[i] >= grid[i+1] && grid[i] > 0.95*best {
			best = max(best, peak(at, angle(i-1), angle(i+1)))
		}
	}
	return min(1, best)
}

// peak is the largest value of f between low and high, where it has one peak.
func peak(f func(float64) float64, low, high float64) float64 {
	const golden = 0.6180339887498949
	a, b := high-float64(golden*(high-low)), low+float64(golden*(high-low))
	fa, fb := f(a), f(b)
	for range 30 {
		if fa > fb {
			high, b, fb = b, a, fa
			a = high - float64(golden*(high-low))
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + float64(golden*(high-low))
			fb = f(b)
		}
	}
	return max(fa, fb)
}
