package detectors

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// beyondChance is the widest gap of an attribute that is beyond chance.
type beyondChance struct {
	gap, own, ref int // measurements: of the gap and of both sides
	adjusted      float64
	tests         int
}

// widestBeyond finds the widest difference of some rates, each with their name and
// "_difference", that stays beyond chance by Holm over all of them; nil if none does.
func widestBeyond(spec *audit.Spec, a detect.Attribute, ms []audit.Measurement, rates []string) *beyondChance {
	level := func(m audit.Measurement, rate string, group *string) int {
		return slices.IndexFunc(ms, func(o audit.Measurement) bool {
			return o.Metric == rate && o.Attribute == m.Attribute && o.Window == m.Window && o.GroupKind == m.GroupKind && o.Reference == nil &&
				o.Stratum == nil && o.Value != nil && textOr(o.Column) == textOr(m.Column) && o.Group != nil && *o.Group == *group && o.N >= a.MinRows
		})
	}
	var all []beyondChance
	var ps []float64
	for i, m := range ms {
		if m.Attribute != a.Name || m.Window != audit.AllWindows || m.GroupKind != audit.KindValue || m.Reference == nil || m.Stratum != nil || m.P == nil || m.Value == nil {
			continue
		}
		k := slices.IndexFunc(rates, func(rate string) bool { return m.Metric == rate+"_difference" })
		if k < 0 {
			continue
		}
		own, ref := level(m, rates[k], m.Group), level(m, rates[k], m.Reference)
		if own >= 0 && ref >= 0 {
			all, ps = append(all, beyondChance{gap: i, own: own, ref: ref}), append(ps, *m.P)
		}
	}
	best := -1
	for i, p := range stat.Holm(ps) {
		all[i].adjusted, all[i].tests = p, len(ps)
		if p < spec.Alpha && (best < 0 || math.Abs(*ms[all[i].gap].Value) > math.Abs(*ms[all[best].gap].Value)) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return &all[best]
}

// finding says it; title is the sentence, of what a share is of and what it is of them.
func (b beyondChance) finding(detector string, a detect.Attribute, ms []audit.Measurement, of, are string) audit.Finding {
	m, own, ref := ms[b.gap], ms[b.own], ms[b.ref]
	name := func(g *string) string { return spoken(a, group{name: *g, kind: audit.KindValue}) }
	out := audit.Finding{ID: detector + "-" + a.Name, Detector: detector, Severity: audit.Info, Measurements: []int{b.gap, b.own, b.ref},
		Title: fmt.Sprintf("Of the %s of %s, %.1f %% %s; of those of %s, %.1f %%.", of, name(m.Group), 100**own.Value, are, name(m.Reference), 100**ref.Value)}
	if own.Numerator != nil && ref.Numerator != nil {
		out.Detail = fmt.Sprintf("%s of %s against %s of %s: ", whole(*own.Numerator), whole(*own.Denominator), whole(*ref.Numerator), whole(*ref.Denominator))
	}
	out.Detail += fmt.Sprintf("%.1f points apart. p %s", 100*math.Abs(*m.Value), smallP(b.adjusted))
	if b.tests > 1 {
		out.Detail += fmt.Sprintf(" (Holm over %d gaps, of which this is the widest beyond chance)", b.tests)
	}
	out.Detail += "."
	return out
}
