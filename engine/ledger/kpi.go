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
		Value: k.Value, Numerator: k.Numerator, Denominator: k.Denominator}
	if !k.Suppressed {
		v.N = &k.N
	}
	if k.Interval != nil {
		v.Low, v.High = k.Interval.Low, k.Interval.High
	}
	return v
}

// kpis adds the indicators of a result.
func (r *Run) kpis(result *audit.Result, f Facts) {
	for i := range result.KPIs {
		v := ofKPI(&result.KPIs[i])
		v.Scope, v.Label = r.Period, slices.Contains(f.LabeledKPIs, result.KPIs[i].KPI)
		v.Provisional = v.Label && f.Maturing(v.Window)
		r.Values = append(r.Values, v)
	}
}
