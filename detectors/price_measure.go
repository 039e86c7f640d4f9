package detectors

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// slices cuts a table of one currency, or of all, into everything and windows.
func (d prices) slices(a detect.Attribute, v *table.Values, currency *string) ([]slice, error) {
	if currency != nil {
		one, err := v.Only(table.Text(d.params.Currency), func(c table.Category) bool { return c.Name == *currency || c.Missing && *currency == noCurrency })
		if err != nil {
			return nil, err
		}
		v = one
	}
	out := slices.Collect(cutScores(a, v, table.Window, true))
	for i := range out {
		if currency != nil {
			out[i].stratum, out[i].gate = currency, false
		}
	}
	return out, nil
}

// logs are the logarithms of what is above 0, and how many are not.
func logs(s stat.Sample) (of stat.Sample, zero, negative int64) {
	for _, p := range s {
		switch {
		case p.X > 0:
			of = append(of, stat.Point{X: math.Log(p.X), N: p.N})
		case p.X == 0:
			zero += p.N
		default:
			negative += p.N
		}
	}
	return of, zero, negative
}

// logged is a group with the logarithms of its numbers.
func logged(g group) group {
	old := g.numbers()
	change := func(s stat.Sample) stat.Sample { x, _, _ := logs(s); return x }
	all := change(old.all)
	g.scores = &scores{all: all, rest: all, missing: old.missing, nan: old.nan, inf: old.inf}
	if p := old.people; p != nil {
		shards := make([]stat.Sample, len(p.all))
		for i, x := range p.all {
			shards[i] = change(x)
		}
		g.scores.people = &people{all: shards, positive: shards, negative: make([]stat.Sample, len(shards))}
	}
	return g
}

// geometricMeans emits geometric means and their ratios, and of prices quantiles.
func (d prices) geometricMeans(e *emitter, s section, g geometricMean, v *table.Values, currency *string) error {
	cut, err := d.slices(s.attribute, v, currency)
	if err != nil {
		return err
	}
	s.slices = cut
	plain := s
	all := s.slices[0].overall
	_, zero, negative := logs(all.numbers().all)
	if negative > 0 {
		e.note(fmt.Sprintf("%s rows have a negative %s and are left out of logarithms", whole(negative), words(g.metric)))
	}
	if zero > 0 {
		e.note(fmt.Sprintf("%s rows have a %s of 0 and are left out of logarithms", whole(zero), words(g.metric)))
	}
	for _, note := range all.scores.excluded(words(g.metric)) {
		e.note(note)
	}
	if !v.Exact() {
		e.note("the " + words(g.metric) + " has too many distinct values to be counted exactly; its logarithms and quantiles are of buckets of relative width 1/512")
	}
	s.slices = slices.Clone(s.slices)
	for i, in := range s.slices {
		s.slices[i] = eachOf(in, logged)
	}
	d.means(e, s, g)
	e.gaps(s, gap{name: g.metric + "_ratio", convention: e.metrics[g.metric+"_ratio"].Convention, neutral: 1,
		eval: func(in inference, x, ref group, test bool) audit.Measurement {
			m := audit.Measurement{}
			for _, one := range []group{x, ref} {
				if one.n() == 0 {
					m.Note = "undefined: no row with a number above 0 in " + called(one)
					return m
				}
			}
			meanDifference(in, x.numbers(), ref.numbers(), test, &m)
			exponent(&m)
			return m
		},
		worst: func(values []group) audit.Measurement {
			return turned(extremesOf(values, "a number above 0", func(x group) (float64, bool) { return x.numbers().moments().Mean, x.n() > 0 }))
		}})
	if g.metric != "geometric_price" {
		return nil
	}
	for _, q := range []float64{.1, .25, .5, .75, .9} {
		d.quantile(e, plain, q)
	}
	return nil
}

// words is the name of a metric in a sentence.
func words(metric string) string {
	return map[string]string{"geometric_price": "price", "selected_to_indicated": "ratio of price and indicated", "indicated_to_current": "ratio of indicated and current"}[metric]
}

// turned is a worst gap of logarithms as a ratio.
func turned(m audit.Measurement) audit.Measurement { exponent(&m); return m }

// exponent turns a number about logarithms, and its interval, back.
func exponent(m *audit.Measurement) {
	if m.Value == nil {
		return
	}
	v := math.Exp(*m.Value)
	m.Value = &v
	if m.Interval == nil || m.Interval.Low == nil || m.Interval.High == nil {
		return
	}
	low, high := math.Exp(*m.Interval.Low), math.Exp(*m.Interval.High)
	m.Interval.Low, m.Interval.High = &low, &high
}

// means emits the geometric mean of every group.
func (d prices) means(e *emitter, s section, metric geometricMean) {
	for _, in := range s.slices {
		for _, g := range in.everybody() {
			note := ""
			if g.n() == 0 {
				note = "undefined: no row with a number above 0 in " + called(g)
			}
			m := e.limited(in, metric.metric, g.numbers().moments(), g.numbers().sums(), note)
			exponent(&m)
			m.Group, m.GroupKind, m.N = g.label(), g.kind, g.n()
			e.addScore(s, in, e.metrics[metric.metric], m)
		}
	}
}

// quantile emits the gap of a quantile.
func (d prices) quantile(e *emitter, s section, q float64) {
	gap := quantileGap(q)
	for _, in := range s.slices {
		for _, g := range in.compared() {
			ref, ok := s.reference(in, g)
			if !ok {
				continue
			}
			m := audit.Measurement{Group: g.label(), GroupKind: g.kind, Reference: &ref.name, N: g.n(), Parameters: map[string]string{"quantile": plain(q)}}
			if m.Note = bothPriced(g, ref); m.Note == "" {
				gap(e.in, g.numbers(), ref.numbers(), in.gate, &m)
			}
			e.add(s, in, "price_quantile_difference", e.metrics["price_quantile_difference"].Convention, m)
		}
	}
}

func bothPriced(g, ref group) string {
	for _, x := range []group{g, ref} {
		if x.n() == 0 {
			return "undefined: no row with a price in " + called(x)
		}
	}
	return ""
}

// discounts emits how often and how much less than the list price was asked.
func (d prices) discounts(e *emitter, s section, t detect.Tables) error {
	able := table.When(d.params.offerable())
	v, err := t.Values(d.discountNeed(s.attribute)).Only(able, func(c table.Category) bool { return !c.Missing && c.Name == table.Holds })
	if err != nil {
		return err
	}
	asked := d.offers()
	counts := t.Counts(asked.need(s.attribute))
	d.unable(e, counts)
	whether := asked.section(s.attribute, counts, func(said []fact) (passed, counts bool) {
		return said[0] == holds, said[0] != unknown && said[1] == holds
	})
	whether.chosen, whether.absent = s.chosen, s.absent
	e.rate(whether, offerRate())
	s.slices = slices.Collect(cutScores(s.attribute, v, table.Window, true))
	above := s
	above.slices = slices.Clone(s.slices)
	for i, in := range above.slices {
		above.slices[i] = eachOf(in, offered)
	}
	for _, metric := range priceMetrics() {
		switch metric.Name {
		case "mean_discount", "mean_discount_difference":
			e.number(s, metric)
		case "offer_depth", "offer_depth_difference":
			e.number(above, metric)
		}
	}
	return nil
}

// unable notes how many rows can tell of no offer, and why.
func (d prices) unable(e *emitter, c *table.Counts) {
	read, all, missing, odd := d.offers().reader(c), int64(0), int64(0), int64(0)
	c.Each(func(codes []int, cell table.Cell) {
		all += cell.N
		switch read(codes)[1] {
		case unknown:
			missing += cell.N
		case fails:
			odd += cell.N
		}
	})
	if missing > 0 {
		e.note(fmt.Sprintf("%s of %s rows lack the price or the list price, and are left out of offers and discounts", whole(missing), whole(all)))
	}
	if odd > 0 {
		e.note(fmt.Sprintf("%s of %s rows have a price below 0, a list price that is not above 0 or a number that is not finite, and are left out of offers and discounts", whole(odd), whole(all)))
	}
}

// offered is a group with its numbers above 0 alone.
func offered(g group) group {
	old := g.numbers()
	change := func(s stat.Sample) stat.Sample {
		return slices.DeleteFunc(slices.Clone(s), func(p stat.Point) bool { return p.X <= 0 })
	}
	all := change(old.all)
	g.scores = &scores{all: all, rest: all}
	if p := old.people; p != nil {
		shards := make([]stat.Sample, len(p.all))
		for i, x := range p.all {
			shards[i] = change(x)
		}
		g.scores.people = &people{all: shards, positive: shards, negative: make([]stat.Sample, len(shards))}
	}
	return g
}
