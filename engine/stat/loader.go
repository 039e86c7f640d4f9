package stat

import "math"

// stirling is log n! less n·log n - n, that is log √(2πn) plus the error of
// Stirling's formula; 0 for n = 0. Series for large n (Abramowitz and Stegun
// 6.1.40), log-gamma below. Leaving the large part n·log n - n out is what
// keeps sums of log-factorials exact (Loader 2000, "Fast and accurate
// computation of binomial probabilities").
func stirling(n float64) float64 {
	if n == 0 {
		return 0
	}
	half := float64(0.5 * (log2Pi + math.Log(n)))
	if n < 16 {
		lg, _ := math.Lgamma(n + 1)
		return lg - (float64(n*math.Log(n)) - n)
	}
	n2 := n * n
	s := 1.0 / 1188 / n2
	s = (1.0/1680 - s) / n2
	s = (1.0/1260 - s) / n2
	s = (1.0/360 - s) / n2
	return half + (1.0/12-s)/n
}

// deviance is x·log(x/e) + e - x >= 0, where diff = x - e is given apart
// because the caller knows it without cancellation. Near e the logarithm is
// expanded in v = (x-e)/(x+e) (Loader 2000, bd0).
func deviance(x, e, diff float64) float64 {
	if x == 0 {
		return e
	}
	if math.Abs(diff) >= 0.1*(x+e) {
		return float64(x*math.Log(x/e)) - diff
	}
	v := diff / (x + e)
	sum, term := diff*v, 2*x*v
	for j := 3.0; j < 100; j += 2 { // |v| < 0.1: seven terms are enough
		term *= v * v
		next := sum + term/j
		if next == sum {
			break
		}
		sum = next
	}
	return sum
}

// cross is a·d - b·c with an error of about one unit in the last place, by
// Kahan's algorithm (Jeannerod, Louvet, Muller 2013). The multiply-add is an
// explicit one and the same on every processor.
func cross(a, d, b, c float64) float64 {
	bc := b * c
	lost := math.FMA(-b, c, bc)
	return math.FMA(a, d, -bc) + lost
}

// logBinomial is the log of Γ(n+1)/(Γ(k+1)Γ(f+1)) x^k y^f for n = k+f and
// x+y = 1: the binomial probability of k successes and f failures, for real
// k, f >= 0 (Loader 2000). It is -Inf for impossible outcomes.
func logBinomial(k, f, x, y float64) float64 {
	switch {
	case x == 0 && k == 0, y == 0 && f == 0:
		return 0
	case x == 0 || y == 0:
		return math.Inf(-1)
	}
	n := k + f
	excess := cross(k, y, f, x) // k - n·x
	log := stirling(n) - stirling(k) - stirling(f)
	return log - deviance(k, n*x, excess) - deviance(f, n*y, -excess)
}
