package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// broken is a check that failed.
func broken(metric string) Standing {
	return Standing{Alarm: audit.Alarm{Kind: audit.AlarmGate, Detector: "parity", Metric: metric, Window: "all", Text: metric + " failed"},
		Key: keyOf(audit.AlarmGate, metric), Answer: Broken, closing: metric + " keeps its limit again"}
}

// found is a change that was found in a window.
func found(window string, begins int64, last bool) Standing {
	return Standing{Alarm: audit.Alarm{Kind: audit.AlarmChange, Indicator: "opt_in", Window: window, Since: window, Text: "opt_in left its level"},
		Key: keyOf(audit.AlarmChange, "opt_in", window), Answer: Broken, Begins: &begins, Last: last}
}

// month is a run over all windows up to the n-th month.
func month(at int64, standings ...Standing) Run {
	r := january()
	r.Verdict, r.Standings = fmt.Sprint("month ", at), standings
	r.Ends, r.At = n(at), time.Date(2026, time.Month(at), 1, 6, 0, 0, 0, time.UTC)
	for i := range r.Standings {
		if r.Standings[i].Kind == audit.AlarmGate {
			r.Standings[i].Window = fmt.Sprintf("2026-%02d", at)
		}
	}
	return r
}

func states(alarms []audit.Alarm) (out []string) {
	for _, a := range alarms {
		out = append(out, fmt.Sprintf("%d %s %s: %s", a.ID, a.State, a.Window, a.Text))
	}
	return out
}

// An alarm opens once, stays while the limit is not known to be kept, and closes when
// it is. What happens again is another alarm.
func TestAlarms(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		step := func(what string, r Run, want ...string) {
			t.Helper()
			out := record(t, l, r)
			equal(t, what, states(out.Alarms), want)
			if err := l.Told(ctx, out.Alarms, r.At); err != nil {
				t.Fatal(err)
			}
		}
		step("it fails", month(1, broken("ratio")), "1 opened 2026-01: ratio failed")
		step("the same run again", month(1, broken("ratio")), "1 still_open 2026-01: ratio failed")
		step("it fails again", month(2, broken("ratio")), "1 still_open 2026-02: ratio failed")
		unknown, kept := broken("ratio"), broken("ratio")
		unknown.Answer, kept.Answer = Unknown, Kept
		step("nobody can tell", month(3, unknown), "1 still_open 2026-03: not known to hold again: ratio failed")
		step("nor then", month(4, unknown), "1 still_open 2026-04: not known to hold again: ratio failed")
		step("it holds", month(5, kept), "1 closed 2026-05: ratio keeps its limit again")
		step("the same run again", month(5, kept))
		step("it fails anew", month(6, broken("ratio")), "2 opened 2026-06: ratio failed")

		// Runs of one period have alarms of their own. One that was audited before is
		// audited again: that was then.
		period := func(at int64, s Standing) Run {
			r := month(at, s)
			r.Period = fmt.Sprintf("2026-%02d", at)
			return r
		}
		step("a period", period(6, broken("ratio")), "3 opened 2026-06: ratio failed")
		step("an older period", period(2, kept), "3 still_open 2026-06: ratio failed")
		step("the next period", period(7, kept), "3 closed 2026-07: ratio keeps its limit again")

		// Without the limit, and with another configuration, there is nothing to keep.
		step("not there", month(7), "2 still_open 2026-06: ratio failed")
		other := month(8)
		other.Spec = "s2"
		step("no longer checked", other, "2 closed all: no longer checked: ratio failed")

		all, err := l.Alarms(ctx, "bank")
		if err != nil || len(all) != 3 || len(all[0].States) != 5 || all[0].Since != "2026-01" {
			t.Errorf("%+v, %v", all, err)
		}
		if faults, err := l.Verify(ctx); err != nil || len(faults) > 0 {
			t.Error(faults, err)
		}
		if _, err := l.db.Exec("delete from alarm_state where alarm = 2 and position = 1"); err != nil {
			t.Fatal(err)
		}
		if faults, err := l.Verify(ctx); err != nil || len(faults) != 1 || !strings.Contains(faults[0], "alarm 2") {
			t.Error(faults, err)
		}
	})
}

// A change is told in the window in which it is found, once, and stays until somebody
// has seen to it.
func TestChangeAlarms(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		first := record(t, l, month(4, found("2026-02", 1, false), found("2026-04", 3, true)))
		equal(t, "the first run tells of the last window", states(first.Alarms), []string{"1 opened 2026-04: opt_in left its level"})
		out := record(t, l, month(6, found("2026-02", 1, false), found("2026-04", 3, false), found("2026-05", 4, false)))
		equal(t, "two months later", states(out.Alarms), []string{"1 opened 2026-04: opt_in left its level", "2 opened 2026-05: opt_in left its level"})
		if err := l.Told(ctx, out.Alarms, time.Now()); err != nil {
			t.Fatal(err)
		}
		k, err := l.Acknowledge(ctx, 1, "A. Silva", "campaign", time.Now())
		if err != nil || k.State != audit.AlarmClosed || k.Acknowledged == nil || k.Text != "opt_in left its level" {
			t.Errorf("%+v, %v", k, err)
		}
		out = record(t, l, month(7, found("2026-02", 1, false), found("2026-04", 3, false), found("2026-05", 4, false)))
		equal(t, "acknowledged", states(out.Alarms), []string{"2 still_open 2026-05: opt_in left its level"})
		out = record(t, l, month(8, found("2026-04", 3, false)))
		equal(t, "found no more", states(out.Alarms), []string{"2 closed all: opt_in: the change is found no more in what is known now"})
		if _, err := l.Acknowledge(ctx, 2, "me", "late", time.Now()); err == nil || !strings.Contains(err.Error(), "alarm 2 is closed") {
			t.Error(err)
		}
		if _, err := l.Acknowledge(ctx, 9, "me", "late", time.Now()); err == nil || !strings.Contains(err.Error(), "it has no alarm 9") {
			t.Error(err)
		}
	})
}

// Who has seen to an alarm stands with it from then on; the limit is broken all the
// same.
func TestAcknowledged(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		record(t, l, month(1, broken("ratio")))
		if _, err := l.Acknowledge(ctx, 1, "A. Silva", "mended in May", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		out := record(t, l, month(2, broken("ratio")))
		want := &audit.Acknowledgment{By: "A. Silva", Reason: "mended in May", At: "2026-01-02T00:00:00Z"}
		if len(out.Alarms) != 1 || *out.Alarms[0].Acknowledged != *want {
			t.Errorf("%+v", out.Alarms)
		}
	})
}

// News that nobody was told of, because the run was ended before, is told by a later
// run; by one at the same time it is not.
func TestLostNews(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		r := month(1, broken("ratio"))
		record(t, l, r)
		r.At = r.At.Add(time.Minute)
		equal(t, "at the same time", states(record(t, l, r).Alarms), []string{"1 still_open 2026-01: ratio failed"})
		r.At = r.At.Add(lost)
		late := record(t, l, r)
		equal(t, "later", states(late.Alarms), []string{"1 opened 2026-01: ratio failed"})
		if err := l.Told(ctx, late.Alarms, r.At); err != nil {
			t.Fatal(err)
		}
		equal(t, "told", states(record(t, l, r).Alarms), []string{"1 still_open 2026-01: ratio failed"})
	})
}

// Of several runs at once one opens the alarm.
func TestAlarmsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		open(t, where)
		const runs = 4
		opened := make(chan int, runs)
		for i := range runs {
			go func() {
				l, err := Open(ctx, where, Options{})
				if err != nil {
					t.Error(err)
					opened <- 0
					return
				}
				defer l.Close()
				r := month(1, broken("ratio"))
				r.Verdict = fmt.Sprint(i)
				out, err := l.Record(ctx, r)
				if err != nil || len(out.Alarms) != 1 {
					t.Error(out.Alarms, err)
					opened <- 0
					return
				}
				opened <- int(number(out.Alarms[0].State == audit.AlarmOpened))
			}()
		}
		n := 0
		for range runs {
			n += <-opened
		}
		if n != 1 {
			t.Errorf("%d of %d runs opened the alarm", n, runs)
		}
	})
}

// What a result says about its checks and indicators.
func TestStandings(t *testing.T) {
	watched := func(states ...audit.KPIState) *audit.Result {
		r := &audit.Result{Audit: audit.Header{Period: "all"}, KPIMonitoring: &audit.KPIMonitoring{Series: []audit.KPISeries{{KPI: "opt_in"}}}}
		for i, s := range states {
			id, x := fmt.Sprintf("2026-%02d", i+1), 0.25
			r.Windows = append(r.Windows, audit.Window{ID: id, Start: id + "-01T00:00:00Z"})
			r.KPIs = append(r.KPIs, audit.KPI{KPI: "opt_in", GroupKind: audit.KindOverall, Window: id, Value: &x, Change: &x, State: s})
		}
		return r
	}
	for _, c := range []struct {
		states []audit.KPIState
		want   Answer
	}{
		{[]audit.KPIState{audit.Assured, audit.Breach}, Broken},
		{[]audit.KPIState{audit.Breach, audit.NotResolved}, Unknown},
		{[]audit.KPIState{audit.Breach, audit.Assured}, Kept},
	} {
		if got := Standings(watched(c.states...)); len(got) != 1 || got[0].Answer != c.want || got[0].Window != "2026-02" {
			t.Errorf("%v: %+v", c.states, got)
		}
	}
	r := watched(audit.Breach, audit.Breach)
	r.KPIMonitoring.Series[0].Alarms = []audit.KPIAlarm{{Window: "2025-12", Since: "2025-12"}, {Window: "2026-01", Since: "2026-01"}, {Window: "2026-02", Since: "2026-02"}}
	r.Gates.Checks = []audit.Check{{Metric: "ratio", Verdict: audit.Fail, Reason: "0.5."}, {Metric: "rate", Verdict: audit.Warn},
		{Metric: "opt_in", Verdict: audit.Fail, Threshold: audit.Threshold{Policy: audit.BySequence}}}
	equal(t, "without a history", states(Untold(Standings(r))), []string{"0 opened all: ratio failed: 0.5", "0 opened 2026-02: opt_in is outside its limits to date", "0 opened 2026-02: opt_in left its level, most likely since 2026-02"})
	r.Audit.Timezone = "UTC"
	if all := Standings(r); len(all) != 6 || all[3].Window != "2025-12" || all[3].Begins == nil || *all[3].Begins != time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).UnixMicro() {
		t.Errorf("a change before the period: %+v", all)
	}
	r.KPIs[1].Suppressed = true // what is withheld is not told
	if got := Untold(Standings(r)); len(got) != 3 || got[1].Window != "2026-01" {
		t.Errorf("%+v", got)
	}
}
