package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// enough is the chance of finding a gap, or of an answer, that power is asked
// for: the convention of Cohen (1988).
const enough = 0.8

// power says how small a gap two groups can show: what one test at level alpha
// would find in 4 of 5 such logs, and, where the gap has a limit, the chance that
// it would tell a gap as large as that from none, and the cases that would settle
// it if the rates stay. Sizes are effective ones where people have many rows. The reference's
// rate is taken as given.
func (e *emitter) power(metric gap, m *audit.Measurement, g, ref group, named bool) {
	if len(metric.rates) != 1 || m.Value == nil {
		return
	}
	a, b := metric.rates[0].of(g), metric.rates[0].of(ref)
	n1, ok1 := effectiveSize(a)
	n2, ok2 := effectiveSize(b)
	if !ok1 || !ok2 {
		return
	}
	p := pairPower{alpha: e.in.alpha, n1: n1, n2: n2, p1: share(a), p2: share(b), cases: a.n}
	out := audit.Power{}
	if d, err := stat.MinimumDetectableDifference(n1, n2, p.p2, e.in.alpha, enough); err == nil {
		out.Detectable = &d
	}
	for _, gate := range detect.GatesOn(e.spec, e.detector, metric.name) {
		limit, err := stat.ParseDecimal(gate.Value)
		switch {
		case err != nil:
		case gate.Key == "min_ratio":
			p.ratio(&out, limit.Float64(), gate.Side == "low" && named)
		case gate.Key == "max_difference" || gate.Key == "max":
			p.difference(&out, limit.Float64())
		}
	}
	if out != (audit.Power{}) {
		m.Power = &out
	}
}

// effectiveSize is the number of rows that count as independent.
func effectiveSize(p proportion) (float64, bool) {
	if p.n == 0 {
		return 0, false
	}
	if p.shards == nil {
		return float64(p.n), true
	}
	d, err := stat.DesignEffect(p.shards)
	return float64(p.n) / d, err == nil
}

func share(p proportion) float64 { return float64(p.k) / float64(p.n) }

// pairPower is what the power of a pair rests on.
type pairPower struct {
	alpha, n1, n2, p1, p2 float64
	cases                 int64 // of the group
}

func (p pairPower) ratio(out *audit.Power, limit float64, low bool) {
	if x, err := stat.PowerAtRatio(p.n1, p.n2, p.p2, limit, p.alpha); err == nil && limit != 1 {
		out.AtLimit = &x
	}
	if !low {
		needed, err := stat.CasesToSettleRatioWithin(p.p1, p.n1, p.p2, p.n2, limit, p.alpha, enough)
		p.settle(out, needed.Factor, err)
	} else if p.p1 >= float64(limit*p.p2) {
		needed, err := stat.CasesToSettleRatio(p.p1, p.n1, p.p2, p.n2, limit, p.alpha, enough)
		p.settle(out, needed.Factor, err)
	}
}

func (p pairPower) difference(out *audit.Power, limit float64) {
	toward := -limit
	if p.p2 < limit {
		toward = limit
	}
	if x, err := stat.PowerAtDifference(p.n1, p.n2, p.p2, toward, p.alpha); err == nil && limit != 0 {
		out.AtLimit = &x
	}
	needed, err := stat.CasesToSettleDifferenceWithin(p.p1, p.n1, p.p2, p.n2, limit, p.alpha, enough)
	p.settle(out, needed.Factor, err)
}

// settle notes the cases of the group; a number beyond 2^53 is no plan.
func (p pairPower) settle(out *audit.Power, factor float64, err error) {
	if n := math.Ceil(factor * float64(p.cases)); err == nil && factor > 0 && n < 1<<53 {
		k := max(int64(n), p.cases+1)
		out.Settle = &k
	}
}
