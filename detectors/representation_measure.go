package detectors

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// share emits the share of the rows that a group has. Of a group that nobody
// was seen of, the interval is the one-sided upper limit.
func (r *representation) share(a detect.Attribute, c census, g group) {
	p := c.share(g)
	m := audit.Measurement{Metric: "representation_share", Attribute: a.Name, Group: g.label(), GroupKind: g.kind,
		N: p.k, Numerator: &p.k, Denominator: &p.n, Value: float(p.value()), Shards: shardsUsed(p)}
	switch {
	case p.n == 0:
		m.Note = "undefined: no row has a known group"
	case p.k == 0:
		m.Parameters = map[string]string{"status": "not_observed"}
		m.Interval, m.Note = r.upper(p)
	default:
		m.Interval, m.Note = r.interval(p)
		if p.k < a.MinRows {
			m.Note = join("; ", m.Note, fmt.Sprintf("fewer than %d rows", a.MinRows))
		}
	}
	r.add(m)
}

// upper is the largest share at which seeing nobody is no surprise. Of people
// with many rows each, as many count as there are shards of them.
func (r *representation) upper(p proportion) (*audit.Interval, string) {
	n := p.n
	if p.shards != nil {
		n = int64(shardsUsed(p))
	}
	i, err := stat.UpperBound(n, r.spec.Alpha)
	if err != nil {
		return nil, "no interval: " + err.Error()
	}
	return detect.Interval(i, r.spec.Alpha), fmt.Sprintf("not observed: nobody among %d", n)
}

// interval is exact for rows, and follows people where there are any.
func (r *representation) interval(p proportion) (*audit.Interval, string) {
	in := inference{alpha: r.spec.Alpha, seed: r.spec.Seed}
	if p.shards != nil {
		return in.rate(p)
	}
	return in.interval(stat.ClopperPearson(p.k, p.n, r.spec.Alpha))
}

// test holds a proportion against a known rate.
func (r *representation) test(p proportion, count, total int64, side stat.Side) (string, *float64) {
	var t stat.Test
	var err error
	if p.shards == nil {
		t, err = stat.BinomialExact(p.k, p.n, count, total, side)
	} else {
		var limit stat.Decimal
		if limit, err = stat.ParseDecimal(strconv.FormatFloat(float64(count)/float64(total), 'f', 17, 64)); err == nil {
			t, err = stat.LevelTestClustered(p.people(len(p.shards)), limit, side)
		}
	}
	if err != nil {
		return "", nil
	}
	return t.Method, &t.P
}

// against emits the ratio of a group's share to that of the population.
func (r *representation) against(a detect.Attribute, c census, g group, population audit.Population) {
	at := slices.IndexFunc(population.Shares, func(s audit.Share) bool { return detect.Cross(s.Values...) == g.name })
	if at < 0 { // an expected intersection that the table does not have
		return
	}
	s, p := population.Shares[at], c.share(g)
	m := audit.Measurement{Metric: "representation_ratio", Attribute: a.Name, Group: g.label(), GroupKind: g.kind, N: p.k,
		Numerator: &p.k, Denominator: &p.n, RefNum: &s.Count, RefDen: &s.Total, Shards: shardsUsed(p),
		Parameters: map[string]string{"population_share": strconv.FormatFloat(float64(s.Count)/float64(s.Total), 'g', 15, 64)}}
	switch {
	case p.n == 0:
		m.Note = "undefined: no row has a known group"
	case s.Count == 0:
		m.Note = "undefined: population count 0: no share to compare with"
		r.note = append(r.note, fmt.Sprintf("%s %s: population count 0 in %s: no share to compare with", a.Name, strconv.Quote(g.name), population.Path))
	default:
		m.Value = float(over(p.value(), proportion{k: s.Count, n: s.Total}.value()))
		m.Interval, m.Note = r.interval(p)
		if p.k == 0 {
			m.Parameters["status"] = "not_observed"
			m.Interval, m.Note = r.upper(p)
		}
		m.Interval = divided(m.Interval, float64(s.Total)/float64(s.Count))
	}
	if p.n > 0 && s.Count > 0 {
		m.Test, m.P = r.test(p, s.Count, s.Total, stat.TwoSided)
	}
	r.add(m)
}

// divided is an interval times a factor.
func divided(i *audit.Interval, factor float64) *audit.Interval {
	if i == nil {
		return nil
	}
	out := *i
	if i.Low != nil {
		low := *i.Low * factor
		out.Low = &low
	}
	if i.High != nil {
		high := *i.High * factor
		out.High = &high
	}
	return &out
}

// pooled holds the selection rate of a small cell against that of everybody
// with a known group: 0 selected of 60 where 30 % are is no accident.
func (r *representation) pooled(a detect.Attribute, c census, g group) {
	p, all := selection().of(g), selection().of(c.all)
	m := audit.Measurement{Metric: "pooled_rate_difference", Attribute: a.Name, Group: g.label(), GroupKind: g.kind, N: p.n,
		Numerator: &p.k, Denominator: &p.n, RefNum: &all.k, RefDen: &all.n, Shards: shardsUsed(p)}
	difference := minus(p.value(), all.value())
	m.Value = float(difference)
	side := stat.Greater
	if difference.Sign() < 0 {
		side = stat.Less
	}
	m.Interval, m.Note = r.interval(p)
	if m.Interval != nil {
		low, high := *m.Interval.Low-*float(all.value()), *m.Interval.High-*float(all.value())
		m.Interval.Low, m.Interval.High = &low, &high
	}
	m.Test, m.P = r.test(p, all.k, all.n, side)
	m.Note = join("; ", m.Note, fmt.Sprintf("fewer than %d rows; the pooled rate is taken as known", a.MinRows))
	r.add(m)
}
