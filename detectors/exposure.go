package detectors

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Exposure measures how much attention each group's items get.
func Exposure() detect.Detector {
	return detect.Detector{
		Name:  "exposure",
		Title: "Who is seen",
		Doc: `How much attention the places of each group get, when place j gets the weight that the parameter names: the
group's share of all exposure, its mean exposure per item that was offered (columns.slate.offered; what was offered and not
ranked has none) or, where that is not known, per item shown, and the ratio of means to the reference group's. Where it is
known which slots are one list AWRF, too: how far each list's attention is shared as its offers are, with TREC's weights. Where
columns.strata are given, within each stratum too. The weight is a convention: the same lists have another ratio under another,
and the named one is part of every number. With target, how far exposure is from shares that are declared (exposure_beyond_target: {max_difference: 0.05} sets a
limit). With relevance,
whether exposure goes to groups as their relevance does (disparate treatment and impact ratios; expected exposure; over all
lists together, amortized attention); without it, nothing here looks at how good an item is.`,
		How: `Exposures are sums over counts of places. Intervals and tests follow the list, or the subject where one is given, by a
delete-a-group jackknife (Kott 2001) and Student's t; a ratio on the log scale.`,
		Needs:   []detect.Role{detect.RoleSlate, detect.RoleGroups},
		Main:    "mean_exposure",
		Metrics: exposureMetrics(),
		Params:  ExposureParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			if len(spec.Groups) > 0 && len(slateAttributes(spec)) == 0 {
				return detect.Plan{}, errors.New("every attribute is listed under slate.users: none is about the items")
			}
			p, _ := params.(ExposureParams)
			x := exposure{params: p, weight: p.weight(), last: p.K}
			return x.plan(spec)
		},
	}
}

func exposureMetrics() []detect.Metric {
	return append([]detect.Metric{
		{Name: "exposure_share", Title: "Share of exposure", Null: detect.NullNone, Scale: detect.ScaleRate, Version: 1, Shown: true,
			Doc:        "Share of all exposure that the group's items get.",
			Convention: "sum of the weights of the group's places / sum of all weights of items with a known group",
			Source:     "Singh and Joachims 2018. Interval: jackknife over lists"},
		{Name: "mean_exposure", Title: "Mean exposure", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true,
			Doc:        "Exposure per item of the group that was offered, or shown where it is not known what was offered.",
			Convention: "sum of the weights of the group's places / slots of the group",
			Source:     "Singh and Joachims 2018. Interval: jackknife over lists"},
		{Name: "mean_exposure_ratio", Title: "Exposure ratio", Null: detect.NullNoGap, Scale: detect.ScaleRatio, Version: 1,
			Doc:        "How many times the mean exposure of the reference a group has.",
			Convention: "mean exposure of the group / mean exposure of the reference",
			Source:     "Singh and Joachims 2018, demographic parity of exposure. Interval and test: jackknife over lists, log scale, Student's t"},
		{Name: "awrf", Title: "Attention-weighted rank fairness", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true, Range: detect.Range{Low: "0", High: "1"},
			Doc:        "How much each list's attention is shared as what it offered is: 1 is exactly, .307 is all attention to groups that were not offered. It looks at each list alone, whoever wins over many.",
			Convention: "1 − Jensen-Shannon divergence, natural log, of the groups' attention in the list from their shares of what it offered (or showed); weight 1/log2(max(j, 2)) down to place k, if given; mean over lists",
			Source:     "TREC 2022 Fair Ranking (wptrec). Interval: jackknife over lists"},
	}, judgedMetrics()...)
}

type exposure struct {
	params ExposureParams
	weight weight
	last   int // place that AWRF looks at, 0 for all
}

// measure emits the numbers of one attribute.
func (x exposure) measure(e *emitter, s shown) []audit.Finding {
	if s.attribute.Reference.Policy == "rest" {
		e.note("exposure: ratios are against a group; reference: rest of " + s.attribute.Name + " gives none but the lowest against the highest")
	}
	for _, emit := range []func(*emitter, shown, shelves){x.shares, x.means, x.ratios} {
		for _, by := range s.by {
			emit(e, s, by)
		}
	}
	found := x.judged(e, s)
	if len(s.lists) > 0 {
		parameters := map[string]string{"weight": "trec", "formula": weight{Attention: stat.Attention{Name: "trec"}}.formula()}
		if x.last > 0 {
			parameters["k"] = strconv.Itoa(x.last)
		}
		for _, by := range s.by {
			e.listLevel(s, by.in, "awrf", s.lists[0][listSliceOf(by.in)], false, parameters)
		}
	}
	return found
}

func (x exposure) add(e *emitter, s shown, in slice, metric string, m audit.Measurement) {
	m.Parameters = map[string]string{"weight": x.weight.Name, "formula": x.weight.formula()}
	e.add(s.section, in, metric, e.metrics[metric].Convention, m)
}

// sums are the exposure and the slots of a group by shard.
func (x exposure) sums(by shelves, g shelf) (out []stat.Sums, all stat.Sums) {
	out = make([]stat.Sums, by.shards)
	for i, p := range g.shards {
		sum, n := x.weight.exposure(p)
		out[i] = stat.Sums{N: float64(n), X: sum}
		all.N += float64(n)
		all.X += sum
	}
	return out, all
}

// mean fills in a mean and its interval.
func (x exposure) mean(e *emitter, s shown, m *audit.Measurement, shards []stat.Sums) {
	var all stat.Sums
	used := 0
	for _, g := range shards {
		all.N, all.X = all.N+g.N, all.X+g.X
		if g.N > 0 {
			used++
		}
	}
	if !(all.N > 0) {
		m.Note = "undefined: nothing has a weight"
		return
	}
	v := all.X / all.N
	m.Value = &v
	if !s.clustered {
		m.Note = "no interval: nothing says which slots are of one list"
		return
	}
	m.Shards = used
	c, err := stat.ClusteredMean(shards)
	if err != nil {
		m.Note = "no interval: " + err.Error()
		return
	}
	m.Interval, m.Note = e.in.interval(c.Interval(e.in.alpha))
}

func (x exposure) shares(e *emitter, s shown, by shelves) {
	total := make([]float64, by.shards)
	for _, g := range by.groups {
		if g.kind == audit.KindValue {
			shards, _ := x.sums(by, g)
			for i := range shards {
				total[i] += shards[i].X
			}
		}
	}
	for _, g := range by.groups {
		if g.kind != audit.KindValue {
			continue
		}
		shards, all := x.sums(by, g)
		for i := range shards {
			shards[i].N = total[i]
		}
		m := audit.Measurement{Group: &g.name, GroupKind: g.kind, N: int64(all.N)}
		x.mean(e, s, &m, shards)
		x.add(e, s, by.in, "exposure_share", m)
	}
}

func (x exposure) means(e *emitter, s shown, by shelves) {
	for _, g := range by.groups {
		shards, all := x.sums(by, g)
		m := audit.Measurement{GroupKind: g.kind, N: int64(all.N)}
		if g.kind == audit.KindValue {
			m.Group = &g.name
		}
		x.mean(e, s, &m, shards)
		x.add(e, s, by.in, "mean_exposure", m)
	}
}

// ratios holds every group against the reference, or every pair where a gate judges
// and the data chose, and the lowest against the highest.
func (x exposure) ratios(e *emitter, s shown, by shelves) {
	of := func(g shelf) []stat.Sums {
		sums, _ := x.sums(by, g)
		return sums
	}
	x.compare(e, s, by, "mean_exposure_ratio", of)
	x.worst(e, s, by, "mean_exposure_ratio", of)
}

// compare emits the ratios of a mean that a metric is about.
func (x exposure) compare(e *emitter, s shown, by shelves, metric string, of func(shelf) []stat.Sums) {
	groups := slices.DeleteFunc(slices.Clone(by.groups), func(g shelf) bool { return g.kind != audit.KindValue })
	named := s.attribute.Reference.Named()
	all := by.in.gate && !named && len(detect.GatesOn(e.spec, "exposure", metric)) > 0
	pairs := len(groups) * (len(groups) - 1) / 2
	for i, g := range groups {
		for k, ref := range groups {
			against := s.chosen != nil && ref.name == *s.chosen && i != k
			if !against && !(all && i < k && (s.chosen == nil || g.name != *s.chosen)) {
				continue
			}
			low, high := g, ref
			if !against { // of other pairs the lower group comes first
				a, b := total(of(g)), total(of(ref))
				if a.X*b.N > b.X*a.N {
					low, high = ref, g
				}
			}
			m := x.ratio(e, s, by, low, high, of)
			if by.in.gate && !named && m.P != nil { // the data chose which to look at: Bonferroni over the pairs
				m.Joint = &audit.Joint{Pairs: pairs, PairTest: m.Test, PairP: *m.P}
				p := min(1, *m.P*float64(pairs))
				m.P, m.Test = &p, m.Test+", bonferroni"
			}
			x.add(e, s, by.in, metric, m)
		}
	}
}

func total(shards []stat.Sums) stat.Sums { return (&listMean{shards: shards}).sum() }

func (x exposure) ratio(e *emitter, s shown, by shelves, g, ref shelf, of func(shelf) []stat.Sums) audit.Measurement {
	a, b := of(g), of(ref)
	sumA, sumB := total(a), total(b)
	m := audit.Measurement{Group: &g.name, GroupKind: g.kind, Reference: &ref.name, N: int64(sumA.N)}
	if !(sumB.X > 0) || !(sumA.N > 0) {
		m.Note = fmt.Sprintf("undefined: the mean of %q is 0, or there is nothing of %q", ref.name, g.name)
		return m
	}
	v := sumA.X / sumA.N / (sumB.X / sumB.N)
	m.Value = &v
	if !s.clustered {
		m.Note = "no interval: nothing says which slots are of one list"
		return m
	}
	m.Shards = by.shards
	c, err := logRatio(a, b)
	if err != nil {
		m.Note = "no interval: " + err.Error()
		return m
	}
	if m.Interval, m.Note = e.in.interval(c.Interval(e.in.alpha)); m.Interval != nil {
		low, high := math.Exp(*m.Interval.Low), math.Exp(*m.Interval.High)
		m.Interval.Low, m.Interval.High = &low, &high
	}
	if t, err := c.TTest(0, stat.TwoSided); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
	return m
}

// worst is the lowest against the highest mean.
func (x exposure) worst(e *emitter, s shown, by shelves, metric string, of func(shelf) []stat.Sums) {
	m := audit.Measurement{GroupKind: audit.KindWorst, Note: chosenByData}
	var low, high *float64
	groups := 0
	for _, g := range by.groups {
		sum := total(of(g))
		if g.kind != audit.KindValue || !(sum.N > 0) {
			continue
		}
		groups++
		v := sum.X / sum.N
		if low == nil || v < *low {
			low, m.Group, m.N = &v, &g.name, int64(sum.N)
		}
		if high == nil || v > *high {
			high, m.Reference = &v, &g.name
		}
	}
	if groups < 2 || !(*high > 0) {
		m.Group, m.Reference, m.Note = nil, nil, "undefined: fewer than two groups, or none is seen"
	} else {
		v := *low / *high
		m.Value = &v
	}
	x.add(e, s, by.in, metric, m)
}
