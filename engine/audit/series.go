package audit

// Watched lists the points of a series that is watched, in the order of time. Those
// that are suppressed are left out.
func (r *Result) Watched(s KPISeries) []*KPI {
	kind := KindOverall
	if s.Attribute != "" {
		kind = KindWorst
	}
	at := map[string]*KPI{}
	for i := range r.KPIs {
		p := &r.KPIs[i]
		if p.KPI == s.KPI && p.Attribute == s.Attribute && p.GroupKind == kind && !p.Suppressed && p.Change != nil {
			at[p.Window] = p
		}
	}
	var out []*KPI
	for _, w := range r.Windows {
		if p := at[w.ID]; p != nil {
			out = append(out, p)
		}
	}
	return out
}
