package detect

import (
	"fmt"
	"math"
)

// hypothesis names what a test of a gate is about. Tests of the same hypothesis out of
// the same table are one test, however many packs and limits ask for it: they share
// one p-value, and a second rule does not change what is chance.
//
// Two gaps of the same rate, its difference and its ratio, ask whether two groups are
// alike in it, whatever the limit; so do those of the share of all others, whose table
// is the mirror image. A test of a level is about its limit.
func (j *judge) hypothesis(c *check, r *ruling) string {
	m := &j.ms[r.at]
	if !c.limit.Null.distance() {
		return fmt.Sprintf("level %d %q %q", r.at, c.limit.Key, c.limit.Value)
	}
	if c.about == "" || m.Numerator == nil || m.Denominator == nil || m.RefNum == nil || m.RefDen == nil {
		return fmt.Sprintf("gap %d", r.at)
	}
	k, ref := *m.Numerator, *m.RefNum
	if left, right := *m.Denominator-k, *m.RefDen-ref; left < k || left == k && right < ref {
		k, ref = left, right
	}
	return fmt.Sprintf("gap of %q: %q %s against %s, column %s, %q, %s, joint %t: %d of %d, %d of %d", c.about, m.Attribute, quoted(m.Group), quoted(m.Reference),
		quoted(m.Column), m.Parameters, m.Test, m.Joint != nil, k, *m.Denominator, ref, *m.RefDen)
}

func quoted(s *string) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%q", *s)
}

// pool adds the tests of all checks to the family, each hypothesis once. It gives the
// rulings that have a test, and the place of each one's test in the family.
func (j *judge) pool() (to []*ruling, places []int) {
	known := map[string]int{}
	sets := len(j.checks) // the first sets are those of the checks
	for i := range j.checks {
		c := &j.checks[i]
		for k := range c.rulings {
			r := &c.rulings[k]
			if r.p == nil {
				continue
			}
			h := j.hypothesis(c, r)
			at, ok := known[h]
			if !ok || !alike(j.family.P[at], *r.p) {
				set := i
				if j.ms[r.at].Joint == nil {
					set, sets = sets, sets+1
				}
				at = len(j.family.P)
				j.family.P, j.family.Set = append(j.family.P, *r.p), append(j.family.Set, set)
				known[h] = at
			}
			to, places = append(to, r), append(places, at)
		}
	}
	return to, places
}

// alike tells whether two p-values are the same but for the rounding of sums that were
// added in another order.
func alike(p, q float64) bool { return math.Abs(p-q) <= 1e-9*max(p, q) }
