package expr

import (
	"math"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func (c *compiler) literal(v ref.Val, at int) (*node, error) {
	n := &node{op: opConst, start: at, pos: at, only: noColumn, unit: -1, value: &vec{one: true, n: 1}}
	out := n.value
	switch v := v.(type) {
	case types.Bool:
		n.typ.class, out.b = boolean, []uint8{bit(bool(v))}
	case types.Int:
		n.typ.class, out.i = integer, []int64{int64(v)}
	case types.Uint:
		n.typ.class, out.x = whole, []number{fromUint(uint64(v))}
	case types.Double:
		n.typ.class, out.f = floating, []float64{float64(v)}
	case types.String:
		n.typ.class, out.s = str, []string{string(v)}
	case types.Null:
		n.null, out.st = true, []uint8{missing}
	default:
		return nil, &Error{Offset: at, Message: "a literal of this type is not supported here"}
	}
	out.class = n.typ.class
	return n, nil
}

// constant is the value of a constant node, for messages.
func (n *node) constant() source.Value {
	switch n.typ.class {
	case integer:
		return source.Value{Kind: source.Int, Int: n.value.i[0]}
	case whole:
		if x := n.value.x[0]; x.tag == unsigned {
			return source.Value{Kind: source.Uint, Int: x.i}
		}
		return source.Value{Kind: source.Int, Int: n.value.x[0].i}
	}
	return source.Value{}
}

// parseTime reads a time as seconds and nanoseconds since 1970, or since
// midnight for a time of day. A time without a zone, and a date, is taken as
// UTC.
func parseTime(s string, z zone) (number, bool) {
	t, err := time.Parse(layout(s, z), s)
	if err != nil {
		return number{}, false
	}
	if z == clock {
		t = t.AddDate(1970, 0, 0) // time.Parse gives year 0
	}
	return number{i: t.Unix(), f: float64(t.Nanosecond())}, true
}

// layout is the one spelling that the text can have: RFC 3339, with a blank for
// the T, without the zone, the seconds or the time. Go's parser takes a fraction
// of a second after any of them. Trying one after the other would allocate an
// error per layout and row.
func layout(s string, z zone) string {
	switch {
	case z == clock && len(s) <= len("15:04"):
		return "15:04"
	case z == clock:
		return time.TimeOnly
	case len(s) <= len(time.DateOnly):
		return time.DateOnly
	}
	blank := s[len(time.DateOnly)] == ' '
	zoned := strings.ContainsAny(s[len(time.DateOnly)+1:], "Z+-")
	switch short := len(s) == len("2006-01-02T15:04"); {
	case zoned && blank:
		return "2006-01-02 15:04:05Z07:00"
	case zoned:
		return time.RFC3339
	case short && blank:
		return "2006-01-02 15:04"
	case short:
		return "2006-01-02T15:04"
	case blank:
		return time.DateTime
	}
	return "2006-01-02T15:04:05"
}

// timeLiteral turns quoted text into a moment.
func (c *compiler) timeLiteral(n *node, z zone) (*node, error) {
	x, ok := parseTime(n.value.s[0], z)
	if !ok {
		e := &Error{Offset: n.start, Message: c.describe(n) + " that is not a time", Hint: `write "2024-01-31" or "2024-01-31T12:00:00Z"`}
		if z == clock {
			e.Hint = `write "15:04" or "15:04:05"`
		}
		return nil, e
	}
	t := typ{class: moment}
	if z == clock {
		t.zone = clock
	}
	return &node{op: opConst, typ: t, start: n.start, pos: n.pos, only: noColumn, unit: -1,
		value: &vec{class: moment, one: true, n: 1, x: []number{x}}}, nil
}

// inUnits expresses "count r t" in whole units of a column: the relation and
// the count to compare with. A time between two counts equals none of them.
func inUnits(r rel, t number, unit time.Duration) (rel, int64) {
	count, exact, order := countUnits(t, unit)
	switch {
	case order < 0: // before all counts
		return everyOr(r == gt || r == ge || r == ne), 0
	case order > 0:
		return everyOr(r == lt || r == le || r == ne), 0
	case exact:
		return r, count
	}
	switch r {
	case eq, ne:
		return everyOr(r == ne), 0
	case lt:
		return le, count
	case ge:
		return gt, count
	}
	return r, count
}

func everyOr(all bool) rel {
	if all {
		return always
	}
	return never
}

// countUnits is the number of whole units up to t, rounded down; order is -1
// or 1 if it is below or above every int64.
func countUnits(t number, unit time.Duration) (count int64, exact bool, order int) {
	if unit >= time.Second {
		per := int64(unit / time.Second)
		count, rest := floorDiv(t.i, per)
		return count, rest == 0 && t.f == 0, 0
	}
	per := int64(time.Second / unit)
	if t.i > math.MaxInt64/per-1 {
		return 0, false, 1
	}
	if t.i < math.MinInt64/per+1 {
		return 0, false, -1
	}
	part, rest := floorDiv(int64(t.f), int64(unit))
	return t.i*per + part, rest == 0, 0
}

func floorDiv(a, b int64) (quotient, rest int64) {
	quotient, rest = a/b, a%b
	if rest < 0 {
		quotient, rest = quotient-1, rest+b
	}
	return quotient, rest
}
