package detectors

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// census is the groups of an attribute that occur, with their decisions.
type census struct {
	names  []string // in canonical order
	groups map[string]group
	all    group // everybody whose group is known
}

// newCensus reads the table that describes an attribute. Without decisions a row
// counts as one that is not selected.
func newCensus(spec *audit.Spec, a detect.Attribute, in *table.Counts) census {
	grouping := a.Group(in)
	c := census{names: grouping.Names, groups: map[string]group{}, all: group{kind: audit.KindOverall}}
	decision, decisions := slices.Index(in.Dims(), table.Decision), in.Categories(table.Decision)
	shard, shards := slices.Index(in.Dims(), table.Subject), len(in.Categories(table.Subject))
	cells := make([]group, len(c.names))
	in.Each(func(codes []int, cell table.Cell) {
		at := grouping.Of(codes)
		if at < 0 {
			return
		}
		t := tally{Negative: cell.N}
		if decision >= 0 && decisions[codes[decision]].Name == table.Positive {
			t = tally{Positive: cell.N}
		}
		g := &cells[at]
		g.tally = g.tally.add(t)
		if spec.HasSubject {
			if g.shards == nil {
				g.shards = make([]tally, shards)
			}
			g.shards[codes[shard]] = g.shards[codes[shard]].add(t)
		}
	})
	for i, name := range c.names {
		cells[i].name, cells[i].kind = name, audit.KindValue
		c.groups[name] = cells[i]
		c.all = c.all.plus(cells[i])
	}
	return c
}

// share is the group's part of everybody whose group is known.
func (c census) share(g group) proportion {
	p := proportion{k: g.tally.n(), n: c.all.tally.n()}
	if c.all.shards == nil {
		return p
	}
	p.shards = make([]stat.Shard, len(c.all.shards))
	for i, t := range c.all.shards {
		p.shards[i].N = t.n()
		if g.shards != nil {
			p.shards[i].K = g.shards[i].n()
		}
	}
	return p
}
