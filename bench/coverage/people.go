package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// crowd is a way in which people have several rows.
type crowd struct {
	people int     // in each group; in both, if shared
	rows   int     // of each person in a group; negative: 1 to twice as many less one, all equally likely
	icc    float64 // correlation of two rows of one person
	shared bool    // every person has rows in both groups
}

func (c crowd) String() string {
	rows := fmt.Sprintf("%d rows each", c.rows)
	if c.rows < 0 {
		rows = fmt.Sprintf("1 to %d rows each", -2*c.rows-1)
	}
	if c.shared {
		return rows + ", shared"
	}
	return rows
}

// size draws how many rows a person has in one group.
func (c crowd) size(rng *rand.Rand) int64 {
	if c.rows > 0 {
		return int64(c.rows)
	}
	return 1 + rng.Int64N(int64(-2*c.rows-1))
}

// betaBinomial draws the successes of one person whose own rate is Beta with
// the given mean and correlation, by Pólya's urn.
func betaBinomial(rng *rand.Rand, n int64, p, icc float64) int64 {
	if icc <= 0 {
		return stat.Binomial(rng, n, p)
	}
	weight := 1/icc - 1 // a + b of the Beta distribution
	var k int64
	for i := range n {
		if rng.Float64()*(weight+float64(i)) < float64(weight*p)+float64(k) {
			k++
		}
	}
	return k
}

// sharedRows draws one person's successes in two groups of different rates:
// each row takes, with chance √icc, the person's own level instead of one of its
// own, and succeeds below its group's rate (Lunn and Davies 1998, Biometrika 85,
// 487-490). Rows of one group correlate by icc.
func sharedRows(rng *rand.Rand, n, m int64, p [2]float64, icc float64) (k1, k2 int64) {
	level, own := rng.Float64(), math.Sqrt(icc)
	draw := func(n int64, p float64) (k int64) {
		for range n {
			u := level
			if rng.Float64() >= own {
				u = rng.Float64()
			}
			if u < p {
				k++
			}
		}
		return k
	}
	return draw(n, p[0]), draw(m, p[1])
}

// dealing gives people their places: each a place of its own while there are few
// of them, as the scan has it, else one of the shards at random, as a hash deals
// them.
func dealing(rng *rand.Rand, people int) (places int, next func() int) {
	if people > table.MaxSubjects {
		return table.Shards, func() int { return rng.IntN(table.Shards) }
	}
	at := -1
	return people, func() int { at++; return at }
}

// sample draws two groups by subject or by shard of people.
func (c crowd) sample(rng *rand.Rand, p [2]float64) (a, b stat.People) {
	people := 2 * c.people
	if c.shared {
		people = c.people
	}
	places, next := dealing(rng, people)
	a.Shards, b.Shards = make([]stat.Shard, places), make([]stat.Shard, places)
	add := func(to []stat.Shard, shard int, k, n int64) {
		to[shard].K += k
		to[shard].N += n
	}
	for range c.people {
		n, m := c.size(rng), c.size(rng)
		if c.shared {
			shard := next()
			k1, k2 := sharedRows(rng, n, m, p, c.icc)
			add(a.Shards, shard, k1, n)
			add(b.Shards, shard, k2, m)
			continue
		}
		add(a.Shards, next(), betaBinomial(rng, n, p[0], c.icc), n)
		add(b.Shards, next(), betaBinomial(rng, m, p[1], c.icc), m)
	}
	return a, b
}

// crowdGrid is the coverage of the clustered intervals, and of the intervals
// that take rows for independent, on the same samples.
func crowdGrid(crowds []crowd, rates [][2]float64, draws int) []point {
	parts := make([][]point, len(crowds)*len(rates))
	each(len(parts), func(i int) { parts[i] = crowds[i/len(rates)].points(rates[i%len(rates)], draws) })
	return join(parts)
}

func (c crowd) points(p [2]float64, draws int) []point {
	methods := []string{
		stat.MethodWilsonCluster, stat.MethodNewcombeCluster, stat.MethodKoopmanCluster,
		stat.MethodWilson, stat.MethodNewcombe, stat.MethodKoopman,
	}
	out := make([]point, len(methods))
	for i, m := range methods {
		out[i] = point{method: m, n1: int64(c.people), p1: p[0], design: c.String(), icc: c.icc, how: fmt.Sprint(draws)}
		if i%3 > 0 { // about two groups
			out[i].n2, out[i].p2 = int64(c.people), p[1]
		}
	}
	rng := stat.Generator(1, "coverage", "people", fmt.Sprint(c, c.people, c.icc, p))
	for range draws {
		a, b := c.sample(rng, p)
		k1, n1 := total(a)
		k2, n2 := total(b)
		see := func(at int, truth float64) func(stat.Interval, error) {
			return func(i stat.Interval, err error) { out[at].see(i, err, truth, 1) }
		}
		see(0, p[0])(stat.WilsonClustered(a, alpha))
		see(1, p[0]-p[1])(stat.NewcombeClustered(a, b, alpha))
		see(2, p[0]/p[1])(stat.KoopmanClustered(a, b, alpha))
		see(3, p[0])(stat.Wilson(k1, n1, alpha))
		see(4, p[0]-p[1])(stat.Newcombe(k1, n1, k2, n2, alpha))
		see(5, p[0]/p[1])(stat.Koopman(k1, n1, k2, n2, alpha))
	}
	return out
}

func total(p stat.People) (k, n int64) {
	for _, s := range p.Shards {
		k, n = k+s.K, n+s.N
	}
	return k, n
}
