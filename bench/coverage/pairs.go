package main

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// pairMethod is an interval that compares two rates.
type pairMethod struct {
	name     string
	ratio    bool
	interval func(k1, n1, k2, n2 int64, alpha float64) (stat.Interval, error)
}

func pairMethods() []pairMethod {
	return []pairMethod{
		{stat.MethodNewcombe, false, stat.Newcombe}, {stat.MethodMiettinen, false, stat.MiettinenNurminen}, {stat.MethodMee, false, stat.Mee},
		{stat.MethodKoopman, true, stat.Koopman}, {stat.MethodMiettinen + " ratio", true, stat.MiettinenNurminenRatio}, {stat.MethodKatz, true, stat.Katz},
	}
}

func (m pairMethod) truth(p1, p2 float64) float64 {
	if m.ratio {
		return p1 / p2
	}
	return p1 - p2
}

// sizes are the rows of two groups.
type sizes struct{ n1, n2 int64 }

// exactUpTo is the most rows of a group at which all pairs of counts are summed;
// above, samples are drawn.
const exactUpTo = 1000

// jointly negligible pairs of counts are skipped; together they are about this
// much per unit of area, far below what is printed.
const jointlyNegligible = 1e-8

// pairGrid is the coverage of every interval of two rates.
func pairGrid(s sizes, rates [][2]float64, draws int) []point {
	parts := make([][]point, len(rates))
	each(len(parts), func(i int) {
		if max(s.n1, s.n2) <= exactUpTo {
			parts[i] = exactPair(s, rates[i])
		} else {
			parts[i] = drawnPair(s, rates[i], draws)
		}
	})
	return join(parts)
}

// pairPoints starts a point per method.
func pairPoints(s sizes, p [2]float64, how string) []point {
	var out []point
	for _, m := range pairMethods() {
		out = append(out, point{method: m.name, n1: s.n1, n2: s.n2, p1: p[0], p2: p[1], how: how})
	}
	return out
}

// exactPair sums over every pair of counts.
func exactPair(s sizes, p [2]float64) []point {
	out := pairPoints(s, p, "exact")
	a, b := newBinomial(s.n1, p[0]), newBinomial(s.n2, p[1])
	most := largestOf(a.weight) * largestOf(b.weight)
	for i, v := range a.weight {
		for j, w := range b.weight {
			if v*w >= jointlyNegligible*most {
				seePair(out, s, p, a.first+int64(i), b.first+int64(j), v*w)
			}
		}
	}
	return out
}

func largestOf(w []float64) float64 {
	most := 0.0
	for _, x := range w {
		most = max(most, x)
	}
	return most
}

// drawnPair draws pairs of counts.
func drawnPair(s sizes, p [2]float64, draws int) []point {
	out := pairPoints(s, p, fmt.Sprint(draws))
	rng := stat.Generator(1, "coverage", "pair", fmt.Sprint(s, p))
	for range draws {
		seePair(out, s, p, stat.Binomial(rng, s.n1, p[0]), stat.Binomial(rng, s.n2, p[1]), 1)
	}
	return out
}

func seePair(out []point, s sizes, p [2]float64, k1, k2 int64, weight float64) {
	for i, m := range pairMethods() {
		interval, err := m.interval(k1, s.n1, k2, s.n2, alpha)
		out[i].see(interval, err, m.truth(p[0], p[1]), weight)
	}
}

// ratePairs are all ordered pairs of rates, the first at most the second.
func ratePairs(rates []float64) [][2]float64 {
	var out [][2]float64
	for i, p := range rates {
		for _, q := range rates[i:] {
			out = append(out, [2]float64{p, q})
		}
	}
	return out
}

// bothWays adds the pairs turned round, for groups of different sizes.
func bothWays(pairs [][2]float64) [][2]float64 {
	out := pairs[:len(pairs):len(pairs)]
	for _, p := range pairs {
		if p[0] != p[1] {
			out = append(out, [2]float64{p[1], p[0]})
		}
	}
	return out
}
