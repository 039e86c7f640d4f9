package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// moved is one comparison of a column with the reference.
type moved struct {
	column   watched
	names    []string  // of categories
	edges    []float64 // of numbers
	ref, cur *portion
	parts    []*portion // the reference by its windows, for the tool that looks at them
	s        section    // names the attribute, if any
	in       slice
	group    group // GroupKind overall without an attribute
	against  string
	brief    bool // only the main distances
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
	d.addScore(m.s, m.in, metricOf(driftMetrics(), metric), x)
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
	var chance, again stat.Resamples
	if note == "" {
		value, _ = stat.Compare(ref, cur, d.params.Fill) // both have rows
		times := d.draws(m.in, distanceNames()...)
		chance = stat.Unchanged(stat.Generator(d.in.seed, m.key("unchanged")...), ref, cur, d.params.Fill, times)
		if m.in.gate {
			again = stat.Again(stat.Generator(d.in.seed, m.key("again")...), ref, cur, d.params.Fill, drawsAll)
		}
	}
	for _, x := range tableDistances() {
		if m.brief && !x.main {
			continue
		}
		v := x.of(value)
		if note == "" && math.IsInf(v, 1) {
			d.put(m, x.metric, audit.Measurement{Note: "undefined: infinite, because a category or bin of the reference is empty here"})
			continue
		}
		out := valued(v, note)
		if note == "" {
			d.null(&out, chance.Of(x.of).Null(v), stat.MethodTableBootstrap)
			if again != nil {
				if i := again.Of(x.of).Around(v, d.in.alpha); !math.IsInf(i.High, 0) && !math.IsNaN(i.High) {
					out.Interval = detect.Interval(i, d.in.alpha)
				}
			}
		}
		if x.metric == "chi_square" && note == "" {
			t := value.Test()
			out.Test, out.P = t.Method, &t.P
			out.Parameters = map[string]string{"df": plain(float64(value.DF))}
		}
		d.put(m, x.metric, out)
	}
}

// null notes what a distance is by chance, unless that is infinite.
func (d *drift) null(m *audit.Measurement, n stat.Null, test string) {
	if !math.IsInf(n.Limit, 0) && !math.IsNaN(n.Expected) && !math.IsInf(n.Expected, 0) {
		m.Null = &audit.Null{Expected: n.Expected, Limit: n.Limit}
	}
	m.Test, m.P = test, &n.P
}

// numbers emits the distances that need no bins.
func (d *drift) numbers(m moved, note string) {
	ref, cur := m.ref.numbers.all, m.cur.numbers.all
	var ks stat.KS
	var area, sd float64
	var forKS, forArea stat.Null
	if note == "" {
		ks, _ = stat.KolmogorovSmirnov(cur, ref) // both have rows
		area, _ = stat.Wasserstein(cur, ref)
		sd = math.Sqrt(m.ref.numbers.moments().Variance)
		rng := stat.Generator(d.in.seed, m.key("bridge")...)
		forKS, forArea = stat.NewBridge(ref, cur).Null(rng, d.draws(m.in, "ks", "wasserstein", "wasserstein_standardized"), ks.Value, area)
	}
	out := valued(ks.Value, note)
	if note == "" {
		d.null(&out, forKS, stat.MethodBridge)
		if m.in.gate {
			i, err := ks.Interval(d.in.alpha)
			d.in.noted(&out, i, err)
		}
	}
	d.put(m, "ks", out)
	for _, x := range []struct {
		metric string
		unit   float64
	}{{"wasserstein", 1}, {"wasserstein_standardized", sd}} {
		if note == "" && !(x.unit > 0) {
			d.put(m, x.metric, audit.Measurement{Note: "undefined: every number of the reference is the same"})
			continue
		}
		out := valued(area/x.unit, note)
		if note == "" {
			d.null(&out, stat.Null{Expected: forArea.Expected / x.unit, Limit: forArea.Limit / x.unit, P: forArea.P}, stat.MethodBridge)
			if m.in.gate {
				i, err := stat.WassersteinInterval(cur, ref, d.in.alpha)
				i.Low, i.High = i.Low/x.unit, i.High/x.unit
				d.in.noted(&out, i, err)
			}
		}
		d.put(m, x.metric, out)
	}
}

// distanceNames lists the metrics of tableDistances.
func distanceNames() []string {
	var out []string
	for _, x := range tableDistances() {
		out = append(out, x.metric)
	}
	return out
}
