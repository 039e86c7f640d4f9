package detect

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// BoundsSuffix ends the name of a metric whose interval spans everything that rows
// may turn out to be of which something is not known. Its parameters say what
// ("unknown"), and whether a limit ("limit_key", "limit_value") holds over all of
// it ("limit").
const BoundsSuffix = "_bounds"

// What a limit is over the bounds of a number.
const (
	BoundsHold   = "holds"
	BoundsBroken = "broken"
	BoundsOpen   = "open"
)

// hang says where a verdict hangs on rows that the judged numbers leave out: a pass,
// if bounds over them reach beyond the limit; a fail, if none of the numbers that
// fail it would surely do so whatever these rows are. The bounds are about the
// numbers themselves, without chance.
func (j *judge) hang(c *check) {
	j.still(c)
	if c.Verdict != audit.Pass && c.Verdict != audit.Fail {
		return
	}
	var said []string
	for _, unknown := range []string{"group", "label"} {
		if m := j.open(c, unknown); m != nil {
			said = append(said, fmt.Sprintf("rows without a known %s could turn this: over all %ss that they may have, %s %s", unknown, unknown, judgedOf(c, m), c.limit.reach(m.Interval)))
		}
	}
	c.HangsOn = strings.Join(said, "; ")
}

// still says where a number can lie that has no value, and for which a check could
// not be decided, if bounds over the rows with something unknown tell.
func (j *judge) still(c *check) {
	if c.Verdict != audit.Inconclusive || len(c.rulings) == 0 {
		return
	}
	m := &j.ms[c.rulings[0].at]
	if b := j.boundsOf(c, m, "label"); b != nil && m.Value == nil {
		c.HangsOn = fmt.Sprintf("it hangs on rows without a known label: over all labels that they may have, %s %s", judgedOf(c, m), c.limit.reach(b.Interval))
	}
}

// open is the first of a check's bounds, in the order of its rulings, that leave its
// verdict open; nil if none do.
func (j *judge) open(c *check, unknown string) *audit.Measurement {
	var first *audit.Measurement
	for _, r := range c.rulings {
		if r.verdict != c.Verdict {
			continue
		}
		b := j.boundsOf(c, &j.ms[r.at], unknown)
		switch {
		case c.Verdict == audit.Pass && b != nil && b.Parameters["limit"] != BoundsHold:
			return b
		case c.Verdict == audit.Fail && (b == nil || b.Parameters["limit"] == BoundsBroken):
			return nil
		case c.Verdict == audit.Fail && first == nil:
			first = b
		}
	}
	return first
}

// boundsOf finds the bounds of a judged number.
func (j *judge) boundsOf(c *check, m *audit.Measurement, unknown string) *audit.Measurement {
	name := m.Metric + BoundsSuffix
	for i := range j.ms {
		b := &j.ms[i]
		if b.Metric == name && b.Interval != nil && b.Attribute == m.Attribute && b.GroupKind == m.GroupKind && (b.Group == nil || equal(b.Group, m.Group)) && (b.Reference == nil) == (m.Reference == nil) && (b.Reference == nil || equal(b.Reference, m.Reference)) &&
			b.Parameters["unknown"] == unknown && b.Parameters["limit_key"] == c.Threshold.Key && b.Parameters["limit_value"] == c.Threshold.Value {
			return b
		}
	}
	return nil
}

// judgedOf names what bounds are about: the true positive rate ratio of x against y.
func judgedOf(c *check, m *audit.Measurement) string {
	s := "the " + noun(c.Metric)
	if of := subject(m); of != "" {
		s += " of " + of
	}
	return s
}

// reach is where a number can lie.
func (l Limit) reach(i *audit.Interval) string {
	switch {
	case i.Low != nil && i.High != nil:
		return "lies between " + number(*i.Low, l.Scale, 0) + " and " + number(*i.High, l.Scale, 0)
	case i.Low != nil:
		return "lies above " + number(*i.Low, l.Scale, 0)
	case i.High != nil:
		return "lies below " + number(*i.High, l.Scale, 0)
	}
	return "can be anything"
}
