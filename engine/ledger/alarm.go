package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Alarms of runs over the whole log and of runs of one period are kept apart: they
// judge other rows.
const (
	scopeAll    = "all"
	scopePeriod = "period"
)

func scopeOf(period string) string {
	if period == audit.AllWindows || period == "" {
		return scopeAll
	}
	return scopePeriod
}

// acknowledged is the state of an alarm that somebody has seen to. It stays open.
const acknowledged audit.AlarmState = "acknowledged"

// lost is the time after which news that nobody was told of is told by another run:
// the run that wrote it was ended before, or could reach nobody.
const lost = 10 * time.Minute

// open is an alarm that is not closed.
type openAlarm struct {
	audit.Alarm
	key, spec string
	position  int64 // of its last state
	here      bool  // a state of this run was written
}

// settle brings the alarms of an audit up to what a run says, and lists those that
// are open or that it closed. A run of a period that is older than one that was
// audited since changes nothing: what it says was true then.
func (t *tx) settle(run int64, r *Run) ([]audit.Alarm, error) {
	scope := scopeOf(r.Period)
	newest, err := t.newest(r.Audit, scope, run)
	if err != nil {
		return nil, err
	}
	open, err := t.openAlarms(r.Audit, scope, run)
	if err != nil {
		return nil, err
	}
	older := scope == scopePeriod && newest != nil && r.Ends != nil && *r.Ends < *newest
	stands := map[string]*Standing{}
	for i := range r.Standings {
		stands[r.Standings[i].Key] = &r.Standings[i]
	}
	w := alarmWriter{t: t, run: run, at: r.At.UTC().Format(time.RFC3339)}
	var out []audit.Alarm
	known := map[string]bool{}
	for i := range open {
		a := &open[i]
		known[a.key] = true
		if !older {
			if err := w.update(a, stands[a.key], r); err != nil {
				return nil, err
			}
		}
		out = append(out, a.Alarm)
	}
	for i := range r.Standings {
		s := &r.Standings[i]
		if older || known[s.Key] || s.Answer != Broken {
			continue
		}
		fresh, err := t.fresh(s, r.Audit, scope, newest)
		if err != nil {
			return nil, err
		}
		if !fresh {
			continue
		}
		opened, err := w.open(s, r.Audit, scope)
		if err != nil {
			return nil, err
		}
		out = append(out, opened)
	}
	return t.withLost(out, r)
}

// newest is the latest end of what other runs of the audit have audited.
func (t *tx) newest(name, scope string, run int64) (ends *int64, err error) {
	_, err = t.one([]any{&ends}, "select max(e.ends_at) from evidence e join run r on r.id = e.run where r.audit = ? and e.scope = ? and e.run <> ?", name, scope, run)
	return ends, err
}

// fresh tells whether an alarm is one to open. A limit that is broken always is. A
// change is if it was never told, and was found in a window that no run has seen
// before; the first run tells of the last window alone.
func (t *tx) fresh(s *Standing, name, scope string, newest *int64) (bool, error) {
	if s.Kind != audit.AlarmChange {
		return true, nil
	}
	var n int64
	if _, err := t.one([]any{&n}, "select count(*) from alarm where audit = ? and scope = ? and alarm_key = ?", name, scope, s.Key); err != nil {
		return false, err
	}
	if newest == nil || s.Begins == nil {
		return n == 0 && s.Last, nil
	}
	return n == 0 && *s.Begins >= *newest, nil
}

func (t *tx) openAlarms(name, scope string, run int64) (out []openAlarm, err error) {
	all, err := listAlarms(t.ctx, t, t.dialect, name)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.State == audit.AlarmClosed || a.Scope != scope {
			continue
		}
		o := openAlarm{Alarm: a.Alarm, key: a.key, position: int64(len(a.States))}
		for _, s := range a.States {
			o.here = o.here || s.Run == run && s.State != acknowledged
		}
		o.State = audit.AlarmStillOpen
		if _, err := t.one([]any{&o.spec}, "select spec from run where id = ?", a.Run); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// alarmWriter adds states: none is ever changed.
type alarmWriter struct {
	t   *tx
	run int64
	at  string
}

// update says how an open alarm stands now.
func (w *alarmWriter) update(a *openAlarm, s *Standing, r *Run) error {
	state, said, window := audit.AlarmStillOpen, "", ""
	switch {
	case s != nil && s.Answer == Broken:
		said, window = s.Text, s.Window
	case s != nil && s.Answer == Kept:
		state, said, window = audit.AlarmClosed, s.closing, s.Window
	case s != nil: // it stays
		said, window = notKnown+strings.TrimPrefix(a.Text, notKnown), s.Window
	case a.Kind == audit.AlarmChange && scopeOf(r.Period) == scopeAll:
		state, said, window = audit.AlarmClosed, a.Indicator+": the change is found no more in what is known now", r.Period
	case a.spec != r.Spec:
		state, said, window = audit.AlarmClosed, "no longer checked: "+strings.TrimPrefix(a.Text, notKnown), r.Period
	default:
		return nil
	}
	a.State, a.Window, a.Text = state, window, said
	if a.here && state == audit.AlarmStillOpen { // the run has said so
		return nil
	}
	return w.add(a.ID, a.position+1, state, window, said, "")
}

const notKnown = "not known to hold again: "

func (w *alarmWriter) open(s *Standing, name, scope string) (audit.Alarm, error) {
	a := s.Alarm
	a.State = audit.AlarmOpened
	if a.Since == "" {
		a.Since = a.Window
	}
	id, err := w.t.next("alarm")
	if err != nil {
		return a, err
	}
	a.ID = id
	err = w.t.exec("insert into alarm values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, name, scope, s.Key, string(a.Kind), a.Indicator, a.Detector, a.Metric,
		a.Attribute, a.Limit, a.Pack, a.Window, a.Since, w.run)
	if err != nil {
		return a, err
	}
	return a, w.add(id, 1, audit.AlarmOpened, a.Window, a.Text, "")
}

func (w *alarmWriter) add(alarm, position int64, state audit.AlarmState, window, said, by string) error {
	var run *int64 // nobody's, of an acknowledgment
	if w.run != 0 {
		run = &w.run
	}
	return w.t.exec("insert into alarm_state values (?, ?, ?, ?, ?, ?, ?, ?)", alarm, position, string(state), run, window, said, by, w.at)
}

// withLost adds the news of earlier runs that nobody was told of.
func (t *tx) withLost(out []audit.Alarm, r *Run) ([]audit.Alarm, error) {
	all, err := listAlarms(t.ctx, t, t.dialect, r.Audit)
	if err != nil {
		return nil, err
	}
	before := r.At.Add(-lost).UTC().Format(time.RFC3339)
	for _, a := range all {
		last := a.news()
		if last == nil || last.told || last.At > before {
			continue
		}
		at := slices.IndexFunc(out, func(o audit.Alarm) bool { return o.ID == a.ID })
		if at < 0 {
			out = append(out, a.Alarm)
			at = len(out) - 1
		}
		if !out[at].News() {
			out[at].State = last.State
		}
	}
	return out, nil
}

// Told notes that the news of alarms was told, so that no other run tells it.
func (l *Ledger) Told(ctx context.Context, alarms []audit.Alarm, at time.Time) error {
	return l.write(ctx, func(t *tx) error {
		for _, a := range alarms {
			if a.ID == 0 || !a.News() {
				continue
			}
			err := t.exec(`insert into alarm_told select alarm, position, ? from alarm_state s where alarm = ? and state in ('opened', 'closed')
				and not exists (select 1 from alarm_told told where told.alarm = s.alarm and told.position = s.position)`, at.UTC().Format(time.RFC3339), a.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Acknowledge notes that somebody has seen an alarm, and why it may stand. A limit
// that is broken stays open until it is kept again; a change is closed by it.
func (l *Ledger) Acknowledge(ctx context.Context, id int64, by, reason string, at time.Time) (out KeptAlarm, err error) {
	err = l.write(ctx, func(t *tx) error {
		all, err := listAlarms(ctx, t, l.dialect, "")
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(a KeptAlarm) bool { return a.ID == id })
		switch {
		case i < 0:
			return fmt.Errorf("it has no alarm %d; see plumbline ledger alarms", id)
		case all[i].State == audit.AlarmClosed:
			return fmt.Errorf("alarm %d is closed: there is nothing to acknowledge", id)
		case by == "" || reason == "":
			return errors.New("an acknowledgment says by whom and why")
		}
		a := all[i]
		w := alarmWriter{t: t, at: at.UTC().Format(time.RFC3339)}
		n := int64(len(a.States))
		if err := w.add(id, n+1, acknowledged, a.Window, reason, by); err != nil {
			return err
		}
		if a.Kind == audit.AlarmChange { // it cannot hold again
			if err := w.add(id, n+2, audit.AlarmClosed, a.Window, "acknowledged", by); err != nil {
				return err
			}
			if err := t.exec("insert into alarm_told values (?, ?, ?)", id, n+2, w.at); err != nil {
				return err
			}
		}
		if all, err = listAlarms(ctx, t, l.dialect, ""); err == nil {
			out = all[i]
		}
		return err
	})
	return out, err
}
