package expr

import (
	"fmt"
	"math"
	"strconv"
)

// comparison types a and b for each other and compares them.
func (c *compiler) comparison(r rel, a, b *node, at int) (*node, error) {
	if a.null || b.null {
		return c.nullTest(r, a, b, at)
	}
	if a.typ.class == nothing || b.typ.class == nothing { // a column of nulls compares with anything, to no avail
		return c.make(node{op: opCompare, typ: typ{class: boolean}, pos: at, rel: never}, a, b)
	}
	a, b, err := c.match(a, b, r, at)
	if err != nil {
		return nil, err
	}
	n := node{op: opCompare, typ: typ{class: boolean}, pos: at, rel: r, how: a.typ.class}
	if a.typ.class == boolean && r != eq && r != ne {
		return nil, &Error{Offset: at, Message: "truth values are equal or not; they have no order"}
	}
	if a.typ.class == moment {
		return c.compareTimes(n, a, b)
	}
	return c.make(n, a, b)
}

func (c *compiler) nullTest(r rel, a, b *node, at int) (*node, error) {
	if r != eq && r != ne {
		return nil, &Error{Offset: at, Message: "null has no order", Hint: "write == null or != null"}
	}
	if a.null {
		a = b
	}
	test, err := c.make(node{op: opIsNull, typ: typ{class: boolean}, pos: at, cell: a.typ.class == text}, a)
	if err != nil || r == eq {
		return test, err
	}
	return c.make(node{op: opNot, typ: typ{class: boolean}, pos: at}, test)
}

// match converts two nodes to one class that can be compared.
func (c *compiler) match(a, b *node, r rel, at int) (_, _ *node, err error) {
	x, y := a.typ, b.typ
	switch {
	case x.class == text && y.class == text:
		if r != eq && r != ne {
			return nil, nil, &Error{Offset: at, Message: "two columns of text could be ordered as text or as numbers",
				Hint: "wrap both in double() or in string()"}
		}
		return a, b, nil
	case x.spelled() && y.spelled():
		return a, b, nil
	case x.class == boolean && y.class == boolean:
		return a, b, nil
	case x.numeric() && (y.numeric() || y.class == text), y.numeric() && x.class == text:
		return c.matchNumbers(a, b)
	case x.class == moment || y.class == moment:
		return c.matchTimes(a, b, at)
	}
	return nil, nil, c.mismatch(a, b)
}

// matchNumbers chooses the cheapest class that compares two numbers exactly.
func (c *compiler) matchNumbers(a, b *node) (_, _ *node, err error) {
	a, b = narrow(a, b.typ), narrow(b, a.typ)
	if a.typ.class == b.typ.class && (a.typ.class == integer || a.typ.class == floating) {
		return a, b, nil
	}
	if a, err = c.toNumeral(a); err != nil {
		return nil, nil, err
	}
	b, err = c.toNumeral(b)
	return a, b, err
}

// narrow rewrites a constant in the class of its neighbor if that loses
// nothing: 30.0 beside whole numbers, 30 beside floats.
func narrow(n *node, neighbor typ) *node {
	if !n.isConst() || n.value.status(0) != 0 {
		return n
	}
	to := *n
	switch {
	case n.typ.class == floating && neighbor.class == integer:
		f := n.value.f[0]
		if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
			return n
		}
		to.value = &vec{class: integer, one: true, n: 1, i: []int64{int64(f)}}
	case n.typ.class == integer && neighbor.class == floating:
		i := n.value.i[0]
		if i < -1<<53 || i > 1<<53 {
			return n
		}
		to.value = &vec{class: floating, one: true, n: 1, f: []float64{float64(i)}}
	default:
		return n
	}
	to.typ.class = neighbor.class
	return &to
}

// matchTimes reads a neighbor of a time as a time.
func (c *compiler) matchTimes(a, b *node, at int) (_, _ *node, err error) {
	if a.typ.class != moment {
		b, a, err = c.matchTimes(b, a, at)
		return a, b, err
	}
	switch {
	case b.typ.class == moment:
		x, y := a.typ.zone, b.typ.zone
		clash := x != y && x != anywhere && y != anywhere || (x == clock) != (y == clock)
		if clash {
			return nil, nil, c.mismatch(a, b)
		}
	case b.typ.class == str && b.isConst():
		b, err = c.timeLiteral(b, a.typ.zone)
	case b.typ.class == text:
		b, err = c.toTime(b, a.typ.zone)
	default:
		return nil, nil, c.mismatch(a, b)
	}
	return a, b, err
}

// compareTimes compares a column with a constant in the column's own unit.
func (c *compiler) compareTimes(n node, a, b *node) (*node, error) {
	if a.isConst() && !b.isConst() {
		a, b, n.rel = b, a, n.rel.flip()
	}
	if b.isConst() && b.value.status(0) == 0 && a.typ.unit > 0 {
		r, count := inUnits(n.rel, b.value.x[0], a.typ.unit)
		n.rel, n.how = r, integer
		units := *b
		units.typ, units.value = typ{class: integer}, &vec{class: integer, one: true, n: 1, i: []int64{count}}
		b = &units
	}
	return c.make(n, a, b)
}

// mismatch says why two values cannot be compared, and how they could.
func (c *compiler) mismatch(a, b *node) error {
	if b.start < a.start {
		a, b = b, a
	}
	e := &Error{Offset: a.start, Message: fmt.Sprintf("%s and %s; they cannot be compared", c.describe(a), c.describe(b))}
	if a.isConst() {
		a, b = b, a
	}
	name := c.written(a)
	x, y := a.typ, b.typ
	switch {
	case a.op != opColumn:
	case x.class == boolean:
		e.Hint = fmt.Sprintf("write %s or !%s", name, name)
	case x.class == str && y.numeric():
		e.Hint = fmt.Sprintf("write double(%s) to read it as a number", name)
		if b.isConst() && y.exact() {
			e.Hint = fmt.Sprintf("put quotes around the number, or %s", e.Hint)
		}
	case x.numeric() && b.isConst() && y.class == str:
		if _, ok := parseNumber(b.value.s[0]); ok {
			e.Hint = "write the number without quotes"
		}
	case x.class == str && y.class == moment:
		e.Hint = fmt.Sprintf("write timestamp(%s) to read it as a time", name)
	case x.class == moment && b.isConst() && x.zone != clock:
		e.Hint = fmt.Sprintf("write a time in quotes: %s >= \"2024-01-31\"", name)
	case x.class == text && y.class == boolean:
		e.Hint = fmt.Sprintf("compare it as it is spelled: %s == \"true\"", name)
	}
	return e
}

// written is how a column is written in an expression.
func (c *compiler) written(n *node) string {
	if n.op != opColumn {
		return ""
	}
	name := c.schema[c.columns[n.only]].Name
	if !isIdentifier(name) {
		return "row[" + strconv.Quote(name) + "]"
	}
	return name
}
