package detectors

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// TargetingParams are the parameters of Targeting.
type TargetingParams struct {
	Segment string `yaml:"segment" doc:"column that says which segment, audience or list a row is in"`
}

// Columns are the columns that the parameters name, by their places.
func (p TargetingParams) Columns() map[string]string { return map[string]string{"segment": p.Segment} }

// Targeting measures whether segments stand for groups.
func Targeting() detect.Detector {
	return detect.Detector{
		Name:  "targeting",
		Title: "Segments and groups",
		Doc: `Whether the segments that are targeted stand for groups: each group's share of each segment (segment_share), over its share of
everybody in the log (segment_index) and, where the attribute has a population table, of the population (population_index, with a
chi-square per segment); how strongly segment and group go together (segment_cramers_v, corrected for bias), and how much of
what there is to know about somebody's group the segment tells (proxy_strength): 0 is nothing, 1 is all. A segment can stand for a
group though nobody meant it to. Rows with a missing group are left out, and the missing segment is a segment.`,
		How: `Shares have Wilson's interval (1927); an index has that of its share, divided by the other, which is taken as given. A group's share of
a segment is held against that of all other rows by Fisher's mid-p, Holm over segments and groups. Cramér's V: Bergsma 2013.
With a subject, intervals and tests of shares follow people, and no chi-square is given a p.`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: targetingMetrics(),
		Params:  TargetingParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(TargetingParams)
			if p.Segment == "" {
				return detect.Plan{}, errors.New("segment is missing: the column that says which segment a row is in")
			}
			d := targeting{spec, p}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func targetingMetrics() []detect.Metric {
	metric := func(name, title, doc, convention, source string, scale detect.Scale, high string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 1, Shown: true, Range: detect.Range{Low: "0", High: high}}
	}
	return []detect.Metric{
		metric("segment_share", "Share of the segment", "Share of a segment that is of the group.", "rows of the group in the segment / rows of the segment with a known group", "Interval: Wilson 1927", detect.ScaleRate, ""),
		metric("segment_index", "Index of the segment", "How many times its share of everybody in the log the group has of the segment.", "share of the segment / share of all rows with a known group",
			"index of media planning, as a ratio. Test: Fisher mid-p of segment against all other rows, Holm", detect.ScaleRatio, ""),
		metric("population_index", "Index against the population", "How many times its share of the population the group has of the segment.", "share of the segment / share of the population", "the attribute's population table", detect.ScaleRatio, ""),
		metric("population_chi_square", "Segment against the population", "How far a segment's groups are from the population's; compare it with its p.", "Σ (rows − expected)² / expected, expected: rows of the segment x share of the population",
			"Pearson 1900. Test: chi-square; no p where an expected count is below 5 in more than a fifth of the groups, or where rows are of people", detect.ScaleNumber, ""),
		metric("segment_chi_square", "Segments against groups", "How far segments' groups are from one set of shares for all; compare it with its p.", "Σ (rows − expected)² / expected", "Pearson 1900. As population_chi_square", detect.ScaleNumber, ""),
		metric("segment_cramers_v", "Cramér's V of segment and group", "How strongly segment and group go together: 0 is no more than by chance, 1 is that one tells the other.", "bias-corrected, as cramers_v", "Bergsma 2013", detect.ScaleNumber, "1"),
		metric("proxy_strength", "Strength as a proxy", "How much of what there is to know about the group of somebody the segment tells. It is a little above 0 by chance: see null.", "mutual information of segment and group / entropy of the group",
			"uncertainty coefficient, Theil 1970. By chance: 2 n x mutual information is chi-square", detect.ScaleNumber, "1"),
	}
}

type targeting struct {
	spec   *audit.Spec
	params TargetingParams
}

func (d targeting) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(d.spec) {
		out = append(out, d.need(a))
	}
	return out
}

func (d targeting) need(a detect.Attribute) table.Need {
	dims := append(a.Dims(), table.Text(d.params.Segment))
	if d.spec.HasSubject {
		dims = append(dims, table.Subject)
	}
	return table.Need{Dims: dims, InScope: true}
}

// segments is who is in each segment.
type segments struct {
	audiences
	in []audience // by segment
}

func (d targeting) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("targeting", d.spec)
	var found []audit.Finding
	for _, a := range detect.Attributes(d.spec) {
		s := d.read(a, t.Counts(d.need(a)))
		if all := s.all.stages[0].totals(); all[len(s.names)] > 0 {
			e.note(fmt.Sprintf("%s rows have no %s and are in no segment's shares", whole(all[len(s.names)]), a.Name))
		}
		d.shares(e, s)
		d.population(e, s)
		d.together(e, s)
		found = append(found, d.tell(e, s)...)
	}
	canonical(e.out, targetingMetrics())
	d.placed(e.out, found)
	return detect.Output{Measurements: e.out, Findings: found, Notes: e.notes}, nil
}

// read counts who is in each segment and in all.
func (d targeting) read(a detect.Attribute, c *table.Counts) segments {
	grouping, dims := a.Group(c), c.Dims()
	dim := table.Text(d.params.Segment)
	at, cats := slices.Index(dims, dim), c.Categories(dim)
	subject, people := slices.Index(dims, table.Subject), c.Categories(table.Subject)
	each := table.EachSubject(people)
	empty := func() audience {
		out := make(audience, max(1, len(people)))
		for i := range out {
			out[i] = make([]int64, len(grouping.Names)+1)
		}
		return out
	}
	out := segments{audiences: audiences{section: section{attribute: a, each: each}, names: grouping.Names, each: each, sharded: subject >= 0}}
	out.all = showing{in: slice{window: detect.GateWindow}, stages: []audience{empty()}}
	for _, s := range cats {
		name := s.Name
		if s.Missing {
			name = "(missing)"
		}
		out.ads = append(out.ads, showing{in: slice{window: detect.GateWindow, stratum: &name}})
		out.in = append(out.in, empty())
	}
	c.Each(func(codes []int, cell table.Cell) {
		g, shard := grouping.Of(codes), 0
		if g < 0 {
			g = len(grouping.Names)
		}
		if subject >= 0 {
			shard = codes[subject]
		}
		out.in[codes[at]][shard][g] += cell.N
		out.all.stages[0][shard][g] += cell.N
	})
	return out
}

// shares emits every group's share of every segment, and its index.
func (d targeting) shares(e *emitter, s segments) {
	var at []int
	var ps []float64
	for i, seg := range s.ads {
		for g := range s.names {
			p, all := s.share(s.in[i], g), s.share(s.all.stages[0], g)
			others := s.share(s.all.stages[0].less(s.in[i]), g)
			m := audit.Measurement{Group: &s.names[g], GroupKind: audit.KindValue, N: p.n, Numerator: &p.k, Denominator: &p.n, Value: float(p.value()), Shards: shardsUsed(p)}
			index := audit.Measurement{Group: &s.names[g], GroupKind: audit.KindValue, N: p.n, Numerator: &p.k, Denominator: &p.n, RefNum: &all.k, RefDen: &all.n, Shards: m.Shards}
			if m.Value == nil {
				m.Note = "undefined: nobody of a known group is in this segment"
				index.Note = m.Note
			} else {
				m.Interval, m.Note = e.in.rate(p)
				if index.Value = float(over(p.value(), all.value())); index.Value == nil {
					index.Note = "undefined: the group has no row"
				} else {
					index.Interval = divided(m.Interval, float64(all.n)/float64(all.k))
					index.Test, index.P = e.in.test(p, others)
				}
			}
			e.add(s.section, seg.in, "segment_share", e.metrics["segment_share"].Convention, m)
			if index.P != nil {
				at, ps = append(at, len(e.out)), append(ps, *index.P)
			}
			e.add(s.section, seg.in, "segment_index", e.metrics["segment_index"].Convention, index)
		}
	}
	for i, p := range stat.Holm(ps) {
		m := &e.out[at[i]]
		m.Joint = &audit.Joint{Pairs: len(ps), PairTest: m.Test, PairP: *m.P}
		m.P, m.Test = &p, m.Test+", holm"
	}
}

// population emits how segments are composed beside the population, if there is one.
func (d targeting) population(e *emitter, s segments) {
	r := representation{spec: d.spec}
	people, ok := r.population(s.attribute)
	if !ok {
		return
	}
	shares := make([]float64, len(s.names))
	for _, x := range people.Shares {
		if g := slices.Index(s.names, detect.Cross(x.Values...)); g >= 0 {
			shares[g] = float64(x.Count) / float64(x.Total)
		}
	}
	for i, seg := range s.ads {
		counts := s.in[i].totals()[:len(s.names)]
		n, statistic, small, groups := sumOf(counts), 0.0, 0, 0
		for g, c := range counts {
			p := s.share(s.in[i], g)
			m := audit.Measurement{Group: &s.names[g], GroupKind: audit.KindValue, N: n, Numerator: &p.k, Denominator: &p.n, Shards: shardsUsed(p)}
			if n == 0 || !(shares[g] > 0) {
				m.Note = "undefined: the segment has no known row, or the population no such group"
			} else {
				expected := float64(n) * shares[g]
				v := float64(c) / expected
				interval, _ := e.in.rate(p)
				m.Value, m.Interval = &v, divided(interval, 1/shares[g])
				statistic += float64((float64(c)-expected)*(float64(c)-expected)) / expected
				if groups++; expected < 5 {
					small++
				}
			}
			e.add(s.section, seg.in, "population_index", e.metrics["population_index"].Convention, m)
		}
		m := audit.Measurement{GroupKind: audit.KindOverall, N: n}
		if groups < 2 {
			m.Note = "undefined: fewer than two groups of the population"
		} else {
			m.Value = &statistic
			d.chi(&m, statistic, groups-1, 5*small > groups)
		}
		e.add(s.section, seg.in, "population_chi_square", e.metrics["population_chi_square"].Convention, m)
	}
}

// chi adds the test of a chi-square, where it has one.
func (d targeting) chi(m *audit.Measurement, statistic float64, df int, sparse bool) {
	m.Parameters = map[string]string{"df": strconv.Itoa(df)}
	switch {
	case d.spec.HasSubject:
		m.Note = "no p: rows of one person are not independent; the shares' intervals follow people"
	case sparse:
		m.Note = "no p: more than a fifth of the expected counts are below 5"
	default:
		p := stat.ChiSquareSF(statistic, df)
		m.P, m.Test = &p, stat.MethodChiSquare
	}
}

// together emits how strongly segments and groups go together.
func (d targeting) together(e *emitter, s segments) {
	counts, n := make([][]float64, len(s.in)), 0.0
	for i, seg := range s.in {
		for _, c := range seg.totals()[:len(s.names)] {
			counts[i], n = append(counts[i], float64(c)), n+float64(c)
		}
	}
	x := pearson(counts)
	chi, v, proxy := audit.Measurement{GroupKind: audit.KindOverall, N: int64(n)}, audit.Measurement{GroupKind: audit.KindOverall, N: int64(n)}, audit.Measurement{GroupKind: audit.KindOverall, N: int64(n)}
	if x.rows < 2 || x.columns < 2 {
		chi.Note = "undefined: fewer than two groups or two segments"
		v.Note, proxy.Note = chi.Note, chi.Note
	} else {
		df := (x.rows - 1) * (x.columns - 1)
		chi.Value = &x.statistic
		d.chi(&chi, x.statistic, df, x.sparse)
		cramer := x.cramersV()
		information, entropy := mutual(counts)
		strength := information / entropy
		v.Value, proxy.Value = &cramer, &strength
		if !d.spec.HasSubject {
			proxy.Null = &audit.Null{Expected: float64(df) / (2 * n * entropy), Limit: distuv.ChiSquared{K: float64(df)}.Quantile(0.95) / (2 * n * entropy)}
		}
	}
	e.add(s.section, s.all.in, "segment_chi_square", e.metrics["segment_chi_square"].Convention, chi)
	e.add(s.section, s.all.in, "segment_cramers_v", e.metrics["segment_cramers_v"].Convention, v)
	e.add(s.section, s.all.in, "proxy_strength", e.metrics["proxy_strength"].Convention, proxy)
}

// mutual is the mutual information of rows and columns, and the entropy of columns, in
// nats.
func mutual(counts [][]float64) (information, entropy float64) {
	rows, columns, n := make([]float64, len(counts)), make([]float64, len(counts[0])), 0.0
	for i, row := range counts {
		for k, c := range row {
			rows[i], columns[k], n = rows[i]+c, columns[k]+c, n+c
		}
	}
	for i, row := range counts {
		for k, c := range row {
			if c > 0 {
				information += c / n * math.Log(c/rows[i]*(n/columns[k]))
			}
		}
	}
	for _, c := range columns {
		if c > 0 {
			entropy -= c / n * math.Log(c/n)
		}
	}
	return max(0, information), entropy
}

// apartOf is how far a group's share of a segment is from its share of all rows.
func apartOf(m audit.Measurement) float64 {
	return math.Abs(ratio(*m.Numerator, *m.Denominator) - ratio(*m.RefNum, *m.RefDen))
}

// most is the segment whose share of a group is furthest from that of all, beyond chance.
func (d targeting) most(ms []audit.Measurement, attribute string, alpha float64) int {
	best := -1
	for i, m := range ms {
		if m.Metric == "segment_index" && m.Attribute == attribute && m.P != nil && *m.P < alpha && (best < 0 || apartOf(m) > apartOf(ms[best])) {
			best = i
		}
	}
	return best
}

// tell says of the segment that stands most for a group.
func (d targeting) tell(e *emitter, s segments) []audit.Finding {
	at := d.most(e.out, s.attribute.Name, e.in.alpha)
	if at < 0 {
		return nil
	}
	m := e.out[at]
	return []audit.Finding{{ID: "targeting-" + s.attribute.Name, Detector: "targeting", Severity: audit.Info,
		Title:  fmt.Sprintf("Of the segment %s %.1f %% are %s, of all rows %.1f %%.", textOr(m.Stratum), percentOf(m.Numerator, m.Denominator), textOr(m.Group), percentOf(m.RefNum, m.RefDen)),
		Detail: fmt.Sprintf("%s of %s in the segment, %s of %s in all. p %s (Fisher mid-p or, with a subject, one that follows people; Holm over %d).", whole(*m.Numerator), whole(*m.Denominator), whole(*m.RefNum), whole(*m.RefDen), smallP(*m.P), m.Joint.Pairs)}}
}

// placed points each finding at its index.
func (d targeting) placed(ms []audit.Measurement, found []audit.Finding) {
	for i := range found {
		found[i].Measurements = []int{d.most(ms, found[i].ID[len("targeting-"):], d.spec.Alpha)}
	}
}
