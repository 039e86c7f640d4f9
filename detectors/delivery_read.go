package detectors

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// audience is who is at a stage: rows by shard of subjects, then by group, the
// missing one last.
type audience [][]int64

// known are the rows by shard and group without the missing one.
func (a audience) known() [][]int64 {
	out := make([][]int64, len(a))
	for i, shard := range a {
		out[i] = shard[:len(shard)-1]
	}
	return out
}

// totals are the rows by group of all shards together.
func (a audience) totals() []int64 {
	out := make([]int64, len(a[0]))
	for _, shard := range a {
		for g, n := range shard {
			out[g] += n
		}
	}
	return out
}

// less are those who are not at the next stage.
func (a audience) less(next audience) audience {
	out := make(audience, len(a))
	for i := range a {
		out[i] = slices.Clone(a[i])
		for g, n := range next[i] {
			out[i][g] -= n
		}
	}
	return out
}

// showing is the stages of everything, a window or an ad.
type showing struct {
	in     slice
	stages []audience
}

// deliveries at the second stage to people of a known group.
func (s showing) deliveries() int64 {
	totals := s.stages[1].totals()
	return sumOf(totals[:len(totals)-1])
}

// audiences is what is counted about one attribute.
type audiences struct {
	section
	names   []string
	each    bool
	sharded bool
	all     showing
	windows []showing
	ads     []showing
}

// audiences counts who is at each stage.
func (d delivery) audiences(a detect.Attribute, c *table.Counts) audiences {
	grouping, dims := a.Group(c), c.Dims()
	windows, atWindow := c.Categories(table.Window), slices.Index(dims, table.Window)
	ad := table.Text(d.params.Ad)
	ads, atAd := c.Categories(ad), slices.Index(dims, ad)
	people, atPerson := c.Categories(table.Subject), slices.Index(dims, table.Subject)
	out := audiences{section: section{attribute: a, each: table.EachSubject(people)}, names: grouping.Names, each: table.EachSubject(people), sharded: atPerson >= 0}
	empty := func(in slice) showing {
		s := showing{in: in, stages: make([]audience, len(d.stages))}
		for k := range s.stages {
			s.stages[k] = make(audience, max(1, len(people)))
			for i := range s.stages[k] {
				s.stages[k][i] = make([]int64, len(grouping.Names)+1)
			}
		}
		return s
	}
	out.all = empty(slice{window: detect.GateWindow, gate: true})
	for _, w := range windows {
		out.windows = append(out.windows, empty(slice{window: w.Name}))
	}
	for _, one := range ads {
		name := one.Name
		if one.Missing {
			name = "(missing)"
		}
		out.ads = append(out.ads, empty(slice{window: audit.AllWindows, stratum: &name}))
	}
	read := d.reader(c)
	c.Each(func(codes []int, cell table.Cell) {
		passed, ok := reached(read(codes))
		if !ok {
			return
		}
		g, shard := grouping.Of(codes), 0
		if g < 0 {
			g = len(grouping.Names)
		}
		if atPerson >= 0 {
			shard = codes[atPerson]
		}
		for k := range passed {
			out.all.stages[k][shard][g] += cell.N
			if atWindow >= 0 {
				out.windows[codes[atWindow]].stages[k][shard][g] += cell.N
			}
			if atAd >= 0 {
				out.ads[codes[atAd]].stages[k][shard][g] += cell.N
			}
		}
	})
	return out
}

// everything lists all showings in the order of the result.
func (s audiences) everything() []showing { return slices.Concat([]showing{s.all}, s.ads, s.windows) }

// people emits whom deliveries reach, and how often.
func (d delivery) people(e *emitter, a detect.Attribute, c *table.Counts) {
	ids := c.Categories(table.Distinct(d.params.Person))
	grouping := a.Group(c)
	sampled, rest := table.KeptOf(ids)
	if sampled {
		e.note("column " + d.params.Person + " has more than " + whole(table.MaxTold) + " values: numbers about people are of one in " + whole(table.Kept) + " of them, chosen by a hash")
	}
	two := funnel{spec: d.spec, stages: d.stages[:2]}
	read, unknownPeople := two.reader(c), int64(0)
	counts := make([]map[int]int64, len(grouping.Names)+1) // deliveries by eligible person, by group
	c.Each(func(codes []int, cell table.Cell) {
		passed, ok := reached(read(codes))
		switch {
		case !ok || passed == 0 || codes[0] == rest || cell.N == 0:
			return
		case ids[codes[0]].Missing:
			unknownPeople += cell.N
			return
		}
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		if counts[g] == nil {
			counts[g] = map[int]int64{}
		}
		if passed == 1 {
			cell.N = 0
		}
		counts[g][codes[0]] += cell.N
	})
	if unknownPeople > 0 {
		e.note(whole(unknownPeople) + " rows have no " + d.params.Person + ", and are of no person")
	}
	d.perPerson(e, a, grouping.Names, counts)
}
