package detect

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// enough is the chance of an answer that is planned for: the convention of Cohen
// (1988).
const enough = 0.8

// manyTimes is how many times as many cases are still worth a word.
const manyTimes = 1000

// missing says what would settle a measurement, and what its sizes can show.
func (t *teller) missing(l Limit, m *audit.Measurement) string {
	s := ""
	rows := "rows"
	if m.Shards > 0 { // more rows of the same people say little
		rows = "people"
	}
	switch p, factor := m.Power, l.needed(m, t.spec.Alpha, t.tests(m)); {
	case silent(m) && m.EachSubject:
		s = fmt.Sprintf(" All rows agree, so they cannot show how much people differ: each of %d people counts as one observation, and more rows of the same people would not change that.", m.Shards)
	case silent(m):
		s = fmt.Sprintf(" All rows agree, so they cannot show how much people differ: each of %d shards of people counts as one observation, and more rows would not change that.", m.Shards)
	case p != nil && p.Settle != nil && m.Denominator != nil && float64(*p.Settle) > manyTimes*float64(*m.Denominator), factor > manyTimes:
		s = fmt.Sprintf(" If the value stays, it would take more than %s times as many %s to settle it.", grouped(manyTimes), rows)
	case p != nil && p.Settle != nil && m.Group != nil && m.Denominator != nil && m.Shards > 0:
		s = fmt.Sprintf(" If the rates stay, about %s times as many people, that is %s cases of %s, with the reference growing alike, would settle it in 4 of 5 such logs.",
			times(float64(*p.Settle)/float64(*m.Denominator)), grouped(*p.Settle), spoken(m.Attribute, *m.Group))
	case p != nil && p.Settle != nil && m.Group != nil:
		s = fmt.Sprintf(" If the rates stay, about %s cases of %s, with the reference growing alike, would settle it in 4 of 5 such logs.", grouped(*p.Settle), spoken(m.Attribute, *m.Group))
	case factor > 1 && factor <= manyTimes:
		s = fmt.Sprintf(" If the value stays, about %s times as many %s would settle it in 4 of 5 such logs.", times(factor), rows)
	case l.touches(m):
		s = " If the value stays, no number of cases settles it: it lies on the limit itself."
	}
	if m.Power != nil && m.Power.AtLimit != nil && l.Policy == audit.TwoProng {
		s += " At these sizes a test of this pair alone would tell a gap as large as the limit from no gap with a chance of " + percent(*m.Power.AtLimit) + "."
	}
	return s
}

// silent says that an interval follows people whose rows all agree: it then counts
// shards of people, of which there are no more with more rows.
func silent(m *audit.Measurement) bool {
	return m.Shards > 0 && m.Reference == nil && m.Numerator != nil && m.Denominator != nil && (*m.Numerator == 0 || *m.Numerator == *m.Denominator)
}

// tests are how many tests a measurement's p shares alpha with: those of the family,
// and the pairs that were tested at once. Under Benjamini and Hochberg's method it
// stands at alpha·r/n where r of n sets of tests are rejected, its own among them
// (1995), and under Benjamini and Yekutieli's at that over Σ 1/i (2001); the other
// tests are taken as they are.
func (t *teller) tests(m *audit.Measurement) float64 {
	n := float64(max(1, t.family))
	switch t.spec.Adjust {
	case "none":
		n = 1
	case "by":
		for i := 2; i <= t.family; i++ {
			n += float64(t.family) / float64(i)
		}
		n /= float64(t.rejected(m))
	case "bh":
		n /= float64(t.rejected(m))
	}
	if m.Joint != nil {
		n *= float64(m.Joint.Pairs)
	}
	return n
}

// rejected counts the sets of tests that stand, and the measurement's own: pairs
// that were tested at once are one set with their check.
func (t *teller) rejected(own *audit.Measurement) int {
	n := 1
	for _, c := range t.checks {
		together, mine := false, false
		for _, at := range c.Measurements {
			m := &t.ms[at]
			switch stands := m.PAdjusted != nil && *m.PAdjusted < t.spec.Alpha; {
			case m == own:
				mine = m.Joint != nil
			case stands && m.Joint != nil:
				together = true
			case stands:
				n++
			}
		}
		if together && !mine {
			n++
		}
	}
	return n
}

// times writes a factor, rounded up.
func times(f float64) string {
	if f = math.Ceil(f*10) / 10; f < 10 && f != math.Trunc(f) {
		return fixed(f, 1)
	}
	return grouped(int64(math.Ceil(f)))
}

// needed is how many times as many cases it takes until a measurement has an
// answer in 4 of 5 such logs, if its value is the true one: 0 where that cannot be
// told. A value within its limit needs the whole interval there. One beyond it needs
// its test to reject at alpha, shared by all tests (Bonferroni, so a little too
// many), and the value, or under the policy interval all of its interval, to stay
// beyond the limit. All of it takes the value as normal, with a spread that shrinks
// with the square root of the cases; a distance, which is above 0 also when
// nothing is different, is not like that.
func (l Limit) needed(m *audit.Measurement, alpha, tests float64) float64 {
	signed := l.Null == NullLimit || (l.Null == NullNoGap || l.Null == NullPopulation) && !unsignedGap(m.Metric)
	if m.Value == nil || m.Interval == nil || !signed || l.Policy == audit.Equivalence || l.Policy == audit.ByPoint {
		return 0
	}
	if l.keeps(m) {
		return l.toKeep(m)
	}
	return l.toBreak(m, alpha, tests)
}

// toKeep is needed for a value within its limit. A rate near 0 or 1 is not normal;
// Wilson's interval says what it needs.
func (l Limit) toKeep(m *audit.Measurement) float64 {
	if l.Scale == ScaleRate && m.Shards == 0 && m.Numerator != nil && m.Denominator != nil {
		k, n := float64(*m.Numerator), float64(*m.Denominator)
		c, err := stat.CasesToSettleRate(k/n, n, l.value.Float64(), 1-m.Interval.Level, enough)
		if err != nil {
			return 0
		}
		return c.Factor
	}
	z := stat.NormalUpper((1 - m.Interval.Level) / 2)
	var ends []stat.Reach
	add := func(limit float64, end *float64) bool {
		if end == nil {
			return false
		}
		spread := (l.straight(*end) - l.straight(*m.Value)) / z
		ends = append(ends, stat.Reach{Gap: math.Abs(l.straight(limit) - l.straight(*m.Value)), Null: spread * spread, Here: spread * spread})
		return true
	}
	low, high := l.bounds()
	if low != nil && !add(*low, m.Interval.Low) || high != nil && !add(*high, m.Interval.High) {
		return 0
	}
	return settled(1-m.Interval.Level, ends...)
}

// toBreak is needed for a value beyond its limit.
func (l Limit) toBreak(m *audit.Measurement, alpha, tests float64) float64 {
	limit, ok := l.broken(*m.Value)
	if m.P == nil || !ok || l.oneDecision(m) && m.PAdjusted != nil && *m.PAdjusted < alpha {
		return 0
	}
	if factor, ok := l.toBreakCounts(m, limit, alpha, tests); ok {
		return factor
	}
	p, neutral, level := *m.P, l.straight(l.neutral()), alpha/tests
	if m.Joint != nil {
		p = m.Joint.PairP
	}
	if l.Null == NullLimit { // tested on one side, against the limit
		p, neutral, level = 2*p, l.straight(limit), 2*level
	}
	gap := math.Abs(l.straight(*m.Value) - neutral)
	z := stat.NormalUpper(p / 2)
	if !(z > 0) {
		return 0
	}
	spread := gap / z
	factor := settled(level, stat.Reach{Gap: gap, Null: spread * spread, Here: spread * spread})
	if l.Null == NullLimit || factor == 0 {
		return factor
	}
	stay := stat.Reach{Gap: math.Abs(l.straight(*m.Value) - l.straight(limit)), Here: spread * spread}
	if l.Policy == audit.ByInterval {
		stay.Null = stay.Here
	}
	beyond := settled(alpha, stay)
	if beyond == 0 {
		return 0
	}
	return max(factor, beyond)
}

// settled is stat.FactorToSettle at the chance that is planned for; 0 where there
// is none.
func settled(alpha float64, ends ...stat.Reach) float64 {
	for _, e := range ends {
		if math.IsInf(e.Gap, 0) || math.IsInf(e.Here, 0) || math.IsNaN(e.Gap+e.Here) {
			return 0
		}
	}
	f, err := stat.FactorToSettle(alpha, enough, ends...)
	if err != nil {
		return 0
	}
	return f
}

// straight is the scale on which a value is about normal.
func (l Limit) straight(x float64) float64 {
	if l.Scale == ScaleRatio || l.Scale == ScaleOdds {
		return math.Log(x)
	}
	return x
}

// bounds are the ends of what a limit allows, as floats.
func (l Limit) bounds() (low, high *float64) {
	a, b := l.allowed()
	if a != nil {
		x, _ := a.Float64()
		low = &x
	}
	if b != nil {
		x, _ := b.Float64()
		high = &x
	}
	return low, high
}

// touches says that a value keeps its limit by lying on it.
func (l Limit) touches(m *audit.Measurement) bool {
	low, high := l.bounds()
	on := func(t *float64) bool { return t != nil && number15(*t) == number15(*m.Value) }
	return m.Value != nil && l.Null != NullNone && l.keeps(m) && (on(low) || on(high))
}

// broken is the end of what a limit allows that a value lies beyond.
func (l Limit) broken(x float64) (float64, bool) {
	low, high := l.bounds()
	switch {
	case low != nil && x < *low:
		return *low, true
	case high != nil && x > *high:
		return *high, true
	}
	return 0, false
}
