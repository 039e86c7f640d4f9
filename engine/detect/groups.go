package detect

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Grouping finds the groups of an attribute in a table that has its dimensions.
type Grouping struct {
	Names []string // of the groups that occur, in canonical order
	at    []int    // positions of the attribute's dimensions in the table
	cats  [][]table.Category
	index map[uint64]int
}

// Group lists the groups of the attribute that occur in a table: the values, or
// the combinations of values, that a row has. A row that lacks any of them
// belongs to the missing group, as does every row when there is no attribute.
func (a Attribute) Group(c *table.Counts) Grouping {
	g := Grouping{index: map[uint64]int{}}
	for _, d := range a.Dims() {
		g.at = append(g.at, slices.Index(c.Dims(), d))
		g.cats = append(g.cats, c.Categories(d))
	}
	var keys []uint64
	c.Each(func(codes []int, _ table.Cell) {
		if key, ok := g.key(codes); ok {
			if _, seen := g.index[key]; !seen {
				g.index[key] = 0
				keys = append(keys, key)
			}
		}
	})
	slices.Sort(keys)
	for i, key := range keys {
		g.index[key] = i
		g.Names = append(g.Names, g.name(key))
	}
	return g
}

// Of is the group of a cell: an index into Names, or -1 for the missing group.
func (g Grouping) Of(codes []int) int {
	key, ok := g.key(codes)
	if !ok {
		return -1
	}
	return g.index[key]
}

// key numbers a combination of values so that numbers stand in canonical order.
func (g Grouping) key(codes []int) (uint64, bool) {
	if len(g.at) == 0 {
		return 0, false
	}
	var key uint64
	for i, at := range g.at {
		code := codes[at]
		if g.cats[i][code].Missing {
			return 0, false
		}
		key = key*uint64(len(g.cats[i])) + uint64(code)
	}
	return key, true
}

func (g Grouping) name(key uint64) string {
	parts := make([]string, len(g.cats))
	for i := len(parts) - 1; i >= 0; i-- {
		radix := uint64(len(g.cats[i]))
		parts[i] = g.cats[i][key%radix].Name
		key /= radix
	}
	return Cross(parts...)
}

// GroupNeed is the table from which Groups describes an attribute.
func GroupNeed(spec *audit.Spec, a Attribute) table.Need {
	dims := a.Dims()
	if spec.HasDecision {
		dims = append(dims, table.Decision)
	} else if ofItems(spec, a) {
		dims = append(dims, table.Rank)
	}
	return table.Need{Dims: dims}
}

// ofItems says that the groups are those of the items of lists, of which the
// best is ranked first most often, where there is no decision.
func ofItems(spec *audit.Spec, a Attribute) bool {
	return spec.Slate != nil && !slices.ContainsFunc(a.Parts, func(p audit.GroupSpec) bool { return slices.Contains(spec.Slate.Users, p.Name) })
}

// Groups describes the attributes and intersections of an audit: the values
// that occur, their sizes, and the group that became the reference. It reads
// the tables that GroupNeed asks for.
func Groups(spec *audit.Spec, tables Tables) []audit.Attribute {
	var out []audit.Attribute
	for _, a := range Attributes(spec) {
		out = append(out, Describe(spec, a, tables.Counts(GroupNeed(spec, a))))
	}
	return out
}

// Describe describes one attribute from the table that GroupNeed asks for.
func Describe(spec *audit.Spec, a Attribute, c *table.Counts) audit.Attribute {
	g := a.Group(c)
	sizes := make([]table.Cell, len(g.Names)+1) // the last is the missing group
	candidates := make([]Candidate, len(g.Names))
	good := table.Positive
	if !spec.Favorable {
		good = table.Negative
	}
	decision, decisions := slices.Index(c.Dims(), table.Decision), c.Categories(table.Decision)
	rank, places := slices.Index(c.Dims(), table.Rank), c.Categories(table.Rank)
	isGood := func(codes []int) bool {
		if decision >= 0 {
			return decisions[codes[decision]].Name == good
		}
		return rank >= 0 && !places[codes[rank]].Missing && places[codes[rank]].Order == 1
	}
	c.Each(func(codes []int, cell table.Cell) {
		at := g.Of(codes)
		if at < 0 {
			at = len(g.Names)
		}
		sizes[at] = sizes[at].Add(cell)
		if at < len(g.Names) && isGood(codes) {
			candidates[at].Favorable += cell.N
		}
	})
	columns := make([]string, len(a.Parts))
	for i, p := range a.Parts {
		columns[i] = p.Column
	}
	out := audit.Attribute{Attribute: a.Name, Column: Cross(columns...), Reference: a.Reference.Policy}
	if len(a.Parts) == 1 {
		out.Provenance = a.Parts[0].Provenance
	} else if a.inferred() {
		out.Provenance = inferred
	}
	for i, name := range g.Names {
		candidates[i].Name, candidates[i].N = name, sizes[i].N
		out.Values = append(out.Values, audit.GroupValue{Value: &name, Rows: sizes[i].Rows, N: sizes[i].N})
	}
	if missing := sizes[len(g.Names)]; missing.Rows > 0 {
		out.Values = append(out.Values, audit.GroupValue{Rows: missing.Rows, N: missing.N})
	}
	out.Chosen = Choose(a.Reference, a.MinRows, candidates)
	return out
}
