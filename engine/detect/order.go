package detect

import (
	"cmp"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// order sorts the rulings of a check: the verdict that decides first, then
// defined before undefined. Failures stand in order of what their intervals are
// sure of, so that a group of three people does not head the report; the others
// in order of how far their points lie to the wrong side.
func (c *check) order(ms []audit.Measurement) {
	rank := func(r ruling) int {
		switch r.verdict {
		case audit.Fail:
			return 0
		case audit.NotApplicable:
			return 3
		case audit.Pass:
			return 2
		}
		return 1
	}
	sure := func(r ruling) float64 {
		if m := &ms[r.at]; r.verdict == audit.Fail {
			return c.limit.sure(m)
		}
		return 0
	}
	slices.SortStableFunc(c.rulings, func(x, y ruling) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), compareBool(x.small, y.small), cmp.Compare(sure(y), sure(x)),
			cmp.Compare(c.limit.strain(&ms[y.at]), c.limit.strain(&ms[x.at])))
	})
}

// compareBool puts false first: pairs of proper size lead small ones.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// strain grows with the distance of a value to the wrong side.
func (l Limit) strain(m *audit.Measurement) float64 {
	if m.Value == nil {
		return math.Inf(-1)
	}
	return l.distance(*m.Value)
}

// sure is the least strain that the interval allows.
func (l Limit) sure(m *audit.Measurement) float64 {
	i := m.Interval
	if i == nil {
		return l.strain(m)
	}
	least, below, above := l.strain(m), false, false
	for _, end := range []*float64{i.Low, i.High} {
		if end != nil {
			least = min(least, l.distance(*end))
			below = below || *end < l.neutral()
			above = above || *end > l.neutral()
		}
	}
	if below && above { // no gap at all is inside
		least = min(least, l.distance(l.neutral()))
	}
	return least
}

// neutral is the value that means no gap.
func (l Limit) neutral() float64 {
	if l.Scale == ScaleRatio {
		return 1
	}
	return 0
}

func (l Limit) distance(x float64) float64 {
	switch {
	case l.Key == "min_ratio" && x <= 0:
		return math.Inf(1)
	case l.Key == "min_ratio" && l.Side == "both":
		return math.Abs(math.Log(x))
	case l.Key == "min_ratio" || l.Key == "min":
		return -x
	case l.gap():
		return math.Abs(x)
	}
	return x
}
