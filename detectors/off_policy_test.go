package detectors

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// acted are n rows of a group with a reward, a propensity, a target chance and what a
// model says of the action and of the policy.
func acted(p OffPolicyParams, group string, reward, propensity, target, model, expected float64, n int64) row {
	w := target / propensity
	if p.Clip > 0 {
		w = min(w, p.Clip)
	}
	all := []float64{w, w * reward, w * w * reward, reward, expected + w*(reward-model)}
	r := row{group: []string{group}, n: n, nums: map[string]float64{}, texts: map[string]string{p.usable(): "true", string(table.File): "log.csv"}}
	for i, number := range p.numbers() {
		r.nums[table.Number(number)] = all[i]
	}
	for _, u := range p.unusable() {
		r.texts[u.when] = "false"
	}
	return r
}

func runOffPolicy(t testing.TB, p OffPolicyParams, rows []row) detect.Output {
	t.Helper()
	spec := newSpec(named("m"), "g")
	plan, err := OffPolicy().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Four rows of f: weights 2, 2, .5, .5, rewards 1, 0, 1, 0. IPS (2 + .5)/4, over the
// weights 2.5/5, effective sample 25/8.5; the error of the ratio is that of
// Σ w² (r − 1/2)² / 25 = 8.5/4/25. With weights cut at 1: 1.5/4, 1.5/3, 9/2.5.
func TestOffPolicy(t *testing.T) {
	for _, c := range []struct {
		clip                 float64
		ips, snips, ess, all float64
	}{{0, .625, .5, 25 / 8.5, 8.5 / 4 / 25}, {1, .375, .5, 9 / 2.5, 2.5 / 4 / 9}} {
		p := OffPolicyParams{Reward: "r", Propensity: "p", Target: "t", Clip: c.clip}
		rows := []row{acted(p, "f", 1, .25, .5, 0, 0, 1), acted(p, "f", 0, .25, .5, 0, 0, 1), acted(p, "f", 1, .5, .25, 0, 0, 1), acted(p, "f", 0, .5, .25, 0, 0, 1), acted(p, "m", 1, .5, .5, 0, 0, 3), acted(p, "m", 0, .5, .5, 0, 0, 3)}
		bad := acted(p, "f", 1, .5, .5, 0, 0, 7)
		bad.texts[p.usable()], bad.texts[p.unusable()[2].when] = "false", "true"
		out := runOffPolicy(t, p, append(rows, bad))
		for metric, want := range map[string]float64{"ips_value": c.ips, "snips_value": c.snips, "effective_sample": c.ess, "logged_value": .5} {
			if m := get(t, out.Measurements, metric, "f", ""); m.Value == nil || math.Abs(*m.Value-want) > 1e-14 {
				t.Errorf("clip %v: %s %v, want %v", c.clip, metric, m.Value, want)
			}
		}
		m := get(t, out.Measurements, "snips_value", "f", "")
		if half := 3.182446305284263 * math.Sqrt(c.all); math.Abs(*m.Interval.High-*m.Value-half) > 1e-9 { // t, 3 degrees of freedom, .975
			t.Errorf("clip %v: interval %v, want ± %v", c.clip, m.Interval, half)
		}
		if want := map[bool]string{true: "1", false: "none"}[c.clip > 0]; m.Parameters["clip"] != want {
			t.Errorf("clip is named %q, want %q", m.Parameters["clip"], want)
		}
		if len(out.Notes) != 1 || out.Notes[0] != "7 rows have a propensity of 0 or below and are left out (log.csv: 7)" {
			t.Errorf("notes: %q", out.Notes)
		}
	}
}

// The doubly robust value is the mean reward where target and propensity agree and the
// model is right on average; with a model that is always right it is what it expects.
func TestOffPolicyDoublyRobust(t *testing.T) {
	p := OffPolicyParams{Reward: "r", Propensity: "p", Target: "t", Model: "m", ModelTarget: "x"}
	rapid.Check(t, func(rt *rapid.T) {
		var rows []row
		var sum, n float64
		for range rapid.IntRange(1, 9).Draw(rt, "rows") {
			r, q, tgt, x := rapid.Float64Range(0, 5).Draw(rt, "r"), rapid.Float64Range(.1, 1).Draw(rt, "p"), rapid.Float64Range(0, 1).Draw(rt, "t"), rapid.Float64Range(0, 5).Draw(rt, "x")
			rows = append(rows, acted(p, "f", r, q, tgt, r, x, 1))
			sum, n = sum+x, n+1
		}
		if m := get(t, runOffPolicy(t, p, rows).Measurements, "dr_value", "f", ""); math.Abs(*m.Value-sum/n) > 1e-9 {
			rt.Fatalf("doubly robust %v, want %v", *m.Value, sum/n)
		}
	})
}

func TestOffPolicyNeeds(t *testing.T) {
	if _, err := OffPolicy().Plan(newSpec(named("a"), "g"), OffPolicyParams{Reward: "r"}); err == nil || !strings.Contains(err.Error(), "propensity") {
		t.Errorf("no chances: %v", err)
	}
	if (OffPolicyParams{Model: "m"}).Check() == nil {
		t.Error("a model without what it expects passes")
	}
}
