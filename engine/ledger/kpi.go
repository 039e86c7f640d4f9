package ledger

import (
	"encoding/json"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// ofKPI is a point of an indicator as the ledger keeps it. Its key is a list of the
// name, the attribute, the kind of group, the group and what it is compared with.
func ofKPI(k *audit.KPI) Value {
	key, err := json.Marshal([]any{k.KPI, k.Attribute, k.GroupKind, k.Group, k.Reference})
	if err != nil {
		key = []byte(k.KPI) // texts are always encoded
	}
	v := Value{Kind: KindKPI, Key: string(key), Definition: k.Definition, Window: k.Window,
		Value: k.Value, Numerator: k.Numerator, Denominator: k.Denominator, Grounds: k.Grounds}
	if !k.Suppressed {
		v.N = &k.N
	}
	if k.Interval != nil {
		v.Low, v.High = k.Interval.Low, k.Interval.High
	}
	return v
}

// aboutKPI is what a key says that a number is about: of a gap not the groups that are
// farthest apart, which may be others when labels come.
func aboutKPI(key string) string {
	p := pointOf(key)
	if p == nil || p.GroupKind != audit.KindWorst {
		return key
	}
	about, err := json.Marshal([]any{p.KPI.KPI, p.Attribute, p.GroupKind})
	if err != nil {
		return key
	}
	return string(about)
}

// kpis adds the indicators of a result. Those of windows that a run of a period knows
// as one over everything would are written as if one had: the number of a window is
// the same whichever run finds it, and is written once.
func (r *Run) kpis(result *audit.Result, f Facts) {
	r.First = f.First
	add := func(k *audit.KPI, scope string) {
		v := ofKPI(k)
		v.Scope, v.Label = scope, slices.Contains(f.LabeledKPIs, k.KPI)
		v.Provisional = v.Label && f.Maturing(v.Window)
		r.Values = append(r.Values, v)
	}
	for i := range result.KPIs {
		if k := &result.KPIs[i]; f.ToDate == nil || k.Window == audit.AllWindows {
			add(k, r.Period)
		}
	}
	for i := range f.ToDate {
		add(&f.ToDate[i], audit.AllWindows)
	}
}
