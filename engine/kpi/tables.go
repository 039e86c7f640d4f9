package kpi

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// place is what a point is about.
type place struct {
	window, attribute, group string
	kind                     audit.GroupKind
}

// cell tells what one cell of a table is about.
type cell struct {
	place
	conditions []condition // in the order that was asked for
	shard      int         // -1 without shards
	immature   bool        // the label is not final yet
	person     int         // code of a Distinct dimension; -1 without one, -2 for no value or one that is not kept
}

type condition uint8

const (
	holds condition = iota
	fails
	unknown
)

// reader reads the cells of a table.
type reader struct {
	attribute                  string
	window, group, shard, told int // positions, -1 for none
	label                      int
	whens                      []int
	cats                       [][]table.Category
	rest                       int
	sampled                    bool // of a Distinct dimension one in table.Kept is told
}

// categories is what counts and values have in common.
type categories interface {
	Dims() []table.Dim
	Categories(table.Dim) []table.Category
}

func newReader(t categories, attribute string, whens []table.Dim) reader {
	r := reader{attribute: attribute, window: -1, group: -1, shard: -1, told: -1, label: -1, rest: -1}
	for i, d := range t.Dims() {
		r.cats = append(r.cats, t.Categories(d))
		switch _, distinct := table.DistinctColumn(d); {
		case d == table.Window:
			r.window = i
		case d == table.Shard:
			r.shard = i
		case d == table.Label:
			r.label = i
		case attribute != "" && d == table.Group(attribute):
			r.group = i
		case distinct:
			r.told = i
			r.sampled, r.rest = table.KeptOf(r.cats[i])
		}
	}
	for _, w := range whens {
		r.whens = append(r.whens, slices.Index(t.Dims(), w))
	}
	return r
}

// at reads a cell.
func (r reader) at(codes []int) cell {
	c := cell{place: place{attribute: r.attribute, kind: audit.KindOverall}, shard: -1, person: -1}
	if r.window >= 0 {
		c.window = r.cats[r.window][codes[r.window]].Name
	}
	if r.group >= 0 {
		cat := r.cats[r.group][codes[r.group]]
		c.group, c.kind = cat.Name, audit.KindValue
		if cat.Missing {
			c.kind = audit.KindMissing
		}
	}
	if r.shard >= 0 {
		c.shard = int(r.cats[r.shard][codes[r.shard]].Order)
	}
	if r.label >= 0 {
		c.immature = r.cats[r.label][codes[r.label]].Name == table.Immature
	}
	if r.told >= 0 {
		c.person = codes[r.told]
		if c.person == r.rest || r.cats[r.told][c.person].Missing {
			c.person = -2
		}
	}
	for _, at := range r.whens {
		c.conditions = append(c.conditions, r.condition(at, codes))
	}
	return c
}

func (r reader) condition(at int, codes []int) condition {
	switch cat := r.cats[at][codes[at]]; {
	case cat.Missing:
		return unknown
	case cat.Name == table.Holds:
		return holds
	}
	return fails
}

// both are a place in its window and in the whole period.
func (p place) both() [2]place {
	whole := p
	whole.window = audit.AllWindows
	return [2]place{p, whole}
}

// counted is how often something was so.
type counted struct {
	k, n, unknown int64
	immature      int64 // of them and of the unknown: rows whose label is not final yet
	open          open
	shards        []stat.Shard
}

// count adds up rows: those that meet the numerator among those that meet the
// denominator.
func (m *measurer) count(d *Definition, attribute string) map[place]*counted {
	need := d.countNeed(m.spec, attribute)
	t := m.tables.Counts(need)
	r, whens := newReader(t, attribute, d.conditions()), len(d.conditions())
	out := map[place]*counted{}
	t.Each(func(codes []int, n table.Cell) {
		c := r.at(codes)
		num, den := holds, holds
		if whens > 0 {
			num = c.conditions[0]
			if d.denominator.text != "" {
				den = c.conditions[whens-1]
			}
		}
		for _, p := range c.both() {
			x := out[p]
			if x == nil {
				x = &counted{}
				if c.shard >= 0 {
					x.shards = make([]stat.Shard, table.Shards)
				}
				out[p] = x
			}
			x.add(num, den, n.N, c.shard)
			x.mayTurn(d.late, num, den, c.immature, n.N)
		}
	})
	return out
}

func (x *counted) add(num, den condition, n int64, shard int) {
	switch {
	case den == fails:
		return
	case den == unknown || num == unknown:
		x.unknown += n
		return
	}
	x.n += n
	if num == holds {
		x.k += n
	}
	if shard >= 0 {
		x.shards[shard].N += n
		if num == holds {
			x.shards[shard].K += n
		}
	}
}

// numbers are the numbers of some rows: all of them, and by shard of people.
type numbers struct {
	all      []*table.Distribution
	shards   [][]*table.Distribution
	unknown  int64
	bucketed bool
}

// collect reads a table of numbers, of the rows that meet its condition, if it has
// one.
func (m *measurer) collect(need table.Need, attribute string, whens []table.Dim) map[place]*numbers {
	t := m.tables.Values(need)
	r := newReader(t, attribute, whens)
	out := map[place]*numbers{}
	t.Each(func(codes []int, dist *table.Distribution) {
		c := r.at(codes)
		if len(whens) > 0 && c.conditions[0] == fails {
			return
		}
		for _, p := range c.both() {
			x := out[p]
			if x == nil {
				x = &numbers{bucketed: !t.Exact()}
				if c.shard >= 0 {
					x.shards = make([][]*table.Distribution, table.Shards)
				}
				out[p] = x
			}
			if len(whens) > 0 && c.conditions[0] == unknown {
				x.unknown += dist.All().N
				continue
			}
			x.unknown += dist.All().N - dist.N
			x.all = append(x.all, dist)
			if c.shard >= 0 {
				x.shards[c.shard] = append(x.shards[c.shard], dist)
			}
		}
	})
	return out
}

// sample pools distributions.
func sample(list []*table.Distribution) stat.Sample {
	parts := make([]stat.Sample, len(list))
	for i, d := range list {
		parts[i] = make(stat.Sample, len(d.Points))
		for k, p := range d.Points {
			parts[i][k] = stat.Point{X: p.X, N: p.N}
		}
		parts[i] = slices.DeleteFunc(parts[i], func(p stat.Point) bool { return p.N == 0 })
	}
	return stat.Pool(parts...)
}

// shardSamples are the samples of every shard; nil without shards.
func (x *numbers) shardSamples() []stat.Sample {
	if x.shards == nil {
		return nil
	}
	out := make([]stat.Sample, len(x.shards))
	for g, list := range x.shards {
		out[g] = sample(list)
	}
	return out
}

// sum adds up exactly: the numbers of an exact table by their points, those in
// buckets by the sums of their cells.
func (x *numbers) sum() (n int64, sum, squares float64) {
	return total(x.all, x.bucketed)
}

func total(list []*table.Distribution, bucketed bool) (n int64, sum, squares float64) {
	var all table.Moments
	for _, d := range list {
		n += d.N
		if bucketed {
			all.Sum.Add(d.Sum, 1)
			all.Squares.Add(d.SumSquares, 1)
		} else {
			all.AddPoints(d.Points)
		}
	}
	return n, all.Sum.Float64(), all.Squares.Float64()
}
