package detectors

import (
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// Newcombe 1998 (Statistics in Medicine 17, 873-890), table II: 5 of 56 less 0 of 29 is
// -.0381 to .1926 by his method 10. The p of 0 of 29 is the chance that all 5 of 85 are
// among the 56, C(56,5)/C(85,5), halved; no table of the other side is less likely but
// those with 5 of 29 and, of 4, with C(29,4)·56 of them.
func TestSilentSideOfZerosAndOnes(t *testing.T) {
	p := OffPolicyParams{Reward: "r", Propensity: "p", Target: "t"}
	out := runOffPolicy(t, p, []row{
		acted(p, "m", 1, .5, .5, 0, 0, 5), acted(p, "m", 0, .5, .5, 0, 0, 51), acted(p, "f", 0, .5, .5, 0, 0, 29),
	})
	choose := func(n, k float64) float64 {
		c := 1.0
		for i := range int(k) {
			c *= (n - float64(i)) / float64(i+1)
		}
		return c
	}
	all := choose(85, 5)
	chance := func(k float64) float64 { return choose(29, k) * choose(56, 5-k) / all }
	want := chance(0) / 2
	for k := 1.0; k <= 5; k++ {
		if chance(k) < chance(0) {
			want += chance(k)
		}
	}
	for _, metric := range []string{"logged_value_difference", "ips_value_difference"} {
		m := get(t, out.Measurements, metric, "f", "m")
		if m.Interval == nil || math.Abs(*m.Interval.Low+.1926) > 5e-5 || math.Abs(*m.Interval.High-.0381) > 5e-5 {
			t.Errorf("%s: interval %+v, want -.1926 to .0381", metric, m.Interval)
		}
		if m.P == nil || math.Abs(*m.P-want) > 1e-12 {
			t.Errorf("%s: p %v, want %v", metric, m.P, want)
		}
	}
	if m := get(t, out.Measurements, "snips_value_difference", "f", "m"); m.Value == nil || m.Interval != nil || m.P != nil || m.Note != silentNote {
		t.Errorf("a ratio with a silent side: %+v", m)
	}
}

// Of other numbers nothing is said; where both vary, all is as before.
func TestSilentSideOfNumbers(t *testing.T) {
	p := OffPolicyParams{Reward: "r", Propensity: "p", Target: "t"}
	silent := []row{acted(p, "m", 1, .25, .5, 0, 0, 40), acted(p, "m", 0, .25, .5, 0, 0, 800), acted(p, "f", 0, .25, .5, 0, 0, 86)}
	m := get(t, runOffPolicy(t, p, silent).Measurements, "ips_value_difference", "f", "m")
	if m.Value == nil || m.Interval != nil || m.P != nil || m.Note != silentNote {
		t.Errorf("86 rows of nothing: %+v", m)
	}
	loud := append(silent, acted(p, "f", 1, .25, .5, 0, 0, 1))
	if m := get(t, runOffPolicy(t, p, loud).Measurements, "ips_value_difference", "f", "m"); m.Interval == nil || m.P == nil || m.Test != "welch" {
		t.Errorf("both vary: %+v", m)
	}
}

// 40 lists without a hit, where 13 of 1,000 have one: chance makes it (1 - .013)^40, six
// times in ten, so no p may be small. Precision is no 0 or 1, and has none.
func TestSilentLists(t *testing.T) {
	p := UtilityParams{Relevance: "x", K: 3, Population: table.AmongServed}
	u := utility{UtilityParams: p}
	var rows []row
	for i := range 1040 {
		group, hit := "a", 0.0
		if i >= 1000 {
			group = "b"
		} else if i%77 == 0 {
			hit = 1
		}
		nums := map[string]float64{}
		for _, n := range servedNumbers() {
			if nums[u.served(n[1])] = hit; n[0] == "precision_at_k" {
				nums[u.served(n[1])] = hit / 3
			}
		}
		rows = append(rows, listRow(group, i%64, nums))
	}
	out := detected(t, Utility(), slateSpec(), p, rows)
	m := get(t, out.Measurements, "hit_rate_difference", "b", "a")
	if m.P == nil || *m.P < .3 || m.Interval == nil || *m.Interval.Low > -.013 || *m.Interval.High < .05 {
		t.Errorf("no hit in 40 lists: p %v, interval %+v", m.P, m.Interval)
	}
	if m := get(t, out.Measurements, "precision_at_k_difference", "b", "a"); m.Value == nil || m.P != nil || m.Interval != nil || m.Note != silentNote {
		t.Errorf("precision: %+v", m)
	}
}
