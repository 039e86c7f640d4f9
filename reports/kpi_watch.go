package reports

import (
	"fmt"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// seriesOf is how an indicator is watched; nil if it is not.
func (k *kpi) seriesOf(r *audit.Result) *audit.KPISeries {
	if r.KPIMonitoring == nil {
		return nil
	}
	for i := range r.KPIMonitoring.Series {
		if s := &r.KPIMonitoring.Series[i]; s.KPI == k.Name && (s.Attribute == "" || s.Attribute == k.attribute) {
			return s
		}
	}
	return nil
}

// stateText is what is claimed about the limits, in a word.
func (k *kpi) stateText(r *audit.Result) string {
	s := k.seriesOf(r)
	if s == nil || k.Limits == nil {
		return ""
	}
	text := map[audit.KPIState]string{audit.Assured: "assured", audit.Breach: "breach", audit.NotResolved: "not resolved"}[s.State]
	if a := k.since(s); a != nil {
		text += " to date, but not since " + windowTick(a.Since)
	}
	return text
}

// since is the last change that was found, if the value to date is within the limits
// and what has come since then is not.
func (k *kpi) since(s *audit.KPISeries) *audit.KPIAlarm {
	if s == nil || s.State != audit.Assured || len(s.Alarms) == 0 || k.Limits == nil {
		return nil
	}
	a := &s.Alarms[len(s.Alarms)-1]
	if a.After == nil {
		return nil
	}
	value := *a.After
	if k.Kind == "gap" { // of which the alarm has the sign
		value = math.Abs(value)
	}
	beyond := func(limit string, sign float64) bool {
		x, err := strconv.ParseFloat(limit, 64)
		return err == nil && sign*value > sign*x
	}
	if beyond(k.Limits.Min, -1) || beyond(k.Limits.Max, 1) {
		return a
	}
	return nil
}

// moved is from what to what an indicator changed, and when.
func (k *kpi) moved(a *audit.KPIAlarm) string {
	text := "since " + windowTick(a.Since)
	if a.Before != nil && a.After != nil {
		text += fmt.Sprintf(": %s to %s", k.number(*a.Before), k.number(*a.After))
	}
	if a.Group != nil && a.Reference != nil {
		text += fmt.Sprintf(" (%s less %s)", clean(*a.Group), clean(*a.Reference))
	}
	return text + ", found in " + windowTick(a.Window)
}

// kpiWatched says how the indicators are watched, what was found, and what share
// of the error budget each has.
func (k *maker) kpiWatched(list []*kpi) *grid {
	m := k.r.KPIMonitoring
	if m == nil {
		return nil
	}
	g := &grid{Caption: "Watched over the windows", Whole: true, Where: "kpis.csv",
		Head: []headCell{label("Indicator"), numeric("To date"), label("State"), numeric("Share for the level"), numeric("Alarm at"), label("Changes found")}}
	for _, x := range list {
		s := x.seriesOf(k.r)
		if s == nil {
			continue
		}
		toDate := k.toDateCell(x)
		share := none()
		if s.LevelAlpha != nil {
			share = cell{Text: plainShare(*s.LevelAlpha), Exact: exact(s.LevelAlpha), Num: true}
		}
		found := "none"
		if n := len(s.Alarms); n > 0 {
			if found = x.moved(&s.Alarms[n-1]); n > 1 {
				found += fmt.Sprintf("; %d earlier", n-1)
			}
		}
		if s.Note != "" {
			found = "not followed: " + s.Note
		}
		name := heading(clean(x.Title))
		if s.LogE != nil {
			name.Sub = "evidence against equal odds in every window: e-value " + eValue(*s.LogE)
		}
		g.Rows = append(g.Rows, []cell{name, toDate, text(orDash(x.stateText(k.r))), share, {Text: fixed(s.AlarmAt, 0), Num: true}, text(found)})
	}
	g.Note = watchedNote(m)
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}

// eValue writes an e-value by its logarithm; beyond all doubt its digits say nothing.
func eValue(log float64) string {
	const most = 1e6
	if log > math.Log(most) {
		return "above " + fixed(most, 0)
	}
	return plainly(math.Exp(log))
}

// kpiAlarms lists every change that was found, the latest first.
func (k *maker) kpiAlarms(list []*kpi) *grid {
	g := &grid{Caption: "Changes found", Folded: true, Screen: true, Where: "result.json",
		Head: []headCell{label("Indicator"), label("Found in"), label("Since"), numeric("Before"), numeric("After"), label("Groups")},
		Note: "Before: from the change before up to this one; after: from this one up to when it was found. Of a gap, the two groups whose difference changed."}
	for i := len(k.r.Windows) - 1; i >= 0; i-- {
		for _, x := range list {
			s := x.seriesOf(k.r)
			if s == nil {
				continue
			}
			for _, a := range s.Alarms {
				if a.Window != k.r.Windows[i].ID {
					continue
				}
				who := "–"
				if a.Group != nil && a.Reference != nil {
					who = clean(*a.Group) + " less " + clean(*a.Reference)
				}
				g.Rows = append(g.Rows, []cell{heading(clean(x.Title)), named(windowName(a.Window)), named(windowName(a.Since)), x.moment(a.Before), x.moment(a.After), named(who)})
			}
		}
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g.cut("changes")
}

func (k *kpi) moment(v *float64) cell {
	if v == nil {
		return none()
	}
	return cell{Text: k.number(*v), Exact: exact(v), Num: true}
}

// toDate is the last point with a value to date.
func (k *kpi) toDate(r *audit.Result) *audit.KPI {
	if k.whole != nil {
		return k.whole
	}
	for i := len(r.Windows) - 1; i >= 0; i-- {
		if p := k.at[r.Windows[i].ID]; p != nil && p.ToDate != nil {
			return p
		}
	}
	return nil
}

// toDateCell is the value to date, over the interval that holds at every look.
func (k *maker) toDateCell(x *kpi) cell {
	p := x.toDate(k.r)
	if p == nil || p.ToDate == nil {
		return cell{Text: "–", Num: true}
	}
	out := cell{Text: x.number(*p.ToDate), Exact: exact(p.ToDate), Num: true}
	if p.Sequence != nil {
		out.Sub = x.between(&audit.KPI{Interval: p.Sequence})
	}
	return out
}

// watchedNote is what the numbers of the table promise.
func watchedNote(m *audit.KPIMonitoring) string {
	levels := "Half is for claims about limits, over all looks and all indicators, shared by weight."
	if m.Split == "e-bh" {
		levels = "Half is for claims about limits: of those that are made, at most that share is expected to be false (e-BH), whatever the indicators have to do with each other."
	}
	since := ""
	if m.Since != "" {
		since = "The indicators are followed since " + windowName(m.Since) + ": limits on them are judged by the value to date, while every other check is a claim about the period alone. "
	}
	return since + fmt.Sprintf("The error budget of watching is %s for all indicators together. %s Half is for changes: within %d windows without any, an alarm for one comes with a chance of at most that much. "+
		"The value to date is that of all windows so far, so that it moves slowly after a change; its interval holds at every look at once, if rows (or people) come independently. A change that comes every year, with the season, is a change, too.",
		percentOf(m.Alpha), levels, m.Horizon)
}

func percentOf(x float64) string { return strconv.FormatFloat(100*x, 'g', 4, 64) + thin + "%" }

// plainShare is a small share of an error budget.
func plainShare(x float64) string { return strconv.FormatFloat(100*x, 'g', 2, 64) + thin + "%" }

// alarms lists the latest change of each indicator.
func (s *screen) alarms(list []*kpi) {
	for _, k := range list {
		x := k.seriesOf(s.r)
		if x == nil {
			continue
		}
		if n := len(x.Alarms); n > 0 {
			text := clean(k.Title) + " changed " + k.moved(&x.Alarms[n-1])
			if n > 1 {
				text += fmt.Sprintf("; %d earlier", n-1)
			}
			if k.since(x) != nil {
				text += ". Its limit is kept by the value to date, not by what came since"
			}
			s.wrap("  ! ", "    ", text, 2)
		}
	}
}
