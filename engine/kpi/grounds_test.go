package kpi

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// What a point leaves in the history follows it as the estimate that it was made of:
// its counts, its people, and the very bits of its variance.
func TestGrounds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		shards := make([]stat.Shard, table.Shards)
		var k, n int64
		for i := range shards {
			s := stat.Shard{N: rapid.Int64Range(0, 1<<40).Draw(r, "n")}
			s.K = rapid.Int64Range(0, s.N).Draw(r, "k")
			shards[i], k, n = s, k+s.K, n+s.N
		}
		value := rapid.Float64Range(-1e9, 1e9).Draw(r, "value")
		variance := rapid.Float64Range(1e-300, 1e300).Draw(r, "variance")
		kind := rapid.SampledFrom([]string{"rows", "people", "dealt", "mean", "shares"}).Draw(r, "kind")
		e := &estimate{value: &value, numerator: float(float64(k)), denominator: float(float64(n)), n: n, k: k, trials: n}
		switch kind {
		case "people":
			e.people = &stat.People{Shards: shards}
		case "dealt":
			e.dealt = shards
		case "mean":
			e.recalled = &stat.Estimated{Value: value, Variance: variance}
		}
		rate := kind != "mean" && kind != "shares"
		if kind == "shares" {
			for i := range shards {
				e.shares = append(e.shares, share{float64(shards[i].K) + 0.1, float64(shards[i].N)})
			}
		}
		p := &audit.KPI{Value: e.value, Numerator: e.numerator, Denominator: e.denominator, N: e.n, Grounds: e.grounds(rate)}
		got, ok := recalled(p, rate, kind == "people" || kind == "dealt")
		if !ok {
			r.Fatal("it cannot be followed")
		}
		if kind == "shares" {
			if !slices.Equal(got.shares, e.shares) {
				r.Fatalf("%v, want %v", got.shares, e.shares)
			}
			return
		}
		if kind == "mean" {
			if x, ok := got.spread(); !ok || math.Float64bits(x.Variance) != math.Float64bits(variance) {
				r.Fatalf("%v, want %v", x.Variance, variance)
			}
			return
		}
		if got.k != k || got.trials != n {
			r.Fatalf("%d of %d, want %d of %d", got.k, got.trials, k, n)
		}
		was, is := line{e}, line{got}
		if was.clustered() != is.clustered() {
			r.Fatal("it is followed otherwise")
		}
		for i, s := range is.shards() {
			if was.clustered() && s != shards[i] {
				r.Fatalf("shard %d: %v, want %v", i, s, shards[i])
			}
		}
	})
}

// Without what it takes a point is not followed as if its rows were independent, and
// damaged grounds are none.
func TestNoGrounds(t *testing.T) {
	x := 0.5
	for name, c := range map[string]struct {
		p            audit.KPI
		rate, people bool
	}{
		"people without shards":   {audit.KPI{Value: &x, Numerator: &x, Denominator: &x}, true, true},
		"a mean without variance": {audit.KPI{Value: &x}, false, false},
		"withheld":                {audit.KPI{Value: &x, Numerator: &x, Denominator: &x, Suppressed: true}, true, false},
		"cut short":               {audit.KPI{Value: &x, Grounds: []byte{groundsPeople, 1, 1}}, true, true},
		"variance of a rate":      {audit.KPI{Value: &x, Grounds: []byte{groundsVariance}}, true, true},
	} {
		if _, ok := recalled(&c.p, c.rate, c.people); ok {
			t.Errorf("%s: it is followed", name)
		}
	}
}
