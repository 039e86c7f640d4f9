package main

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// rateMethod is an interval of one rate.
type rateMethod struct {
	name     string
	interval func(k, n int64, alpha float64) (stat.Interval, error)
}

func rateMethods() []rateMethod {
	return []rateMethod{
		{stat.MethodWilson, stat.Wilson}, {stat.MethodClopperPearson, stat.ClopperPearson},
		{stat.MethodJeffreys, stat.Jeffreys}, {stat.MethodAgrestiCoull, stat.AgrestiCoull},
	}
}

// binomial is the distribution of successes among n rows: weight[i] is the
// chance of first+i. Outcomes less likely than negligible times the likeliest
// are left out, and the rest adds up to 1.
type binomial struct {
	first  int64
	weight []float64
}

const negligible = 1e-10

// newBinomial goes outward from the likeliest outcome, each chance from the one
// before, so that nothing underflows or cancels.
func newBinomial(n int64, p float64) binomial {
	mode := min(n, int64(float64(n+1)*p))
	odds := p / (1 - p)
	var down, up []float64
	for k, w := mode, 1.0; k > 0; k-- {
		w *= float64(k) / float64(n-k+1) / odds
		if w < negligible {
			break
		}
		down = append(down, w)
	}
	for k, w := mode, 1.0; k < n; k++ {
		w *= float64(n-k) / float64(k+1) * odds
		if w < negligible {
			break
		}
		up = append(up, w)
	}
	b := binomial{first: mode - int64(len(down))}
	for i := len(down) - 1; i >= 0; i-- {
		b.weight = append(b.weight, down[i])
	}
	b.weight = append(append(b.weight, 1), up...)
	sum := 0.0
	for _, w := range b.weight {
		sum += w
	}
	for i := range b.weight {
		b.weight[i] /= sum
	}
	return b
}

// rateGrid is the coverage of every interval of one rate at sizes and rates,
// exactly: every count of successes with its chance.
func rateGrid(sizes []int64, rates []float64) []point {
	methods := rateMethods()
	parts := make([][]point, len(sizes)*len(methods))
	each(len(parts), func(at int) {
		n, m := sizes[at/len(methods)], methods[at%len(methods)]
		known := make([]stat.Interval, n+1) // by successes; computed when first met
		for _, p := range rates {
			out := point{method: m.name, n1: n, p1: p, how: "exact"}
			b := newBinomial(n, p)
			for i, w := range b.weight {
				k := b.first + int64(i)
				if known[k].Method == "" {
					known[k], _ = m.interval(k, n, alpha) // n is positive, so there is one
				}
				out.see(known[k], nil, p, w)
			}
			parts[at] = append(parts[at], out)
		}
	})
	return join(parts)
}

func join(parts [][]point) []point {
	var out []point
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// fineRates are rates from .01 to .5 so close that the worst of them is near
// the worst of all: the grid of a coarse table jumps over the dips.
func fineRates(steps int) []float64 {
	out := make([]float64, steps+1)
	for i := range out {
		out[i] = math.Round((0.01+0.49*float64(i)/float64(steps))*1e6) / 1e6
	}
	return out
}
