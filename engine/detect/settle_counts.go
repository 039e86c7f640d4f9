package detect

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// toBreakCounts is toBreak for a value that is made of counts of independent rows: ok
// says whether it is. Variances are those of the counts themselves, as the pooled z
// has them (Fleiss, Levin and Paik 2003, section 4.2). What a small table's own p
// says of its spread is too much: mid-p is far from the z behind it there.
func (l Limit) toBreakCounts(m *audit.Measurement, limit, alpha, tests float64) (factor float64, ok bool) {
	if m.Shards > 0 || m.Numerator == nil || m.Denominator == nil || *m.Denominator == 0 {
		return 0, false
	}
	k, n := float64(*m.Numerator), float64(*m.Denominator)
	p := k / n
	if l.Null == NullLimit { // tested on one side
		if l.Scale != ScaleRate || limit <= 0 || limit >= 1 {
			return 0, false
		}
		return settled(2*alpha/tests, stat.Reach{Gap: math.Abs(p - limit), Null: limit * (1 - limit) / n, Here: p * (1 - p) / n}), true
	}
	if m.RefNum == nil || m.RefDen == nil || *m.RefDen == 0 {
		return 0, false
	}
	b, d := float64(*m.RefNum), float64(*m.RefDen)
	q := b / d
	times := 1.0 // the value is beyond its limit by p - times·q - apart
	apart := 0.0
	switch {
	case l.Scale == ScaleRatio && q > 0 && same(p/q, *m.Value):
		times = limit
	case l.Scale == ScaleDifference && same(p-q, *m.Value):
		apart = limit
	default:
		return 0, false
	}
	both := (k + b) / (n + d)
	factor = settled(alpha/tests, stat.Reach{Gap: math.Abs(p - q), Null: both * (1 - both) * (1/n + 1/d), Here: float64(p*(1-p)/n) + float64(q*(1-q)/d)})
	if factor == 0 {
		return 0, true
	}
	beyond := 0.0
	if l.Policy == audit.ByInterval {
		var c stat.Cases
		var err error
		if level := 1 - m.Interval.Level; l.Scale == ScaleRatio {
			c, err = stat.CasesToSettleRatio(p, n, q, d, limit, level, enough)
		} else {
			c, err = stat.CasesToSettleDifference(p, n, q, d, limit, level, enough)
		}
		if err != nil {
			return 0, true
		}
		beyond = c.Factor
	} else if beyond = settled(alpha, stat.Reach{Gap: math.Abs(p - float64(times*q) - apart), Here: float64(p*(1-p)/n) + float64(times*times*q*(1-q)/d)}); beyond == 0 {
		return 0, true
	}
	return max(factor, beyond), true
}

// same says that two numbers are equal but for rounding.
func same(x, y float64) bool { return math.Abs(x-y) <= 1e-9*max(1, math.Abs(x)) }
