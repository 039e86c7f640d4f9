package detectors

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// missingStratum names the rows without a value.
const missingStratum = "(missing)"

// layers are the favorable decisions of every group in every stratum.
type layers struct {
	strata  []string
	groups  []string       // the last, without a name, is the missing group
	cells   [][]proportion // by group, then stratum
	sharded int            // shards of people, 0 if rows are independent
	rows    int64
}

// readLayers reads a table of an attribute by strata and decision.
func readLayers(spec *audit.Spec, a detect.Attribute, l layering, c *table.Counts) layers {
	decisions, at := c.Categories(table.Decision), slices.Index(c.Dims(), table.Decision)
	good := table.Positive
	if !spec.Favorable {
		good = table.Negative
	}
	return layersBy(a, l, c, func(codes []int) (passed, counts bool) { return decisions[codes[at]].Name == good, true })
}

// layersBy reads a table of an attribute by strata: step says of a cell whether its
// rows count, and for what.
func layersBy(a detect.Attribute, l layering, c *table.Counts, step func(codes []int) (passed, counts bool)) layers {
	grouping, find := a.Group(c), stratumOf(l, c)
	out := layers{groups: append(slices.Clone(grouping.Names), ""), strata: find.names}
	shard := slices.Index(c.Dims(), table.Subject)
	if shard >= 0 {
		out.sharded = len(c.Categories(table.Subject))
	}
	out.cells = make([][]proportion, len(out.groups))
	for g := range out.cells {
		out.cells[g] = make([]proportion, len(out.strata))
	}
	c.Each(func(codes []int, cell table.Cell) {
		passed, counts := step(codes)
		if !counts {
			return
		}
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		p := &out.cells[g][find.of(codes)]
		k := int64(0)
		if passed {
			k = cell.N
		}
		p.k, p.n = p.k+k, p.n+cell.N
		out.rows += cell.N
		if shard >= 0 {
			if p.shards == nil {
				p.shards = make([]stat.Shard, out.sharded)
			}
			p.shards[codes[shard]].K += k
			p.shards[codes[shard]].N += cell.N
		}
	})
	return out
}

// stratumFinder numbers the strata of a table, in canonical order.
type stratumFinder struct {
	names []string
	at    []int
	radix []int
	index map[int]int
}

func stratumOf(l layering, c *table.Counts) stratumFinder {
	f := stratumFinder{index: map[int]int{}}
	var cats [][]table.Category
	for _, d := range l.dims {
		f.at = append(f.at, slices.Index(c.Dims(), d))
		cats = append(cats, c.Categories(d))
		f.radix = append(f.radix, len(c.Categories(d)))
	}
	var keys []int
	c.Each(func(codes []int, _ table.Cell) {
		if key := f.key(codes); f.index[key] == 0 {
			f.index[key] = 1
			keys = append(keys, key)
		}
	})
	slices.Sort(keys)
	for i, key := range keys {
		f.index[key] = i
		parts := make([]string, len(cats))
		for d := len(cats) - 1; d >= 0; d-- {
			parts[d] = cats[d][key%f.radix[d]].Name
			if cats[d][key%f.radix[d]].Missing {
				parts[d] = missingStratum
			}
			key /= f.radix[d]
		}
		f.names = append(f.names, detect.Cross(parts...))
	}
	return f
}

func (f stratumFinder) key(codes []int) int {
	key := 0
	for i, at := range f.at {
		key = key*f.radix[i] + codes[at]
	}
	return key
}

func (f stratumFinder) of(codes []int) int { return f.index[f.key(codes)] }

// group finds a group's strata by its name; the missing group for nil.
func (l layers) group(name *string) []proportion {
	at := len(l.groups) - 1
	if name != nil {
		if at = slices.Index(l.groups[:at], *name); at < 0 {
			return make([]proportion, len(l.strata))
		}
	}
	return l.cells[at]
}

// others adds up every group with a known value but one.
func (l layers) others(name *string) []proportion {
	out := make([]proportion, len(l.strata))
	for g, cells := range l.cells[:len(l.cells)-1] {
		if name != nil && l.groups[g] == *name {
			continue
		}
		for s, p := range cells {
			out[s] = out[s].plus(p)
		}
	}
	return out
}

// everybody is the number of rows in each stratum, whatever the group.
func (l layers) everybody() []int64 {
	out := make([]int64, len(l.strata))
	for _, cells := range l.cells {
		for s, p := range cells {
			out[s] += p.n
		}
	}
	return out
}

// lone is the number of strata with rows of one group only; the rows without a
// group are one.
func (l layers) lone() int {
	out := 0
	for s := range l.strata {
		groups := 0
		for _, cells := range l.cells {
			if cells[s].n > 0 {
				groups++
			}
		}
		if groups < 2 {
			out++
		}
	}
	return out
}

// plus adds two proportions up.
func (p proportion) plus(o proportion) proportion {
	out := proportion{k: p.k + o.k, n: p.n + o.n}
	if n := max(len(p.shards), len(o.shards)); n > 0 {
		out.shards = make([]stat.Shard, n)
		for _, shards := range [][]stat.Shard{p.shards, o.shards} {
			for i, s := range shards {
				out.shards[i].K, out.shards[i].N = out.shards[i].K+s.K, out.shards[i].N+s.N
			}
		}
	}
	return out
}

// mostPerRow refuses strata that are nearly as many as the rows: beyond one for
// two rows nobody has anybody to be compared with.
const mostPerRow = 2

// refused says why a column cannot be used as strata.
func (l layers) refused(name string) string {
	n := int64(len(l.strata))
	if n == 1 && l.strata[0] == missingStratum {
		return fmt.Sprintf("conditional: %s has no value in any of the %d rows, so there are no strata to look within; name a column with values in columns.strata", name, l.rows)
	}
	if n < 20 || n*mostPerRow <= l.rows {
		return ""
	}
	return fmt.Sprintf("conditional: %s has %d values in %d rows, nearly one per row, so that no two people are compared; refused. Strata are for columns with a few values, such as a department or an age band", name, n, l.rows)
}

// matched is two groups side by side in every stratum.
type matched struct {
	strata   []string
	a, b     []proportion // of the group and of the reference
	standard []float64    // rows of the standard population
}

// counts are the strata without one shard of people, or all of them for a
// negative one.
func (m matched) counts(without int) stat.Strata {
	out := make(stat.Strata, len(m.strata))
	for s := range out {
		a, b := m.a[s].without(without), m.b[s].without(without)
		out[s] = stat.Stratum{K1: a.k, N1: a.n, K2: b.k, N2: b.n}
	}
	return out
}

func (p proportion) without(shard int) proportion {
	if shard < 0 || shard >= len(p.shards) {
		return p
	}
	return proportion{k: p.k - p.shards[shard].K, n: p.n - p.shards[shard].N}
}

// shared keeps the strata with rows of both groups.
func (m matched) shared() matched {
	var out matched
	for s := range m.strata {
		if m.a[s].n > 0 && m.b[s].n > 0 {
			out.strata = append(out.strata, m.strata[s])
			out.a, out.b = append(out.a, m.a[s]), append(out.b, m.b[s])
			out.standard = append(out.standard, m.standard[s])
		}
	}
	return out
}

// pooled adds the strata up.
func (m matched) pooled() (a, b proportion) {
	for s := range m.strata {
		a, b = a.plus(m.a[s]), b.plus(m.b[s])
	}
	return a, b
}

// shards is the number of shards of people, 0 if rows are independent.
func (m matched) shards() int {
	n := 0
	for s := range m.strata {
		n = max(n, len(m.a[s].shards), len(m.b[s].shards))
	}
	return n
}
