package stat

import "math"

// BinomialExact is the exact test of k successes of n against a known rate
// a/b. One-sided it is the tail that holds k; two-sided the chance of all
// outcomes that are no more probable than k (R's binom.test, SciPy's binomtest,
// which count as equal what differs by less than 1e-7). Less means that the rate
// is below a/b. The tails are incomplete beta functions, exact at all counts.
func BinomialExact(k, n, a, b int64, side Side) (Test, error) {
	if err := checkRate(float64(k), float64(n)); err != nil {
		return Test{}, err
	}
	if b <= 0 || a < 0 || a > b {
		return Test{}, ErrLimit
	}
	t := Test{Method: MethodBinomialExact}
	d := binomial{float64(n), float64(a) / float64(b), float64(b-a) / float64(b)}
	x := float64(k)
	switch {
	case side == Less:
		t.P = d.atMost(x)
	case side == Greater:
		t.P = d.atLeast(x)
	default:
		t.P = d.twoSided(x)
	}
	return t, nil
}

// UpperBound is the largest rate at which seeing nobody among n has at least
// the probability alpha: 1 - alpha^(1/n), the one-sided exact limit of
// Clopper and Pearson at k = 0. About 3/n at alpha = 0.05.
func UpperBound(n int64, alpha float64) (Interval, error) {
	if err := checkOne(0, float64(n), alpha); err != nil {
		return Interval{}, err
	}
	return Interval{0, -math.Expm1(math.Log(alpha) / float64(n)), MethodUpperExact}, nil
}

// binomial is the distribution of successes in n rows, each with probability
// p = 1-q.
type binomial struct{ n, p, q float64 }

func (d binomial) first() float64 { return 0 }
func (d binomial) last() float64  { return d.n }

func (d binomial) mode() float64 {
	return clamp(math.Floor(float64((d.n+1)*d.p)), 0, d.n)
}

// up is P(x+1)/P(x), down is P(x-1)/P(x).
func (d binomial) up(x float64) float64 {
	return float64((d.n-x)*d.p) / float64((x+1)*d.q)
}

func (d binomial) down(x float64) float64 {
	return float64(x*d.q) / float64((d.n-x+1)*d.p)
}

// log is the log of P(X = k).
func (d binomial) log(k float64) float64 {
	switch {
	case d.p == 0 && k == 0, d.q == 0 && k == d.n:
		return 0
	case d.p == 0, d.q == 0:
		return math.Inf(-1)
	}
	return logBinomial(k, d.n-k, d.p, d.q)
}

// atLeast is P(X >= k) = I_p(k, n-k+1).
func (d binomial) atLeast(k float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > d.n:
		return 0
	}
	return math.Exp(logBeta(k, d.n-k+1, d.p, d.q).log)
}

// atMost is P(X <= k).
func (d binomial) atMost(k float64) float64 {
	return binomial{d.n, d.q, d.p}.atLeast(d.n - k)
}

// twoSided adds to the tail that holds k those outcomes of the other side that
// are no more probable. Probabilities fall on either side of the mode, so the
// first of them is found by halving.
func (d binomial) twoSided(k float64) float64 {
	const tie = 1e-7
	mean := d.n * d.p
	switch {
	case k == mean:
		return 1
	case k > mean:
		return binomial{d.n, d.q, d.p}.twoSided(d.n - k)
	}
	limit := d.log(k) + math.Log1p(tie)
	low, high := math.Ceil(mean), d.n+1 // the first of [low, high] that is rare enough
	for low < high {
		mid := math.Floor((low + high) / 2)
		if mid > d.n || d.log(mid) <= limit {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return min(1, d.atMost(k)+d.atLeast(low))
}
