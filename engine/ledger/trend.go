package ledger

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Trend makes the points of indicators out of all versions of them: one for every
// series and window, as known now, and one of the whole period where a run saw it. Runs of several periods may have the same window;
// the last one that saw all that the number is about counts, as saw tells.
func Trend(all []Version, saw func(indicator, period, window string) bool) []audit.TrendPoint {
	read := map[string]*point{}
	lists := gather(all, read, saw)
	out := make([]audit.TrendPoint, 0, len(lists))
	for _, versions := range lists {
		now, ok := known(versions)
		if !ok {
			continue
		}
		p := *read[now.Key]
		p.fill(now)
		if hidden(versions) {
			p.KPI = audit.KPI{KPI: p.KPI.KPI, Definition: p.Definition, Attribute: p.Attribute, Group: p.Group, GroupKind: p.GroupKind,
				Window: p.Window, N: audit.Hidden, Suppressed: true}
		} else {
			p.First = firstOf(versions, now)
		}
		out = append(out, p.TrendPoint)
	}
	return out
}

// gather lists the versions of each number, in the order of runs. It leaves what keys
// say in read.
func gather(all []Version, read map[string]*point, saw func(indicator, period, window string) bool) [][]*Version {
	type about struct {
		kpi, attribute string
		kind           audit.GroupKind
		group          string
	}
	type at struct {
		about  int
		window string
	}
	abouts, where := map[about]int{}, map[at]int{}
	var out [][]*Version
	for i := range all {
		v := &all[i]
		if v.Kind != KindKPI || v.Window == audit.AllWindows && v.Scope != audit.AllWindows {
			continue
		}
		is, known := read[v.Key]
		if !known {
			is = pointOf(v.Key)
			read[v.Key] = is
		}
		if is == nil {
			continue
		}
		if !saw(is.KPI.KPI, v.Scope, v.Window) {
			continue
		}
		if is.about == 0 {
			a := about{is.KPI.KPI, is.Attribute, is.GroupKind, ""}
			if is.GroupKind == audit.KindValue && is.Group != nil { // of a gap they are the two farthest apart, in this run
				a.group = *is.Group
			}
			if abouts[a] == 0 {
				abouts[a] = len(abouts) + 1
			}
			is.about = abouts[a]
		}
		here := at{is.about, v.Window}
		n, ok := where[here]
		if !ok {
			n = len(out)
			where[here] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], v)
	}
	for _, versions := range out {
		slices.SortStableFunc(versions, func(a, b *Version) int { return cmp.Compare(a.Run, b.Run) })
	}
	return out
}

// known is the last of the versions of a number, which are in the order of runs; ok
// is false if the number is gone. A gap that is gone under the names of its groups may
// be there under others.
func known(versions []*Version) (now *Version, ok bool) {
	gone := map[string]int64{} // by key, the last run that did not find it
	for _, v := range versions {
		if v.Gone {
			gone[v.Key] = v.Run
		}
	}
	for _, v := range versions {
		if last, was := gone[v.Key]; !v.Gone && (!was || last <= v.Run) {
			now = v
		}
	}
	return now, now != nil
}

// hidden tells whether the last version of some period is suppressed: what one
// report withholds, no other may tell.
func hidden(versions []*Version) bool {
	if len(versions) == 1 {
		return versions[0].N == nil
	}
	last := map[string]*Version{}
	for _, v := range versions {
		if !v.Gone {
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
func firstOf(versions []*Version, now *Version) *audit.FirstReported {
	for _, v := range versions {
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

// point is a point that is read back.
type point struct {
	audit.TrendPoint
	about int // number of what it is about, from 1
}

// pointOf reads what a key says a number is about; nil if it is no key of an
// indicator.
func pointOf(text string) *point {
	p := &point{}
	key := []any{&p.KPI.KPI, &p.Attribute, &p.GroupKind, &p.Group, &p.Reference}
	if json.Unmarshal([]byte(text), &key) != nil || len(key) != 5 {
		return nil
	}
	return p
}

// fill adds the numbers of a version.
func (p *point) fill(v *Version) {
	p.Definition, p.Window, p.Value, p.Numerator, p.Denominator = v.Definition, v.Window, v.Value.Value, v.Numerator, v.Denominator
	p.Grounds = v.Grounds
	if v.N != nil {
		p.N = *v.N
	}
	if v.Low != nil || v.High != nil {
		p.Interval = &audit.Interval{Low: v.Low, High: v.High}
	}
	p.Run, p.Period, p.Provisional = v.Run, v.Scope, v.Provisional
}
