package config

import (
	"fmt"
	"strings"
	"time"
)

// Waiver says that a gated metric may go without good evidence for a while. It
// changes no verdict of a run.
type Waiver struct {
	Metric    string `yaml:"metric" required:"true" doc:"full name of a gated metric, or the name of a rule pack"`
	Attribute string `yaml:"attribute" doc:"of this attribute or intersection alone; default: every one"`
	Version   string `yaml:"version" values:"true" doc:"of this version of the model alone; default: every one"`
	Reason    string `yaml:"reason" required:"true" doc:"why it may wait, in a sentence"`
	By        string `yaml:"by" required:"true" doc:"who says so"`
	Until     string `yaml:"until" required:"true" doc:"last day on which the waiver holds: 2027-01-31"`
}

// Holds tells whether a waiver holds at a time: until its last day is over, in the
// zone of the audit's windows.
func (w Waiver) Holds(at time.Time, zone *time.Location) bool {
	day, err := time.ParseInLocation(time.DateOnly, w.Until, zone)
	return err == nil && at.Before(day.AddDate(0, 0, 1))
}

// waivers checks that each says until when.
func (l *lint) waivers() {
	for i, w := range l.a.Waivers {
		path := fmt.Sprintf("waivers.%d", i)
		for _, f := range []struct{ key, text string }{{"metric", w.Metric}, {"reason", w.Reason}, {"by", w.By}} {
			if l.given(path+"."+f.key) && l.clean(path+"."+f.key) && strings.TrimSpace(f.text) == "" {
				l.bad(path+"."+f.key, fmt.Sprintf("%q is empty", f.key), "give a value")
			}
		}
		if at := path + ".until"; l.given(at) && l.clean(at) {
			if _, err := time.Parse(time.DateOnly, w.Until); err != nil {
				l.bad(at, `"until" must be a day, not `+quote(w.Until), "such as 2027-01-31: a waiver has an end")
			}
		}
	}
}
