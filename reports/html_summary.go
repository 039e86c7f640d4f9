package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// matrixColumns bounds the attributes in the overview.
const matrixColumns = 10

// checks lists the checks with limit, verdict and reason.
func (k *maker) checks() *grid {
	if len(k.r.Gates.Checks) == 0 {
		return nil
	}
	g := &grid{Caption: "Each check, its limit and how it came out", Whole: true, Head: []headCell{label("Check"), label("Limit"), label("Verdict"), label("Why")}}
	for _, c := range k.r.Gates.Checks {
		g.Rows = append(g.Rows, []cell{
			{Text: checkName(c), Head: true}, text(sentenceCase(limitText(c.Threshold, define(c.Metric).scale))),
			judged(badgeOf(c.Verdict)), {Text: clean(c.Reason), Name: true, Sub: sentenceCase(clean(c.HangsOn))},
		})
	}
	return g.cut("checks")
}

// matrix is the overview: metrics down, attributes across, in each cell the
// widest gap and the range of the rates.
func (k *maker) matrix() *grid {
	attributes := k.x.attributes()
	if len(attributes) == 0 {
		return nil
	}
	g := &grid{Caption: "The widest gap for each metric and attribute, over the whole period; below it the lowest and the highest rate", Whole: true, Head: []headCell{label("Metric")}}
	if len(attributes) > matrixColumns {
		g.Note = fmt.Sprintf("The first %d of %d attributes are shown; each attribute has its own section below.", matrixColumns, len(attributes))
		attributes = attributes[:matrixColumns]
	}
	var order []family
	cells := map[family]map[string]cell{}
	for _, a := range attributes {
		g.Head = append(g.Head, numeric(attributeName(a)))
		for _, f := range k.x.families(a) {
			if cells[f] == nil {
				cells[f] = map[string]cell{}
				order = append(order, f)
			}
			cells[f][a] = k.matrixCell(f, a)
		}
	}
	for _, f := range order {
		if ownSection(f.detector) {
			continue
		}
		row := []cell{{Text: sentenceCase(define(f.base).label), Head: true}}
		for _, a := range attributes {
			c, ok := cells[f][a]
			if !ok {
				c = none()
			}
			row = append(row, c)
		}
		g.Rows = append(g.Rows, row)
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}

func (k *maker) matrixCell(f family, attribute string) cell {
	c := cell{Num: true, Text: "–"}
	verdict, gated, m := k.check(f, attribute)
	if m == nil {
		m = k.widest(f, attribute)
	}
	switch {
	case m != nil && m.Value != nil:
		s := scaleOf(m)
		c.Text, c.Exact = s.write(*m.Value)+s.unitWord(), exact(m.Value)
		if s == quotient {
			limit := ""
			if m.Threshold != nil {
				limit = m.Threshold.Value
			}
			c.Text = "ratio " + beside(*m.Value, limit, s.write)
		}
	case m != nil:
		c.Text = lacking(m)
	}
	c.Sub = k.rateRange(f, attribute)
	if gated {
		b := badgeOf(verdict)
		c.Badge = &b
	}
	return c
}

// check finds the verdict on a family of an attribute, and the measurement
// that decided it.
func (k *maker) check(f family, attribute string) (v audit.Verdict, gated bool, m *audit.Measurement) {
	for _, c := range k.r.Gates.Checks {
		if c.Attribute != attribute || k.x.familyOf(c.Detector, c.Metric) != f {
			continue
		}
		if !gated || audit.Worse(v, c.Verdict) != v {
			v = c.Verdict
			if len(c.Measurements) > 0 {
				m = &k.r.Measurements[c.Measurements[0]]
			}
		}
		gated = true
	}
	return v, gated, m
}

// widest is the widest gap of a family: the engine's own, or the pair that is
// farthest from parity.
func (k *maker) widest(f family, attribute string) *audit.Measurement {
	for _, metric := range []string{f.ratio(), f.difference(), f.base} {
		ms := k.at(f.detector, metric, attribute)
		if w := worst(ms); w != nil {
			return w
		}
		if p := farthest(pairs(ms)); p != nil {
			return p
		}
	}
	if ms := k.at(f.detector, f.base, attribute); len(ms) == 1 { // one number says how far all groups are apart
		return ms[0]
	}
	return nil
}

// at lists the measurements of the whole period without marking them as shown.
func (k *maker) at(detector, metric, attribute string) []*audit.Measurement {
	var out []*audit.Measurement
	for _, i := range k.x.at[place{detector, metric, attribute, audit.AllWindows}] {
		out = append(out, &k.r.Measurements[i])
	}
	return out
}

// farthest is the pair farthest from parity among those with a value.
func farthest(ms []*audit.Measurement) *audit.Measurement {
	var best *audit.Measurement
	for _, m := range ms {
		if m.Value != nil && m.GroupKind == audit.KindValue && (best == nil || farness(m) > farness(best)) {
			best = m
		}
	}
	return best
}

// farness is how far a gap is from parity, on its own scale.
func farness(m *audit.Measurement) float64 {
	switch {
	case m.Value == nil:
		return -1
	case scaleOf(m) == quotient && *m.Value > 0:
		return math.Abs(math.Log(*m.Value))
	case scaleOf(m) == quotient:
		return math.Inf(1)
	}
	return math.Abs(*m.Value)
}

// rateRange is the lowest and the highest rate of the groups.
func (k *maker) rateRange(f family, attribute string) string {
	groups, _ := rates(k.at(f.detector, f.base, attribute))
	lo, hi := extremes(groups)
	if lo == nil {
		return ""
	}
	s := scaleOf(lo)
	run := s.write(*lo.Value) + " – " + s.write(*hi.Value)
	if slices.ContainsFunc(groups, func(m *audit.Measurement) bool { return m.Suppressed }) {
		run += " shown"
	}
	return run
}

// extremes are the groups with the lowest and the highest value.
func extremes(groups []*audit.Measurement) (lo, hi *audit.Measurement) {
	for _, m := range groups {
		if m.Value == nil || m.GroupKind != audit.KindValue {
			continue
		}
		if lo == nil || *m.Value < *lo.Value {
			lo = m
		}
		if hi == nil || *m.Value > *hi.Value {
			hi = m
		}
	}
	return lo, hi
}
