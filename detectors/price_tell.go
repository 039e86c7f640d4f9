package detectors

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// tell says of the group whose price is most surely another where factors are alike.
func (d prices) tell(e *emitter, s section) []audit.Finding {
	best, groups := -1, 0
	for i, m := range e.out {
		if m.Attribute != s.attribute.Name || m.Metric != "price_ratio_regression" || m.GroupKind != audit.KindValue {
			continue
		}
		groups++
		if m.P != nil && m.N >= s.attribute.MinRows && (best < 0 || *m.P < *e.out[best].P) {
			best = i
		}
	}
	if best < 0 || *e.out[best].P*float64(groups) >= e.in.alpha {
		return nil
	}
	m := e.out[best]
	out := audit.Finding{ID: "price-" + s.attribute.Name, Detector: "price", Severity: audit.Info,
		Title:  fmt.Sprintf("%s pays %.2f times the price of %s where %s are alike.", *m.Group, *m.Value, *m.Reference, m.Parameters["factors"]),
		Detail: fmt.Sprintf("Geometric means, by a regression of the logarithm; p %s (%d groups tested, by Bonferroni).", smallP(min(1, *m.P*float64(groups))), groups)}
	var ratios []string // of each currency its own
	for _, x := range e.out {
		if x.Attribute == s.attribute.Name && x.Metric == "geometric_price_ratio" && x.GroupKind == audit.KindValue && x.Window == audit.AllWindows && x.Value != nil && textOr(x.Group) == *m.Group && textOr(x.Reference) == *m.Reference {
			ratio := fmt.Sprintf("%.2f times", *x.Value)
			if x.Stratum != nil {
				ratio += " in " + *x.Stratum
			}
			ratios = append(ratios, ratio)
		}
	}
	if len(ratios) > 0 {
		out.Detail = "Whatever the mix of factors, it is " + strings.Join(ratios, ", ") + ". " + out.Detail
	}
	return []audit.Finding{out}
}

// placed points each finding at the ratio that it is about.
func (d prices) placed(ms []audit.Measurement, found []audit.Finding) {
	for i := range found {
		best := -1
		for at, m := range ms {
			if m.Metric == "price_ratio_regression" && "price-"+m.Attribute == found[i].ID && m.GroupKind == audit.KindValue && m.P != nil && (best < 0 || *m.P < *ms[best].P) {
				best = at
			}
		}
		found[i].Measurements = []int{best}
	}
}
