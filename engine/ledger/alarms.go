package ledger

import (
	"context"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// KeptAlarm is an alarm with everything that was ever said of it.
type KeptAlarm struct {
	audit.Alarm
	Audit  string     `json:"audit"`
	Scope  string     `json:"scope"` // all: runs over the whole log; period: runs of one period
	Run    int64      `json:"run"`   // that opened it
	States []SaidOfIt `json:"states"`

	key string
}

// SaidOfIt is one state that an alarm was in.
type SaidOfIt struct {
	State  audit.AlarmState `json:"state"` // also acknowledged
	Run    int64            `json:"run,omitempty"`
	Window string           `json:"window"`
	Text   string           `json:"text"`
	By     string           `json:"by,omitempty"`
	At     string           `json:"at"`

	told bool
}

// news is the last state that is to be told; nil if there is none.
func (a *KeptAlarm) news() *SaidOfIt {
	for i := len(a.States) - 1; i >= 0; i-- {
		if s := &a.States[i]; s.State == audit.AlarmOpened || s.State == audit.AlarmClosed {
			return s
		}
	}
	return nil
}

// Alarms lists the alarms of an audit, or of all, in the order in which they opened.
func (l *Ledger) Alarms(ctx context.Context, name string) ([]KeptAlarm, error) {
	out, err := listAlarms(ctx, l.db, l.dialect, name)
	return out, l.fault(err)
}

func listAlarms(ctx context.Context, q querier, d dialect, name string) (out []KeptAlarm, err error) {
	var a KeptAlarm
	at := map[int64]int{}
	err = each(ctx, q, d.spell(`select id, audit, scope, alarm_key, kind, indicator, detector, metric, attribute, limit_key, pack, window_id, since, run
		from alarm where ? = '' or audit = ? order by id`), []any{name, name},
		[]any{&a.ID, &a.Audit, &a.Scope, &a.key, &a.Kind, &a.Indicator, &a.Detector, &a.Metric, &a.Attribute, &a.Limit, &a.Pack, &a.Window, &a.Since, &a.Run}, func() error {
			at[a.ID] = len(out)
			out = append(out, a)
			return nil
		})
	if err != nil {
		return nil, err
	}
	var id int64
	var told int64
	var run *int64
	var s SaidOfIt
	err = each(ctx, q, d.spell(`select s.alarm, s.state, s.run, s.window_id, s.said, s.by_whom, s.written_at,
			(select count(*) from alarm_told t where t.alarm = s.alarm and t.position = s.position)
		from alarm_state s join alarm a on a.id = s.alarm where ? = '' or a.audit = ? order by s.alarm, s.position`), []any{name, name},
		[]any{&id, &s.State, &run, &s.Window, &s.Text, &s.By, &s.At, &told}, func() error {
			i, ok := at[id]
			if !ok {
				return nil // it opened after the alarms were listed
			}
			s.Run, s.told = 0, told > 0
			if run != nil {
				s.Run = *run
			}
			out[i].say(s)
			return nil
		})
	return out, err
}

// say adds a state, in the order of their positions.
func (a *KeptAlarm) say(s SaidOfIt) {
	a.States = append(a.States, s)
	if s.State == acknowledged {
		a.Acknowledged = &audit.Acknowledgment{By: s.By, Reason: s.Text, At: s.At}
		return
	}
	a.State, a.Window = s.State, s.Window
	if s.By == "" { // an acknowledgment that closes says nothing of what was wrong
		a.Text = s.Text
	}
}
