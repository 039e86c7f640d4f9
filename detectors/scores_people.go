package detectors

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// people are the numbers of one group by shard of subjects, which intervals and
// tests follow where one person has many rows.
type people struct {
	all, positive, negative []stat.Sample // each of table.Shards samples
}

// shardOf reads the shard of a cell, counted from 1; 0 where a table has none.
func shardOf(dims []table.Dim, cats []table.Category) func(codes []int) int {
	at := slices.Index(dims, table.Shard)
	return func(codes []int) int {
		if at < 0 {
			return 0
		}
		return int(cats[codes[at]].Order) + 1
	}
}

// poolPeople pools the shards of many cells or groups; nil where no part has
// any.
func poolPeople(parts []*scores) *people {
	var all, positive, negative [table.Shards][]stat.Sample
	found := false
	add := func(g int, a, p, n stat.Sample) {
		found = true
		all[g], positive[g], negative[g] = append(all[g], a), append(positive[g], p), append(negative[g], n)
	}
	for _, s := range parts {
		switch {
		case s.people != nil:
			for g := range all {
				add(g, s.people.all[g], s.people.positive[g], s.people.negative[g])
			}
		case s.shard > 0:
			add(s.shard-1, s.all, s.positive, s.negative)
		}
	}
	if !found {
		return nil
	}
	out := noPeople()
	for g := range all {
		out.all[g], out.positive[g], out.negative[g] = stat.Pool(all[g]...), stat.Pool(positive[g]...), stat.Pool(negative[g]...)
	}
	return out
}

func noPeople() *people {
	return &people{make([]stat.Sample, table.Shards), make([]stat.Sample, table.Shards), make([]stat.Sample, table.Shards)}
}

// byPerson says whether two groups are told apart by person, and gives both
// sides' shards: of a group without rows they are empty.
func byPerson(a, b *scores) (x, y *people, ok bool) {
	if a.people == nil && b.people == nil {
		return nil, nil, false
	}
	if x, y = a.people, b.people; x == nil {
		x = noPeople()
	}
	if y == nil {
		y = noPeople()
	}
	return x, y, true
}

// shards counts those with rows of either side.
func (p *people) shards(o *people) int {
	n := 0
	for g := range p.all {
		if len(p.all[g])+len(o.all[g]) > 0 {
			n++
		}
	}
	return n
}

// sums of a number that is computed for each shard from the labels' scores, with
// its size and mean, around a center.
func (p *people) sums(center float64, of func(positive, negative stat.Sample) (stat.Moments, error)) []stat.Sums {
	out := make([]stat.Sums, len(p.all))
	for g := range out {
		if m, err := of(p.positive[g], p.negative[g]); err == nil && m.N > 0 {
			out[g] = stat.Sums{N: m.N, X: float64(m.N * (m.Mean - center))}
		}
	}
	return out
}

// labels are the positive ones among the labeled rows of each shard.
func (p *people) labels() []stat.Shard {
	out := make([]stat.Shard, len(p.all))
	for g := range out {
		out[g].K = p.positive[g].Count()
		out[g].N = out[g].K + p.negative[g].Count()
	}
	return out
}

// clustered gives a measurement the interval of an estimate that follows people,
// around the measured value, and its test against a null value if one is asked
// for.
func (in inference) clustered(m *audit.Measurement, c stat.Clustered, err error, null float64, test bool) {
	if err != nil {
		in.noted(m, stat.Interval{}, err)
		return
	}
	c.Estimate, m.Shards = *m.Value, c.Shards
	i, err := c.Interval(in.alpha)
	in.noted(m, i, err)
	if !test {
		return
	}
	if t, err := c.TTest(null, stat.TwoSided); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
}

// clamped keeps the limits of an interval in the range of its metric.
func clamped(m *audit.Measurement, low, high float64) {
	if m.Interval == nil {
		return
	}
	for _, x := range []**float64{&m.Interval.Low, &m.Interval.High} {
		if *x != nil {
			y := max(low, min(high, **x))
			*x = &y
		}
	}
}
