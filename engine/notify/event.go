// Package notify tells people and machines how an audit came out: a file of
// metrics, a webhook, a command. It never decides anything, and never fails an
// audit.
package notify

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// State is how a breach stands at the last window.
type State string

// The states. A breach is told when it opens and when it closes, not every month.
const (
	Opened    State = "opened"
	StillOpen State = "still_open"
	Closed    State = "closed"
	Changed   State = "changed" // a series left its level
	Failed    State = "failed"  // a check of this run
)

// Event is something that happened.
type Event struct {
	State     State  `json:"state"`
	Indicator string `json:"indicator,omitempty"`
	Detector  string `json:"detector,omitempty"`
	Metric    string `json:"metric,omitempty"`
	Attribute string `json:"attribute,omitempty"`
	Window    string `json:"window"`
	Since     string `json:"since,omitempty"`
	Text      string `json:"text"`
}

// tell says whether an event is news.
func (e Event) tell() bool { return e.State != StillOpen }

// Message is what webhooks and commands get.
type Message struct {
	Audit   string        `json:"audit"`
	Title   string        `json:"title,omitempty"`
	Period  string        `json:"period"`
	Verdict audit.Verdict `json:"verdict"`
	Events  []Event       `json:"events"`
}

// Of collects what happened in a result: checks of detectors that failed in this
// run, and, of every indicator, what is new in its last window.
func Of(r *audit.Result) Message {
	m := Message{Audit: r.Audit.Name, Title: r.Audit.Title, Period: r.Audit.Period, Verdict: r.Verdict, Events: []Event{}}
	for _, c := range r.Gates.Checks {
		if c.Verdict == audit.Fail && c.Threshold.Policy != audit.BySequence {
			m.Events = append(m.Events, Event{State: Failed, Detector: c.Detector, Metric: c.Metric, Attribute: c.Attribute, Window: r.Audit.Period,
				Text: strings.TrimSuffix(fmt.Sprintf("%s failed: %s", c.Metric, c.Reason), ".")})
		}
	}
	if r.KPIMonitoring == nil {
		return m
	}
	for _, s := range r.KPIMonitoring.Series {
		m.Events = append(m.Events, ofSeries(r, s)...)
	}
	return m
}

// ofSeries compares the last two windows of a series.
func ofSeries(r *audit.Result, s audit.KPISeries) []Event {
	points := pointsOf(r, s)
	if len(points) == 0 {
		return nil
	}
	last, before := points[len(points)-1], audit.KPIState("")
	if len(points) > 1 {
		before = points[len(points)-2].State
	}
	e := Event{Indicator: s.KPI, Attribute: s.Attribute, Window: last.Window}
	var out []Event
	add := func(state State, since, text string) {
		e.State, e.Since, e.Text = state, since, text
		out = append(out, e)
	}
	switch breach := last.State == audit.Breach; {
	case breach && before == audit.Breach:
		add(StillOpen, "", s.KPI+" is still outside its limits to date")
	case breach:
		add(Opened, "", s.KPI+" is outside its limits to date")
	case before == audit.Breach:
		add(Closed, "", s.KPI+" is no longer known to be outside its limits to date")
	}
	if last.Alarm != "" {
		add(Changed, last.Alarm, fmt.Sprintf("%s left its level, most likely since %s", s.KPI, last.Alarm))
	}
	return out
}

// pointsOf are the points of a series in the order of time.
func pointsOf(r *audit.Result, s audit.KPISeries) []*audit.KPI {
	at := map[string]*audit.KPI{}
	for i := range r.KPIs {
		p := &r.KPIs[i]
		kind := audit.KindOverall
		if s.Attribute != "" {
			kind = audit.KindWorst
		}
		if p.KPI == s.KPI && p.Attribute == s.Attribute && p.GroupKind == kind && !p.Suppressed && p.Change != nil {
			at[p.Window] = p
		}
	}
	var out []*audit.KPI
	for _, w := range r.Windows {
		if p := at[w.ID]; p != nil {
			out = append(out, p)
		}
	}
	return out
}
