package detect

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// decide sets the verdict of a check from its rulings, the deciding one first,
// and says why.
func (c *check) decide(ms []audit.Measurement) {
	if c.Verdict == audit.Error {
		return
	}
	c.order(ms)
	count := map[audit.Verdict]int{}
	for _, r := range c.rulings {
		c.Measurements = append(c.Measurements, r.at)
		count[r.verdict]++
	}
	undecided := len(c.rulings) - count[audit.Fail] - count[audit.Pass] - count[audit.NotApplicable]
	switch {
	case count[audit.Fail] > 0:
		c.Verdict = audit.Fail
		if c.Threshold.Severity == audit.Warn {
			c.Verdict = audit.Warn
		}
		c.Reason = c.first(ms) + c.others(count[audit.Fail]-1, "fails too", "fail too")
	case undecided > 0:
		c.Verdict = audit.Inconclusive
		c.Reason = c.first(ms) + c.others(undecided-1, "is undecided too", "are undecided too")
	case count[audit.Pass] > 0:
		c.Verdict = audit.Pass
		c.Reason = c.passed(ms, count[audit.Pass], count[audit.NotApplicable])
	default:
		c.Verdict, c.Reason = audit.Inconclusive, cmp.Or(c.undefined(), c.nothing(ms))
	}
}

// first is the deciding ruling with its subject.
func (c *check) first(ms []audit.Measurement) string {
	r := c.rulings[0]
	if s := subject(&ms[r.at]); s != "" {
		return s + ": " + r.reason
	}
	return r.reason
}

// subject names what a measurement is about.
func subject(m *audit.Measurement) string {
	var parts []string
	if m.Group != nil {
		s := spoken(m.Attribute, *m.Group)
		if m.Reference != nil {
			s += " against " + spoken(m.Attribute, *m.Reference)
		}
		parts = append(parts, s)
	}
	switch {
	case m.Column != nil && m.GroupKind == audit.KindOverall && m.Attribute != "": // a stage, an outcome
		parts = append(parts, *m.Column)
	case m.Column != nil:
		parts = append(parts, "column "+*m.Column)
	}
	if reason := m.Parameters["reason"]; reason != "" {
		parts = append(parts, strings.ReplaceAll(reason, "_", " "))
	}
	return strings.Join(parts, ", ")
}

func (c *check) others(n int, one, many string) string {
	if n == 0 {
		return ""
	}
	total := len(c.rulings) - 1
	switch {
	case total == 1:
		return "; the other " + one
	case n == 2 && total == 2:
		return "; both others " + many
	case n == total:
		return fmt.Sprintf("; all %d others %s", total, many)
	case n == 1:
		return fmt.Sprintf("; 1 of %d others %s", total, one)
	}
	return fmt.Sprintf("; %d of %d others %s", n, total, many)
}

// passed says what passed, and how near the nearest came.
func (c *check) passed(ms []audit.Measurement, pass, aside int) string {
	s := c.first(ms)
	switch {
	case pass == 2:
		s += "; so is the other"
	case pass > 2:
		s += fmt.Sprintf("; so are the %d others", pass-1)
	}
	if aside > 0 {
		s += "; left aside: " + plural(aside, "comparison", "comparisons") + " with " + c.smallText()
	}
	return s
}

// undefined is why every comparison is undefined, if that is one reason: then it does
// not matter how few rows the groups have.
func (c *check) undefined() string {
	for _, r := range c.rulings {
		if r.noValue == "" || r.noValue != c.rulings[0].noValue {
			return ""
		}
	}
	if len(c.rulings) == 0 {
		return ""
	}
	return c.rulings[0].noValue
}

// nothing says why no measurement had a say.
func (c *check) nothing(ms []audit.Measurement) string {
	switch {
	case len(c.rulings) > 0:
		return "every group to be judged has " + c.smallText()
	case c.limit.Null == NullNoGap && c.Attribute == "" && !c.grouped && c.inferred != "":
		return "the groups of " + c.inferred + " are known by probabilities alone, which no limit judges"
	case c.limit.Null == NullNoGap && c.Attribute == "" && !c.grouped:
		return "the audit has no groups to compare"
	case c.lone != "":
		return c.lone
	}
	const nothing = "nothing was measured that the gate could judge"
	for i := range ms {
		m := &ms[i]
		if m.Detector == c.Detector && m.Metric == c.Metric && m.Attribute == c.Attribute && m.Window == GateWindow && m.Value == nil && m.Note != "" {
			return nothing + ": " + strings.TrimPrefix(m.Note, "undefined: ")
		}
	}
	return nothing
}

// number15 writes a number with the digits that the result prints.
func number15(x float64) string { return strconv.FormatFloat(x, 'g', 15, 64) }
