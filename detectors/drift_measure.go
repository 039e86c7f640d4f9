package detectors

import (
	"maps"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// moved is one comparison of a column with the reference.
type moved struct {
	column   watched
	names    []string  // of categories
	hashed   bool      // categories are hash buckets
	edges    []float64 // of numbers
	ref, cur *portion
	parts    []*portion // the reference by its windows, for the tool that looks at them
	s        section    // names the attribute, if any
	in       slice
	group    group // GroupKind overall without an attribute
	against  string
	brief    bool // distances and missing values only
}

// put keeps a measurement of a comparison.
func (d *drift) put(m moved, metric string, x audit.Measurement) {
	x.Column, x.Group, x.GroupKind = &m.column.name, m.group.label(), m.group.kind
	if m.against != "" {
		x.Reference = &m.against
	}
	if x.N == 0 {
		x.N = m.cur.n()
	}
	if m.hashed {
		x.Parameters = maps.Clone(x.Parameters)
		if x.Parameters == nil {
			x.Parameters = map[string]string{}
		}
		x.Parameters["hash_buckets"] = strconv.Itoa(table.Hashes)
	}
	d.addScore(m.s, m.in, d.metrics[metric], x)
}

// key names the random draws of a comparison.
func (m moved) key(what string) []string {
	return []string{"drift", what, m.column.name, m.s.attribute.Name, m.group.name, string(m.group.kind), m.in.window}
}

// measure emits every number of a comparison.
func (d *drift) measure(m moved) {
	note := ""
	switch {
	case m.cur.rows == 0:
		note = "undefined: no row in the compared windows"
	case m.cur.n() == 0:
		note = "undefined: every value is missing here"
	}
	ref, cur := m.ref.counts, m.cur.counts
	if m.column.numeric {
		ref, cur = m.ref.numbers.all.Cut(m.edges, false), m.cur.numbers.all.Cut(m.edges, false)
	}
	d.distances(m, ref, cur, note)
	if m.column.numeric {
		d.numbers(m, note)
	}
	d.missing(m)
	if m.brief {
		return
	}
	if !m.column.numeric {
		d.categories(m)
	}
	d.compat(m, ref, cur, note)
}

// distances emits the distances of two tables of counts.
func (d *drift) distances(m moved, ref, cur []int64, note string) {
	var value stat.Distances
	var by random
	if note == "" {
		value, _ = stat.Compare(ref, cur, d.params.Fill) // both have rows
		by = d.random(m, ref, cur)
	}
	for _, x := range tableDistances() {
		v := x.of(value)
		if note == "" && math.IsInf(v, 1) {
			d.put(m, x.metric, audit.Measurement{Note: "undefined: infinite, because a category or bin of the reference is empty here"})
			continue
		}
		out := valued(v, note)
		if note == "" {
			d.chance(&out, by, x, v, m.in.gate)
		}
		if x.metric == "chi_square" && note == "" {
			if t, err := by.test(value); err == nil {
				out.Test, out.P = t.Method, &t.P
			}
			out.Parameters = map[string]string{"df": plain(float64(value.DF))}
		}
		d.put(m, x.metric, out)
	}
}

// random is what distances of two tables are by chance.
type random struct {
	none, again stat.Resamples // of no change, and of the tables themselves where an interval is asked for
	design      *stat.Design   // where rows are told apart by person
	sparse      bool           // too few rows per category for an interval
	err         error          // why there is no chance to speak of
}

func (d *drift) random(m moved, ref, cur []int64) random {
	known := d.pair(m)
	if known.tables == nil {
		known.tables = d.draw(m, ref, cur)
		if d.room.none = known.tables.none; known.tables.again != nil {
			d.room.again = known.tables.again
		}
	}
	return *known.tables
}

func (d *drift) draw(m moved, ref, cur []int64) *random {
	out := &random{}
	times := d.draws(m.in, distanceNames()...)
	first, second := stat.Generator(d.in.seed, m.key("unchanged")...), stat.Generator(d.in.seed, m.key("again")...)
	if !m.column.people {
		out.none = stat.Unchanged(first, ref, cur, d.params.Fill, times, d.room.none)
		n, k := sumOf(ref), sumOf(cur)
		if out.sparse = stat.Sparse(ref, cur, float64(n), float64(k)); m.in.gate && !out.sparse {
			out.again = stat.Again(second, ref, cur, d.params.Fill, drawsAll, d.room.again)
		}
		return out
	}
	design, err := stat.TableDesign(m.ref.byShard(m.edges), m.cur.byShard(m.edges))
	if out.design, out.err = &design, err; err != nil {
		return out
	}
	out.none = stat.UnchangedClustered(first, ref, cur, design, d.params.Fill, times, d.room.none)
	n, k := design.Sizes(ref, cur)
	if out.sparse = stat.Sparse(ref, cur, float64(n), float64(k)); m.in.gate && !out.sparse {
		out.again = stat.AgainClustered(second, ref, cur, design, d.params.Fill, drawsAll, d.room.again)
	}
	return out
}

// test is the chi-square test of a table.
func (r random) test(value stat.Distances) (stat.Test, error) {
	switch {
	case r.err != nil:
		return stat.Test{}, r.err
	case r.design != nil:
		return value.RaoScott(*r.design)
	}
	return value.Test(), nil
}

// chance gives a distance its null and interval, or the reason why it has none.
func (d *drift) chance(m *audit.Measurement, by random, x tableDistance, value float64, gate bool) {
	if by.err != nil {
		m.Note = "no interval and no chance to compare with: " + by.err.Error()
		return
	}
	method := stat.MethodTableBootstrap
	if by.design != nil {
		method, m.Shards = stat.MethodTableCluster, by.design.Shards
	}
	none := by.none.Of(x.of, d.room.oneNone)
	d.room.oneNone = none
	d.null(m, none.Null(value), method)
	if !gate || by.again == nil {
		if gate && by.sparse {
			m.Note = "no interval: most categories are too rare, with less than one row to be expected on the smaller side; the test is exact all the same"
		}
		return
	}
	again := by.again.Of(x.of, d.room.oneAgain)
	d.room.oneAgain = again
	i := again.AroundChange(none, value, d.in.alpha, x.square)
	if i.Method = method; math.IsInf(i.High, 0) || math.IsNaN(i.High) {
		m.Note = "no interval: in tables drawn anew the distance is infinite, because a category or bin of the reference is nearly empty here"
		return
	}
	m.Interval = detect.Interval(i, d.in.alpha)
}

func sumOf(counts []int64) int64 {
	var n int64
	for _, c := range counts {
		n += c
	}
	return n
}

// null notes what a distance is by chance, unless that is infinite.
func (d *drift) null(m *audit.Measurement, n stat.Null, test string) {
	if !math.IsInf(n.Limit, 0) && !math.IsNaN(n.Expected) && !math.IsInf(n.Expected, 0) {
		m.Null = &audit.Null{Expected: n.Expected, Limit: n.Limit}
	}
	m.Test, m.P = test, &n.P
}

// distanceNames lists the metrics of tableDistances.
func distanceNames() []string {
	var out []string
	for _, x := range tableDistances() {
		out = append(out, x.metric)
	}
	return out
}
