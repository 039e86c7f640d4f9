package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// falseAlarm is what the policy point costs: how often some comparison of a gated
// gap would cross its limit at these very sizes if all groups were treated alike,
// counted over the draws that the worst gap is held against. nil where no gate
// judges the metric by its point, or nothing can be drawn.
func (e *emitter) falseAlarm(s section, in slice, metric gap) *float64 {
	limits := e.pointLimits(s, metric)
	if !in.gate || len(limits) == 0 || metric.point == nil || len(metric.rates) > 2 {
		return nil
	}
	t, ok := e.parityTables(metric.rates, in.values)
	if !ok {
		return nil
	}
	rates := make([][2][]float64, drawsWorst) // by draw, then by table, of the groups
	for i, r := range metric.rates {
		rng := stat.Generator(e.in.seed, "worst", e.detector, s.attribute.Name, r.name)
		see := func(d int, x []float64) { rates[d][i] = append([]float64(nil), x...) }
		var err error
		if t.people != nil {
			err = stat.RatesOfPeople(rng, t.people[i], drawsWorst, see)
		} else {
			err = new(stat.Dealer).RatesUnderParity(rng, t.counts[i], drawsWorst, see)
		}
		if err != nil {
			return nil
		}
	}
	crossed := 0
	pairs := s.judgedPairs(in)
	for d := range rates {
		if metric.crosses(limits, pairs, s.drawn(in, metric, t, &rates[d]), !s.attribute.Reference.Named()) {
			crossed++
		}
	}
	share := float64(crossed) / drawsWorst
	return &share
}

// pointLimits are the limits of the gates that judge a metric by its point.
func (e *emitter) pointLimits(s section, metric gap) []detect.Limit {
	var out []detect.Limit
	for _, g := range detect.GatesOn(e.spec, e.detector, metric.name) {
		if g.Policy != audit.ByPoint {
			continue
		}
		if l, err := detect.NewLimit(g, e.metrics[metric.name], s.attribute.Reference); err == nil {
			out = append(out, l)
		}
	}
	return out
}

// judgedPairs are the comparisons that a gate on a gap judges, by the places of
// group and reference; the pooled rest of a group stands behind all groups, at its
// place there.
func (s section) judgedPairs(in slice) [][2]int {
	var out [][2]int
	n := len(in.values)
	for i, g := range in.values {
		switch policy := s.attribute.Reference.Policy; {
		case policy == "rest":
			out = append(out, [2]int{i, n + i})
		case policy == "value":
			for k, o := range in.values {
				if s.chosen != nil && o.name == *s.chosen && g.name != o.name {
					out = append(out, [2]int{i, k})
				}
			}
		default:
			for k := range i {
				out = append(out, [2]int{i, k})
			}
		}
	}
	return out
}

// drawn are the rates of a draw by group, then by table, with those of everybody
// else behind them where each group is held against the rest.
func (s section) drawn(in slice, metric gap, t parityTables, rates *[2][]float64) [][2]float64 {
	n := len(in.values)
	out := make([][2]float64, n, 2*n)
	for i := range metric.rates {
		for g := range n {
			out[g][i] = rates[i][g]
		}
	}
	if s.attribute.Reference.Policy != "rest" {
		return out
	}
	out = out[:2*n]
	for i := range metric.rates {
		k, all := 0.0, int64(0)
		for g, c := range t.counts[i] {
			if c.N > 0 && !math.IsNaN(rates[i][g]) {
				k, all = k+float64(rates[i][g]*float64(c.N)), all+c.N
			}
		}
		for g, c := range t.counts[i] {
			own := float64(rates[i][g] * float64(c.N))
			out[n+g][i] = (k - own) / float64(all-c.N)
		}
	}
	return out
}

// crosses says whether some pair of rates breaks some limit. Where the data chose
// the reference, the lower of the two comes first, as in gaps. A ratio to a rate of
// 0 is undefined, and fails nothing.
func (metric gap) crosses(limits []detect.Limit, pairs [][2]int, rates [][2]float64, chosen bool) bool {
	for _, l := range limits {
		low, high := l.Bounds()
		for _, p := range pairs {
			x := metric.point(rates[p[0]], rates[p[1]])
			if chosen && !metric.unsigned && x > float64(metric.neutral) {
				x = metric.point(rates[p[1]], rates[p[0]])
			}
			if math.IsInf(x, 0) {
				continue
			}
			if low != nil && x < *low-1e-12 || high != nil && x > *high+1e-12 {
				return true
			}
		}
	}
	return false
}
