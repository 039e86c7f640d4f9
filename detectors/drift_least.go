package detectors

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// least is the smallest count above zero in the tables that some measurements are
// functions of.
type least struct{ n int64 }

// see looks at the categories, or bins, of portions, and at their rows without a value.
// Where rows are told apart by person it counts people, as far as they are told apart:
// who fill all shards are taken for many.
func (l *least) see(m moved, portions ...*portion) {
	for _, p := range portions {
		switch {
		case p.rows == 0:
		case m.column.people:
			l.seePeople(p, m.edges)
		case m.column.numeric:
			l.take(append(p.numbers.all.Cut(m.edges, false), p.missing)...)
		default:
			l.take(append(p.counts[:len(p.counts):len(p.counts)], p.missing)...)
		}
	}
}

func (l *least) seePeople(p *portion, edges []float64) {
	var people []int64
	for _, counts := range p.byShard(edges) {
		if people == nil {
			people = make([]int64, len(counts)+1)
		}
		for i, n := range counts {
			people[i] += min(n, 1)
		}
	}
	for _, s := range p.shards {
		people[len(people)-1] += min(s.K, 1)
	}
	for _, n := range people {
		if n < table.Shards {
			l.take(n)
		}
	}
}

func (l *least) take(counts ...int64) {
	for _, n := range counts {
		if n > 0 && (l.n == 0 || n < l.n) {
			l.n = n
		}
	}
}

// mark notes it on the measurements.
func (l *least) mark(ms []audit.Measurement) {
	for i := range ms {
		ms[i].LeastCell = l.n
	}
}
