package detect

import (
	"math/big"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// GateWindow is the window whose measurements gates judge. With an asked period
// it holds that period alone, since rows outside are not audited.
const GateWindow = audit.AllWindows

// GatesOn lists the gates that judge a metric of a detector.
func GatesOn(spec *audit.Spec, detector, metric string) []audit.Gate {
	var out []audit.Gate
	for _, g := range spec.Gates {
		if g.Detector == detector && judged(spec, g) == metric {
			out = append(out, g)
		}
	}
	return out
}

// judged is the metric that a gate looks at: where a positive decision is bad
// for the person, gates on selection rates look at the favorable rate.
func judged(spec *audit.Spec, g audit.Gate) string {
	const selection = "selection_rate"
	if rest, ok := strings.CutPrefix(g.Metric, selection); ok && !spec.Favorable {
		return "favorable_rate" + rest
	}
	return g.Metric
}

// Wrong is the side on which a level breaks a limit: above max, below min.
func Wrong(key string) stat.Side {
	if key == "max" {
		return stat.Greater
	}
	return stat.Less
}

// Limit is what a gate allows a metric to be.
type Limit struct {
	audit.Threshold
	Null  Null
	Scale Scale
	value stat.Decimal

	single   bool // its p stands alone: the audit asked for no adjustment
	unsigned bool // it is about a distance between all groups, which has no direction
}

// NewLimit reads the limit that a gate sets for a metric of an attribute. A
// ratio is held to t <= r <= 1/t, whatever the gate's side, where the data chose
// the reference: then the orientation of a pair means nothing.
func NewLimit(g audit.Gate, m Metric, ref audit.Reference) (Limit, error) {
	l := Limit{Threshold: audit.Threshold{Key: g.Key, Value: g.Value, Side: g.Side, Policy: g.Policy, Pack: g.Pack, Severity: g.Severity, Strict: g.Strict}, Null: m.Null, Scale: m.Scale, unsigned: m.Together}
	switch {
	case m.Null == NullNone:
		l.Policy = audit.ByPoint
	case l.Policy == "":
		l.Policy = m.Null.Policy()
	}
	if l.Side != "low" || !ref.Named() {
		l.Side = "both"
	}
	switch g.Key {
	case "min":
		l.Side = "low"
	case "max":
		l.Side = "high"
	}
	var err error
	l.value, err = stat.ParseDecimal(g.Value)
	return l, err
}

// gap says that only the size of the value counts, not its sign.
func (l Limit) gap() bool {
	return l.Key == "max_difference" || l.Null.distance() && l.Scale != ScaleRatio
}

// distance says that a null is that a number is 0, or a ratio 1, and that a test
// of it stands on the measurement.
func (n Null) distance() bool {
	return n == NullNoGap || n == NullNoChange || n == NullCalibrated || n == NullPopulation
}

// allowed is the closed range of values that keep the limit; nil is unbounded.
func (l Limit) allowed() (low, high *big.Rat) {
	t, _ := new(big.Rat).SetString(l.value.String())
	switch {
	case l.Key == "min_ratio":
		if l.Side == "both" && t.Sign() > 0 {
			high = new(big.Rat).Inv(t)
		}
		return t, high
	case l.Key == "min":
		return t, nil
	case l.gap():
		return new(big.Rat).Neg(t), t
	}
	return nil, t
}

// keeps says whether a value that is defined keeps the limit. Values that are
// counts are compared in integers; others with the 15 digits that the result
// prints, so that a reader who compares sees the same.
func (l Limit) keeps(m *audit.Measurement) bool {
	if keeps, ok := l.keepsCounts(m); ok {
		return keeps
	}
	v, ok := new(big.Rat).SetString(number15(*m.Value))
	return ok && l.within(v, v)
}

// keepsCounts compares in exact integers where numerators and denominators are
// those of rates; ok says whether they are.
func (l Limit) keepsCounts(m *audit.Measurement) (keeps, ok bool) {
	if m.Numerator == nil || m.Denominator == nil {
		return false, false
	}
	a, n := *m.Numerator, *m.Denominator
	if l.Scale == ScaleRate && (l.Key == "min" || l.Key == "max") {
		c, err := stat.CompareRate(a, n, l.value)
		return l.Key == "min" && c >= 0 || l.Key == "max" && c <= 0, err == nil
	}
	if m.RefNum == nil || m.RefDen == nil {
		return false, false
	}
	b, d := *m.RefNum, *m.RefDen
	switch {
	case l.Scale == ScaleRatio && l.Key == "min_ratio":
		low, err := stat.CompareRatio(a, n, b, d, l.value)
		high, errHigh := stat.CompareRatioInverse(a, n, b, d, l.value)
		return low >= 0 && (l.Side != "both" || high <= 0), err == nil && errHigh == nil
	case l.Scale == ScaleDifference && l.Key != "min":
		c, err := stat.CompareDifference(a, n, b, d, l.value)
		return c < 0 || c == 0 && !l.Strict, err == nil
	}
	return false, false
}

// Bounds are the ends of what the limit allows, as floats; nil is none.
func (l Limit) Bounds() (low, high *float64) { return l.bounds() }

// holds says whether a whole interval keeps the limit.
func (l Limit) holds(i *audit.Interval) bool {
	if i == nil {
		return false
	}
	return l.within(rational(i.Low), rational(i.High))
}

// breaks says whether a whole interval is on the wrong side of the limit.
func (l Limit) breaks(i *audit.Interval) bool {
	if i == nil {
		return false
	}
	low, high := l.allowed()
	x, y := rational(i.Low), rational(i.High)
	return low != nil && y != nil && l.least(low, y) > 0 || high != nil && x != nil && l.least(x, high) > 0
}

// flipflop is the fewest changed decisions that carry a ratio across the limit.
func (l Limit) flipflop(m *audit.Measurement) {
	if l.Key != "min_ratio" || l.Scale != ScaleRatio || m.Value == nil ||
		m.Numerator == nil || m.Denominator == nil || m.RefNum == nil || m.RefDen == nil {
		return
	}
	k, err := stat.FlipflopThreshold(*m.Numerator, *m.Denominator, *m.RefNum, *m.RefDen, l.value, l.Side == "low")
	if err != nil {
		return
	}
	if m.Flipflop == nil {
		m.Flipflop = &audit.Flipflop{}
	}
	m.Flipflop.Threshold = &k
}

// within says whether everything from x to y is allowed; nil is unbounded.
func (l Limit) within(x, y *big.Rat) bool {
	low, high := l.allowed()
	return (low == nil || x != nil && l.least(low, x) <= 0) && (high == nil || y != nil && l.least(y, high) <= 0)
}

// least compares two numbers that have to be in this order: 1 if they are not, which
// of equal ones a strict limit says.
func (l Limit) least(a, b *big.Rat) int {
	c := a.Cmp(b)
	if c == 0 && l.Strict {
		return 1
	}
	return c
}

func rational(x *float64) *big.Rat {
	if x == nil {
		return nil
	}
	return new(big.Rat).SetFloat64(*x)
}
