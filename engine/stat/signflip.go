package stat

import "math"

// The names of the two forms of the sign-flip test.
const (
	MethodSignFlip      = "sign-flip"
	MethodSignFlipExact = "sign-flip-exact"
)

// signFlipExact is the largest number of differences whose signs are all tried.
const signFlipExact = 16

// SignFlip tests that differences of pairs are as often one way as the other, with
// the same sizes: the share of all ways to give them signs whose sum is as far from 0
// (Fisher 1935, The Design of Experiments, §21). Zeros change nothing. Of more than 16
// differences signs are drawn, and what is observed counts as one draw.
// ErrNoDiscordant when all are 0.
func SignFlip(differences []float64, draws int, seed uint64, use ...string) (Test, error) {
	var d []float64
	observed, size := 0.0, 0.0
	for _, x := range differences {
		if x != 0 {
			d, observed, size = append(d, x), observed+x, size+math.Abs(x)
		}
	}
	if len(d) == 0 {
		return Test{}, ErrNoDiscordant
	}
	far := math.Abs(observed) - 1e-12*size // equal sums differ by rounding
	if len(d) <= signFlipExact {
		extreme := 0
		for signs := range 1 << len(d) {
			if math.Abs(signed(d, uint64(signs))) >= far {
				extreme++
			}
		}
		return Test{P: float64(extreme) / float64(int(1)<<len(d)), Method: MethodSignFlipExact}, nil
	}
	rng, extreme := Generator(seed, use...), 1
	for range draws {
		sum := 0.0
		for from := 0; from < len(d); from += 64 {
			sum += signed(d[from:min(from+64, len(d))], rng.Uint64())
		}
		if math.Abs(sum) >= far {
			extreme++
		}
	}
	return Test{P: float64(extreme) / float64(draws+1), Method: MethodSignFlip}, nil
}

// signed is the sum of numbers whose signs are turned where a bit is set.
func signed(d []float64, turned uint64) float64 {
	sum := 0.0
	for i, x := range d {
		if turned>>i&1 == 1 {
			x = -x
		}
		sum += x
	}
	return sum
}

// MethodCochranQ names the test of CochranQ.
const MethodCochranQ = "cochran-q"

// CochranQ tests that k yes-or-no answers to the same cases are yes equally often
// (Cochran 1950, Biometrika 37, 256-266): with column sums C, row sums R and N yes,
//
//	Q = (k-1)(k ΣC² - N²) / (k N - ΣR²)
//
// chi-square with k-1 degrees of freedom; for k = 2 it is McNemar's statistic without
// continuity correction. columns are C, rows[r] is the number of cases with r yes.
// ErrNoDiscordant when all answers to each case are the same.
func CochranQ(columns []int64, rows []int64) (t Test, df int, err error) {
	k, n, squares, within := float64(len(columns)), 0.0, 0.0, 0.0
	for _, c := range columns {
		n, squares = n+float64(c), squares+float64(float64(c)*float64(c))
	}
	for r, cases := range rows {
		within += float64(float64(r*r) * float64(cases))
	}
	below := float64(k*n) - within
	if !(below > 0) {
		return Test{}, 0, ErrNoDiscordant
	}
	q := (k - 1) * (float64(k*squares) - float64(n*n)) / below
	return Test{q, ChiSquareSF(q, len(columns)-1), MethodCochranQ}, len(columns) - 1, nil
}
