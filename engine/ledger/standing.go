package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// Standing is how something that can be alarmed about stands in a run.
type Standing struct {
	audit.Alarm        // without number and state
	Key         string // what it is, whatever the run
	Answer      Answer // what the run says
	Begins      *int64 // of a change: start of the window in which it was found, in microseconds
	Last        bool   // of a change: that is the last window
	closing     string // the sentence that closes it
}

// Answer is what a run says about a limit.
type Answer int

// The answers. What is not known neither opens nor closes an alarm.
const (
	Unknown Answer = iota
	Kept
	Broken
)

// Standings lists what a result says about everything that can be alarmed about:
// checks, the limits of indicators to date, and changes that were found.
func Standings(r *audit.Result) []Standing {
	var out []Standing
	for i := range r.Gates.Checks {
		if c := &r.Gates.Checks[i]; c.Threshold.Policy != audit.BySequence { // those are the indicators' own
			out = append(out, ofCheck(r, c))
		}
	}
	if r.KPIMonitoring == nil {
		return out
	}
	for _, s := range r.KPIMonitoring.Series {
		out = append(out, ofSeries(r, s)...)
	}
	return out
}

func ofCheck(r *audit.Result, c *audit.Check) Standing {
	s := Standing{Alarm: audit.Alarm{Kind: audit.AlarmGate, Detector: c.Detector, Metric: c.Metric, Attribute: c.Attribute, Limit: c.Threshold.Key,
		Pack: c.Threshold.Pack, Window: r.Audit.Period}, closing: c.Metric + " keeps its limit again"}
	s.Key = keyOf(s.Kind, c.Detector, c.Metric, c.Attribute, c.Threshold.Key, c.Threshold.Pack)
	s.Text = strings.TrimSuffix(fmt.Sprintf("%s failed: %s", c.Metric, c.Reason), ".")
	switch c.Verdict {
	case audit.Fail:
		s.Answer = Broken
	case audit.Pass, audit.Warn:
		s.Answer = Kept
	}
	return s
}

// ofSeries is how an indicator stands in its last window, and every change that was
// found in it: a run of a period follows it from the first window of the log, and so
// knows of changes in windows that were never audited by themselves.
func ofSeries(r *audit.Result, series audit.KPISeries) []Standing {
	points := r.Watched(series)
	last := &audit.KPI{}
	if len(points) > 0 {
		last = points[len(points)-1]
	}
	about := audit.Alarm{Indicator: series.KPI, Attribute: series.Attribute}
	var out []Standing
	if last.State != "" {
		s := Standing{Alarm: about, Key: keyOf(audit.AlarmIndicator, series.KPI, series.Attribute, last.Definition),
			closing: series.KPI + " is known to keep its limits to date again"}
		s.Kind, s.Window, s.Text = audit.AlarmIndicator, last.Window, series.KPI+" is outside its limits to date"
		switch last.State {
		case audit.Breach:
			s.Answer = Broken
		case audit.Assured:
			s.Answer = Kept
		}
		out = append(out, s)
	}
	for _, c := range series.Alarms {
		shown := slices.ContainsFunc(points, func(p *audit.KPI) bool { return p.Window == c.Window })
		before := !slices.ContainsFunc(r.Windows, func(w audit.Window) bool { return w.ID == c.Window })
		if !shown && !before {
			continue // its number is withheld
		}
		s := Standing{Alarm: about, Key: keyOf(audit.AlarmChange, series.KPI, series.Attribute, definitionOf(r, series.KPI), c.Window), Answer: Broken,
			Begins: startOf(r, c.Window), Last: c.Window == last.Window}
		s.Kind, s.Window, s.Since = audit.AlarmChange, c.Window, c.Since
		s.Text = fmt.Sprintf("%s left its level, most likely since %s", series.KPI, c.Since)
		out = append(out, s)
	}
	return out
}

func definitionOf(r *audit.Result, name string) string {
	for i := range r.KPIDefinitions {
		if r.KPIDefinitions[i].Name == name {
			return r.KPIDefinitions[i].Definition
		}
	}
	return ""
}

func keyOf(kind audit.AlarmKind, parts ...string) string {
	text, err := json.Marshal(append([]string{string(kind)}, parts...))
	if err != nil {
		return strings.Join(parts, " ") // texts are always encoded
	}
	return string(text)
}

// startOf is the start of a window, also of one before the period.
func startOf(r *audit.Result, window string) *int64 {
	for i := range r.Windows {
		if r.Windows[i].ID == window {
			return micros(r.Windows[i].Start)
		}
	}
	zone, err := time.LoadLocation(r.Audit.Timezone)
	if err != nil {
		return nil
	}
	start, _, err := config.ParseSpan(window, zone)
	if err != nil {
		return nil
	}
	us := start.UnixMicro()
	return &us
}

// micros is a time as microseconds; nil for none.
func micros(text string) *int64 {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil
	}
	us := t.UnixMicro()
	return &us
}

// Untold is what alarms are without a history: nothing is known of earlier runs, so
// that each breach of this one opens.
func Untold(all []Standing) (out []audit.Alarm) {
	for _, s := range all {
		if s.Answer == Broken && (s.Kind != audit.AlarmChange || s.Last) {
			s.State = audit.AlarmOpened
			out = append(out, s.Alarm)
		}
	}
	return out
}
