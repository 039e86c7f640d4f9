package expr

import (
	"fmt"
	"regexp"

	"cel.dev/cel-go/common/ast"
)

func (c *compiler) function(name string, n []*node, at int) (*node, error) {
	switch name {
	case "timestamp":
		return c.timestamp(n[0])
	case "double", "int":
		return c.numberFunction(name, n[0])
	case "string":
		if n[0].null {
			return nil, &Error{Offset: n[0].start, Message: "null is not a value"}
		}
		return c.spell(n[0])
	}
	for i, kid := range n {
		if kid.typ.class == nothing && !kid.null {
			var err error
			if n[i], err = c.void(kid, typ{class: str}); err != nil {
				return nil, err
			}
		} else if !kid.typ.spelled() {
			return nil, &Error{Offset: kid.start, Message: c.describe(kid) + ", but " + name + " takes text", Hint: "write string() around it"}
		}
	}
	out := node{typ: typ{class: boolean}, pos: at}
	switch name {
	case "startsWith":
		out.op = opStarts
	case "endsWith":
		out.op = opEnds
	case "contains":
		out.op = opContains
	case "matches":
		return c.matches(out, n[0], n[1])
	case "size":
		out.op, out.typ.class = opSize, integer
	case "lowerAscii":
		out.op, out.typ.class = opLower, str
	case "upperAscii":
		out.op, out.typ.class = opUpper, str
	}
	return c.make(out, n...)
}

func (c *compiler) numberFunction(name string, n *node) (*node, error) {
	if n.typ.class == nothing && !n.null {
		return c.void(n, typ{class: floating})
	}
	if !n.typ.numeric() && !n.typ.spelled() {
		return nil, &Error{Offset: n.start, Message: c.describe(n) + " and cannot be read as a number"}
	}
	if name == "int" {
		return c.toInt(n)
	}
	return c.toFloat(n)
}

func (c *compiler) timestamp(n *node) (*node, error) {
	switch {
	case n.isConst() && n.typ.class == str:
		return c.timeLiteral(n, anywhere)
	case n.typ.spelled():
		return c.toTime(n, anywhere)
	case n.typ.class == moment && n.typ.zone != clock, n.typ.class == nothing && !n.null:
		return n, nil
	}
	return nil, &Error{Offset: n.start, Message: c.describe(n) + " and cannot be read as a time"}
}

// matches compiles the pattern once, so it must be written out.
func (c *compiler) matches(out node, subject, pattern *node) (*node, error) {
	if !pattern.isConst() || pattern.value.status(0) != 0 {
		return nil, &Error{Offset: pattern.start, Message: "the pattern of matches must be quoted text"}
	}
	re, err := regexp.Compile(pattern.value.s[0])
	if err != nil {
		return nil, &Error{Offset: pattern.start, Message: fmt.Sprintf("the pattern of matches does not parse: %v", err)}
	}
	out.op, out.aux = opMatches, re
	return c.make(out, subject)
}

type (
	textSet   map[string]struct{}
	numberSet map[number]struct{}
)

// membership is "x in [...]". A list of literals of one kind becomes a set, any
// other list a chain of comparisons.
func (c *compiler) membership(needle, list ast.Expr, at int) (*node, error) {
	if list.Kind() != ast.ListKind {
		return nil, &Error{Offset: c.offset(list), Message: "in takes a list", Hint: `write it out: channel in ["a", "b"]`}
	}
	x, err := c.compile(needle)
	if err != nil {
		return nil, err
	}
	elements := make([]*node, 0, list.AsList().Size())
	for _, e := range list.AsList().Elements() {
		n, err := c.compile(e)
		if err != nil {
			return nil, err
		}
		if n.null {
			return nil, &Error{Offset: n.start, Message: "null cannot stand in a list", Hint: "add || … == null"}
		}
		elements = append(elements, n)
	}
	if len(elements) == 0 {
		return &node{op: opConst, typ: typ{class: boolean}, start: x.start, pos: at, only: noColumn, unit: -1,
			value: &vec{class: boolean, one: true, n: 1, b: []uint8{0}}}, nil
	}
	return c.setOrChain(x, elements, at)
}

func (c *compiler) setOrChain(x *node, elements []*node, at int) (*node, error) {
	in := node{op: opIn, typ: typ{class: boolean}, pos: at}
	texts, numbers := textSet{}, numberSet{}
	for _, e := range elements {
		switch {
		case !e.isConst() || e.value.status(0) != 0:
		case e.typ.class == str:
			texts[e.value.s[0]] = struct{}{}
		case e.typ.numeric():
			numbers[e.value.number(0).key()] = struct{}{}
		}
	}
	plain := func(class func(typ) bool) bool {
		for _, e := range elements {
			if !e.isConst() || e.value.status(0) != 0 || !class(e.typ) {
				return false
			}
		}
		return true
	}
	switch {
	case x.typ.spelled() && plain(typ.spelled):
		in.aux = texts
		return c.make(in, x)
	case (x.typ.numeric() || x.typ.class == text) && plain(typ.numeric):
		in.aux = numbers
		n, err := c.toNumber(x)
		if err != nil {
			return nil, err
		}
		return c.make(in, n)
	}
	return c.chain(x, elements, at)
}

// chain is x == e0 || x == e1 || ..., as a balanced tree.
func (c *compiler) chain(x *node, elements []*node, at int) (*node, error) {
	if len(elements) == 1 {
		return c.comparison(eq, x, elements[0], at)
	}
	half := len(elements) / 2
	a, err := c.chain(x, elements[:half], at)
	if err != nil {
		return nil, err
	}
	b, err := c.chain(x, elements[half:], at)
	if err != nil {
		return nil, err
	}
	return c.make(node{op: opOr, typ: typ{class: boolean}, pos: at}, a, b)
}
