package detect

import (
	"fmt"
	"math"
	"math/big"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// cost notes what it costs to judge by the point alone: how often the check would
// fail by chance.
func (c *check) cost(ms []audit.Measurement) {
	if len(c.rulings) == 0 {
		return
	}
	if c.FalseAlarm = drawnAlarm(c.Check, c.limit, ms); c.limit.Policy == audit.ByPoint && c.limit.Null != NullNone {
		c.Reason += "; " + costWords(c.Check, c.limit, ms)
	}
}

// drawnAlarm is how often the worst gap of rates would cross the limit of a check by
// its point, which the detector has drawn; nil where it has not.
func drawnAlarm(c audit.Check, l Limit, ms []audit.Measurement) *float64 {
	if l.Policy != audit.ByPoint || !l.Null.distance() {
		return nil
	}
	for i := range ms {
		m := &ms[i]
		if m.Detector == c.Detector && m.Metric == c.Metric && m.Attribute == c.Attribute && m.GroupKind == audit.KindWorst &&
			m.Window == GateWindow && m.Version == nil && m.Null != nil && m.Null.FalseAlarm != nil {
			return m.Null.FalseAlarm
		}
	}
	return nil
}

// costWords says what is known of how often a check by the point alone would fail by
// chance. Gaps of rates are drawn. A level has no parity: what can be told is how
// often it would fail if the true values lay on the limit. Other gaps are as wide by
// chance as their intervals are, and of several the chance that any one fails lies
// between that of the widest and the sum of all. A distance, which is never below 0,
// is held against what it is by chance where that was drawn.
func costWords(c audit.Check, l Limit, ms []audit.Measurement) string {
	if drawn := drawnAlarm(c, l, ms); drawn != nil {
		return alarmWords(*drawn)
	}
	judged := defined(c, ms)
	switch {
	case len(judged) == 0:
	case l.Null == NullLimit:
		return l.levelCost(judged)
	case (l.Null == NullNoGap || l.Null == NullPopulation) && !unsignedGap(c.Metric):
		if s := l.gapCost(judged); s != "" {
			return s
		}
	default:
		if s := l.distanceCost(judged); s != "" {
			return s
		}
	}
	return "how often the point alone would fail by chance is not known: nothing was drawn for it"
}

// defined are the judged measurements that have a value.
func defined(c audit.Check, ms []audit.Measurement) []*audit.Measurement {
	var out []*audit.Measurement
	for _, at := range c.Measurements {
		if m := &ms[at]; m.Value != nil {
			out = append(out, m)
		}
	}
	return out
}

// levelCost is the chance that some level lies beyond its limit when all true values
// are the limit itself: exact for shares of independent rows, about one half for
// others.
func (l Limit) levelCost(judged []*audit.Measurement) string {
	keeps := 1.0
	for _, m := range judged {
		keeps *= 1 - l.atLimit(m)
	}
	who := "the true value"
	if n := len(judged); n == 2 {
		who = "the true values of both groups"
	} else if n > 2 {
		who = "the true values of " + allOf(n) + " groups"
	}
	return fmt.Sprintf("if %s lay on the limit itself, the point alone would fail %s of logs of these sizes", who, aboutShare(1-keeps))
}

// atLimit is the chance that a level whose true value is the limit lies beyond it.
func (l Limit) atLimit(m *audit.Measurement) float64 {
	const even = 0.5
	t, ok := new(big.Rat).SetString(l.value.String())
	if !ok || l.Scale != ScaleRate || m.Shards > 0 || m.Numerator == nil || m.Denominator == nil || !t.Num().IsInt64() || !t.Denom().IsInt64() {
		return even
	}
	n := *m.Denominator
	at := new(big.Rat).Mul(t, new(big.Rat).SetInt64(n)) // the count on the limit
	whole := new(big.Int).Div(at.Num(), at.Denom()).Int64()
	k, side := whole+1, stat.Greater
	if l.Key == "min" {
		if k, side = whole, stat.Less; at.IsInt() {
			k--
		}
	}
	if k < 0 || k > n {
		return 0
	}
	test, err := stat.BinomialExact(k, n, t.Num().Int64(), t.Denom().Int64(), side)
	if err != nil {
		return even
	}
	return test.P
}

// gapCost is the chance that some gap lies beyond its limit when there is none, each
// as normal as its interval says.
func (l Limit) gapCost(judged []*audit.Measurement) string {
	least, most := 0.0, 0.0
	for _, m := range judged {
		x, ok := l.swing(m)
		if !ok {
			return ""
		}
		least, most = max(least, x), min(1, most+x)
	}
	if len(judged) == 1 {
		return "if there were no gap at all, the point alone would still fail " + aboutShare(least) + " of logs of these sizes"
	}
	return fmt.Sprintf("if there were no gap at all, the point alone would still fail %s of logs of these sizes by the comparison that swings most, and by %s together at most %s",
		aboutShare(least), allOf(len(judged)), sharePercent(most))
}

// swing is the chance that a gap without a true one lies beyond its limit.
func (l Limit) swing(m *audit.Measurement) (float64, bool) {
	if m.Interval == nil {
		return 0, false
	}
	z, ends, width := stat.NormalUpper((1-m.Interval.Level)/2), 0.0, 0.0
	for _, end := range []*float64{m.Interval.Low, m.Interval.High} {
		if end != nil && !math.IsInf(l.straight(*end), 0) && !math.IsInf(l.straight(*m.Value), 0) {
			ends, width = ends+1, width+math.Abs(l.straight(*end)-l.straight(*m.Value))
		}
	}
	if ends == 0 || width == 0 {
		return 0, false
	}
	spread, out := width/ends/z, 0.0
	low, high := l.bounds()
	for _, limit := range []*float64{low, high} {
		if limit != nil {
			out += stat.NormalSF(math.Abs(l.straight(*limit)-l.straight(l.neutral())) / spread)
		}
	}
	return min(1, out), true
}

// distanceCost says what the distance that chance moves most is by chance.
func (l Limit) distanceCost(judged []*audit.Measurement) string {
	var most *audit.Null
	for _, m := range judged {
		if m.Null != nil && (most == nil || m.Null.Limit > most.Limit) {
			most = m.Null
		}
	}
	if most == nil {
		return ""
	}
	return fmt.Sprintf("by chance alone it would be about %s at these sizes, and above %s in 1 of 20 such logs", l.show(most.Expected), l.show(most.Limit))
}

// allOf is both, or all of more.
func allOf(n int) string {
	if n == 2 {
		return "both"
	}
	return fmt.Sprintf("all %d", n)
}

// alarmWords is how often a point alone would fail though nothing is wrong.
func alarmWords(share float64) string {
	return "if all groups were treated alike, the point alone would still fail " + aboutShare(share) + " of logs of these sizes"
}

// aboutShare is a share that is drawn or approximate, in words.
func aboutShare(share float64) string {
	if share < 0.001 {
		return "fewer than 1 in 1,000"
	}
	return "about " + sharePercent(share)
}

func sharePercent(share float64) string {
	if share < 0.01 {
		return percent(share)
	}
	return fixed(100*share, 0) + thin + "%"
}
