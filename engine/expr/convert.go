package expr

import "fmt"

// void gives a null, or a column of nulls, a type.
func (c *compiler) void(n *node, t typ) (*node, error) {
	return c.make(node{op: opVoid, typ: t, pos: n.pos}, n)
}

const notNumber = "is not a number"

// toNumber makes an operand of arithmetic or a result of any number: text and
// decimals are read, other numbers stay what they are.
func (c *compiler) toNumber(n *node) (*node, error) {
	switch n.typ.class {
	case text, decimal, str:
		s, err := c.fallible(n, n.start, notNumber)
		if err != nil {
			return nil, err
		}
		return c.make(node{op: opParse, typ: typ{class: numeral}, pos: n.pos, fault: s, cell: n.typ.class == text}, n)
	}
	return n, nil
}

// toNumeral makes any number comparable with any other, exactly.
func (c *compiler) toNumeral(n *node) (*node, error) {
	n, err := c.toNumber(n)
	if err != nil || n.typ.class == numeral {
		return n, err
	}
	return c.make(node{op: opWiden, typ: typ{class: numeral}, pos: n.pos}, n)
}

func (c *compiler) toWhole(n *node) (*node, error) {
	if n.typ.class == whole {
		return n, nil
	}
	return c.make(node{op: opWiden, typ: typ{class: whole}, pos: n.pos}, n)
}

func (c *compiler) toFloat(n *node) (*node, error) {
	n, err := c.toNumber(n)
	if err != nil || n.typ.class == floating {
		return n, err
	}
	return c.make(node{op: opFloat, typ: typ{class: floating}, pos: n.pos}, n)
}

func (c *compiler) toInt(n *node) (*node, error) {
	n, err := c.toNumber(n)
	if err != nil || n.typ.class == integer {
		return n, err
	}
	kid := n
	if n.op == opParse { // name the column and the cell, not the number read from it
		kid = n.kids[0]
	}
	s, err := c.fallible(kid, n.start, "is outside the range of whole numbers")
	if err != nil {
		return nil, err
	}
	return c.make(node{op: opInt, typ: typ{class: integer}, pos: n.pos, fault: s}, n)
}

func (c *compiler) toTime(n *node, z zone) (*node, error) {
	s, err := c.fallible(n, n.start, "is not a time")
	if err != nil {
		return nil, err
	}
	t := typ{class: moment}
	if z == clock {
		t.zone = clock
	}
	return c.make(node{op: opParseTime, typ: t, pos: n.pos, fault: s, cell: n.typ.class == text}, n)
}

func (c *compiler) spell(n *node) (*node, error) {
	if n.typ.class == str {
		return n, nil
	}
	return c.make(node{op: opSpell, typ: typ{class: str}, pos: n.pos}, n)
}

func (c *compiler) arithmetic(a arithmetic, x, y *node, at int) (*node, error) {
	if a == '+' && x.typ.spelled() && y.typ.spelled() && (x.typ.class == str || y.typ.class == str) {
		return c.make(node{op: opConcat, typ: typ{class: str}, pos: at}, x, y)
	}
	for _, n := range []*node{x, y} {
		if err := c.countable(n); err != nil {
			return nil, err
		}
	}
	if !(x.typ.exact() || x.typ.class == nothing) || !(y.typ.exact() || y.typ.class == nothing) {
		return c.floatArithmetic(a, x, y, at)
	}
	result := typ{class: integer}
	if x.typ.class == whole || y.typ.class == whole {
		result.class = whole
	}
	s, err := c.fallible(nil, at, "the result is outside the range of whole numbers", "division by zero")
	if err != nil {
		return nil, err
	}
	if x, err = c.operand(x, result); err != nil {
		return nil, err
	}
	if y, err = c.operand(y, result); err != nil {
		return nil, err
	}
	return c.make(node{op: opArith, typ: result, pos: at, arith: a, fault: s}, x, y)
}

func (c *compiler) floatArithmetic(a arithmetic, x, y *node, at int) (*node, error) {
	if a == '%' {
		return nil, &Error{Offset: at, Message: "% takes whole numbers", Hint: "write int() around what is not"}
	}
	x, err := c.operand(x, typ{class: floating})
	if err != nil {
		return nil, err
	}
	if y, err = c.operand(y, typ{class: floating}); err != nil {
		return nil, err
	}
	return c.make(node{op: opArith, typ: typ{class: floating}, pos: at, arith: a}, x, y)
}

// operand converts an operand to the type that is computed in.
func (c *compiler) operand(n *node, t typ) (*node, error) {
	switch {
	case n.typ.class == nothing:
		return c.void(n, t)
	case t.class == floating:
		return c.toFloat(n)
	case t.class == whole:
		return c.toWhole(n)
	}
	return n, nil
}

// countable refuses what arithmetic cannot take.
func (c *compiler) countable(n *node) error {
	if n.typ.numeric() || n.typ.class == text || n.typ.class == nothing && !n.null {
		return nil
	}
	e := &Error{Offset: n.start, Message: c.describe(n) + " and cannot be computed with"}
	switch {
	case n.op == opColumn && n.typ.class == str:
		e.Hint = fmt.Sprintf("write double(%s) to read it as a number", c.written(n))
	case n.op == opColumn && n.typ.class == boolean:
		e.Hint = fmt.Sprintf("write (%s ? 1 : 0)", c.written(n))
	case n.typ.class == moment:
		e.Hint = "times can only be compared"
	}
	return e
}

func (c *compiler) negate(n *node, at int) (*node, error) {
	if err := c.countable(n); err != nil {
		return nil, err
	}
	t := n.typ
	if !t.exact() {
		t = typ{class: floating}
	}
	n, err := c.operand(n, t)
	if err != nil {
		return nil, err
	}
	s := uint8(0)
	if t.exact() {
		if s, err = c.fallible(nil, at, "the result is outside the range of whole numbers"); err != nil {
			return nil, err
		}
	}
	return c.make(node{op: opNegate, typ: t, pos: at, fault: s}, n)
}
