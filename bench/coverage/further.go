package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// setting is a world in which intervals other than those of one or two rates are
// looked at: its points, the truth of each, and how one sample is
// drawn.
type setting struct {
	points []point
	truth  []float64
	one    func(*rand.Rand) []answer // one for each point
}

// answer is an interval, or why there is none.
type answer struct {
	interval stat.Interval
	err      error
}

func answered(i stat.Interval, err error) answer { return answer{i, err} }

// point adds a point at which a method is looked at.
func (s *setting) point(method string, n1, n2 int, design, at string, truth float64) {
	s.points = append(s.points, point{method: method, n1: int64(n1), n2: int64(n2), design: design, at: at})
	s.truth = append(s.truth, truth)
}

// draw fills the points of a setting from keyed samples.
func (s setting) draw(draws int) []point {
	key := ""
	for _, p := range s.points {
		key += fmt.Sprint(p.method, p.n1, p.n2, p.design, p.at)
	}
	rng := stat.Generator(1, "coverage", "further", key)
	for range draws {
		for i, a := range s.one(rng) {
			s.points[i].see(a.interval, a.err, s.truth[i], 1)
		}
	}
	for i := range s.points {
		s.points[i].how = fmt.Sprint(draws)
	}
	return s.points
}

// bootstrapTimes is how many tables a bootstrap of the study draws, and fewer is by
// how much fewer samples it looks at: each costs a thousand times as much.
const (
	bootstrapTimes = 2000
	fewer          = 4
)

// furtherGrid is the coverage of the intervals of means, areas, paired decisions and
// strata, and of the bootstrap.
func furtherGrid(settings []setting, draws int) []point {
	parts := make([][]point, len(settings))
	each(len(parts), func(i int) {
		n := draws
		if settings[i].points[0].method == bcaDifference {
			n /= fewer
		}
		parts[i] = settings[i].draw(n)
	})
	return join(parts)
}

// furtherSettings are what is recorded; the short version takes every so manieth.
func furtherSettings() []setting {
	var out []setting
	for _, s := range []sizes{{5, 5}, {10, 10}, {30, 30}, {100, 100}, {1000, 1000}, {10, 100}} {
		for _, x := range []spread{{"normal", 1}, {"normal", 3}, {"exponential", 1}, {"exponential", 3}} {
			out = append(out, x.means(int(s.n1), int(s.n2)))
		}
	}
	for _, people := range []int{20, 50, 200, 1000} {
		for _, rows := range []int{10, -5} {
			for _, icc := range []float64{.1, .5} {
				out = append(out, crowd{people: people, rows: rows, icc: icc}.means())
			}
		}
	}
	for _, s := range []sizes{{10, 10}, {30, 30}, {100, 100}, {500, 500}, {20, 200}} {
		for _, x := range [][2]float64{{.5, .5}, {.7, .7}, {.7, .8}, {.9, .9}} {
			out = append(out, areas(int(s.n1), int(s.n2), x))
		}
	}
	for _, n := range []int{10, 30, 100, 300, 1000, 10000} {
		for _, p := range [][2]float64{{.05, .05}, {.1, .1}, {.3, .3}, {.3, .5}, {.5, .5}} {
			for _, phi := range []float64{0, .3, .6} {
				out = append(out, pairedRates(n, p, phi))
			}
		}
	}
	for _, s := range []layers{{3, 20, 20}, {3, 200, 200}, {10, 20, 20}, {10, 10, 40}, {100, 2, 2}, {100, 1, 4}} {
		for _, base := range [][2]float64{{.05, .15}, {.2, .5}} {
			for _, times := range []float64{1, .6} {
				out = append(out, s.common(base, times))
			}
		}
	}
	for _, s := range []sizes{{20, 20}, {50, 50}, {100, 100}, {1000, 1000}, {30, 300}} {
		for _, p := range [][2]float64{{.1, .1}, {.3, .3}, {.1, .3}, {.5, .5}} {
			out = append(out, bootstrapped(int(s.n1), int(s.n2), p))
		}
	}
	return out
}

// spread is the shape of scores in two groups: how many times as far those of the
// second spread.
type spread struct {
	shape string
	times float64
}

func (x spread) draw(rng *rand.Rand) float64 {
	if x.shape == "normal" {
		return rng.NormFloat64()
	}
	return rng.ExpFloat64()
}

// means are two groups of scores with means 0.3 apart, but for what the second's
// spread moves its mean by.
func (x spread) means(n, m int) setting {
	center := 0.0 // of the shape
	if x.shape == "exponential" {
		center = 1
	}
	truth := 0.3 + center - float64(x.times*center)
	s := setting{one: func(rng *rand.Rand) []answer {
		var a, b stat.Sums
		for range n {
			add(&a, 0.3+x.draw(rng))
		}
		for range m {
			add(&b, float64(x.times*x.draw(rng)))
		}
		i, _, err := stat.Welch(moments(a), moments(b), alpha)
		return []answer{answered(i, err)}
	}}
	s.point(stat.MethodWelch, n, m, "", fmt.Sprintf("%s scores, standard deviations as 1 to %g", x.shape, x.times), truth)
	return s
}

func add(s *stat.Sums, x float64) {
	s.N++
	s.X += x
	s.XX += float64(x * x)
}

func moments(s stat.Sums) stat.Moments {
	mean := s.X / s.N
	return stat.Moments{N: s.N, Mean: mean, Variance: max(0, s.XX-float64(s.X*mean)) / (s.N - 1)}
}

// means are two groups of people whose scores share a part of each person's own, by
// shard of people as detectors of scores have them.
func (c crowd) means() setting {
	s := setting{one: func(rng *rand.Rand) []answer {
		a, b := c.scores(rng), c.scores(rng)
		mean, err := stat.ClusteredMean(a)
		i, err := clusteredInterval(mean, err)
		gap, gapErr := stat.ClusteredMeanDifference(a, b)
		j, gapErr := clusteredInterval(gap, gapErr)
		return []answer{answered(i, err), answered(j, gapErr)}
	}}
	at := fmt.Sprintf("icc %g", c.icc)
	s.point(stat.MethodClusteredT+" mean", c.people, 0, c.String(), at, 0)
	s.point(stat.MethodClusteredT+" difference", c.people, c.people, c.String(), at, 0)
	return s
}

func clusteredInterval(c stat.Clustered, err error) (stat.Interval, error) {
	if err != nil {
		return stat.Interval{}, err
	}
	return c.Interval(alpha)
}

func (c crowd) scores(rng *rand.Rand) []stat.Sums {
	out := make([]stat.Sums, 64)
	for range c.people {
		own, to := float64(math.Sqrt(c.icc)*rng.NormFloat64()), &out[rng.IntN(len(out))]
		for range c.size(rng) {
			add(to, own+float64(math.Sqrt(1-c.icc)*rng.NormFloat64()))
		}
	}
	return out
}
