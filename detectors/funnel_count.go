package detectors

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// passage is what a cell's rows did at one step: nothing, or passed or not.
type passage func(said []fact) (passed, counts bool)

// fact is what a condition says of a row.
type fact int8

const (
	unknown fact = iota
	holds
	fails
)

// reached is the number of stages passed before the first that fails; ok is false
// where a condition before that is missing.
func reached(said []fact) (n int, ok bool) {
	for i, s := range said {
		switch s {
		case unknown:
			return 0, false
		case fails:
			return i, true
		}
	}
	return len(said), true
}

func (f funnel) whole() passage {
	return func(said []fact) (passed, counts bool) {
		n, ok := reached(said)
		return n == len(said), ok
	}
}

func stageOf(k int) passage {
	return func(said []fact) (passed, counts bool) {
		n, ok := reached(said)
		return n > k, ok && n >= k
	}
}

// overridden is whether stage k turns round what stage k-1 said.
func overridden(k int, before fact) passage {
	return func(said []fact) (turned, counts bool) {
		return said[k] != before, said[k-1] == before && said[k] != unknown
	}
}

// section counts who passes a step, in every slice.
func (f funnel) section(a detect.Attribute, c *table.Counts, step passage) section {
	read := f.reader(c)
	return f.sectionOf(a, c, func(codes []int) (passed, counts bool) { return step(read(codes)) })
}

// sectionOf counts which cells pass, in every slice.
func (f funnel) sectionOf(a detect.Attribute, c *table.Counts, step func(codes []int) (passed, counts bool)) section {
	grouping, dims := a.Group(c), c.Dims()
	windows, at := c.Categories(table.Window), slices.Index(dims, table.Window)
	people, subject := c.Categories(table.Subject), slices.Index(dims, table.Subject)
	each := table.EachSubject(people)
	grids := make([]grid, len(windows)+1) // the last is everything
	for i := range grids {
		grids[i] = make(grid, len(grouping.Names)+1)
	}
	c.Each(func(codes []int, cell table.Cell) {
		passed, counts := step(codes)
		if !counts {
			return
		}
		t := tally{Negative: cell.N}
		if passed {
			t = tally{Positive: cell.N}
		}
		g, shard := grouping.Of(codes), 0
		if g < 0 {
			g = len(grouping.Names)
		}
		if subject >= 0 {
			shard = codes[subject]
		}
		grids[len(windows)].add(g, shard, max(1, len(people)), t)
		if at >= 0 {
			grids[codes[at]].add(g, shard, max(1, len(people)), t)
		}
	})
	s := section{attribute: a, each: each}
	all := grids[len(windows)].slice(a, grouping.Names, subject >= 0, each)
	all.window, all.gate = detect.GateWindow, true
	s.slices = append(s.slices, all)
	for i, w := range windows {
		one := grids[i].slice(a, grouping.Names, subject >= 0, each)
		one.window = w.Name
		s.slices = append(s.slices, one)
	}
	return s
}

// reader reads what the conditions say of a cell.
func (f funnel) reader(c *table.Counts) func(codes []int) []fact {
	at, cats := make([]int, len(f.stages)), make([][]table.Category, len(f.stages))
	for k, s := range f.stages {
		d := table.When(s.When)
		at[k], cats[k] = slices.Index(c.Dims(), d), c.Categories(d)
	}
	said := make([]fact, len(f.stages))
	return func(codes []int) []fact {
		for k := range said {
			switch cat := cats[k][codes[at[k]]]; {
			case cat.Missing:
				said[k] = unknown
			case cat.Name == table.Holds:
				said[k] = holds
			default:
				said[k] = fails
			}
		}
		return said
	}
}

// choose finds the reference by the whole way.
func (f funnel) choose(s *section) {
	var candidates []detect.Candidate
	for _, g := range s.slices[0].values {
		candidates = append(candidates, detect.Candidate{Name: g.name, N: g.tally.n(), Favorable: g.tally.Positive})
	}
	s.chosen = detect.Choose(s.attribute.Reference, s.attribute.MinRows, candidates)
	if s.attribute.Reference.Policy == "value" && s.chosen == nil {
		s.absent = detect.Absent(s.attribute.Reference.Value, candidates)
	}
}
