package detect

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Decide turns the evidence for one measurement into a verdict, with the reason
// in words. There are three answers, not two, and what each asks for is the
// limit's policy. The null of a test is that there is no gap, for gaps and
// distances, and that the true value is the limit itself, for levels.
//
//	two-prong    fail: the point is on the wrong side of the limit, and the
//	             adjusted p is below alpha. pass: the whole interval, at level
//	             1-alpha without correction, is on the right side. The default for
//	             gaps and distances.
//	interval     fail: as two-prong, and the whole interval is on the wrong side
//	             of the limit. pass: as two-prong. The default for levels, whose
//	             adjusted p below alpha is the same thing: a one-sided test of a
//	             value against the limit is its one-sided interval at the
//	             adjusted level.
//	equivalence  pass: as two-prong. fail: everything else that has an interval, for
//	             those who want the limit to be shown to hold: a log too small to
//	             show it fails. It is two one-sided tests, each at alpha/2
//	             (Schuirmann 1987). A group below its min_rows is judged two-prong.
//	sequence     fail: the whole interval is on the wrong side. pass: it is on the
//	             right side. Of KPIs, whose interval holds at every look at once,
//	             at their share of the error budget; no p is adjusted.
//	point        pass or fail by the point alone, which chance decides where cases
//	             are few: with seven groups of 100 and no gap at all the four-fifths
//	             rule fails 94 audits of 100 this way.
//
// Everything else is inconclusive, with the reason. No correction is due for a
// pass, because every comparison of a check has to pass (intersection-union: Berger
// 1982). Two rules stand above the policies. An undefined value neither fails nor
// passes; and where one changed decision would carry a ratio across its limit, it
// does not fail (the flip-flop rule of the US Uniform Guidelines, questions and
// answers 21), but by its point alone, or where the limit has to be shown to hold. A fact without chance (NullNone) is decided by
// its value. Points are compared with the limit exactly; a value that equals it
// keeps it, unless the limit is strict.
func Decide(m *audit.Measurement, l Limit, adjusted *float64, alpha float64) (audit.Verdict, string) {
	if m.Value == nil {
		return audit.Inconclusive, undefined(m)
	}
	e := evidence{
		beyond: !l.keeps(m), unlikely: adjusted != nil && *adjusted < alpha, measured: m.Interval != nil,
		inside: l.holds(m.Interval), outside: l.breaks(m.Interval),
		one: l.oneDecision(m),
	}
	if l.Null == NullLimit && l.Policy != audit.BySequence {
		e.outside = e.unlikely
	}
	v := e.verdict(l.Policy)
	return v, l.because(v, m, e, adjusted)
}

// evidence is what a measurement, its interval and its test say about a limit.
type evidence struct {
	beyond   bool // the point is on the wrong side
	unlikely bool // the adjusted p is below alpha
	measured bool // there is an interval
	inside   bool // the whole interval is on the right side
	outside  bool // the whole interval is on the wrong side
	one      bool // one changed decision crosses the limit
}

func (e evidence) verdict(p audit.Policy) audit.Verdict {
	fails, passes := e.beyond && e.unlikely, e.inside
	switch p {
	case audit.ByPoint:
		if e.beyond {
			return audit.Fail
		}
		return audit.Pass
	case audit.ByInterval:
		fails = fails && e.outside
	case audit.BySequence:
		fails = e.outside
	case audit.Equivalence:
		fails = e.measured && !e.inside
	}
	switch {
	case fails && (!e.one || p == audit.Equivalence):
		return audit.Fail
	case passes && !fails:
		return audit.Pass
	}
	return audit.Inconclusive
}

// because is the reason of a verdict in words.
func (l Limit) because(v audit.Verdict, m *audit.Measurement, e evidence, adjusted *float64) string {
	value, limit := l.show(*m.Value), l.called()
	where := value + ", within " + limit
	if e.beyond {
		where = value + ", " + l.beyond(*m.Value)
	}
	switch {
	case l.Null == NullNone:
		return where
	case l.Policy == audit.ByPoint:
		return where + "; judged by the point alone (policy point)" + l.byPoint(m, e, adjusted)
	case v == audit.Pass:
		return fmt.Sprintf("%s; the whole %s is %s", value, l.interval(m.Interval), l.kept())
	case v == audit.Fail && l.Policy == audit.Equivalence:
		reaches := "reaches beyond it"
		if e.outside {
			reaches = "lies beyond it"
		}
		return fmt.Sprintf("%s; it must be shown to lie within (policy equivalence), and the %s %s", where, l.interval(m.Interval), reaches)
	case l.Policy == audit.BySequence:
		return l.bySequence(v, m, where)
	case v == audit.Fail && l.Null == NullLimit:
		return fmt.Sprintf("%s, and chance would hardly put it there if the true value kept the limit: %s %s", where, l.named(), chance(*adjusted))
	case v == audit.Fail:
		return fmt.Sprintf("%s, and chance alone hardly explains it: %s %s", where, l.named(), chance(*adjusted))
	case e.one && e.beyond && e.unlikely:
		return where + ", but a single changed decision would carry it across" + l.odds(adjusted)
	case !e.measured:
		return fmt.Sprintf("%s, but there is no interval to hold against %s", value, limit)
	case !e.beyond:
		return fmt.Sprintf("%s, but the %s reaches beyond it", where, l.interval(m.Interval))
	case adjusted == nil:
		return fmt.Sprintf("%s, but it could not be tested; %s", where, l.interval(m.Interval))
	case e.unlikely: // policy interval
		return fmt.Sprintf("%s, but part of the %s is within it%s", where, l.interval(m.Interval), l.odds(adjusted))
	}
	return fmt.Sprintf("%s, but that may be chance: %s %s, %s", where, l.named(), chance(*adjusted), l.interval(m.Interval))
}

// bySequence is the reason of a claim about a series to date.
func (l Limit) bySequence(v audit.Verdict, m *audit.Measurement, where string) string {
	switch {
	case m.Interval == nil:
		return where + " to date, but there is no claim yet"
	case v == audit.Fail:
		return fmt.Sprintf("%s to date; the whole %s, which allows for every look so far and to come, lies beyond it (breach)", where, l.interval(m.Interval))
	}
	return fmt.Sprintf("%s to date, but the %s, which allows for every look so far and to come, does not settle it (not resolved)", where, l.interval(m.Interval))
}

// named is what the p that a verdict goes by is called.
func (l Limit) named() string {
	if l.single {
		return "p"
	}
	return "adjusted p"
}

// byPoint says what else is known where the point alone decides.
func (l Limit) byPoint(m *audit.Measurement, e evidence, adjusted *float64) string {
	switch {
	case e.beyond && e.unlikely:
		return ", and chance alone hardly explains it: " + l.named() + " " + chance(*adjusted)
	case e.beyond && adjusted != nil:
		return ", though that may be chance: " + l.named() + " " + chance(*adjusted)
	case e.measured && !e.beyond && !e.inside:
		return ", though the " + l.interval(m.Interval) + " reaches beyond it"
	}
	return ""
}

// oneDecision says that one changed decision crosses the limit.
func (l Limit) oneDecision(m *audit.Measurement) bool {
	return m.Flipflop != nil && m.Flipflop.Threshold != nil && *m.Flipflop.Threshold <= 1
}

// odds is the adjusted p at the end of a reason, if there is one.
func (l Limit) odds(adjusted *float64) string {
	if adjusted == nil {
		return ""
	}
	return "; " + l.named() + " " + chance(*adjusted)
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
	case l.Strict && l.gap():
		return "at the limit of " + l.text() + " or further from 0"
	case l.Key != "min" && l.gap() && !l.unsigned:
		return "further from 0 than the limit of " + l.text()
	case low != nil && below(x, low):
		return "below the limit of " + l.text()
	case l.Key == "min_ratio":
		return "above the limit of " + beside(1/l.value.Float64(), 1, l.Scale) + " (1/" + l.text() + ")"
	}
	return "above the limit of " + l.text()
}

// below holds a value that may be infinite to a bound.
func below(x float64, bound *big.Rat) bool {
	r := rational(&x)
	return math.IsInf(x, -1) || r != nil && r.Cmp(bound) < 0
}

// interval is an interval in words, with its level.
func (l Limit) interval(i *audit.Interval) string {
	return fmt.Sprintf("%s interval %s", level(i.Level), l.span(i))
}

// show writes a value so that it does not round onto the limit.
func (l Limit) show(x float64) string {
	t := l.value.Float64()
	if l.Key == "min_ratio" && x > 1 && t > 0 {
		t = 1 / t
	}
	return beside(x, t, l.Scale)
}

// kept says where a limit wants a value to be.
func (l Limit) kept() string {
	switch {
	case l.Strict:
	case l.Key == "min", l.Key == "min_ratio" && l.Side == "low":
		return "at or above the limit of " + l.text()
	case l.Key == "max" && !l.gap():
		return "at or below the limit of " + l.text()
	}
	return "within " + l.called()
}

// called is the limit in a sentence.
func (l Limit) called() string {
	if l.Side == "low" {
		return "the lower limit of " + l.text()
	}
	return "the limit of " + l.text()
}

// text is the limit on the metric's scale, with all of its digits.
func (l Limit) text() string { return exactly(l.value.Float64(), l.Scale) }

// span is an interval whose ends do not round onto the limit.
func (l Limit) span(i *audit.Interval) string {
	low, high := l.bounds()
	var limits []float64
	for _, x := range []*float64{low, high} {
		if x != nil {
			limits = append(limits, *x)
		}
	}
	return span(i, l.Scale, limits...)
}
