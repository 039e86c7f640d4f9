package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// strata emits a signal's gaps within strata.
func (c conversation) strata(e *emitter, s section, of signal, l layering, counts *table.Counts) {
	read := c.counter(of).reader(counts)
	layers := layersBy(s.attribute, l, counts, func(codes []int) (yes, counts bool) { return passed(read(codes)) })
	if why := layers.refused(l.name); why != "" {
		e.note(strings.Replace(why, "conditional:", "conversation:", 1))
		return
	}
	in, metric := s.slices[0], of.name+"_within_difference"
	for _, g := range in.compared() {
		ref, ok := s.reference(in, g)
		if !ok {
			continue
		}
		pair := matched{strata: layers.strata, a: layers.group(g.label()), standard: make([]float64, len(layers.strata))}
		if s.attribute.Reference.Policy == "rest" {
			pair.b = layers.others(g.label())
		} else {
			pair.b = layers.group(&ref.name)
		}
		m := withinDifference(e.in, pair.shared())
		m.Group, m.GroupKind, m.Reference, m.N = g.label(), g.kind, &ref.name, g.tally.n()
		m.Parameters = map[string]string{"strata": l.name}
		e.add(s, in, metric, e.metrics[metric].Convention, m)
	}
}

// withinDifference is Mantel and Haenszel's difference of rates.
func withinDifference(in inference, pair matched) (m audit.Measurement) {
	estimate := func(s stat.Strata) (float64, error) {
		v, _, err := s.RiskDifference(in.alpha)
		if err == stat.ErrNoVariation {
			err = nil
		}
		return v, err
	}
	s := pair.counts(-1)
	v, err := estimate(s)
	if err != nil || len(pair.strata) == 0 {
		m.Note = "undefined: no stratum has rows of both"
		return m
	}
	m.Value = &v
	if pair.shards() > 0 {
		j, err := jackknifed(pair, estimate)
		if err != nil {
			m.Note = "no interval: " + err.Error()
			return m
		}
		m.Shards = j.Shards
		i, err := around(j, in.alpha)
		m.Interval, m.Note = in.interval(i, err)
		if t, err := j.TTest(0, stat.TwoSided); err == nil {
			m.Test, m.P = t.Method, &t.P
		}
		return m
	}
	_, i, err := s.RiskDifference(in.alpha)
	m.Interval, m.Note = in.interval(i, err)
	if t, err := s.Test(stat.TwoSided); err == nil {
		m.Test, m.P = t.Method, &t.P
	}
	return m
}

// tell says, of each attribute, the gap of a signal that is least like chance: Holm
// over all signals and groups.
func (c conversation) tell(ms []audit.Measurement) (out []audit.Finding) {
	for _, a := range detect.Attributes(c.spec) {
		var at []int
		var p []float64
		for i, m := range ms {
			if m.Attribute == a.Name && m.Window == audit.AllWindows && m.GroupKind == audit.KindValue && m.Reference != nil && m.P != nil && m.Value != nil &&
				c.signalOf(m.Metric) != nil && m.N >= a.MinRows {
				at, p = append(at, i), append(p, *m.P)
			}
		}
		best, adjusted := -1, stat.Holm(p)
		for k := range at {
			if adjusted[k] >= c.spec.Alpha {
				continue
			}
			if best < 0 || p[k] < p[best] || p[k] == p[best] && math.Abs(*ms[at[k]].Value) > math.Abs(*ms[at[best]].Value) {
				best = k
			}
		}
		if best >= 0 {
			out = append(out, c.finding(a, ms, at[best], adjusted[best], len(at)))
		}
	}
	return out
}

// signalOf is the signal of whose rate a metric is the difference.
func (c conversation) signalOf(metric string) *signal {
	for i, s := range c.signals {
		if metric == s.name+"_difference" {
			return &c.signals[i]
		}
	}
	return nil
}

func (c conversation) finding(a detect.Attribute, ms []audit.Measurement, at int, adjusted float64, tests int) audit.Finding {
	m := ms[at]
	s := c.signalOf(m.Metric)
	level := func(group string) (*audit.Measurement, int) {
		i := slices.IndexFunc(ms, func(o audit.Measurement) bool {
			return o.Metric == s.name && o.Attribute == a.Name && o.Window == audit.AllWindows && o.GroupKind == audit.KindValue && o.Group != nil && *o.Group == group
		})
		if i < 0 {
			return nil, i
		}
		return &ms[i], i
	}
	own, i := level(*m.Group)
	ref, k := level(*m.Reference)
	out := audit.Finding{ID: "conversation-" + a.Name, Detector: "conversation", Severity: audit.Info, Measurements: []int{at}}
	name := func(group string) string { return spoken(a, c.named(group)) }
	gap := fmt.Sprintf("%.1f points", 100*math.Abs(*m.Value))
	if own == nil || ref == nil || own.Value == nil || ref.Value == nil {
		side := "more"
		if *m.Value < 0 {
			side = "fewer"
		}
		out.Title = fmt.Sprintf("For %s, %s %s %s than for %s.", name(*m.Group), gap, side, s.words, name(*m.Reference))
	} else {
		out.Title = fmt.Sprintf("For %s, %.1f %% %s; for %s %.1f %%.", name(*m.Group), 100**own.Value, s.words, name(*m.Reference), 100**ref.Value)
		out.Detail = fmt.Sprintf("%s of %s against %s of %s: %s apart. ", whole(*own.Numerator), whole(*own.Denominator), whole(*ref.Numerator), whole(*ref.Denominator), gap)
		out.Measurements = append(out.Measurements, i, k)
	}
	out.Detail += fmt.Sprintf("p %s (Holm over %d gaps). ", smallP(adjusted), tests)
	for _, o := range ms {
		if o.Metric == s.name+"_within_difference" && o.Attribute == a.Name && o.Group != nil && *o.Group == *m.Group && o.Value != nil {
			out.Detail += fmt.Sprintf("Within %s the gap is %s points. ", o.Parameters["strata"], inPoints(*o.Value))
		}
	}
	out.Detail += "Of all signals this gap is the least like chance; the others stand in the tables."
	return out
}

func (c conversation) named(name string) group { return group{name: name, kind: audit.KindValue} }
