package main

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// cell is copies of rows that are alike.
type cell struct {
	groups   []int // by attribute
	window   int
	decision bool
	label    bool
	shard    int
	score    float64
	n        int64
}

// world is a simulated log, and answers a detector's needs as a scan would.
type world struct {
	spec  *audit.Spec
	cells []cell

	subjects int // places of people: each of them, or shards
}

func (w *world) Scan() *table.Accounts {
	a := &table.Accounts{Duplicates: -1}
	for _, c := range w.cells {
		a.Read, a.Audited, a.Copies = a.Read+c.n, a.Audited+c.n, a.Copies+c.n
	}
	return a
}

func (w *world) Counts(n table.Need) *table.Counts {
	codes := w.codes(n.Dims)
	b, err := table.NewBuilder(n.Dims, codes.categories)
	if err != nil {
		return &table.Counts{} // too many cells to number, which no study here has
	}
	for i, c := range w.cells {
		if c.n > 0 {
			b.Add(codes.of(i), table.Cell{N: c.n, Rows: c.n})
		}
	}
	return b.Counts()
}

// Sample is nil: no detector of these studies reads rows.
func (w *world) Sample(table.SampleNeed) *table.Sample { return nil }

func (w *world) Values(n table.Need) *table.Values {
	codes := w.codes(n.Dims)
	b, err := table.NewValuesBuilder(n.Dims, codes.categories)
	if err != nil {
		return &table.Values{}
	}
	for i, c := range w.cells {
		if c.n > 0 {
			b.Add(codes.of(i), c.score, table.Cell{N: c.n, Rows: c.n})
		}
	}
	return b.Values()
}

// coded is the cells of a world in the dimensions of a table.
type coded struct {
	categories [][]table.Category
	read       []func(cell) int
	cells      []cell
	codes      []int
}

func (c *coded) of(i int) []int {
	for d, read := range c.read {
		c.codes[d] = read(c.cells[i])
	}
	return c.codes
}

func (w *world) codes(dims []table.Dim) *coded {
	out := &coded{cells: w.cells, codes: make([]int, len(dims))}
	add := func(categories []table.Category, read func(cell) int) {
		out.categories, out.read = append(out.categories, categories), append(out.read, read)
	}
	outcomes := []table.Category{{Name: table.Negative}, {Name: table.Positive}}
	for _, d := range dims {
		switch d {
		case table.Decision:
			add(outcomes, func(c cell) int { return index(c.decision) })
		case table.Label:
			add(outcomes, func(c cell) int { return index(c.label) })
		case table.Shard:
			add(ordered(table.Shards, ""), func(c cell) int { return c.shard })
		case table.Subject:
			add(w.people(), func(c cell) int { return c.shard })
		case table.Window:
			add(ordered(12, "2024-%02d"), func(c cell) int { return c.window })
		default:
			at := w.attribute(d)
			add(named(20), func(c cell) int { return c.groups[at] })
		}
	}
	return out
}

// people are the categories of subjects: each its own, or shards.
func (w *world) people() []table.Category {
	if w.subjects == table.Shards {
		return ordered(table.Shards, "")
	}
	out := make([]table.Category, w.subjects)
	for i := range out {
		out[i] = table.SubjectCategory(uint64(i) << 1)
	}
	return out
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ordered are categories with a natural order.
func ordered(n int, name string) []table.Category {
	out := make([]table.Category, n)
	for i := range out {
		out[i].Order = int64(i)
		if name != "" {
			out[i].Name = fmt.Sprintf(name, i+1)
		}
	}
	return out
}

// named are categories in the order of their names.
func named(n int) []table.Category {
	out := ordered(n, "g%02d")
	for i := range out {
		out[i].Order = 0
	}
	return out
}

func (w *world) attribute(d table.Dim) int {
	for i, g := range w.spec.Groups {
		if table.Group(g.Name) == d {
			return i
		}
	}
	return 0
}

// newSpec is an audit of attributes a, b, …, all with one reference policy.
func newSpec(attributes int, ref audit.Reference, seed uint64) *audit.Spec {
	s := &audit.Spec{
		Name: "simulated", Alpha: alpha, Seed: seed, Favorable: true, HasDecision: true,
		Words:         audit.Words{Positive: "selected", Unit: "people"},
		Intersections: audit.Intersections{Depth: 1, MinRows: 100},
	}
	for i := range attributes {
		name := string(rune('a' + i))
		s.Groups = append(s.Groups, audit.GroupSpec{Name: name, Column: name, Reference: ref, MinRows: 30})
	}
	return s
}
