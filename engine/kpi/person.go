package kpi

import (
	"maps"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// person is what one person did in one place.
type person struct {
	asked, met bool  // some row meets the denominator, the numerator
	rows       int64 // that meet both
}

// crowd is the people of every place, by the code of their hash.
type crowd struct {
	at      map[place]map[int]person
	shard   []int // by code
	sampled bool
}

// crowdOf reads a table of people.
func (m *measurer) crowdOf(d *Definition, attribute string) crowd {
	t := m.tables.Counts(d.personNeed(m.set.subject(), attribute))
	r, whens := newReader(t, attribute, d.conditions()), len(d.conditions())
	out := crowd{at: map[place]map[int]person{}, sampled: r.sampled}
	if r.told >= 0 {
		for _, c := range r.cats[r.told] {
			// The lowest bits say who is kept, so that shards are cut from those above.
			out.shard = append(out.shard, int(uint64(c.Order)/(table.Kept/2)%table.Shards))
		}
	}
	t.Each(func(codes []int, n table.Cell) {
		c := r.at(codes)
		if c.person < 0 {
			return
		}
		num, den := holds, holds
		if whens > 0 {
			num = c.conditions[0]
			if d.denominator.text != "" {
				den = c.conditions[whens-1]
			}
		}
		if num != holds && den != holds {
			return
		}
		at := out.at[c.place]
		if at == nil {
			at = map[int]person{}
			out.at[c.place] = at
		}
		p := at[c.person]
		p.asked, p.met = p.asked || den == holds, p.met || num == holds
		if den == holds && num == holds {
			p.rows += n.N
		}
		at[c.person] = p
	})
	return out
}

// whole are the people of the whole period, by the place without a window.
func (c crowd) whole() map[place]map[int]person {
	out := map[place]map[int]person{}
	for at, people := range c.at {
		at.window = audit.AllWindows
		all := out[at]
		if all == nil {
			all = map[int]person{}
			out[at] = all
		}
		for code, p := range people {
			have := all[code]
			all[code] = person{have.asked || p.asked, have.met || p.met, have.rows + p.rows}
		}
	}
	return out
}

// scaled is a number of people out of those that are told apart.
func (c crowd) scaled(n int64) int64 {
	if c.sampled {
		return n * table.Kept
	}
	return n
}

// share is the share of people who met the numerator among those who met the
// denominator in the same window.
func (m *measurer) share(d *Definition, attribute string) series {
	c := m.crowdOf(d, attribute)
	out := series{}
	for _, places := range []map[place]map[int]person{c.at, c.whole()} {
		for at, people := range places {
			var k, n int64
			for _, p := range people {
				if p.asked {
					n++
					if p.met {
						k++
					}
				}
			}
			out[at] = c.rate(k, n, nil)
			out[at].dealt = c.dealt(people)
		}
	}
	return out
}

// dealt are people by shard, so that what follows them over windows can allow for
// those who come back.
func (c crowd) dealt(people map[int]person) []stat.Shard {
	out := make([]stat.Shard, table.Shards)
	for code, p := range people {
		if s := &out[c.shard[code]]; p.asked {
			s.N++
			if p.met {
				s.K++
			}
		}
	}
	return out
}

// rate is a share of people; shards are given where one counts more than once.
func (c crowd) rate(k, n int64, shards []stat.Shard) *estimate {
	e := rateOf(&counted{k: k, n: n, shards: shards})
	e.n, e.estimated = c.scaled(n), c.sampled
	e.numerator, e.denominator = float(float64(c.scaled(k))), float(float64(c.scaled(n)))
	if n == 0 {
		e.note = "undefined: nobody has the denominator"
	}
	return e
}

// kept is the share of the people of the window before who met the numerator in
// this one. Over the whole period every pair of windows counts, and the interval
// follows people.
func (m *measurer) kept(d *Definition, attribute string) series {
	c := m.crowdOf(d, attribute)
	met := map[string]map[int]bool{} // by window: whoever met the numerator, in any group
	for at, people := range c.at {
		if met[at.window] == nil {
			met[at.window] = map[int]bool{}
		}
		for code, p := range people {
			if p.met {
				met[at.window][code] = true
			}
		}
	}
	out, pooled := series{}, map[place]*counted{}
	for i := 1; i < len(m.windows); i++ {
		now := met[m.windows[i].ID]
		for at, people := range c.at {
			if at.window != m.windows[i-1].ID {
				continue
			}
			at.window = m.windows[i].ID
			pool := at
			pool.window = audit.AllWindows
			all := pooled[pool]
			if all == nil {
				all = &counted{shards: make([]stat.Shard, table.Shards)}
				pooled[pool] = all
			}
			here := make(map[int]person, len(people))
			for code, p := range people {
				here[code] = person{asked: p.asked, met: now[code]}
			}
			var k, n int64
			shards := c.dealt(here)
			for g, s := range shards {
				k, n = k+s.K, n+s.N
				all.shards[g].K, all.shards[g].N = all.shards[g].K+s.K, all.shards[g].N+s.N
			}
			all.k, all.n = all.k+k, all.n+n
			out[at] = c.rate(k, n, nil)
			out[at].dealt = shards
		}
	}
	for at, x := range pooled {
		out[at] = c.rate(x.k, x.n, x.shards)
	}
	return out
}

// load is how many rows of a person meet the numerator, among people who meet the
// denominator: its mean or a quantile. Over the whole period every person counts
// once per window, and the interval follows people.
func (m *measurer) load(d *Definition, attribute string) series {
	c := m.crowdOf(d, attribute)
	out, pooled := series{}, map[place][]map[int64]int64{}
	for at, people := range c.at {
		pool := at
		pool.window = audit.AllWindows
		if pooled[pool] == nil {
			pooled[pool] = make([]map[int64]int64, table.Shards)
		}
		here := make([]map[int64]int64, table.Shards)
		for code, p := range people {
			if !p.asked {
				continue
			}
			s := c.shard[code]
			for _, counts := range [][]map[int64]int64{here, pooled[pool]} {
				if counts[s] == nil {
					counts[s] = map[int64]int64{}
				}
				counts[s][p.rows]++
			}
		}
		out[at] = c.loaded(d, samples(here), false)
	}
	for at, shards := range pooled {
		out[at] = c.loaded(d, samples(shards), true)
	}
	return out
}

// samples are the numbers of rows per person, by shard.
func samples(shards []map[int64]int64) []stat.Sample {
	out := make([]stat.Sample, len(shards))
	for g, s := range shards {
		out[g] = frequencies(s)
	}
	return out
}

// loaded is the mean or the quantile of rows per person.
func (c crowd) loaded(d *Definition, samples []stat.Sample, clustered bool) *estimate {
	all := stat.Pool(samples...)
	var e *estimate
	switch {
	case d.Kind == "quantile" && clustered:
		e = quantileOf(all, samples, d.quantile())
	case d.Kind == "quantile":
		e = quantileOf(all, nil, d.quantile())
	case all.Count() == 0:
		e = &estimate{note: "undefined: nobody has the denominator"}
	default:
		mean, n := all.Mean(), all.Count()
		e = &estimate{value: &mean, n: n, denominator: float(float64(c.scaled(n))), numerator: float(mean * float64(c.scaled(n))), shares: sharesOf(samples)}
		if clustered {
			e.interval = clusteredMean(stat.Deal(samples, mean), mean, &e.shards)
		} else {
			moments := all.Moments()
			e.interval = func(alpha float64) (stat.Interval, error) { return stat.MeanInterval(moments, alpha) }
		}
	}
	e.n, e.estimated = c.scaled(e.n), c.sampled
	return e
}

func frequencies(by map[int64]int64) stat.Sample {
	var out stat.Sample
	for _, rows := range slices.Sorted(maps.Keys(by)) {
		out = append(out, stat.Point{X: float64(rows), N: by[rows]})
	}
	return out
}

// people is the number of different people who meet the numerator.
func (m *measurer) people(d *Definition, attribute string) series {
	c := m.crowdOf(d, attribute)
	out := series{}
	for _, places := range []map[place]map[int]person{c.at, c.whole()} {
		for at, people := range places {
			var k int64
			for _, p := range people {
				if p.met {
					k++
				}
			}
			out[at] = amount(float64(c.scaled(k)), c.scaled(k), k, c.sampled)
		}
	}
	return out
}

// different is the number of different values of a column.
func (m *measurer) different(d *Definition, column, attribute string) (series, bool) {
	need := d.distinctNeed(column, attribute)
	t := m.tables.Counts(need)
	whens := need.Dims[slices.Index(need.Dims, table.Distinct(column))+1:]
	r := newReader(t, attribute, whens)
	told := map[place]map[int]bool{}
	t.Each(func(codes []int, _ table.Cell) {
		c := r.at(codes)
		if c.person < 0 || len(whens) > 0 && c.conditions[0] != holds {
			return
		}
		for _, p := range c.both() {
			if told[p] == nil {
				told[p] = map[int]bool{}
			}
			told[p][c.person] = true
		}
	})
	out, x := series{}, crowd{sampled: r.sampled}
	for at, values := range told {
		n := int64(len(values))
		out[at] = amount(float64(x.scaled(n)), x.scaled(n), n, r.sampled)
	}
	return out, r.sampled
}
