package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/conversation"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// converse makes rows of conversations, if the rows of the log are their turns.
func (j *Job) converse(ctx context.Context) error {
	c := j.audit.Columns.Conversation
	if c == nil {
		return nil
	}
	log, ok := j.log.source.(*files.Source)
	if !ok {
		return config.Errors{j.audit.Mistake("columns.conversation", "a log has conversations or lists, not both", "")}
	}
	o := conversation.Options{ID: c.ID, First: c.First, Last: c.Last, Refuse: c.Differs == "error"}
	o.Roles, o.Watched = j.audit.Turned()
	for _, r := range c.Roll {
		o.Rolls = append(o.Rolls, conversation.Roll(r))
	}
	o.Order, o.Instants = j.ordering(log.Schema())
	if o.Memory = j.options.Memory / 2; o.Memory > 0 { // tables take the other half
		o.Memory = max(o.Memory, 1<<20)
	}
	if told := j.options.Progress; told != nil {
		o.Progress = func(bytes int64) { told(0, bytes) }
	}
	opened, err := conversation.Open(ctx, log, o)
	var fault *conversation.RuleError
	if errors.As(err, &fault) {
		return config.Errors{j.audit.MistakeAt("columns.conversation."+fault.Key, fault.Offset, fault.Message, fault.Hint)}
	}
	if err != nil {
		return err
	}
	j.log.source = opened
	return nil
}

// ordering is the column that orders turns, and how it is read where it is a time.
func (j *Job) ordering(schema source.Schema) (string, func() (conversation.Instants, error)) {
	column, timed := j.audit.Columns.Ordered()
	role := config.Time{}
	role.Column.Name = column
	if timed {
		role = *j.audit.Columns.Time
	} else if i, _, ok := schema.Find(column, 0); ok {
		kind := schema[i].Type.Kind
		timed = kind == source.Timestamp || kind == source.Date
	}
	if !timed {
		return column, nil
	}
	return column, func() (conversation.Instants, error) {
		read, err := scan.Instants(role, j.spec.Windows.Zone)
		return read, err
	}
}

// conversations says what the conversations of the log were like; nil where a row
// is none.
func (j *Job) conversations() *audit.Conversations {
	s, ok := j.log.source.(*conversation.Source)
	if !ok {
		return nil
	}
	a := s.Accounts()
	out := &audit.Conversations{Turns: a.Turns, Conversations: a.Conversations, NoID: a.NoID, Timeless: a.Timeless}
	for _, c := range s.Schema() {
		if n := a.Differ[c.Name]; n > 0 {
			out.Differ = append(out.Differ, audit.Differing{Column: c.Name, Conversations: n})
		}
	}
	return out
}

// conversationNotes says what stands in the way of conversations.
func (j *Job) conversationNotes(c *audit.Conversations) (out []string) {
	s, ok := j.log.source.(*conversation.Source)
	if !ok || c == nil {
		return nil
	}
	if c.NoID > 0 {
		out = append(out, fmt.Sprintf("%s of %s turns name no conversation, and are left out.", thousands(c.NoID), thousands(c.Turns)))
	}
	if c.Timeless > 0 {
		out = append(out, fmt.Sprintf("%s of %s turns have nothing to order them by; they count as later than the others of their conversation.", thousands(c.Timeless), thousands(c.Turns)))
	}
	for _, d := range c.Differ {
		which := "first"
		if s.Late(d.Column) {
			which = "last"
		}
		out = append(out, fmt.Sprintf("%s of %s conversations have turns that disagree about %s; each counts once, under the %s value.",
			thousands(d.Conversations), thousands(c.Conversations), d.Column, which))
	}
	return out
}

// hintTurns says of columns that only turns have how conversations come by them.
func (j *Job) hintTurns(mistakes config.Errors) {
	s, ok := j.log.source.(*conversation.Source)
	if !ok {
		return
	}
	for i := range mistakes {
		for _, c := range s.Source.Schema() {
			if m := mistakes[i].Message; strings.HasSuffix(m, fmt.Sprintf("no column %q", c.Name)) || strings.HasSuffix(m, "no column "+c.Name) {
				mistakes[i].Hint = "turns have it; name it under columns.conversation.first or last, or roll it up"
			}
		}
	}
}
