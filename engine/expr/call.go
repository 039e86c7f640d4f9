package expr

import (
	"fmt"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

func (c *compiler) call(e ast.CallExpr, at int) (*node, error) {
	name, args := e.FunctionName(), e.Args()
	switch name {
	case operators.Index:
		return c.indexed(args, at)
	case operators.In:
		return c.membership(args[0], args[1], at)
	}
	if e.IsMemberFunction() {
		args = append([]ast.Expr{e.Target()}, args...)
	}
	want, known := arity(name)
	if !known {
		return nil, c.unsupported(name, at)
	}
	if len(args) != want {
		return nil, &Error{Offset: at, Message: fmt.Sprintf("%s takes %d operand(s), what stands before the dot included, not %d", name, want, len(args))}
	}
	nodes := make([]*node, len(args))
	for i, arg := range args {
		var err error
		if nodes[i], err = c.compile(arg); err != nil {
			return nil, err
		}
	}
	return c.operation(name, nodes, at)
}

// arity is the number of operands of an operator or a function.
func arity(name string) (int, bool) {
	switch name {
	case operators.Conditional:
		return 3, true
	case operators.LogicalNot, operators.Negate, "double", "int", "string", "timestamp", "size", "lowerAscii", "upperAscii":
		return 1, true
	case operators.LogicalAnd, operators.LogicalOr, "startsWith", "endsWith", "contains", "matches":
		return 2, true
	}
	_, compares := relation(name)
	_, computes := arithmeticOf(name)
	return 2, compares || computes
}

func (c *compiler) operation(name string, n []*node, at int) (*node, error) {
	if r, ok := relation(name); ok {
		return c.comparison(r, n[0], n[1], at)
	}
	if a, ok := arithmeticOf(name); ok {
		return c.arithmetic(a, n[0], n[1], at)
	}
	switch name {
	case operators.LogicalAnd:
		return c.logic(opAnd, at, n...)
	case operators.LogicalOr:
		return c.logic(opOr, at, n...)
	case operators.LogicalNot:
		return c.logic(opNot, at, n...)
	case operators.Conditional:
		return c.conditional(n[0], n[1], n[2], at)
	case operators.Negate:
		return c.negate(n[0], at)
	}
	return c.function(name, n, at)
}

func relation(name string) (rel, bool) {
	switch name {
	case operators.Equals:
		return eq, true
	case operators.NotEquals:
		return ne, true
	case operators.Less:
		return lt, true
	case operators.LessEquals:
		return le, true
	case operators.Greater:
		return gt, true
	case operators.GreaterEquals:
		return ge, true
	}
	return 0, false
}

func arithmeticOf(name string) (arithmetic, bool) {
	switch name {
	case operators.Add:
		return '+', true
	case operators.Subtract:
		return '-', true
	case operators.Multiply:
		return '*', true
	case operators.Divide:
		return '/', true
	case operators.Modulo:
		return '%', true
	}
	return 0, false
}

func (c *compiler) unsupported(name string, at int) error {
	e := &Error{Offset: at, Message: name + "() is not supported here"}
	switch strings.ToLower(name) {
	case "has":
		e.Hint = "write != null to test that a value is there"
	case "uint", "float":
		e.Hint = "write int() or double()"
	case "lower", "upper", "tolower", "toupper":
		e.Hint = "write lowerAscii() or upperAscii()"
	case "all", "exists", "exists_one", "map", "filter":
		e.Hint = "an expression sees one row at a time"
	}
	return e
}

// indexed is row["name"].
func (c *compiler) indexed(args []ast.Expr, at int) (*node, error) {
	if args[0].Kind() != ast.IdentKind || args[0].AsIdent() != "row" {
		return nil, &Error{Offset: at, Message: "brackets are not supported here", Hint: `only row["name"], which is the column of that name`}
	}
	if args[1].Kind() == ast.LiteralKind {
		if name, ok := args[1].AsLiteral().(types.String); ok {
			return c.column(string(name), c.offset(args[0]))
		}
	}
	return nil, &Error{Offset: at, Message: "row[...] takes the name of a column in quotes"}
}

// logic checks that operands are conditions.
func (c *compiler) logic(o op, at int, n ...*node) (*node, error) {
	for i := range n {
		var err error
		if n[i].typ.class == nothing && !n[i].null {
			if n[i], err = c.void(n[i], typ{class: boolean}); err != nil {
				return nil, err
			}
		}
		if n[i].typ.class != boolean {
			return nil, c.notCondition(n[i])
		}
	}
	return c.make(node{op: o, typ: typ{class: boolean}, pos: at}, n...)
}

func (c *compiler) notCondition(n *node) error {
	e := &Error{Offset: n.start, Message: c.describe(n) + ", not a condition"}
	if n.op == opColumn {
		e.Hint = fmt.Sprintf("compare it with something: %s == %s", c.written(n), example(n.typ))
	}
	return e
}

func example(t typ) string {
	if t.numeric() {
		return "1"
	}
	return strconv.Quote("yes")
}

func (c *compiler) conditional(test, a, b *node, at int) (*node, error) {
	if test.typ.class != boolean {
		return nil, c.notCondition(test)
	}
	a, b, err := c.unify(a, b)
	if err != nil {
		return nil, err
	}
	return c.make(node{op: opCond, typ: a.typ, pos: at}, test, a, b)
}

// unify gives the two branches of a conditional one type.
func (c *compiler) unify(a, b *node) (_, _ *node, err error) {
	x, y := a.typ, b.typ
	switch {
	case x == y:
		return a, b, nil
	case x.class == nothing:
		a, err = c.void(a, y)
		return a, b, err
	case y.class == nothing:
		b, a, err = c.unify(b, a)
		return a, b, err
	case x.spelled() && y.spelled():
		a, err = c.spell(a)
		if err == nil {
			b, err = c.spell(b)
		}
		return a, b, err
	case (x.numeric() || x.class == text) && (y.numeric() || y.class == text):
		return c.unifyNumbers(a, b)
	}
	return nil, nil, &Error{Offset: a.start, Message: fmt.Sprintf("%s and %s; both branches of ? : must be of one type", c.describe(a), c.describe(b))}
}

func (c *compiler) unifyNumbers(a, b *node) (_, _ *node, err error) {
	convert := c.toNumeral
	switch {
	case a.typ.exact() && b.typ.exact():
		convert = c.toWhole
	case a.typ.class == floating || b.typ.class == floating:
		convert = c.toFloat
	}
	if a, err = convert(a); err != nil {
		return nil, nil, err
	}
	b, err = convert(b)
	return a, b, err
}
