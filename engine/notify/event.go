// Package notify tells people and machines how an audit came out: a file of
// metrics, a webhook, a command. It never decides anything, and never fails an
// audit: how alarms stand is what the history says.
package notify

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Message is what webhooks and commands get.
type Message struct {
	Audit   string        `json:"audit"`
	Title   string        `json:"title,omitempty"`
	Period  string        `json:"period"`
	Verdict audit.Verdict `json:"verdict"`
	Events  []audit.Alarm `json:"events"`
}

// Of is the message about a result, with the alarms that are open and those that
// were closed.
func Of(r *audit.Result, alarms []audit.Alarm) Message {
	return Message{Audit: r.Audit.Name, Title: r.Audit.Title, Period: r.Audit.Period, Verdict: r.Verdict, Events: append([]audit.Alarm{}, alarms...)}
}

// news tells whether there is something to tell.
func (m Message) news() bool {
	return slices.ContainsFunc(m.Events, func(a audit.Alarm) bool { return a.News() })
}
