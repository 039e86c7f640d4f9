package stat

import (
	"math"
	"slices"
)

// FairMinimum is how many items of a protected group each prefix of a list of n places
// has to have at least: the smallest number whose binomial chance is not below a level,
// if each place is the group's with chance p (FA*IR, Zehlike et al. 2017). n prefixes are
// n tests; adjusted chooses the level at which a list that is drawn so fails with a
// chance as near to alpha as can be, and alpha itself where that is not above it. fails is
// that chance.
func FairMinimum(n int, p, alpha float64, adjusted bool) (minimum []int, fails float64) {
	minimum = fairTable(n, p, alpha)
	if fails = fairFails(p, minimum); !adjusted || fails <= alpha {
		return minimum, fails
	}
	low, high := 0.0, alpha
	under, beyond, failsBeyond := fairTable(n, p, 0), minimum, fails
	failsUnder := 0.0
	for range 60 {
		level := (low + high) / 2
		t := fairTable(n, p, level)
		if f := fairFails(p, t); f <= alpha {
			low, under, failsUnder = level, t, f
		} else {
			high, beyond, failsBeyond = level, t, f
		}
		if fairMass(beyond)-fairMass(under) <= 1 {
			break
		}
	}
	if alpha-failsUnder <= failsBeyond-alpha {
		return under, failsUnder
	}
	return beyond, failsBeyond
}

func fairMass(table []int) (sum int) {
	for _, m := range table {
		sum += m
	}
	return sum
}

// fairTable is the quantiles of the binomial distribution of each prefix.
func fairTable(n int, p, level float64) []int {
	out, pmf := make([]int, n), []float64{1}
	for i := range out {
		pmf = oneMore(pmf, p)
		for below := 0.0; out[i] <= i; out[i]++ {
			if below += pmf[out[i]]; below >= level*(1-1e-12) {
				break
			}
		}
	}
	return out
}

// oneMore is the distribution of the successes with another trial.
func oneMore(pmf []float64, p float64) []float64 {
	out := append(pmf, 0)
	for x := len(out) - 1; x >= 0; x-- {
		v := float64(out[x] * (1 - p))
		if x > 0 {
			v += float64(out[x-1] * p)
		}
		out[x] = v
	}
	return out
}

// fairFails is the chance that a list of which each place is the group's with chance p
// has too few in some prefix.
func fairFails(p float64, minimum []int) float64 {
	left := []float64{1}
	fails := 0.0
	for _, m := range minimum {
		left = oneMore(left, p)
		for x := range min(m, len(left)) {
			fails += left[x]
			left[x] = 0
		}
	}
	return fails
}

// Protected is the places of a list that are a protected group's, in their order.
type Protected []bool

// Fair tells whether every prefix has the minimum of the group's items.
func (s Protected) Fair(minimum []int) bool {
	n := 0
	for i, m := range minimum {
		if i < len(s) && s[i] {
			n++
		}
		if n < m {
			return false
		}
	}
	return true
}

// count is the group's items.
func (s Protected) count() (n int) {
	for _, is := range s {
		if is {
			n++
		}
	}
	return n
}

// The measures of Yang and Stoyanovich (2017).
const (
	RankedDifference = "rnd" // of the shares of the group
	RankedDivergence = "rkl" // Kullback-Leibler, of the shares
	RankedRatio      = "rrd" // of the ratios of the group to all others
)

// Discounted is how far the share of the group in the first step, 2 step, … places is
// from that in the whole list, each over log2 of the number of places, over what it is
// for the worst of the lists that have the group first or last: 0 is at every length as
// in the whole, 1 is as far as that. Not a number where the list is of one group, or
// shorter than a step.
func (s Protected) Discounted(measure string, step int) float64 {
	n, all := s.count(), len(s)
	if n == 0 || n == all || all < step {
		return math.NaN()
	}
	first, last := make(Protected, all), make(Protected, all)
	for i := range all {
		first[i], last[i] = i < n, i >= all-n
	}
	worst := max(first.discounted(measure, step), last.discounted(measure, step))
	if !(worst > 0) {
		return math.NaN()
	}
	return s.discounted(measure, step) / worst
}

func (s Protected) discounted(measure string, step int) (sum float64) {
	all, n, here := float64(len(s)), float64(s.count()), 0.0
	for i, is := range s {
		if is {
			here++
		}
		length := float64(i + 1)
		if (i+1)%step != 0 || i == 0 && step == 1 {
			continue // log2(1) is 0
		}
		d := 0.0
		switch p, q := here/length, n/all; measure {
		case RankedDifference:
			d = math.Abs(p - q)
		case RankedDivergence:
			for _, x := range [][2]float64{{p, q}, {1 - p, 1 - q}} {
				if x[0] > 0 {
					d += float64(x[0] * portableLog(x[0]/x[1]))
				}
			}
			d = max(0, d)
		default:
			ratio := 0.0 // of a prefix that has none but the group
			if here < length {
				ratio = here / (length - here)
			}
			d = math.Abs(ratio - n/(all-n))
		}
		sum += float64(d * portableLog(2) / portableLog(length))
	}
	return sum
}

// PairsWon is, of one relevant item of a list, how many of those that are less relevant
// the list values less, ties half, and how many there are. values are scores, the higher
// the better.
func PairsWon(item int, values, gains []float64) (won, pairs float64) {
	for k, g := range gains {
		if !(g < gains[item]) {
			continue
		}
		pairs++
		switch {
		case values[item] > values[k]:
			won++
		case values[item] == values[k]:
			won += 0.5
		}
	}
	return won, pairs
}

// FairTables remembers the minimum of lists that are alike: not safe for concurrent use.
type FairTables struct{ known map[fairKey][]int }

type fairKey struct {
	n        int
	p, alpha float64
}

// MaxFair is the longest list whose minimum is computed.
const MaxFair = 1 << 10

// Minimum is the adjusted FairMinimum.
func (t *FairTables) Minimum(n int, p, alpha float64) []int {
	key := fairKey{n, p, alpha}
	if out, ok := t.known[key]; ok {
		return out
	}
	const most = 1 << 12
	if t.known == nil || len(t.known) >= most {
		t.known = map[fairKey][]int{}
	}
	out, _ := FairMinimum(n, p, alpha, true)
	t.known[key] = slices.Clone(out)
	return out
}
