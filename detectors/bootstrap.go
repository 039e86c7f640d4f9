package detectors

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// RateParams are the parameters of the detectors that measure rates.
type RateParams struct {
	Bootstrap int `yaml:"bootstrap" default:"0" min:"0" doc:"tables drawn for a bootstrap interval of every gap that a gate judges, say 10000; 0 keeps the interval by formula"`
}

// The number of tables that a bootstrap may draw.
const (
	bootstrapLeast = 1000
	bootstrapMost  = 1_000_000
)

// Check says whether the number of tables makes an interval.
func (p RateParams) Check() error {
	if p.Bootstrap != 0 && (p.Bootstrap < bootstrapLeast || p.Bootstrap > bootstrapMost) {
		return fmt.Errorf("bootstrap must be 0, or from %d to %d", bootstrapLeast, bootstrapMost)
	}
	return nil
}

// bootstrap gives the gaps of a metric in the gate window intervals from tables
// drawn anew (stat.Bootstrap): of rows, which are the same as rows drawn from the
// log, or of shards of people. Signed gaps get BCa limits, those without a sign the
// ones for distances. A gap keeps its interval by formula, and says so, where the
// bootstrap has none: also where all rows of one of its groups agree. Tables drawn
// anew repeat that group without any spread, so the interval would be that of the
// other group alone.
func (e *emitter) bootstrap(s section, in slice, metric gap, ms []audit.Measurement) {
	if e.times == 0 || !in.gate || metric.point == nil || len(detect.GatesOn(e.spec, e.detector, metric.name)) == 0 {
		return
	}
	t, ok := e.parityTables(metric.rates, in.values)
	if !ok {
		return
	}
	var of []*audit.Measurement
	var metrics []stat.Metric
	for i := range ms {
		m := &ms[i]
		if m.GroupKind != audit.KindValue || m.Value == nil || m.Group == nil || m.Reference == nil {
			continue
		}
		g, ref := in.indices(*m.Group, *m.Reference)
		of, metrics = append(of, m), append(metrics, metric.onCells(g, ref))
	}
	boot := stat.Bootstrap{Seed: e.in.seed, Use: []string{"bootstrap", e.detector, s.attribute.Name, metric.rateNames()}, Times: e.times}
	var drawn []stat.Bootstrapped
	var err error
	if t.people != nil {
		drawn, err = boot.Shards(t.shards(), metrics...)
	} else {
		drawn, err = boot.Table(t.cells(), metrics...)
	}
	for i, m := range of {
		var interval stat.Interval
		g, ref := in.indices(*m.Group, *m.Reference)
		reason := err
		switch {
		case err != nil:
		case t.constant(g) || t.constant(ref):
			reason = errConstant
		case metric.unsigned:
			interval, reason = drawn[i].Distance(e.in.alpha)
		default:
			interval, reason = drawn[i].BCa(e.in.alpha)
		}
		if reason != nil {
			m.Note = "no bootstrap interval: " + reason.Error()
			continue
		}
		m.Interval = detect.Interval(interval, e.in.alpha)
	}
}

// errConstant is why a gap has no bootstrap interval although others have.
const errConstant stat.Reason = "all rows of one group agree, so tables drawn anew show nothing of how it may differ"

// constant says that some rate of a set of groups is 0 or 1.
func (t parityTables) constant(of []int) bool {
	for _, groups := range t.counts {
		var sum stat.Count
		for _, i := range of {
			sum.K, sum.N = sum.K+groups[i].K, sum.N+groups[i].N
		}
		if sum.N > 0 && (sum.K == 0 || sum.K == sum.N) {
			return true
		}
	}
	return false
}

// indices are the places of a group and of its reference, which may be all
// others.
func (s slice) indices(group, reference string) (g, ref []int) {
	for i, x := range s.values {
		switch {
		case x.name == group:
			g = append(g, i)
		case x.name == reference || reference == detect.Rest:
			ref = append(ref, i)
		}
	}
	return g, ref
}

// cells lays the tables out group by group: for each rate the successes and the
// failures.
func (t parityTables) cells() []int64 {
	var out []int64
	for g := range t.counts[0] {
		for r := range t.counts {
			c := t.counts[r][g]
			out = append(out, c.K, c.N-c.K)
		}
	}
	return out
}

// shards is cells for each shard of people.
func (t parityTables) shards() [][]int64 {
	out := make([][]int64, len(t.people[0][0].Shards))
	for i := range out {
		for g := range t.people[0] {
			for r := range t.people {
				c := t.people[r][g].Shards[i]
				out[i] = append(out[i], c.K, c.N-c.K)
			}
		}
	}
	return out
}

// onCells is the gap between two sets of groups as a function of cells.
func (g gap) onCells(groups, reference []int) stat.Metric {
	rates := len(g.rates)
	share := func(cells []int64, of []int, r int) float64 {
		var k, n int64
		for _, i := range of {
			at := 2 * (i*rates + r)
			k, n = k+cells[at], n+cells[at]+cells[at+1]
		}
		return float64(k) / float64(n) // NaN without rows
	}
	return func(cells []int64) (float64, bool) {
		var p, q [2]float64
		for r := range rates {
			p[r], q[r] = share(cells, groups, r), share(cells, reference, r)
		}
		v := g.point(p, q)
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
}
