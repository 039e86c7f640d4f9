package engine_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// month is some rows of a group in a window.
type month struct {
	window, group string
	yes, no       int
}

func monthsLog(list []month) string {
	var b strings.Builder
	b.WriteString("at,sex,yes\n")
	for _, m := range list {
		for i := range m.yes + m.no {
			fmt.Fprintf(&b, "%s-05,%s,%d\n", m.window, m.group, map[bool]int{true: 1}[i < m.yes])
		}
	}
	return b.String()
}

func seriesOf(t *testing.T, r *audit.Result, name string) audit.KPISeries {
	t.Helper()
	for _, s := range r.KPIMonitoring.Series {
		if s.KPI == name {
			return s
		}
	}
	t.Fatal("no series", name)
	return audit.KPISeries{}
}

func ids(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%d-%02d", 2020+i/12, i%12+1))
	}
	return out
}

const yesKPIs = `  define:
    - {name: yes_rate, kind: rate, numerator: yes == 1, by: sex, limits: {min: 0.4}}
    - {name: other_rate, kind: rate, numerator: yes == 0, limits: {min: 0.6}}
    - {name: gap, kind: gap, of: yes_rate, by: sex, limits: {max: 0.05}}
`

// 50 of 100 in each of twelve months, of both groups: the rate keeps a minimum of
// .4, the rest breaks one of .6, and a gap of 0 is not yet known to stay below .05.
// The sequence of 1,200 of 2,400 with the uniform mixture, at 1/2·0.05/3, by
// Python's mpmath from Robbins' formula.
func TestStatesOfKPIs(t *testing.T) {
	var list []month
	for _, w := range ids(12) {
		list = append(list, month{w, "m", 50, 50}, month{w, "f", 50, 50})
	}
	r := mustLog(t, monthsLog(list), yesKPIs)
	p := pointOf(t, r, "yes_rate", "", "", "all")
	if p.State != audit.Assured || p.Verdict != audit.Pass || p.Sequence == nil || math.Abs(*p.Sequence.Low-0.458107483666251) > 1e-9 || math.Abs(*p.Sequence.High-0.541892516333749) > 1e-9 {
		t.Errorf("%+v %+v", p, p.Sequence)
	}
	if p := pointOf(t, r, "other_rate", "", "", "all"); p.State != audit.Breach || p.Verdict != audit.Fail {
		t.Errorf("%+v", p)
	}
	if p := pointOf(t, r, "gap", "sex", "", "all"); p.State != audit.NotResolved || p.Verdict != audit.Inconclusive {
		t.Errorf("%+v %+v", p, p.Sequence)
	}
	for _, c := range r.Gates.Checks {
		if c.Threshold.Policy != audit.BySequence || r.Gates.FamilySize != 0 {
			t.Errorf("%+v", c)
		}
	}
	sum := 0.0
	for _, s := range r.KPIMonitoring.Series {
		sum += *s.LevelAlpha + 60/s.AlarmAt
		if len(s.Alarms) > 0 {
			t.Errorf("%+v", s)
		}
	}
	if math.Abs(sum-0.05) > 1e-12 {
		t.Errorf("the shares of the error budget sum to %v", sum)
	}
	// One month alone says less than its plain interval does.
	if p := pointOf(t, r, "other_rate", "", "", "2020-01"); p.State != audit.NotResolved {
		t.Errorf("%+v", p)
	}
}

// A rate that moves from .5 to .7 in the 13th month, the gap that opens with it, and
// what was said before it, which later months do not change.
func TestChangeOfKPIs(t *testing.T) {
	var list []month
	all := ids(24)
	for i, w := range all {
		if i < 12 {
			list = append(list, month{w, "m", 100, 100}, month{w, "f", 100, 100})
		} else {
			list = append(list, month{w, "m", 170, 30}, month{w, "f", 110, 90})
		}
	}
	r := mustLog(t, monthsLog(list), yesKPIs)
	for _, name := range []string{"yes_rate", "gap"} {
		s := seriesOf(t, r, name)
		if len(s.Alarms) != 1 || s.Alarms[0].Since != "2021-01" || s.Alarms[0].Window > "2021-03" {
			t.Errorf("%s: %+v", name, s.Alarms)
			continue
		}
		a := s.Alarms[0]
		want := map[string][2]float64{"yes_rate": {.5, .7}, "gap": {0, .3}}[name]
		if math.Abs(*a.Before-want[0]) > 1e-9 || math.Abs(math.Abs(*a.After)-want[1]) > 1e-9 {
			t.Errorf("%s: from %v to %v", name, *a.Before, *a.After)
		}
		attribute := map[string]string{"gap": "sex"}[name]
		if p := pointOf(t, r, name, attribute, "", a.Window); p.Alarm != a.Since {
			t.Errorf("%+v", p)
		}
	}
	early := mustLog(t, monthsLog(list[:2*15]), yesKPIs)
	for _, w := range all[:15] {
		for _, at := range [][2]string{{"yes_rate", ""}, {"gap", "sex"}} {
			a, b := pointOf(t, early, at[0], at[1], "", w), pointOf(t, r, at[0], at[1], "", w)
			a.Control, b.Control = nil, nil // is drawn around the mean of all
			sameBytes(t, at[0]+" of "+w, a, b)
		}
	}
}

// Months that are missing, of 13 rows, without an event; a group that appears and
// one that vanishes. Nothing changes, and nothing is claimed.
func TestMonitoringOfFewRows(t *testing.T) {
	var list []month
	for i, w := range ids(36) {
		switch {
		case i%7 == 3:
			continue
		case i%5 == 0:
			list = append(list, month{w, "m", 0, 13})
		default:
			list = append(list, month{w, "m", 1, 12})
		}
		if i > 20 {
			list = append(list, month{w, "x", i % 3 / 2, 4})
		}
		if i < 9 {
			list = append(list, month{w, "f", i % 2, 13})
		}
	}
	r := mustLog(t, monthsLog(list), `  define:
    - {name: yes_rate, kind: rate, numerator: yes == 1, by: sex, limits: {max: 0.1}}
    - {name: gap, kind: gap, of: yes_rate, by: sex, limits: {max: 0.01}}
    - {name: spend, kind: mean, numerator: double(yes)}
  monitor: {split: e-bh, weights: {gap: 2}}
`)
	if len(r.KPIMonitoring.Series) != 3 {
		t.Fatalf("%+v", r.KPIMonitoring)
	}
	for _, s := range r.KPIMonitoring.Series {
		if len(s.Alarms) > 0 || s.State == audit.Breach || s.State == audit.Assured {
			t.Errorf("%+v", s)
		}
	}
	if s := seriesOf(t, r, "gap"); s.LogE == nil || *s.LogE > math.Log(20) {
		t.Errorf("%+v", s)
	}
	for _, p := range r.KPIs {
		if p.Sequence != nil && (math.IsNaN(*p.Sequence.Low) || *p.Sequence.Low > *p.Sequence.High) {
			t.Errorf("%+v", p)
		}
	}
}

// With many series e-BH makes the claims that are plain.
func TestStatesByE(t *testing.T) {
	var list []month
	for _, w := range ids(12) {
		list = append(list, month{w, "m", 50, 50}, month{w, "f", 50, 50})
	}
	r := mustLog(t, monthsLog(list), yesKPIs+"  monitor: {split: e-bh}\n")
	want := map[string]audit.Verdict{"yes_rate": audit.Pass, "other_rate": audit.Fail, "gap": audit.Inconclusive}
	for _, c := range r.Gates.Checks {
		if c.Verdict != want[c.Metric] {
			t.Errorf("%s: %s, %s", c.Metric, c.Verdict, c.Reason)
		}
	}
	if _, err := kpiLog(t, monthsLog(list), yesKPIs+"  monitor: {weights: {yes_rat: 2, gap: -1}}\n"); err == nil || !strings.Contains(err.Error(), "yes_rat") || !strings.Contains(err.Error(), "at least 0") {
		t.Error(err)
	}
}
