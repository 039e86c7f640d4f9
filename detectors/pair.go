package detectors

import (
	"math/big"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// gap is a metric that compares a group with a reference.
type gap struct {
	name, convention string
	eval             func(in inference, g, ref group, test bool) audit.Measurement
	worst            func(values []group) audit.Measurement // over the groups of a slice; nil if the metric has none
	neutral          int64                                  // the value that means no gap: 0 or 1
	unsigned         bool                                   // the value does not tell which of the two is higher

	rates []rate                                         // that its test is about; nil if it is about none
	fold  func(extremes []stat.Extremes) (float64, bool) // the worst gap out of the extremes of those rates
	point func(p, q [2]float64) float64                  // the gap out of those rates of group and reference; NaN where undefined
}

// gaps are the difference and the ratio of a rate.
func (r rate) gaps() []gap {
	metrics := r.metrics()
	return []gap{
		{name: metrics[1].Name, convention: metrics[1].Convention, eval: r.difference, rates: []rate{r},
			point: func(p, q [2]float64) float64 { return p[0] - q[0] },
			worst: func(v []group) audit.Measurement { return r.worst(v, minus) },
			fold:  func(x []stat.Extremes) (float64, bool) { return x[0].Low - x[0].High, true }},
		{name: metrics[2].Name, convention: metrics[2].Convention, eval: r.ratio, rates: []rate{r}, neutral: 1,
			point: func(p, q [2]float64) float64 { return p[0] / q[0] },
			worst: func(v []group) audit.Measurement { return r.worst(v, over) },
			fold:  func(x []stat.Extremes) (float64, bool) { return x[0].Low / x[0].High, x[0].High > 0 }},
	}
}

func (r rate) difference(in inference, g, ref group, test bool) audit.Measurement {
	m, a, b := r.pair(g, ref)
	if m.Note != "" {
		return m
	}
	m.Value = float(minus(a.value(), b.value()))
	m.Interval, m.Note = in.difference(a, b)
	if test {
		m.Test, m.P = in.testRate(r, a, b)
	}
	return m
}

func (r rate) ratio(in inference, g, ref group, test bool) audit.Measurement {
	m, a, b := r.pair(g, ref)
	switch {
	case m.Note != "":
		return m
	case b.k == 0:
		m.Note = "undefined: the " + r.words() + " of " + called(ref) + " is 0"
		return m
	}
	m.Value = float(over(a.value(), b.value()))
	m.Interval, m.Note = in.ratio(a, b)
	if k, err := stat.FlipflopParity(a.k, a.n, b.k, b.n); err == nil {
		m.Flipflop = &audit.Flipflop{Parity: &k}
	}
	if test {
		m.Test, m.P = in.testRate(r, a, b)
	}
	return m
}

// pair starts the comparison of two groups. A note says which side has no rate.
func (r rate) pair(g, ref group) (m audit.Measurement, a, b proportion) {
	a, b = r.of(g), r.of(ref)
	m = audit.Measurement{Numerator: &a.k, Denominator: &a.n, RefNum: &b.k, RefDen: &b.n, Shards: shardsUsed(a, b)}
	switch {
	case a.n == 0:
		m.Note = r.undefined(g)
	case b.n == 0:
		m.Note = r.undefined(ref)
	}
	return m, a, b
}

// chosenByData is the note on every worst row.
const chosenByData = "lowest against highest group: the data chose the pair, so it has no interval and no test of its own and is never gated; hold it against what chance alone gives at these sizes"

// worst compares the group of the lowest rate with that of the highest. Groups
// without a rate have no say; of equals the first in canonical order counts.
func (r rate) worst(values []group, compare func(a, b *big.Rat) *big.Rat) audit.Measurement {
	low, high, ok := r.extremes(values)
	if !ok {
		return audit.Measurement{Note: "undefined: fewer than two groups have a " + r.words()}
	}
	m, a, b := r.pair(low, high)
	m.Group, m.Reference, m.N = low.label(), high.label(), low.tally.n()
	m.Value = float(compare(a.value(), b.value()))
	m.Note = chosenByData
	if m.Value == nil {
		m.Note = "undefined: the " + r.words() + " of every group is 0"
	}
	return m
}

// extremes are the groups with the lowest and the highest rate; ok if at least
// two groups have one.
func (r rate) extremes(values []group) (low, high group, ok bool) {
	var least, most *big.Rat
	defined := 0
	for _, g := range values {
		v := r.of(g).value()
		if v == nil {
			continue
		}
		defined++
		if least == nil || v.Cmp(least) < 0 {
			low, least = g, v
		}
		if most == nil || v.Cmp(most) > 0 {
			high, most = g, v
		}
	}
	return low, high, defined >= 2
}
