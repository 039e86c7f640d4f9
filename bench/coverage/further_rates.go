package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// areas are scores of positives and negatives, normal around means so far apart that
// the areas under the ROC curve are as given: one area, the difference of areas on
// other rows, and on the same rows by two scores that correlate by one half.
func areas(n, m int, of [2]float64) setting {
	var shift [2]float64
	for i, a := range of {
		shift[i] = -math.Sqrt2 * stat.NormalUpper(a)
	}
	draw := func(rng *rand.Rand, n int, shift [2]float64) []stat.ScorePair {
		out := make([]stat.ScorePair, n)
		for i := range out {
			x, y := rng.NormFloat64(), rng.NormFloat64()
			out[i] = stat.ScorePair{X: shift[0] + x, Y: shift[1] + x/2 + float64(math.Sqrt(0.75)*y), N: 1}
		}
		return out
	}
	s := setting{one: func(rng *rand.Rand) []answer {
		same, errSame := stat.ComparePaired(draw(rng, n, shift), draw(rng, m, [2]float64{}))
		other, errOther := stat.ComparePaired(draw(rng, n, shift), draw(rng, m, [2]float64{}))
		if errSame != nil || errOther != nil {
			return []answer{{err: errSame}, {err: errOther}, {err: errSame}}
		}
		one, err := same.X.Interval(alpha)
		apart, _, errApart := same.X.Minus(other.Y, alpha)
		paired, _, errPaired := same.Difference(alpha)
		return []answer{answered(one, err), answered(apart, errApart), answered(paired, errPaired)}
	}}
	at := fmt.Sprintf("areas %g and %g", of[0], of[1])
	s.point(stat.MethodDeLong+" area", n, m, "", fmt.Sprintf("area %g", of[0]), of[0])
	s.point(stat.MethodDeLong+" difference", n, m, "", at, of[0]-of[1])
	s.point(stat.MethodDeLongPaired, n, m, "", at, of[0]-of[1])
	return s
}

// pairedRates are two decisions about the same people that correlate by phi.
func pairedRates(n int, p [2]float64, phi float64) setting {
	both := float64(p[0]*p[1]) + float64(phi*math.Sqrt(float64(p[0]*(1-p[0])*p[1]*(1-p[1]))))
	s := setting{one: func(rng *rand.Rand) []answer {
		x := stat.Pairs{Both: stat.Binomial(rng, int64(n), both)}
		rest := int64(n) - x.Both
		x.First = stat.Binomial(rng, rest, (p[0]-both)/(1-both))
		rest -= x.First
		x.Second = stat.Binomial(rng, rest, (p[1]-both)/(1-p[0]))
		x.Neither = rest - x.Second
		return []answer{answered(x.Newcombe(alpha)), answered(x.Ratio(alpha))}
	}}
	at := fmt.Sprintf("%g, %g, correlation %g", p[0], p[1], phi)
	s.point(stat.MethodNewcombePaired, n, 0, "", at, p[0]-p[1])
	s.point(stat.MethodBonettPrice, n, 0, "", at, p[0]/p[1])
	return s
}

// layers are strata with so many rows of each group.
type layers struct{ strata, n, m int }

// common are strata whose rates of the second group rise evenly from one base to the
// other, and whose gap is the same in all: each of the three measures in a world of
// its own, in which it is what all strata have in common.
func (l layers) common(base [2]float64, times float64) setting {
	apart := float64(base[0] * (times - 1)) // a difference that keeps rates positive
	rates := []func(q float64) float64{
		func(q float64) float64 { odds := times * q / (1 - q); return odds / (1 + odds) },
		func(q float64) float64 { return q + apart },
		func(q float64) float64 { return times * q },
	}
	s := setting{one: func(rng *rand.Rand) []answer {
		var out []answer
		for i, rate := range rates {
			x := l.draw(rng, base, rate)
			var interval stat.Interval
			var err error
			switch i {
			case 0:
				_, interval, err = x.OddsRatio(alpha)
			case 1:
				_, interval, err = x.RiskDifference(alpha)
			default:
				_, interval, err = x.RiskRatio(alpha)
			}
			out = append(out, answered(interval, err))
		}
		return out
	}}
	design := fmt.Sprintf("%d strata", l.strata)
	at := fmt.Sprintf("rates %g to %g", base[0], base[1])
	s.point(stat.MethodRobins, l.n, l.m, design, fmt.Sprintf("%s, odds ratio %g", at, times), times)
	s.point(stat.MethodSato, l.n, l.m, design, fmt.Sprintf("%s, difference %.2g", at, apart), apart)
	s.point(stat.MethodGreenlandRobins, l.n, l.m, design, fmt.Sprintf("%s, ratio %g", at, times), times)
	return s
}

func (l layers) draw(rng *rand.Rand, base [2]float64, rate func(float64) float64) stat.Strata {
	out := make(stat.Strata, l.strata)
	for i := range out {
		q := base[0] + float64((base[1]-base[0])*float64(i)/float64(l.strata-1))
		out[i] = stat.Stratum{
			K1: stat.Binomial(rng, int64(l.n), rate(q)), N1: int64(l.n),
			K2: stat.Binomial(rng, int64(l.m), q), N2: int64(l.m),
		}
	}
	return out
}

const bcaDifference = stat.MethodBCa + " difference"

// bootstrapped are two groups whose gap has a bootstrap interval, as detectors give
// it: none where all rows of a group agree.
func bootstrapped(n, m int, p [2]float64) setting {
	rate := func(k, f int64) float64 { return float64(k) / float64(k+f) }
	metrics := []stat.Metric{
		func(c []int64) (float64, bool) {
			x := rate(c[0], c[1]) - rate(c[2], c[3])
			return x, !math.IsNaN(x)
		},
		func(c []int64) (float64, bool) {
			x := rate(c[0], c[1]) / rate(c[2], c[3])
			return x, !math.IsNaN(x) && !math.IsInf(x, 0)
		},
	}
	s := setting{one: func(rng *rand.Rand) []answer {
		k, j := stat.Binomial(rng, int64(n), p[0]), stat.Binomial(rng, int64(m), p[1])
		cells := []int64{k, int64(n) - k, j, int64(m) - j}
		if slices.Contains(cells, 0) {
			return []answer{{err: stat.ErrNoVariation}, {err: stat.ErrNoVariation}}
		}
		boot := stat.Bootstrap{Seed: rng.Uint64(), Times: bootstrapTimes, Workers: 1}
		drawn, err := boot.Table(cells, metrics...)
		if err != nil {
			return []answer{{err: err}, {err: err}}
		}
		return []answer{answered(drawn[0].BCa(alpha)), answered(drawn[1].BCa(alpha))}
	}}
	at := fmt.Sprintf("%g, %g", p[0], p[1])
	s.point(bcaDifference, n, m, "", at, p[0]-p[1])
	s.point(stat.MethodBCa+" ratio", n, m, "", at, p[0]/p[1])
	return s
}
