package detectors

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// conditional measures one audit.
type conditional struct {
	*emitter
	params ConditionalParams
	tables []audit.Table
	told   []told
	widest *widest     // in the layering that is measured
	crowd  *stat.Crowd // of its people; nil where rows are independent
}

// told is a finding with its measurements, which may yet move.
type told struct {
	audit.Finding
	rest  string // of its detail
	about []audit.Measurement
}

func (c *conditional) output() detect.Output {
	canonical(c.out, conditionalMetrics())
	out := detect.Output{Measurements: c.out, Tables: c.tables, Notes: c.notes}
	gap := func(t told) float64 { return math.Abs(*t.about[1].Value) } // the widest pooled gap first
	slices.SortStableFunc(c.told, func(a, b told) int { return cmp.Compare(gap(b), gap(a)) })
	for i, t := range c.told {
		if i == 0 { // said once
			t.Detail += " Within: the average of the gaps inside the strata, weighted by how many of both groups are there (Mantel-Haenszel)."
		}
		t.Detail += t.rest
		for _, m := range t.about {
			t.Measurements = append(t.Measurements, position(c.out, m))
		}
		out.Findings = append(out.Findings, t.Finding)
	}
	return out
}

// position finds a measurement again after sorting.
func position(ms []audit.Measurement, m audit.Measurement) int {
	for i := range ms {
		o := &ms[i]
		if o.Metric == m.Metric && o.Attribute == m.Attribute && o.Group == m.Group && o.GroupKind == m.GroupKind && o.Reference == m.Reference &&
			o.Parameters["strata"] == m.Parameters["strata"] {
			return i
		}
	}
	return 0
}

// within measures one attribute in one layering.
func (c *conditional) within(s section, l layering, counts *table.Counts) {
	layers := readLayers(c.spec, s.attribute, l, counts)
	if why := layers.refused(l.name); why != "" {
		c.note(why)
		return
	}
	if s.absent != "" {
		c.note("attribute " + s.attribute.Name + ": " + s.absent)
	}
	t := strataTable{id: "conditional/" + s.attribute.Name + "/" + l.name, title: "Favorable rates by " + s.attribute.Name + " within " + c.inWords(l.name)}
	if n := len(layers.strata); n > 0 && layers.lone() == n {
		c.note(fmt.Sprintf("conditional: %s of %s has rows of one group of %s only, so nobody can be compared within them", each(n), c.inWords(l.name), s.attribute.Name))
	}
	in, from := s.slices[0], len(c.out)
	c.widest, c.crowd = nil, layers.crowd()
	for _, g := range in.compared() {
		if ref, ok := s.reference(in, g); ok {
			c.pairWithin(s, l, layers, g, ref, &t)
		}
	}
	if !s.attribute.Reference.Named() && c.gated() {
		for i, a := range in.values {
			for _, b := range in.values[i+1:] {
				if s.chosen == nil || a.name != *s.chosen && b.name != *s.chosen {
					c.pairWithin(s, l, layers, a, b, &t)
				}
			}
		}
	}
	if !s.attribute.Reference.Named() && c.gated() {
		atOnce(c.out[from:], len(in.values)*(len(in.values)-1)/2)
	}
	c.stays()
	if len(t.rows) > 0 {
		c.tables = append(c.tables, t.table())
	}
}

// each says how many strata there are, where it goes for all.
func each(n int) string {
	if n == 1 {
		return "the one stratum"
	}
	return fmt.Sprintf("each of the %d strata", n)
}

// atOnce makes the p of pairs that the data chose allow for all pairs of groups, by
// Bonferroni's bound: within strata there is no joint draw as parity has it. The
// pair's own p is kept beside it.
func atOnce(ms []audit.Measurement, pairs int) {
	gaps := map[string]bool{}
	for _, d := range conditionalMetrics() {
		gaps[d.Name] = d.Null == detect.NullNoGap
	}
	for i := range ms {
		m := &ms[i]
		if m.P == nil || pairs < 2 || !gaps[m.Metric] || m.GroupKind != audit.KindValue {
			continue
		}
		p := min(1, *m.P*float64(pairs))
		m.Joint = &audit.Joint{Pairs: pairs, PairTest: m.Test, PairP: *m.P}
		m.Test, m.P = m.Test+", bonferroni", &p
	}
}

func (c *conditional) gated() bool {
	for _, g := range c.spec.Gates {
		if g.Detector == c.detector {
			return true
		}
	}
	return false
}

// match puts a group and its reference side by side in every stratum.
func (c *conditional) match(l layers, g, ref group) matched {
	m := matched{strata: l.strata, a: l.group(g.label()), standard: make([]float64, len(l.strata))}
	if ref.name == detect.Rest {
		m.b = l.others(g.label())
	} else {
		m.b = l.group(&ref.name)
	}
	all := l.everybody()
	for s := range m.strata {
		switch c.params.Standard {
		case "reference":
			m.standard[s] = float64(m.b[s].n)
		case "group":
			m.standard[s] = float64(m.a[s].n)
		default:
			m.standard[s] = float64(all[s])
		}
	}
	return m
}

// pairWithin measures a group beside a reference.
func (c *conditional) pairWithin(s section, l layering, layers layers, g, ref group, t *strataTable) {
	all := c.match(layers, g, ref)
	m := all.shared()
	p := paired{c: c, s: s, strata: l.name, g: g, ref: ref, m: m, note: leftOut(all, s.absent)}
	if len(m.strata) == 0 {
		p.nothing(all)
		return
	}
	pooled := p.pooled(all)
	within := p.number("mantel_haenszel_difference", func(x stat.Strata) (float64, error) {
		d, _, err := x.RiskDifference(c.in.alpha)
		if err == stat.ErrNoVariation {
			err = nil
		}
		return d, err
	}, func(x stat.Strata) (stat.Interval, error) {
		_, i, err := x.RiskDifference(c.in.alpha)
		return i, err
	}, true)
	p.standardized()
	p.kitagawa()
	p.ratios()
	p.tests()
	p.disparity(all)
	t.add(g, ref, all, m)
	c.tell(p, pooled, within)
}

// leftOut says which rows cannot be compared.
func leftOut(all matched, absent string) string {
	if absent != "" {
		return absent
	}
	use := all.counts(-1).Use()
	if use.OneGroup == 0 {
		return ""
	}
	noun := "strata have"
	if use.OneGroup == 1 {
		noun = "stratum has"
	}
	return fmt.Sprintf("%d %s rows of one of the two only; their %d rows are left out", use.OneGroup, noun, use.RowsLeftOut)
}

// paired is one comparison within strata.
type paired struct {
	c      *conditional
	s      section
	strata string
	g, ref group
	m      matched // strata with rows of both
	note   string
}

func (p paired) put(metric string, m audit.Measurement) audit.Measurement {
	m.Group, m.GroupKind, m.Reference = p.g.label(), p.g.kind, &p.ref.name
	if m.N == 0 {
		for _, a := range p.m.a {
			m.N += a.n
		}
	}
	if m.Parameters == nil {
		m.Parameters = map[string]string{}
	}
	m.Parameters["strata"] = p.strata
	switch {
	case m.Note == "":
		m.Note = p.note
	case p.note != "":
		m.Note += "; " + p.note
	}
	convention := ""
	for _, d := range conditionalMetrics() {
		if d.Name == metric {
			convention = d.Convention
		}
	}
	p.c.add(p.s, p.s.slices[0], metric, convention, m)
	return p.c.out[len(p.c.out)-1]
}

// nothing says that no stratum holds both groups.
func (p paired) nothing(all matched) {
	a, b := all.pooled()
	m := audit.Measurement{Note: "undefined: " + stat.ErrNoStrata.Error(), N: a.n, RefNum: &b.k, RefDen: &b.n, Numerator: &a.k, Denominator: &a.n}
	if p.note != "" && p.s.absent != "" {
		m.Note = "undefined"
	}
	for _, metric := range conditionalMetrics() { // so that no check passes for want of them
		if metric.Null == detect.NullNoGap && metric.Name != "pooled_difference" && metric.Name != "conditional_demographic_disparity" {
			p.put(metric.Name, m)
		}
	}
}

// pooled is the gap without strata, also of rows in strata of one of the two
// only: leaving those out could hide that the gap turns round.
func (p paired) pooled(all matched) audit.Measurement {
	a, b := all.pooled()
	d := minus(a.value(), b.value())
	m := audit.Measurement{Value: float(d), Numerator: &a.k, Denominator: &a.n, RefNum: &b.k, RefDen: &b.n, Shards: shardsUsed(a, b)}
	m.Interval, m.Note = p.c.in.difference(a, b)
	m.Test, m.P = p.c.testPooled(a, b)
	return p.put("pooled_difference", m)
}
