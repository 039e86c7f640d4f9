package detectors

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// noLists is why a log of slots has no numbers of whole lists.
const noLists = "nothing says which slots are one list: name columns.slate.items, places or key (on standard input slots cannot be put together)"

// shelf is the slots of one group by place, for each shard of lists.
type shelf struct {
	name   string
	kind   audit.GroupKind
	shards [][]int64 // by place; at 0 what was offered and not ranked
}

// count counts the slots of a shard up to a place, and all.
func count(places []int64, k int) (top, all int64) {
	for place, n := range places {
		if place > 0 && place <= k {
			top += n
		}
		all += n
	}
	return top, all
}

// shelves are the groups of an attribute in one slice of the audit.
type shelves struct {
	in     slice // without its groups
	groups []shelf
	shards int // 1 where slots are independent
}

// shown is everything about the slots of one attribute.
type shown struct {
	section
	by        []shelves // all, the windows, the strata
	clustered bool
	tables    detect.Tables
	lists     []map[listSlice]*listMean // beside the numbers of lists that were asked for
}

// slateAttributes are the attributes of items.
func slateAttributes(spec *audit.Spec) []detect.Attribute {
	return slices.DeleteFunc(detect.Attributes(spec), func(a detect.Attribute) bool {
		return spec.Slate != nil && slices.ContainsFunc(a.Parts, func(p audit.GroupSpec) bool { return slices.Contains(spec.Slate.Users, p.Name) })
	})
}

// slateNeeds are the slots by group and place, over all and the windows, and over
// the strata.
func slateNeeds(spec *audit.Spec, a detect.Attribute) []table.Need {
	last := []table.Dim{table.Rank}
	if spec.HasSubject {
		last = append(last, table.Subject)
	}
	by := func(d ...table.Dim) table.Need { return table.Need{Dims: slices.Concat(a.Dims(), d, last)} }
	out := []table.Need{by()}
	if windowed(spec) {
		out[0] = by(table.Window)
	}
	if l := slateStrata(spec); len(l.dims) > 0 {
		out = append(out, by(l.dims...))
	}
	return out
}

// slateStrata are all strata, crossed.
func slateStrata(spec *audit.Spec) layering {
	var l layering
	for _, r := range spec.Roles {
		if d := table.Dim(r.Role); d == table.Stratum(r.Column) {
			l.dims = append(l.dims, d)
		}
	}
	return l
}

// readSlate turns the tables that slateNeeds asks for into slices.
func readSlate(spec *audit.Spec, a detect.Attribute, tables []*table.Counts) shown {
	s := shown{section: section{attribute: a, each: table.EachSubject(tables[0].Categories(table.Subject))}, clustered: spec.HasSubject}
	windows := tables[0].Categories(table.Window)
	at := slices.Index(tables[0].Dims(), table.Window)
	all := make([]slice, len(windows)+1)
	all[0] = slice{window: detect.GateWindow, gate: true}
	for i, w := range windows {
		all[i+1].window = w.Name
	}
	s.by = shelve(a, tables[0], all, func(codes []int) []int {
		if at < 0 {
			return []int{0}
		}
		return []int{0, codes[at] + 1}
	})
	if len(tables) > 1 {
		find := stratumOf(slateStrata(spec), tables[1])
		strata := make([]slice, len(find.names))
		for i := range strata {
			strata[i] = slice{window: audit.AllWindows, stratum: &find.names[i]}
		}
		s.by = append(s.by, shelve(a, tables[1], strata, func(codes []int) []int { return []int{find.of(codes)} })...)
	}
	var candidates []detect.Candidate
	for _, g := range s.by[0].groups {
		if g.kind == audit.KindValue {
			c := detect.Candidate{Name: g.name}
			for _, p := range g.shards {
				top, n := count(p, 1)
				c.Favorable, c.N = c.Favorable+top, c.N+n
			}
			candidates = append(candidates, c)
		}
	}
	s.chosen = detect.Choose(a.Reference, a.MinRows, candidates)
	if a.Reference.Policy == "value" && s.chosen == nil {
		s.absent = detect.Absent(a.Reference.Value, candidates)
	}
	return s
}

// shelve sums a table by slice, group, shard and place.
func shelve(a detect.Attribute, c *table.Counts, into []slice, of func(codes []int) []int) []shelves {
	grouping := a.Group(c)
	rank, shard := slices.Index(c.Dims(), table.Rank), slices.Index(c.Dims(), table.Subject)
	places, shards := c.Categories(table.Rank), max(1, len(c.Categories(table.Subject)))
	out := make([]shelves, len(into))
	for i := range out {
		out[i] = shelves{in: into[i], shards: shards, groups: make([]shelf, len(grouping.Names)+1)}
	}
	c.Each(func(codes []int, cell table.Cell) {
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		place, in := 0, 0
		if p := places[codes[rank]]; !p.Missing {
			place = int(p.Order)
		}
		if shard >= 0 {
			in = codes[shard]
		}
		for _, i := range of(codes) {
			x := &out[i].groups[g]
			if x.shards == nil {
				x.shards = make([][]int64, shards)
			}
			for len(x.shards[in]) <= place {
				x.shards[in] = append(x.shards[in], 0)
			}
			x.shards[in][place] += cell.N
		}
	})
	for i := range out {
		for g := range out[i].groups {
			if x := &out[i].groups[g]; g < len(grouping.Names) {
				x.name, x.kind = grouping.Names[g], audit.KindValue
			} else {
				x.kind = audit.KindMissing
			}
		}
		out[i].groups = slices.DeleteFunc(out[i].groups, func(x shelf) bool { return x.shards == nil })
	}
	return out
}

// top is the slice in which a slot counts as positive up to place k.
func (s shown) top(by shelves, k int) slice {
	in := by.in
	in.overall = group{kind: audit.KindOverall}
	for _, g := range by.groups {
		x := group{name: g.name, kind: g.kind, each: s.each}
		shards := make([]tally, by.shards)
		for i, p := range g.shards {
			top, all := count(p, k)
			shards[i] = tally{Positive: top, Negative: all - top}
			x.tally = x.tally.add(shards[i])
		}
		if s.clustered {
			x.shards = shards
		}
		in.overall = in.overall.plus(x)
		if g.kind == audit.KindMissing {
			in.missing = &x
		} else {
			in.values = append(in.values, x)
		}
	}
	return in
}

// planSlate builds the plan of a detector that measures slots per attribute, and
// numbers of whole lists where the log has lists.
func planSlate(detector string, spec *audit.Spec, lists []listNumber, measure func(*emitter, shown) []audit.Finding) detect.Plan {
	attributes := slateAttributes(spec)
	if spec.Slate == nil || !spec.Slate.Whole {
		lists = nil
	}
	var p detect.Plan
	for _, a := range attributes {
		p.Needs = append(p.Needs, slateNeeds(spec, a)...)
		for _, n := range lists {
			p.Needs = append(p.Needs, listNeeds(spec, a, n)...)
		}
	}
	p.Detect = func(tables detect.Tables) (detect.Output, error) {
		e := newEmitter(detector, spec)
		var out detect.Output
		for _, a := range attributes {
			var counts []*table.Counts
			for _, n := range slateNeeds(spec, a) {
				counts = append(counts, tables.Counts(n))
			}
			s := readSlate(spec, a, counts)
			s.tables = tables
			for _, n := range lists {
				var values []*table.Values
				for _, need := range listNeeds(spec, a, n) {
					values = append(values, tables.Values(need))
				}
				s.lists = append(s.lists, readLists(spec, values))
			}
			if s.absent != "" {
				e.note("attribute " + a.Name + ": " + s.absent)
			}
			out.Findings = append(out.Findings, measure(e, s)...)
		}
		out.Measurements, out.Notes = e.out, e.notes
		return out, nil
	}
	return p
}

// weight is how much attention a place gets.
type weight struct {
	stat.Attention
	from string // where the weights of empirical are from
}

// formula says what the weight is.
func (w weight) formula() string {
	switch w.Name {
	case "trec":
		return "1/log2(max(j, 2))"
	case "reciprocal":
		return "1/j"
	case "uniform":
		return "1 for j <= " + strconv.Itoa(w.K)
	case "geometric":
		cut := ""
		if w.K > 0 {
			cut = fmt.Sprintf(" for j <= %d", w.K)
		}
		return fmt.Sprintf("p (1 - p)^(j - 1), p = %s%s", number(w.P), cut)
	case "empirical":
		return "by place: " + w.from
	}
	return "1/log2(j + 1)"
}

// exposure sums the weights of the places of a shard, and counts its slots.
func (w weight) exposure(places []int64) (sum float64, n int64) {
	for place, c := range places {
		if place > 0 && c > 0 {
			sum = float64(float64(c)*w.At(place)) + sum
		}
		n += c
	}
	return sum, n
}
