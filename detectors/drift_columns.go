package detectors

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// watched is a column that drift looks at.
type watched struct {
	name    string    // decision, score, label, group:sex, or a feature's column
	dim     table.Dim // of a column of categories
	value   string    // the role of a column of numbers
	numeric bool
	group   string // the attribute that it is
	spills  bool   // past 10,000 categories its table holds hashes
	hashed  bool   // they are compared then, and not refused
	people  bool   // rows are told apart by person
}

// watchedColumns lists what an audit lets drift look at, in the order of the
// result.
func watchedColumns(spec *audit.Spec, hash bool) []watched {
	var out []watched
	if spec.HasDecision {
		out = append(out, watched{name: "decision", dim: table.Decision})
	}
	if spec.HasScore {
		out = append(out, watched{name: "score", value: "score", numeric: true})
	}
	if spec.HasLabel {
		out = append(out, watched{name: "label", dim: table.Label})
	}
	for _, g := range spec.Groups {
		out = append(out, watched{name: "group:" + g.Name, dim: table.Group(g.Name), group: g.Name})
	}
	for _, r := range spec.Roles {
		if name, ok := strings.CutPrefix(r.Role, "feature:"); ok {
			w := watched{name: name, dim: table.Column(r.Role), value: r.Role, numeric: r.Numeric}
			if !r.Numeric { // of as many values as there may be, in bounded memory
				w.dim, w.spills, w.hashed = table.ColumnHash(r.Role), true, hash
			}
			out = append(out, w)
		}
	}
	for i := range out {
		out[i].people = spec.HasSubject
	}
	return out
}

// need is the table of a column by other dimensions.
func (w watched) need(by ...table.Dim) table.Need {
	if w.people {
		by = append(slices.Clone(by), table.Shard)
	}
	if w.numeric {
		return table.Need{Dims: by, Value: w.value}
	}
	return table.Need{Dims: append(slices.Clone(by), w.dim)}
}

// portion is a column in some rows: how often each category or number occurs.
type portion struct {
	counts  []int64 // by category of the column's table
	numbers *scores // of a column of numbers
	missing int64
	rows    int64 // with a value or without

	parts  []*scores    // of numbers, not yet pooled
	dealt  []dealt      // with a subject: counts by shard
	shards []stat.Shard // with a subject: rows without a value, and all rows
}

func (p *portion) n() int64 { return p.rows - p.missing }

// pooled adds portions of one table up.
func pooled(parts []*portion, categories int) *portion {
	out := &portion{counts: make([]int64, categories)}
	for _, p := range parts {
		if p == nil {
			continue
		}
		for i, n := range p.counts {
			out.counts[i] += n
		}
		out.missing, out.rows = out.missing+p.missing, out.rows+p.rows
		out.parts, out.dealt = append(out.parts, p.parts...), append(out.dealt, p.dealt...)
		for g, s := range p.shards {
			at := out.shard(g + 1)
			at.K, at.N = at.K+s.K, at.N+s.N
		}
	}
	out.numbers = poolAll(out.parts)
	return out
}

// portions is a column's table by one other dimension, or by two.
type portions struct {
	names   []string // of the categories
	hashes  []bool   // which of them are hashes of values, as they were read
	hashed  bool     // all of them are
	windows []table.Category
	groups  []table.Category
	cells   map[[2]int]*portion // by window and group; 0 where the table lacks one
}

// all pools the parts of some windows and, unless it is negative, of one group.
func (p portions) all(in func(window int) bool, group int) *portion {
	var some []*portion
	for w := range max(1, len(p.windows)) {
		for g := range max(1, len(p.groups)) {
			if in(w) && (group < 0 || g == group) {
				some = append(some, p.cells[[2]int{w, g}])
			}
		}
	}
	return pooled(some, len(p.names))
}

// read reads a column's table.
func (w watched) read(tables detect.Tables, group table.Dim, by ...table.Dim) portions {
	need := w.need(by...)
	if w.numeric {
		return w.readNumbers(tables.Values(need), group)
	}
	c := tables.Counts(need)
	out := portions{windows: c.Categories(table.Window), groups: c.Categories(group), cells: map[[2]int]*portion{}}
	cats, at := c.Categories(w.dim), slices.Index(c.Dims(), w.dim)
	for _, cat := range cats {
		out.names = append(out.names, cat.Name)
		out.hashes = append(out.hashes, w.spills && cat.Order > 0)
	}
	find, shard := places(c.Dims(), group), shardOf(c.Dims(), c.Categories(table.Shard))
	c.Each(func(codes []int, cell table.Cell) {
		cat := cats[codes[at]]
		if w.dim == table.Label && cat.Name == table.Immature {
			return // whether a label is old enough is a matter of time, not of the label
		}
		p := out.at(find(codes), len(cats))
		in := shard(codes)
		p.row(in, cell.N)
		if cat.Missing || w.dim == table.Label && (cat.Name == table.Unknown || cat.Name == table.Unlisted) {
			p.lost(in, cell.N)
			return
		}
		p.counts[codes[at]] += cell.N
		if in > 0 {
			p.dealt = append(p.dealt, dealt{in - 1, codes[at], cell.N})
		}
	})
	return out
}

func (w watched) readNumbers(v *table.Values, group table.Dim) portions {
	out := portions{windows: v.Categories(table.Window), groups: v.Categories(group), cells: map[[2]int]*portion{}}
	find, shard := places(v.Dims(), group), shardOf(v.Dims(), v.Categories(table.Shard))
	v.Each(func(codes []int, d *table.Distribution) {
		p := out.at(find(codes), 0)
		in := shard(codes)
		p.parts = append(p.parts, numbersOf(d, "", in, !v.Exact()))
		p.row(in, d.All().N)
		p.lost(in, d.All().N-d.Cell.N)
	})
	return out
}

func (p *portions) at(key [2]int, categories int) *portion {
	if p.cells[key] == nil {
		p.cells[key] = &portion{counts: make([]int64, categories)}
	}
	return p.cells[key]
}

// places finds window and group of a cell.
func places(dims []table.Dim, group table.Dim) func(codes []int) [2]int {
	w, g := slices.Index(dims, table.Window), slices.Index(dims, group)
	return func(codes []int) (key [2]int) {
		if w >= 0 {
			key[0] = codes[w]
		}
		if g >= 0 {
			key[1] = codes[g]
		}
		return key
	}
}

// referenceEdges are the inner edges of quantile bins of the reference: those
// of its quantiles that differ, without the lowest and the highest. A reference
// of which nearly every number is the same gets a bin for that number alone.
func referenceEdges(ref stat.Sample, parts int) []float64 {
	quantiles, err := ref.Quantiles(parts)
	if err != nil {
		return nil
	}
	quantiles = slices.Compact(quantiles)
	if len(quantiles) > 2 {
		return quantiles[1 : len(quantiles)-1]
	}
	most := slices.MaxFunc(ref, func(a, b stat.Point) int { return int(min(1, max(-1, a.N-b.N))) })
	return []float64{most.X, math.Nextafter(most.X, math.Inf(1))}
}

// binNames writes bins: (-inf,28) [28,31) [31,inf).
func binNames(inner []float64) []string {
	out := make([]string, len(inner)+1)
	low := "(-inf"
	for i, e := range inner {
		out[i] = low + "," + plain(e) + ")"
		low = "[" + plain(e)
	}
	out[len(inner)] = low + ",inf)"
	return out
}

// refused says that a column has more categories than can be compared, and why
// it is left out; "" if it has not.
func (w watched) refused(most int, tables ...*portions) string {
	if w.numeric || w.hashed {
		return ""
	}
	for _, p := range tables {
		n := ""
		switch {
		case slices.Contains(p.hashes, true):
			n = "more than " + thousands(spillAt)
		case len(p.names) > most:
			n = thousands(len(p.names))
		default:
			continue
		}
		return fmt.Sprintf("column %s has %s categories, above max_categories (%s): its drift was not measured; merge values, cut it into bins, or set high_cardinality: hash", w.name, n, thousands(most))
	}
	return ""
}

// spillAt is how many categories a column's table tells apart (table.ColumnHash).
const spillAt = 10_000

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
