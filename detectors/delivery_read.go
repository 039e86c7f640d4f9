package detectors

import (
	"fmt"
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
	two := funnel{spec: d.spec, stages: d.stages[:2]}
	counts := two.perPerson(e, a, c, d.params.Person)
	last := len(counts) - 1
	if unknown, all, only := d.unknownOf(a, c); len(counts[last]) == 0 || !only || unknown == all {
		d.perPerson(e, a, a.Group(c).Names, counts, counts)
	} else {
		known := append(slices.Clone(counts[:last]), nil)
		x := peopleRate(a, a.Group(c).Names, known, func(n int64) bool { return n > 0 }).slices[0].overall.tally
		e.note(fmt.Sprintf("attribute %[1]s: %[2]s people without a known %[1]s, with %.1[3]f %% of the stage %[4]s, are in the log only there, so who else of them was %[5]s is not known. Reach and deliveries per person are of the others alone, of whom %[6]s of %[7]s (%.1[8]f %%) are reached",
			a.Name, whole(int64(len(counts[last]))), 100*float64(unknown)/float64(all), d.stages[1].Name, d.stages[0].Name, whole(x.Positive), whole(x.n()), 100*float64(x.Positive)/float64(x.n())))
		d.perPerson(e, a, a.Group(c).Names, known, counts)
	}
}

// unknownOf counts the rows without a known group at the second stage, and all there.
// only says that none of them stops at the first stage: the log then holds deliveries to
// these people, and not the audience that they are of.
func (d delivery) unknownOf(a detect.Attribute, c *table.Counts) (unknown, all int64, only bool) {
	two, grouping := funnel{spec: d.spec, stages: d.stages[:2]}, a.Group(c)
	read := two.reader(c)
	only = true
	c.Each(func(codes []int, cell table.Cell) {
		switch passed, ok := reached(read(codes)); {
		case !ok || passed == 0:
		case grouping.Of(codes) >= 0:
			all += cell.N * int64(passed-1)
		case passed == 1:
			only = only && cell.N == 0
		default:
			unknown, all = unknown+cell.N, all+cell.N
		}
	})
	return unknown, all, only
}

// perPerson counts the rows at the last stage of everybody who is at the one before, by
// group, the missing one last.
func (f funnel) perPerson(e *emitter, a detect.Attribute, c *table.Counts, person string) []map[int]int64 {
	ids, grouping := c.Categories(table.Distinct(person)), a.Group(c)
	sampled, rest := table.KeptOf(ids)
	if sampled {
		e.note("column " + person + " has more than " + whole(table.MaxTold) + " values: numbers about people are of one in " + whole(table.Kept) + " of them, chosen by a hash")
	}
	read, nobody := f.reader(c), int64(0)
	out := make([]map[int]int64, len(grouping.Names)+1)
	c.Each(func(codes []int, cell table.Cell) {
		passed, ok := reached(read(codes))
		switch {
		case !ok || passed < len(f.stages)-1 || codes[0] == rest || cell.N == 0:
			return
		case ids[codes[0]].Missing:
			nobody += cell.N
			return
		}
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		if out[g] == nil {
			out[g] = map[int]int64{}
		}
		if passed < len(f.stages) {
			cell.N = 0
		}
		out[g][codes[0]] += cell.N
	})
	if nobody > 0 {
		e.note(whole(nobody) + " rows have no " + person + ", and are of no person")
	}
	return out
}
