package detectors

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// twoPeriods are the decisions of two periods: by group, period and stratum, positives
// and the others; with people, by shard.
type twoPeriods struct {
	groups, strata []string
	cells          []int64
	shards         [][]int64
}

func (m twoPeriods) at(group, period, stratum int) int {
	return 2 * ((group*2+period)*len(m.strata) + stratum)
}

func (c *changing) read(a detect.Attribute, l layering, counts *table.Counts) (out twoPeriods, from, to string, ok bool) {
	at := slices.Index(counts.Dims(), c.by)
	side, from, to, ok := c.periods(counts.Categories(c.by))
	if !ok {
		return out, "", "", false
	}
	grouping, find := a.Group(counts), stratumOf(l, counts)
	decisions, decision := counts.Categories(table.Decision), slices.Index(counts.Dims(), table.Decision)
	shard := slices.Index(counts.Dims(), table.Subject)
	out = twoPeriods{groups: grouping.Names, strata: find.names}
	out.cells = make([]int64, 4*len(out.groups)*len(out.strata))
	if shard >= 0 {
		for range counts.Categories(table.Subject) {
			out.shards = append(out.shards, make([]int64, len(out.cells)))
		}
	}
	counts.Each(func(codes []int, cell table.Cell) {
		g, period := grouping.Of(codes), side(codes[at])
		if g < 0 || period < 0 {
			return
		}
		i := out.at(g, period, find.of(codes))
		if decisions[codes[decision]].Name != table.Positive {
			i++
		}
		out.cells[i] += cell.N
		if shard >= 0 {
			out.shards[codes[shard]][i] += cell.N
		}
	})
	return out, from, to, true
}

// rows are those of a group in a period, or in both for a negative one.
func (m twoPeriods) rows(group, period int) int64 {
	var n int64
	for p := range 2 {
		for s := range m.strata {
			if i := m.at(group, p, s); period < 0 || p == period {
				n += m.cells[i] + m.cells[i+1]
			}
		}
	}
	return n
}

// parted is the change of a group's rate, stratum by stratum.
type parted struct {
	from, to  float64 // the group's rates
	rate, mix []float64
	n         [][2]int64 // rows of each stratum
	k         [][2]int64
}

// parts takes the change of the rate of some groups together apart: exact, whatever
// enters or leaves. ok is false where they have no rows in a period.
func (m twoPeriods) parts(cells []int64, groups []int) (out parted, ok bool) {
	strata := len(m.strata)
	out.n, out.k = make([][2]int64, strata), make([][2]int64, strata)
	var all, yes [2]int64
	for s := range strata {
		for period := range 2 {
			for _, g := range groups {
				i := m.at(g, period, s)
				out.k[s][period] += cells[i]
				out.n[s][period] += cells[i] + cells[i+1]
			}
			all[period], yes[period] = all[period]+out.n[s][period], yes[period]+out.k[s][period]
		}
	}
	if all[0] == 0 || all[1] == 0 {
		return out, false
	}
	out.from, out.to = float64(yes[0])/float64(all[0]), float64(yes[1])/float64(all[1])
	out.rate, out.mix = make([]float64, strata), make([]float64, strata)
	for s := range strata {
		n, k := out.n[s], out.k[s]
		if n[0]+n[1] == 0 {
			continue
		}
		var w, p [2]float64
		for period := range 2 {
			w[period] = float64(n[period]) / float64(all[period])
			p[period] = float64(k[period]) / float64(max(1, n[period]))
		}
		switch { // without rows there is no rate that could have changed
		case n[0] == 0:
			p[0] = p[1]
		case n[1] == 0:
			p[1] = p[0]
		}
		out.rate[s] = float64((w[0] + w[1]) / 2 * (p[1] - p[0]))
		out.mix[s] = float64(((p[0]+p[1])/2 - (out.from+out.to)/2) * (w[1] - w[0]))
	}
	return out, true
}

// versus is a group and what it is compared with.
type versus struct {
	m    twoPeriods
	g, r []int // the group, and those of its reference
}

// of computes a number of the difference of both.
func (v versus) of(f func(g, r parted) float64) stat.Metric {
	return func(cells []int64) (float64, bool) {
		g, ok := v.m.parts(cells, v.g)
		r, also := v.m.parts(cells, v.r)
		if !ok || !also {
			return math.NaN(), false
		}
		return f(g, r), true
	}
}

// The draws of a bootstrap, and the most strata whose parts have intervals.
const (
	changeDraws  = 2000
	changeStrata = 20
)

// intervals draws the table again and again for the change, both parts, and the
// parts of each stratum: rate, then mix.
func (c *changing) intervals(v versus, use ...string) []*audit.Interval {
	metrics := []stat.Metric{
		v.of(func(g, r parted) float64 { return (g.to - r.to) - (g.from - r.from) }),
		v.of(func(g, r parted) float64 { return sum(g.rate) - sum(r.rate) }),
		v.of(func(g, r parted) float64 { return sum(g.mix) - sum(r.mix) }),
	}
	if len(v.m.strata) <= changeStrata {
		for s := range v.m.strata {
			metrics = append(metrics, v.of(func(g, r parted) float64 { return g.rate[s] - r.rate[s] }), v.of(func(g, r parted) float64 { return g.mix[s] - r.mix[s] }))
		}
	}
	boot := stat.Bootstrap{Seed: c.spec.Seed, Use: append([]string{"change"}, use...), Times: changeDraws}
	out := make([]*audit.Interval, 3+2*len(v.m.strata))
	var drawn []stat.Bootstrapped
	var err error
	if len(v.m.shards) > 0 {
		drawn, err = boot.Shards(v.m.shards, metrics...)
	} else {
		drawn, err = boot.Table(v.m.cells, metrics...)
	}
	if err != nil {
		c.note("change: no intervals: " + err.Error())
		return out
	}
	for i, d := range drawn {
		if x, err := d.BCa(c.spec.Alpha); err == nil {
			out[i] = detect.Interval(x, c.spec.Alpha)
		}
	}
	return out
}

func sum(list []float64) float64 {
	out := 0.0
	for _, x := range list {
		out += x
	}
	return out
}
