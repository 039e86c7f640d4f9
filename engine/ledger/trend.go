package ledger

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Trend makes the points of indicators out of all versions of them: one for every
// series and window, as known now. Runs of several periods may have the same window;
// the last one that saw all that the number is about counts, as saw tells.
func Trend(all []Version, saw func(indicator, period, window string) bool) []audit.TrendPoint {
	type at struct {
		kpi, attribute string
		kind           audit.GroupKind
		group, window  string
	}
	found := map[at][]Version{}
	var order []at
	for _, v := range all {
		if v.Kind != KindKPI || v.Window == audit.AllWindows {
			continue
		}
		p, ok := pointOf(&v)
		if !ok || !saw(p.KPI.KPI, v.Scope, v.Window) {
			continue
		}
		a := at{p.KPI.KPI, p.Attribute, p.GroupKind, "", v.Window}
		if p.GroupKind == audit.KindValue && p.Group != nil { // of a gap they are the two farthest apart, in this run
			a.group = *p.Group
		}
		if found[a] == nil {
			order = append(order, a)
		}
		found[a] = append(found[a], v)
	}
	var out []audit.TrendPoint
	for _, a := range order {
		versions := found[a]
		slices.SortStableFunc(versions, func(a, b Version) int { return cmp.Compare(a.Run, b.Run) })
		now, ok := known(versions)
		if !ok {
			continue
		}
		p, _ := pointOf(now)
		if hidden(versions) {
			p.KPI = audit.KPI{KPI: p.KPI.KPI, Definition: p.Definition, Attribute: p.Attribute, Group: p.Group, GroupKind: p.GroupKind,
				Window: p.Window, N: audit.Hidden, Suppressed: true}
		} else {
			p.First = firstOf(versions, now)
		}
		out = append(out, p)
	}
	return out
}

// known is the last of the versions of a number, which are in the order of runs; ok
// is false if the number is gone.
func known(versions []Version) (now *Version, ok bool) {
	gone := int64(-1)
	for i := range versions {
		if v := &versions[i]; v.Gone {
			gone = v.Run
		} else {
			now = v
		}
	}
	return now, now != nil && gone <= now.Run
}

// hidden tells whether the last version of some period is suppressed: what one
// report withholds, no other may tell.
func hidden(versions []Version) bool {
	last := map[string]*Version{}
	for i := range versions {
		if v := &versions[i]; !v.Gone {
			last[v.Scope] = v
		}
	}
	for _, v := range last {
		if v.N == nil {
			return true
		}
	}
	return false
}

// firstOf is what was first reported under the same definition, where that was
// another number.
func firstOf(versions []Version, now *Version) *audit.FirstReported {
	for i := range versions {
		v := &versions[i]
		if v.Definition != now.Definition || v.Gone || v.Value.Value == nil {
			continue
		}
		if now.Value.Value == nil || *v.Value.Value == *now.Value.Value {
			return nil
		}
		first := &audit.FirstReported{Run: v.Run, Value: *v.Value.Value}
		if now.Reason != reasonFirst { // of the first run of its period
			first.Reason = now.Reason
		}
		return first
	}
	return nil
}

// pointOf reads a version back; ok is false if its key is none of an indicator.
func pointOf(v *Version) (p audit.TrendPoint, ok bool) {
	key := []any{&p.KPI.KPI, &p.Attribute, &p.GroupKind, &p.Group, &p.Reference}
	if json.Unmarshal([]byte(v.Key), &key) != nil || len(key) != 5 {
		return p, false
	}
	p.Definition, p.Window, p.Value, p.Numerator, p.Denominator = v.Definition, v.Window, v.Value.Value, v.Numerator, v.Denominator
	if v.N != nil {
		p.N = *v.N
	}
	if v.Low != nil || v.High != nil {
		p.Interval = &audit.Interval{Low: v.Low, High: v.High}
	}
	p.Run, p.Period, p.Provisional = v.Run, v.Scope, v.Provisional
	return p, true
}
