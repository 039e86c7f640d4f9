package config

import (
	"slices"
	"strings"
)

// Conversation says how the turns of a log make conversations. Every conversation
// becomes a row; all else in the configuration is about these.
type Conversation struct {
	ID      string   `yaml:"id" required:"true" doc:"column that tells conversations apart"`
	Order   string   `yaml:"order" doc:"column by which the turns of a conversation are ordered: a time or a number; default: columns.time, else the order of the log"`
	Roll    []Roll   `yaml:"roll" keyed:"true" doc:"columns of a conversation that its turns make, by name, each with a rule: escalated: any(intent == 'handover')"`
	First   []string `yaml:"first" one:"true" doc:"columns of which the first value in the conversation counts; so does that of every other column which a role names"`
	Last    []string `yaml:"last" one:"true" doc:"columns of which the last value in the conversation counts"`
	Differs string   `yaml:"differs" default:"count" enum:"count|error" doc:"a conversation whose turns have several groups, strata, subjects or versions: count it under the first, or what last names under the last, and say how many there are, or refuse the log"`
}

// Roll makes a column of a conversation out of its turns.
type Roll struct {
	Name string `yaml:"-"`
	Rule string `yaml:"rule" required:"true" short:"true" doc:"any(condition), all(condition), count(), count(condition) (a turn of which a condition depends on a missing value is one of which it is not true: any is then false, and so is all), sum(number), min(number), max(number), first(value), last(value), seconds(condition) from the first turn to the first of which it is true, or seconds() to the last; conditions and numbers are CEL expressions over the columns of a turn"`
}

// conversation checks columns.conversation.
func (l *lint) conversation() {
	c := l.a.Columns.Conversation
	const path = "columns.conversation"
	if c == nil || !l.clean(path) {
		return
	}
	if l.a.Columns.Slate != nil {
		l.bad(path, "a log has conversations or lists, not both", "remove columns.conversation or columns.slate")
	}
	if l.a.Columns.Weight != nil {
		l.bad(path, "a turn cannot stand for several: columns.weight goes with rows that are not rolled up", "remove columns.weight")
	}
	for _, r := range c.Roll {
		if strings.TrimSpace(r.Rule) == "" {
			l.bad(path+".roll."+r.Name, "rule of "+quote(r.Name)+" is empty", "write one, as any(intent == 'handover')")
		}
	}
}

// Ordered is the column that orders the turns; "" for the order of the log. timed
// says that it is read as columns.time.
func (c *Columns) Ordered() (column string, timed bool) {
	switch {
	case c.Time != nil && (c.Conversation.Order == "" || c.Conversation.Order == c.Time.Column.Name):
		return c.Time.Column.Name, true
	}
	return c.Conversation.Order, false
}

// Turned lists the columns of the log that the audit may use of a conversation, and
// those among them that should not change within one: what groups it, and who it
// is with.
func (a *Audit) Turned() (roles, watched []string) {
	for _, u := range a.uses() {
		name := u.role.Column.Name
		roles = append(roles, name)
		for _, part := range []string{"group:", "stratum:", "subject", "version"} {
			if strings.HasPrefix(u.part, part) {
				watched = append(watched, name)
			}
		}
	}
	for _, j := range a.Data.Joins {
		for _, k := range j.On {
			roles, watched = append(roles, k.Log), append(watched, k.Log)
		}
	}
	slices.Sort(watched)
	return roles, slices.Compact(watched)
}
