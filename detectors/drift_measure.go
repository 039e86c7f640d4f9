package detectors

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// moved is one comparison of a column with the reference.
type moved struct {
	column   watched
	names    []string  // of categories
	edges    []float64 // of numbers
	ref, cur *portion
	s        section // names the attribute, if any
	in       slice
	group    group // GroupKind overall without an attribute
	against  string
	brief    bool // only the main distances
}

// windows compares the windows of a column with the reference windows.
func (d *drift) windows(tables detect.Tables, w watched) {
	p := w.read(tables, "", table.Window)
	if !w.numeric && len(p.names) > d.params.MaxCategories {
		d.note(tooMany(w.name, len(p.names), d.params.MaxCategories))
		return
	}
	isRef, refOf := d.reference(tables, w, &p, "", table.Window)
	ref := refOf(-1)
	if ref.n() == 0 {
		d.notes = append(d.notes, "column "+w.name+": no row of the reference has a value, so nothing can be compared with them")
		return
	}
	if !slices.Contains(isRef, false) {
		d.note("drift: the log has no window besides the reference, so there is nothing to compare with it")
		return
	}
	m := moved{column: w, names: p.names, edges: d.edges(w, ref), ref: ref, group: group{kind: audit.KindOverall}}
	m.cur = p.all(func(i int) bool { return i < len(isRef) && !isRef[i] }, -1)
	m.in = slice{window: detect.GateWindow, gate: true}
	d.measure(m)
	d.table(m)
	for i, cat := range p.windows {
		if !isRef[i] {
			m.in = slice{window: cat.Name}
			m.cur = p.all(func(j int) bool { return j == i }, -1)
			d.measure(m)
		}
	}
	for _, a := range d.attributes {
		if a.Name != w.group {
			d.within(tables, m, a)
		}
	}
}

// note keeps a note once.
func (d *drift) note(text string) {
	if !slices.Contains(d.notes, text) {
		d.notes = append(d.notes, text)
	}
}

// edges are the bins of a column of numbers.
func (d *drift) edges(w watched, ref *portion) []float64 {
	switch {
	case !w.numeric:
		return nil
	case d.params.Bins[w.name] != nil:
		return d.params.Bins[w.name]
	}
	return referenceEdges(ref.numbers.all, d.params.Quantiles)
}

// most is how many groups of an attribute drift looks inside of.
const mostGroups = 50

// within compares inside each group of an attribute, over all windows.
func (d *drift) within(tables detect.Tables, m moved, a detect.Attribute) {
	dim := a.Dims()[0]
	p := m.column.read(tables, dim, append(a.Dims(), table.Window)...)
	isRef, refOf := d.reference(tables, m.column, &p, dim, append(a.Dims(), table.Window)...)
	m.names, m.s, m.in, m.brief = p.names, section{attribute: a}, slice{window: detect.GateWindow}, true
	for g, cat := range p.groups {
		if g >= mostGroups {
			break
		}
		m.group = group{name: cat.Name, kind: audit.KindValue}
		if cat.Missing {
			m.group.kind = audit.KindMissing
		}
		m.ref = refOf(g)
		m.cur = p.all(func(i int) bool { return i < len(isRef) && !isRef[i] }, g)
		if min(m.ref.n(), m.cur.n()) >= max(1, a.MinRows) {
			d.measure(m)
		}
	}
}

// groups compares each group of every attribute with its reference.
func (d *drift) groups(tables detect.Tables, w watched) {
	for _, a := range d.attributes {
		if a.Name == w.group {
			continue
		}
		known := detect.Describe(d.spec, a, tables.Counts(detect.GroupNeed(d.spec, a)))
		if known.Chosen == nil {
			d.note("attribute " + a.Name + " has no single reference group, so drift does not compare its groups")
			continue
		}
		p := w.read(tables, a.Dims()[0], a.Dims()...)
		if !w.numeric && len(p.names) > d.params.MaxCategories {
			d.note(tooMany(w.name, len(p.names), d.params.MaxCategories))
			return
		}
		all := func(int) bool { return true }
		m := moved{column: w, names: p.names, s: section{attribute: a}, in: slice{window: detect.GateWindow}, against: *known.Chosen}
		for g, cat := range p.groups {
			if !cat.Missing && cat.Name == m.against {
				m.ref = p.all(all, g)
			}
		}
		if m.ref == nil || m.ref.n() == 0 {
			continue
		}
		m.edges = d.edges(w, m.ref)
		for g, cat := range p.groups {
			if cat.Missing || cat.Name == m.against || g >= mostGroups {
				continue
			}
			m.group, m.cur = group{name: cat.Name, kind: audit.KindValue}, p.all(all, g)
			d.measure(m)
		}
	}
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

// missing emits the share of rows without a value, and its change.
func (d *drift) missing(m moved) {
	now, then := proportion{k: m.cur.missing, n: m.cur.rows}, proportion{k: m.ref.missing, n: m.ref.rows}
	share := audit.Measurement{N: now.n, Value: float(now.value()), Numerator: &now.k, Denominator: &now.n, RefNum: &then.k, RefDen: &then.n}
	change := share
	if now.n == 0 {
		share.Note = "undefined: no row in the compared windows"
		change.Note = share.Note
	} else {
		share.Interval, share.Note = d.in.rate(now)
		change.Value = float(minus(now.value(), then.value()))
		change.Interval, change.Note = d.in.difference(now, then)
		if m.in.gate {
			change.Test, change.P = d.in.test(now, then)
		}
	}
	d.put(m, "missing_share", share)
	d.put(m, "missing_share_difference", change)
}

// categories emits how many categories are new and how many are gone.
func (d *drift) categories(m moved) {
	var fresh, gone []string
	for i, name := range m.names {
		switch now, then := m.cur.counts[i] > 0, m.ref.counts[i] > 0; {
		case now && !then:
			fresh = append(fresh, name)
		case then && !now:
			gone = append(gone, name)
		}
	}
	for _, x := range []struct {
		metric string
		names  []string
	}{{"new_categories", fresh}, {"vanished_categories", gone}} {
		n := float64(len(x.names))
		out := audit.Measurement{Value: &n}
		if len(x.names) > 0 {
			out.Note = some(x.names, 12)
		}
		if m.cur.n() == 0 {
			out = audit.Measurement{Note: "undefined: no value in the compared windows"}
		}
		d.put(m, x.metric, out)
	}
}

// table prints the bins or categories of a column: reference and all compared
// windows.
func (d *drift) table(m moved) {
	out := audit.Table{ID: "drift/" + m.column.name, Detector: "drift", Kind: "bins",
		Title:   "Column " + m.column.name + ", reference and compared windows",
		Columns: []string{"bin", "low", "high", "reference", "current"}}
	if m.column.numeric {
		ref, cur := m.ref.numbers.all.Cut(m.edges, false), m.cur.numbers.all.Cut(m.edges, false)
		for i, name := range binNames(m.edges) {
			row := []any{name, nil, nil, ref[i], cur[i]}
			if i > 0 {
				row[1] = m.edges[i-1]
			}
			if i < len(m.edges) {
				row[2] = m.edges[i]
			}
			out.Rows = append(out.Rows, row)
		}
		d.tables = append(d.tables, out)
		return
	}
	for i, name := range m.names {
		if m.ref.counts[i]+m.cur.counts[i] > 0 {
			out.Rows = append(out.Rows, []any{name, nil, nil, m.ref.counts[i], m.cur.counts[i]})
		}
	}
	d.tables = append(d.tables, out)
}

// distanceNames lists the metrics of tableDistances.
func distanceNames() []string {
	var out []string
	for _, x := range tableDistances() {
		out = append(out, x.metric)
	}
	return out
}
