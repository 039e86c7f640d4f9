package detectors

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// skew is a delivery that is further from its audience than chance makes it.
type skew struct {
	of            showing
	value, chance float64
	p             float64
	ads           int // that were looked at
}

// tell says what the delivery that is furthest beyond chance does.
func (d delivery) tell(s audiences, k skew) audit.Finding {
	what := "Delivery"
	if k.of.in.stratum != nil {
		what = fmt.Sprintf("Delivery of %s", *k.of.in.stratum)
	}
	g, got, eligible := s.furthest(k.of)
	more := "more"
	if got < eligible {
		more = "less"
	}
	out := audit.Finding{ID: "delivery-" + s.attribute.Name, Detector: "delivery", Severity: audit.Info,
		Title: fmt.Sprintf("%s is not composed by %s as its audience: %.1f %% of it would have to go to others; by chance it would be about %.1f %%.", what, s.attribute.Name, 100*k.value, 100*k.chance)}
	out.Detail = fmt.Sprintf("%s has %.1f %% of the stage %s and %.1f %% of %s: %.1f points %s. p %s", s.names[g], 100*got, d.stages[1].Name, 100*eligible, d.stages[0].Name, 100*math.Abs(got-eligible), more, smallP(k.p))
	if k.ads > 1 {
		out.Detail += fmt.Sprintf(" (%d ads looked at, by Bonferroni)", k.ads)
	}
	out.Detail += "."
	if p := s.share(k.of.stages[1], len(s.names)); p.k > 0 {
		out.Detail += fmt.Sprintf(" Of %.0f %% of it %s is not known, and nothing here is about them.", 100*share(p), s.attribute.Name)
	}
	return out
}

// furthest is the group whose share of the deliveries is furthest from its share of
// the audience.
func (s audiences) furthest(x showing) (at int, got, eligible float64) {
	most := -1.0
	for g := range s.names {
		a, b := share(s.share(x.stages[1], g)), share(s.share(x.stages[0], g))
		if far := math.Abs(a - b); far > most {
			most, at, got, eligible = far, g, a, b
		}
	}
	return at, got, eligible
}

// about points a finding at the largest variance of its attribute.
func (d delivery) about(ms []audit.Measurement, f audit.Finding) []int {
	best := -1
	for i, m := range ms {
		if m.Metric == "delivery_variance" && "delivery-"+m.Attribute == f.ID && m.Window == audit.AllWindows && *m.Column == d.stages[1].Name && m.P != nil &&
			(m.Stratum != nil || d.params.Ad == "") && m.N >= d.params.Least && (best < 0 || *m.Value-m.Null.Expected > *ms[best].Value-ms[best].Null.Expected) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return []int{best}
}
