package stat

import (
	"math"
)

// The names of the methods that may be looked at as often as one likes.
const (
	MethodBetaBinomialCS = "beta-binomial-sequence"
	MethodInformationCS  = "information-time-sequence"
	MethodUnionCS        = "beta-binomial-union-sequence"
)

// BetaPrior is the mixture of a beta-binomial confidence sequence. Both 1 is
// Robbins' uniform mixture (1970), which needs no tuning.
type BetaPrior struct{ A, B float64 }

// LogE is the logarithm of the e-value of k successes in n rows against the rate
// p: the likelihood of the counts with the rate drawn from the prior, over that
// at p. At the true rate it is a martingale in n that starts at 1, so that it
// ever reaches 1/alpha with a chance of at most alpha (Ville 1939).
//
//	log B(k+a, n-k+b) - log B(a, b) - k·log p - (n-k)·log(1-p)
//
// The large parts are put together as one binomial probability, in which nothing
// cancels.
func (m BetaPrior) LogE(k, n int64, p float64) (float64, error) {
	if err := checkSequence(k, n); err != nil {
		return 0, err
	}
	if !(p >= 0 && p <= 1) {
		return 0, ErrLimit
	}
	return m.logE(float64(k), float64(n-k), p, 1-p), nil
}

func (m BetaPrior) logE(k, f, p, q float64) float64 {
	if p <= 0 && k > 0 || q <= 0 && f > 0 {
		return math.Inf(1)
	}
	a, b := k+m.A, f+m.B
	if p <= 0 || q <= 0 { // no row speaks against it
		return logBetaOf(a, b) - logBetaOf(m.A, m.B)
	}
	power := math.Log(a/(a+b)*b) + logBinomial(a, b, p, q)
	return float64(m.A*math.Log(p)) + float64(m.B*math.Log(q)) - logBetaOf(m.A, m.B) - power
}

// Sequence is the set of rates whose e-value stays below 1/alpha. All the
// intervals of a growing count hold at once with probability 1-alpha, if each row
// has the same rate whatever came before (Howard, Ramdas, McAuliffe and Sekhon
// 2021, Annals of Statistics 49, 1055-1080).
func (m BetaPrior) Sequence(k, n int64, alpha float64) (Interval, error) {
	if err := checkSequence(k, n); err != nil {
		return Interval{}, err
	}
	if err := checkAlpha(alpha); err != nil {
		return Interval{}, err
	}
	out := Interval{High: 1, Method: MethodBetaBinomialCS}
	if n == 0 {
		return out, nil
	}
	limit, s, f := -math.Log(alpha), float64(k), float64(n-k)
	within := func(t float64) bool {
		p, q := logistic(t)
		return m.logE(s, f, p, q) < limit
	}
	middle := clamp(math.Log((s+1e-9)/(f+1e-9)), -700, 700)
	if k > 0 {
		out.Low, _ = logistic(edge(middle, -700, within))
	}
	if k < n {
		out.High, _ = logistic(edge(middle, 700, within))
	}
	return out, nil
}

// edge finds where within ends between a point inside and one outside.
func edge(inside, outside float64, within func(float64) bool) float64 {
	if within(outside) {
		return outside
	}
	for range 100 {
		mid := inside + float64((outside-inside)/2)
		if mid == inside || mid == outside {
			break
		}
		if within(mid) {
			inside = mid
		} else {
			outside = mid
		}
	}
	return outside
}

// UnionSequence is the difference of two rates from the sequences of both, each at
// half the error: exact at any count, and wide.
func UnionSequence(a, b Interval) Interval {
	return Interval{Low: a.Low - b.High, High: a.High - b.Low, Method: MethodUnionCS}
}

// checkSequence says whether k of n are counts; none are allowed.
func checkSequence(k, n int64) error {
	switch {
	case k < 0 || k > n:
		return ErrCounts
	case n > maxCount:
		return ErrTooLarge
	}
	return nil
}

func logBetaOf(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}
