package expr

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// compiler turns the syntax tree of one expression into nodes.
type compiler struct {
	src     string
	schema  source.Schema
	info    *ast.SourceInfo
	bytes   []int          // byte offset of each character of src
	index   map[string]int // column by name; repeated if it occurs twice
	columns []int
	nodes   int
	slots   int
	faults  []fault
}

const repeated = -1

func newCompiler(src string, schema source.Schema) (*compiler, error) {
	if len(src) > maxSource {
		return nil, &Error{Message: fmt.Sprintf("the expression has more than %d bytes", maxSource)}
	}
	c := &compiler{src: src, schema: schema, index: make(map[string]int, len(schema))}
	if !utf8.ValidString(src) {
		return nil, &Error{Message: "the expression is not valid UTF-8"}
	}
	for at := range src {
		c.bytes = append(c.bytes, at)
	}
	c.bytes = append(c.bytes, len(src))
	for i, col := range schema {
		if _, twice := c.index[col.Name]; twice {
			i = repeated
		}
		c.index[col.Name] = i
	}
	return c, nil
}

// program finishes the root: it must be a condition or a number.
func (c *compiler) program(root *node) (*Program, error) {
	kind := Bool
	switch {
	case root.typ.class == boolean:
	case root.typ.class == text, root.typ.numeric():
		var err error
		if root, err = c.toNumber(root); err != nil {
			return nil, err
		}
		kind = Number
	default:
		return nil, &Error{Offset: root.start, Message: c.describe(root), Hint: "the expression must give a condition or a number"}
	}
	p := &Program{schema: c.schema, root: root, kind: kind, columns: c.columns, slots: c.slots, faults: c.faults}
	p.markUnits(root, map[*node]bool{})
	return p, nil
}

// markUnits numbers the largest nodes that read a single column.
func (p *Program) markUnits(n *node, seen map[*node]bool) {
	if seen[n] || n.isConst() {
		return
	}
	seen[n] = true
	if n.only >= 0 {
		n.unit = p.units
		p.units++
		return
	}
	for _, kid := range n.kids {
		p.markUnits(kid, seen)
	}
}

// offset is where a syntax node is written, in bytes.
func (c *compiler) offset(e ast.Expr) int {
	r, ok := c.info.GetOffsetRange(e.ID())
	if !ok {
		return 0
	}
	return c.bytes[min(max(0, int(r.Start)), len(c.bytes)-1)]
}

func (c *compiler) compile(e ast.Expr) (*node, error) {
	at := c.offset(e)
	switch e.Kind() {
	case ast.LiteralKind:
		return c.literal(e.AsLiteral(), at)
	case ast.IdentKind:
		return c.column(e.AsIdent(), at)
	case ast.SelectKind:
		return c.selection(e)
	case ast.CallKind:
		return c.call(e.AsCall(), at)
	case ast.ListKind:
		return nil, &Error{Offset: at, Message: "a list is not supported here", Hint: `lists stand after in: channel in ["a", "b"]`}
	}
	return nil, &Error{Offset: at, Message: "a map or a message is not supported here"}
}

// selection is a dotted name: a leaf of a nested column, or row.name.
func (c *compiler) selection(e ast.Expr) (*node, error) {
	name, root := "", e
	for root.Kind() == ast.SelectKind {
		s := root.AsSelect()
		name, root = "."+s.FieldName()+name, s.Operand()
	}
	if root.Kind() != ast.IdentKind {
		return nil, &Error{Offset: c.offset(e), Message: "a field is not supported here"}
	}
	full := root.AsIdent() + name
	if _, ok := c.index[full]; !ok && root.AsIdent() == "row" {
		full = name[1:]
	}
	return c.column(full, c.offset(root))
}

// column finds a column by name. Each use has a slot of its own: one may be
// evaluated over a dictionary while another holds rows.
func (c *compiler) column(name string, at int) (*node, error) {
	i, ok := c.index[name]
	if !ok {
		return nil, c.unknown(name, at)
	}
	if i == repeated {
		return nil, &Error{Offset: at, Message: fmt.Sprintf("column %s occurs twice in the log", name)}
	}
	t, ok := typeOf(c.schema[i].Type)
	if !ok {
		return nil, &Error{Offset: at, Message: fmt.Sprintf("column %s is a list, struct or map, which has no single value", name)}
	}
	k := slices.Index(c.columns, i)
	if k < 0 {
		k = len(c.columns)
		c.columns = append(c.columns, i)
	}
	c.slots++
	return &node{op: opColumn, typ: t, only: k, slot: c.slots - 1, unit: -1, start: at, pos: at}, nil
}

func (c *compiler) unknown(name string, at int) error {
	e := &Error{Offset: at, Message: fmt.Sprintf("the log has no column %s", name), Column: name}
	if e.Hint = c.indexHint(at); e.Hint != "" {
		return e
	}
	if near := c.schema.Nearest(name); near != "" {
		e.Hint = "did you mean " + near + "?"
		if !isIdentifier(near) {
			e.Hint = "did you mean row[" + strconv.Quote(near) + "]?"
		}
	} else {
		e.Hint = "write " + strconv.Quote(name) + " in quotes if it is text"
	}
	return e
}

// make completes a node and folds it if it reads no column.
func (c *compiler) make(n node, kids ...*node) (*node, error) {
	n.kids, n.only, n.unit = kids, noColumn, -1
	n.start = min(n.pos, kids[0].start)
	for _, kid := range kids {
		n.only = merge(n.only, kid.only)
	}
	if c.nodes++; c.nodes > maxNodes {
		return nil, &Error{Offset: n.pos, Message: fmt.Sprintf("the expression has more than %d operations", maxNodes)}
	}
	n.slot = c.slots
	if n.only == noColumn {
		return c.fold(&n)
	}
	c.slots++
	return &n, nil
}

// fold evaluates a node of constants.
func (c *compiler) fold(n *node) (*node, error) {
	var args [3]*vec
	for i, kid := range n.kids {
		args[i] = kid.value
	}
	out := new(vec)
	apply(n, args[0], args[1], args[2], out)
	if s := out.status(0); s >= faulty {
		f := c.faults[s-faulty]
		return nil, &Error{Offset: f.offset, Message: f.message}
	}
	return &node{op: opConst, typ: n.typ, start: n.start, pos: n.pos, only: noColumn, unit: -1, value: out}, nil
}

// fallible registers what can go wrong in a node, and gives the status for it.
func (c *compiler) fallible(kid *node, at int, messages ...string) (uint8, error) {
	if len(c.faults)+len(messages) > maxFaults {
		return 0, &Error{Offset: at, Message: fmt.Sprintf("the expression has more than %d operations that can fail", maxFaults)}
	}
	first := len(c.faults)
	for _, m := range messages {
		f := fault{offset: at, column: -1, message: m}
		if kid != nil && kid.op == opColumn {
			f.offset, f.column, f.hint = kid.start, kid.only, true
		}
		c.faults = append(c.faults, f)
	}
	return faulty + uint8(first), nil
}

// describe names a node and its type, for messages.
func (c *compiler) describe(n *node) string {
	switch {
	case n.op == opColumn:
		return fmt.Sprintf("column %s is %s", c.schema[c.columns[n.only]].Name, n.typ)
	case n.null:
		return "null is not a value"
	case n.isConst() && n.typ.class == str:
		return fmt.Sprintf("%q is text", n.value.s[0])
	case n.isConst() && n.typ.exact():
		return fmt.Sprintf("%s is %s", source.Text(source.Type{}, n.constant()), n.typ)
	case n.isConst() && n.typ.class == boolean:
		return fmt.Sprintf("%t is a truth value", n.value.b[0] != 0)
	}
	return fmt.Sprintf("this is %s", n.typ)
}
