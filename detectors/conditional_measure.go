package detectors

import (
	"fmt"
	"math"
	"strings"

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
}

// told is a finding with its measurements, which may yet move.
type told struct {
	audit.Finding
	about []audit.Measurement
}

func (c *conditional) output() detect.Output {
	canonical(c.out, conditionalMetrics())
	out := detect.Output{Measurements: c.out, Tables: c.tables, Notes: c.notes}
	for _, t := range c.told {
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
	in := s.slices[0]
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
	if len(t.rows) > 0 {
		c.tables = append(c.tables, t.table())
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
	p.put("mantel_haenszel_difference", m)
}

// pooled is the gap without strata, also of rows in strata of one of the two
// only: leaving those out could hide that the gap turns round.
func (p paired) pooled(all matched) audit.Measurement {
	a, b := all.pooled()
	d := minus(a.value(), b.value())
	m := audit.Measurement{Value: float(d), Numerator: &a.k, Denominator: &a.n, RefNum: &b.k, RefDen: &b.n, Shards: shardsUsed(a, b)}
	m.Interval, m.Note = p.c.in.difference(a, b)
	m.Test, m.P = p.c.in.test(a, b)
	return p.put("pooled_difference", m)
}

// number is a stratified estimate: with people its interval and test are of the
// jackknife.
func (p paired) number(metric string, estimate func(stat.Strata) (float64, error), interval func(stat.Strata) (stat.Interval, error), test bool) audit.Measurement {
	var m audit.Measurement
	v, err := estimate(p.m.counts(-1))
	if err != nil {
		m.Note = "undefined: " + err.Error()
		return p.put(metric, m)
	}
	m.Value = &v
	if p.m.shards() > 0 {
		p.clustered(&m, estimate, test, false)
		return p.put(metric, m)
	}
	m.Interval, m.Note = p.c.in.interval(interval(p.m.counts(-1)))
	if t, err := p.m.counts(-1).Test(stat.TwoSided); err == nil && test {
		m.Test, m.P = t.Method, &t.P
	}
	return p.put(metric, m)
}

// clustered gives an estimate the interval and the test of the jackknife, of
// its logarithm where it is a ratio.
func (p paired) clustered(m *audit.Measurement, estimate func(stat.Strata) (float64, error), test, logs bool) {
	j, err := jackknifed(p.m, func(s stat.Strata) (float64, error) {
		x, err := estimate(s)
		if logs {
			x = math.Log(x)
		}
		return x, err
	})
	if err != nil {
		m.Note = "no interval: " + err.Error()
		return
	}
	m.Shards = j.Shards
	i, err := around(j, p.c.in.alpha)
	if logs {
		i.Low, i.High = math.Exp(i.Low), math.Exp(i.High)
	}
	m.Interval, m.Note = p.c.in.interval(i, err)
	if t, err := j.TTest(0, stat.TwoSided); err == nil && test {
		m.Test, m.P = t.Method, &t.P
	}
}

func (p paired) standardized() {
	m := audit.Measurement{Parameters: map[string]string{"standard": p.standard()}}
	estimate := func(s stat.Strata) (float64, error) {
		a, b, _ := onStandard(s, p.m.standard)
		return a - b, nil
	}
	v, _ := estimate(p.m.counts(-1))
	a, b, variance := onStandard(p.m.counts(-1), p.m.standard)
	m.Value = &v
	m.Note = fmt.Sprintf("standardized rates %s and %s", short4(a), short4(b))
	if p.m.shards() > 0 {
		note := m.Note
		p.clustered(&m, estimate, true, false)
		m.Note = strings.Trim(note+"; "+m.Note, "; ")
	} else if variance > 0 {
		half := float64(stat.NormalUpper(p.c.in.alpha/2) * math.Sqrt(variance))
		m.Interval = bounds(max(-1, v-half), min(1, v+half), p.c.in.alpha, methodStandardized)
	}
	p.put("standardized_difference", m)
}

func short4(x float64) string { return fmt.Sprintf("%.4f", x) }

// standard names the standard population.
func (p paired) standard() string {
	if p.c.params.Standard == "" {
		return "all"
	}
	return p.c.params.Standard
}

func (p paired) kitagawa() {
	rates, composition := parts(p.m.counts(-1))
	p.put("rate_part", audit.Measurement{Value: &rates})
	p.put("composition_part", audit.Measurement{Value: &composition})
}

// ratios are the Mantel-Haenszel ratio of rates and of odds.
func (p paired) ratios() {
	for _, r := range []struct {
		metric string
		of     func(stat.Strata, float64) (float64, stat.Interval, error)
	}{{"mantel_haenszel_ratio", stat.Strata.RiskRatio}, {"mantel_haenszel_odds_ratio", stat.Strata.OddsRatio}} {
		estimate := func(s stat.Strata) (float64, error) {
			x, _, err := r.of(s, p.c.in.alpha)
			if err == stat.ErrNoVariation {
				err = nil
			}
			return x, err
		}
		if p.m.shards() == 0 {
			p.number(r.metric, estimate, func(s stat.Strata) (stat.Interval, error) {
				_, i, err := r.of(s, p.c.in.alpha)
				return i, err
			}, true)
			continue
		}
		var m audit.Measurement
		if v, err := estimate(p.m.counts(-1)); err != nil {
			m.Note = "undefined: " + err.Error()
		} else {
			m.Value = &v
			p.clustered(&m, estimate, true, true)
		}
		p.put(r.metric, m)
	}
}

// tests are the statistics as other tools print them; they take rows as
// independent.
func (p paired) tests() {
	s, note := p.m.counts(-1), ""
	if p.m.shards() > 0 {
		note = "takes rows as independent, though people have several"
	}
	for _, t := range []struct {
		metric string
		of     func() (stat.Test, error)
	}{
		{"cmh_chi_square", func() (stat.Test, error) {
			t, err := s.Test(stat.TwoSided)
			t.Statistic *= t.Statistic
			return t, err
		}},
		{"cmh_chi_square_corrected", s.TestCorrected},
		{"breslow_day_tarone", func() (stat.Test, error) { t, _, err := s.Homogeneity(); return t, err }},
	} {
		m := audit.Measurement{Note: note}
		if x, err := t.of(); err != nil {
			m.Note = "undefined: " + err.Error()
		} else {
			m.Value, m.Test, m.P = &x.Statistic, x.Method, &x.P
		}
		p.put(t.metric, m)
	}
}

// disparity is over all strata of the pair, as its convention has it.
func (p paired) disparity(all matched) {
	var m audit.Measurement
	if v, err := disparity(all.counts(-1)); err == nil {
		m.Value = &v
	}
	p.note = ""
	p.put("conditional_demographic_disparity", m)
}
