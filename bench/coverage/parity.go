package main

import (
	"math/rand/v2"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// parity is how many people of which rates stand in which groups.
type parity struct {
	name       string
	people     []body
	rows       int     // of each person
	icc        float64 // correlation of a person's decisions; 0 with one row
	attributes int
	minRows    int64 // min_rows of the audit, which counts people too; 0 for its default
}

// body is people who share all their groups.
type body struct {
	groups []int
	people int
	rate   float64
}

// draw simulates the log of one audit.
func (p parity) draw(spec *audit.Spec, rng *rand.Rand) *world {
	w := &world{spec: spec}
	spec.HasSubject = p.rows > 1
	for i := range spec.Groups {
		if p.minRows > 0 {
			spec.Groups[i].MinRows = p.minRows
		}
	}
	people := 0
	for _, b := range p.people {
		people += b.people
	}
	places, next := dealing(rng, people)
	w.subjects = places
	for _, b := range p.people {
		if p.rows == 1 {
			k := stat.Binomial(rng, int64(b.people), b.rate)
			w.add(b.groups, 0, k, int64(b.people)-k)
			continue
		}
		shards := make([]stat.Shard, places)
		for range b.people {
			k := betaBinomial(rng, int64(p.rows), b.rate, p.icc)
			s := &shards[next()]
			s.K, s.N = s.K+k, s.N+int64(p.rows)
		}
		for i, s := range shards {
			if s.N == 0 {
				continue
			}
			w.add(b.groups, i, s.K, s.N-s.K)
		}
	}
	return w
}

func (w *world) add(groups []int, shard int, positive, negative int64) {
	w.cells = append(w.cells,
		cell{groups: groups, shard: shard, decision: true, n: positive},
		cell{groups: groups, shard: shard, n: negative})
}

// equal are groups of one size and rate in one attribute.
func equal(groups, people int, rate float64) []body {
	var out []body
	for g := range groups {
		out = append(out, body{[]int{g}, people, rate})
	}
	return out
}

// crossed are people spread evenly over the crossing of attributes with the
// given numbers of groups.
func crossed(counts []int, people int, rate float64) []body {
	out := []body{{people: people, rate: rate}}
	for _, n := range counts {
		var next []body
		for _, b := range out {
			for g := range n {
				groups := append(b.groups[:len(b.groups):len(b.groups)], g)
				next = append(next, body{groups, b.people / n, rate})
			}
		}
		out = next
	}
	return out
}
