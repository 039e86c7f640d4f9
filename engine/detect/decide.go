package detect

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Decide turns the evidence for one measurement into a verdict, with the reason
// in words. There are three answers, not two:
//
//	fail          the point is on the wrong side of the limit, and the adjusted
//	              p of the metric's null is below alpha: for gaps the null is that
//	              there is none, for levels that the true value is the limit itself
//	pass          the whole unadjusted 1-alpha interval is on the right side;
//	              to pass, every comparison of a check has to, so that no
//	              correction is due (intersection-union: Berger 1982)
//	inconclusive  everything else
//
// An undefined value neither fails nor passes. A fact without chance (NullNone)
// is decided by its value alone. Points are compared with the limit exactly;
// a value that equals it keeps it.
func Decide(m *audit.Measurement, l Limit, adjusted *float64, alpha float64) (audit.Verdict, string) {
	if m.Value == nil {
		return audit.Inconclusive, undefined(m)
	}
	keeps, value, limit := l.keeps(m), l.show(*m.Value), l.called()
	switch {
	case l.Null == NullNone && keeps:
		return audit.Pass, fmt.Sprintf("%s, within %s", value, limit)
	case l.Null == NullNone:
		return audit.Fail, fmt.Sprintf("%s, %s", value, l.beyond(*m.Value))
	case !keeps && adjusted != nil && *adjusted < alpha:
		return audit.Fail, fmt.Sprintf("%s, %s; adjusted p %s", value, l.beyond(*m.Value), chance(*adjusted))
	case l.holds(m.Interval):
		return audit.Pass, fmt.Sprintf("%s; the whole %s is within %s", value, l.interval(m.Interval), limit)
	case m.Interval == nil:
		return audit.Inconclusive, fmt.Sprintf("%s, but there is no interval to hold against %s", value, limit)
	case keeps:
		return audit.Inconclusive, fmt.Sprintf("%s, within %s, but the %s reaches beyond it", value, limit, l.interval(m.Interval))
	case adjusted == nil:
		return audit.Inconclusive, fmt.Sprintf("%s, %s, but it could not be tested; %s", value, l.beyond(*m.Value), l.interval(m.Interval))
	}
	return audit.Inconclusive, fmt.Sprintf("%s, %s, but that may be chance: adjusted p %s, %s", value, l.beyond(*m.Value), chance(*adjusted), l.interval(m.Interval))
}

func undefined(m *audit.Measurement) string {
	switch {
	case m.Note == "":
		return "undefined"
	case strings.HasPrefix(m.Note, "undefined"):
		return m.Note
	}
	return "undefined: " + m.Note
}

// beyond says how a value breaks the limit.
func (l Limit) beyond(x float64) string {
	low, _ := l.allowed()
	switch {
	case l.gap():
		return "further from 0 than the limit of " + l.text()
	case low != nil && rational(&x).Cmp(low) < 0:
		return "below the limit of " + l.text()
	case l.Key == "min_ratio":
		return "above the limit of " + number(1/l.value.Float64(), l.Scale, 0) + ", 1/" + l.text()
	}
	return "above the limit of " + l.text()
}

// interval is an interval in words, with its level.
func (l Limit) interval(i *audit.Interval) string {
	return fmt.Sprintf("%s interval %s", level(i.Level), span(i, l.Scale))
}

// show writes a value so that it does not round onto the limit.
func (l Limit) show(x float64) string {
	t := l.value.Float64()
	if l.Key == "min_ratio" && x > 1 && t > 0 {
		t = 1 / t
	}
	return beside(x, t, l.Scale)
}

// called is the limit in a sentence.
func (l Limit) called() string {
	if l.Side == "low" {
		return "the lower limit of " + l.text()
	}
	return "the limit of " + l.text()
}

// text is the limit on the metric's scale.
func (l Limit) text() string { return number(l.value.Float64(), l.Scale, 0) }
