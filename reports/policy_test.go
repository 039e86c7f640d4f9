package reports

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// What the page and the head of the summary promise about false alarms, by the
// policies of the checks.
func TestErrorBudgetByPolicy(t *testing.T) {
	const holm, point, equivalence = "even one", "no error budget", "about the other error"
	for _, c := range []struct {
		policies   []audit.Policy
		tests      int
		adjustment string
		says, not  []string
		head       string
	}{
		{[]audit.Policy{audit.TwoProng}, 3, "holm", []string{"3 tests share", holm}, []string{point, equivalence}, "3 tests at alpha 0.05, Holm"},
		{[]audit.Policy{""}, 1, "holm", []string{"1 test has the whole budget of 0.05"}, []string{"share"}, "1 test at alpha 0.05, Holm"},
		{[]audit.Policy{audit.ByPoint}, 3, "holm", []string{point}, []string{holm, "Holm"}, "policy point: no error budget"},
		{[]audit.Policy{audit.Equivalence}, 3, "holm", []string{equivalence, "at most 0.025"}, []string{holm, "Holm"}, "policy equivalence: limits have to be shown to hold"},
		{[]audit.Policy{audit.Equivalence, audit.ByPoint}, 3, "holm", []string{point, equivalence}, []string{"Holm"}, "policies point and equivalence: no error budget"},
		{[]audit.Policy{audit.ByInterval, audit.ByPoint}, 3, "holm", []string{"even one check of those that go by their test fails", point}, []string{equivalence}, "3 tests at alpha 0.05, Holm"},
		{[]audit.Policy{audit.TwoProng}, 1, "bh", []string{"1 test is adjusted"}, nil, "1 test at alpha 0.05, Benjamini-Hochberg"},
		{[]audit.Policy{audit.TwoProng}, 1, "none", []string{"1 test at 0.05."}, []string{"each"}, "1 test at alpha 0.05, not adjusted"},
	} {
		r := &audit.Result{Audit: audit.Header{Alpha: 0.05}, Gates: audit.GateSummary{FamilySize: c.tests, Adjustment: c.adjustment}}
		for _, p := range c.policies {
			r.Gates.Checks = append(r.Gates.Checks, audit.Check{Threshold: audit.Threshold{Policy: p}})
		}
		text := budgetText(r.Audit.Alpha, r.Gates)
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %q is not in %q", c.policies, want, text)
			}
		}
		for _, no := range c.not {
			if strings.Contains(text, no) {
				t.Errorf("%v: %q is in %q", c.policies, no, text)
			}
		}
		if got := budget(r); got != c.head {
			t.Errorf("%v: the head says %q, want %q", c.policies, got, c.head)
		}
	}
}

// Without adjustment nothing is called an adjusted p, and its column goes.
func TestNoAdjustment(t *testing.T) {
	p := 0.01
	m := &audit.Measurement{P: &p, PAdjusted: &p}
	for how, want := range map[string]bool{"none": false, "holm": true} {
		g := audit.GateSummary{Adjustment: how, Checks: []audit.Check{{Threshold: audit.Threshold{Policy: audit.TwoProng}}}}
		k := &maker{r: &audit.Result{Gates: g}}
		text := (&maker{r: &audit.Result{Gates: g}}).policies(g)[0].Text
		if strings.Contains(text, "adjusted p") != want || (k.adjusted(m) != nil) != want {
			t.Errorf("%s: %q, %v", how, text, k.adjusted(m))
		}
	}
}

// What judging by the point alone costs stands with the policy and in the head.
func TestCostOfThePoint(t *testing.T) {
	share := 0.94
	g := audit.GateSummary{Checks: []audit.Check{{Metric: "selection_rate_ratio", Attribute: "race", Threshold: audit.Threshold{Policy: audit.ByPoint}, FalseAlarm: &share}}}
	for _, text := range []string{(&maker{r: &audit.Result{Gates: g}}).policies(g)[0].Text, budget(&audit.Result{Gates: g})} {
		if !strings.Contains(text, "about 94"+thin+"%") {
			t.Errorf("%q does not say what it costs", text)
		}
	}
	g.Checks = append(g.Checks, g.Checks[0])
	if text := budget(&audit.Result{Gates: g}); !strings.Contains(text, "94"+thin+"% to 100"+thin+"% false alarms") {
		t.Errorf("two checks: %q", text)
	}
	g.Checks[1].FalseAlarm = nil
	if text := budget(&audit.Result{Gates: g}); !strings.Contains(text, "at least 94"+thin+"%") {
		t.Errorf("two checks, of which one is known: %q", text)
	}
}

// Ends of an axis have no decimals that say nothing.
func TestRoundly(t *testing.T) {
	for text, want := range map[string]string{"0.00": "0", "4.00": "4", "60.0 %": "60 %", "0.25": "0.25", "0": "0", "1.05": "1.05", "40": "40"} {
		if got := roundly(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The page says what intervals follow where a person can have many rows.
func TestFollowed(t *testing.T) {
	for _, c := range []struct {
		ms   []audit.Measurement
		want []string
	}{
		{[]audit.Measurement{{}}, nil},
		{[]audit.Measurement{{Shards: 63}, {Shards: 64}}, []string{"64 shards, of which 64 have rows"}},
		{[]audit.Measurement{{Shards: 1023, EachSubject: true}}, []string{"each of 1,023 subjects is left out in turn"}},
		{[]audit.Measurement{{Shards: 40, EachSubject: true}, {Shards: 31}}, []string{"each of 40 subjects is left out in turn", "of which 31 have rows"}},
	} {
		got := (&maker{r: &audit.Result{Measurements: c.ms}}).followed()
		if len(got) != len(c.want) {
			t.Errorf("%+v: %v", c.ms, got)
			continue
		}
		for i, f := range got {
			if !strings.Contains(f.Text, c.want[i]) {
				t.Errorf("%q lacks %q", f.Text, c.want[i])
			}
		}
	}
}
