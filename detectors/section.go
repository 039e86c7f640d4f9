package detectors

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// section is everything that is counted about one attribute.
type section struct {
	attribute detect.Attribute // without a name when the audit has no groups
	chosen    *string          // the reference, unless it is rest or none
	absent    string           // why a named reference is not there
	slices    []slice          // all, then the windows by time, then the versions
	each      bool             // every shard is one subject
}

// sections lists the attributes to measure; an audit without groups has one
// section, about everybody.
func sections(spec *audit.Spec) []detect.Attribute {
	if a := detect.Attributes(spec); len(a) > 0 {
		return a
	}
	return []detect.Attribute{{Reference: audit.Reference{Policy: "none"}}}
}

// windowed says whether the audit cuts time.
func windowed(spec *audit.Spec) bool {
	return spec.HasTime && (spec.Windows.Every != "" || len(spec.Windows.Ranges) > 0)
}

// needs are the tables of one attribute: by window, and by version.
func needs(spec *audit.Spec, a detect.Attribute, label bool) []table.Need {
	outcome := []table.Dim{table.Decision}
	if label {
		outcome = append(outcome, table.Label)
	}
	if spec.HasSubject {
		outcome = append(outcome, table.Subject)
	}
	by := func(d ...table.Dim) table.Need {
		return table.Need{Dims: slices.Concat(a.Dims(), d, outcome)}
	}
	out := []table.Need{by()}
	if windowed(spec) {
		out[0] = by(table.Window)
	}
	if spec.HasVersion {
		out = append(out, by(table.Version))
	}
	return out
}

// read turns the tables that needs asked for into a section.
func read(spec *audit.Spec, a detect.Attribute, tables []*table.Counts) section {
	s := section{attribute: a, slices: cut(a, tables[0], table.Window, true), each: table.EachSubject(tables[0].Categories(table.Subject))}
	if spec.HasVersion {
		s.slices = append(s.slices, cut(a, tables[1], table.Version, false)...)
	}
	candidates := make([]detect.Candidate, len(s.slices[0].values))
	for i, g := range s.slices[0].values {
		favorable := g.tally.Positive
		if !spec.Favorable {
			favorable = g.tally.Negative
		}
		candidates[i] = detect.Candidate{Name: g.name, N: g.tally.n(), Favorable: favorable}
	}
	s.chosen = detect.Choose(a.Reference, a.MinRows, candidates)
	if a.Reference.Policy == "value" && s.chosen == nil {
		s.absent = detect.Absent(a.Reference.Value, candidates)
	}
	return s
}

// describedSection is a section without slices, whose reference is chosen from the
// groups' counts over all windows.
func describedSection(spec *audit.Spec, a detect.Attribute, t detect.Tables) section {
	known := detect.Describe(spec, a, t.Counts(detect.GroupNeed(spec, a)))
	s := section{attribute: a, chosen: known.Chosen}
	if a.Reference.Policy == "value" && s.chosen == nil {
		var candidates []detect.Candidate
		for _, v := range known.Values {
			if v.Value != nil {
				candidates = append(candidates, detect.Candidate{Name: *v.Value, N: v.N})
			}
		}
		s.absent = detect.Absent(a.Reference.Value, candidates)
	}
	return s
}

// eachOf changes every group of a slice.
func eachOf(in slice, change func(group) group) slice {
	in.overall = change(in.overall)
	in.values = slices.Clone(in.values)
	for i, g := range in.values {
		in.values[i] = change(g)
	}
	if in.missing != nil {
		g := change(*in.missing)
		in.missing = &g
	}
	return in
}

// reference returns the group that g is compared with in a slice, and the name
// it goes by. There is none when the policy says so, and for the reference
// itself.
func (s section) reference(in slice, g group) (ref group, ok bool) {
	switch policy := s.attribute.Reference.Policy; {
	case policy == "rest":
		ref = group{name: detect.Rest, kind: audit.KindValue}
		for _, o := range in.values {
			if g.kind != audit.KindValue || o.name != g.name {
				ref = ref.plus(o)
			}
		}
		return ref, true
	case s.chosen != nil:
		return in.find(*s.chosen), g.kind != audit.KindValue || g.name != *s.chosen
	case policy == "value":
		return group{name: s.attribute.Reference.Value, kind: audit.KindValue}, true
	}
	return group{}, false
}

// cut reads a table into one slice over everything, if all is set, and one per
// category of the dimension by, if the table has it.
func cut(a detect.Attribute, c *table.Counts, by table.Dim, all bool) []slice {
	grouping, p := a.Group(c), newPivot(c)
	each := table.EachSubject(c.Categories(table.Subject))
	cats, at := c.Categories(by), slices.Index(c.Dims(), by)
	grids := make([]grid, len(cats)+1) // the last is everything
	for i := range grids {
		grids[i] = make(grid, len(grouping.Names)+1)
	}
	c.Each(func(codes []int, cell table.Cell) {
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		shard, t := p.tally(codes, cell.N)
		grids[len(cats)].add(g, shard, p.shards(), t)
		if at >= 0 {
			grids[codes[at]].add(g, shard, p.shards(), t)
		}
	})
	var out []slice
	if all {
		s := grids[len(cats)].slice(a, grouping.Names, p.shard >= 0, each)
		s.window, s.gate = detect.GateWindow, true
		out = append(out, s)
	}
	for i, cat := range cats {
		s := grids[i].slice(a, grouping.Names, p.shard >= 0, each)
		s.window = cat.Name
		if by == table.Version {
			name := versionName(cat)
			s.window, s.version = audit.AllWindows, &name
		}
		out = append(out, s)
	}
	return out
}

// versionName names the rows without a version too.
func versionName(c table.Category) string {
	if c.Missing {
		return "(missing)"
	}
	return c.Name
}

// grid sums tallies by group, then shard. The missing group is the last; a group
// without rows is nil.
type grid [][]tally

func (g grid) add(at, shard, shards int, t tally) {
	if g[at] == nil {
		g[at] = make([]tally, shards)
	}
	g[at][shard] = g[at][shard].add(t)
}

// slice turns a grid into groups.
func (g grid) slice(a detect.Attribute, names []string, sharded, each bool) slice {
	s := slice{overall: group{kind: audit.KindOverall}}
	for i, shards := range g {
		if shards == nil {
			continue
		}
		x := group{kind: audit.KindMissing}
		if i < len(names) {
			x = group{name: names[i], kind: audit.KindValue}
		}
		for _, t := range shards {
			x.tally = x.tally.add(t)
		}
		if sharded {
			x.shards, x.each = shards, each
		}
		s.overall = s.overall.plus(x)
		switch {
		case len(a.Parts) == 0: // everybody, no groups
		case x.kind == audit.KindMissing:
			s.missing = &x
		default:
			s.values = append(s.values, x)
		}
	}
	return s
}

// pivot reads the outcome of a cell.
type pivot struct {
	decision, label, shard    int // positions of the dimensions, or -1
	decisions, labels, counts []table.Category
}

func newPivot(c *table.Counts) pivot {
	return pivot{
		slices.Index(c.Dims(), table.Decision), slices.Index(c.Dims(), table.Label), slices.Index(c.Dims(), table.Subject),
		c.Categories(table.Decision), c.Categories(table.Label), c.Categories(table.Subject),
	}
}

// shards is the number of shards that have rows, 1 without a subject.
func (p pivot) shards() int { return max(1, len(p.counts)) }

// tally is what n copies in a cell count for, and their shard.
func (p pivot) tally(codes []int, n int64) (shard int, t tally) {
	if p.shard >= 0 {
		shard = codes[p.shard]
	}
	decision, label := p.decisions[codes[p.decision]].Name, ""
	if p.label >= 0 {
		label = p.labels[codes[p.label]].Name
	}
	switch decision {
	case table.Positive:
		t.Positive = n
		switch label {
		case table.Positive:
			t.TP = n
		case table.Negative:
			t.FP = n
		}
	case table.Negative:
		t.Negative = n
		switch label {
		case table.Positive:
			t.FN = n
		case table.Negative:
			t.TN = n
		}
	}
	return shard, t
}

// unlabeled says how many audited rows no label metric can use.
func unlabeled(s slice) []string {
	t := s.overall.tally
	used := t.TP + t.FP + t.FN + t.TN
	if used == t.n() {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d audited rows have no label that can be used; metrics that need a label leave them out", t.n()-used, t.n())}
}
