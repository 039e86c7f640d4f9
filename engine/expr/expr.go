// Package expr compiles the expressions of a configuration (data.where and the
// when of a decision, a label or a score) against the schema of a log, and
// evaluates them a column at a time.
//
// The language is CEL: its syntax comes from cel-go's parser. Types are checked
// here, because three rules of a log differ from CEL's: a value may be missing,
// numbers of different types mix, and a column of a text format is read as what
// it is compared with. Nothing is interpreted row by row: a sub-expression over
// one coded column is computed once per dictionary entry and then gathered.
//
// # Missing values
//
// A comparison with a missing value is false, also with !=, and so are
// startsWith, in and the like; !(x == "a") is therefore true where x is
// missing. Arithmetic with a missing value is missing. x == null and x != null
// test for it. Beside each truth value stands whether it is known in Kleene's
// sense: not known if it would depend on what the missing value is.
//
// # Numbers
//
// Whole numbers are compared exactly, with each other and with fractions.
// Arithmetic on whole numbers stays whole as in CEL: 7 / 2 is 3, and a result
// outside 64 bits is an error; with any fraction, decimal or text column in it,
// it is done in float64, so decile / 10.0 does what it says; there a division by 0
// is missing.
//
// # Text columns
//
// A column of a text format (source.Type.Text) is text beside text and a number
// beside a number; an empty cell is a missing number and is also == null.
// Two such columns are equal if they are spelled alike.
//
// # Times
//
// Dates and times compare with timestamp("...") and with quoted RFC 3339 text.
// A date, and a time without a zone, is read as UTC.
package expr

import (
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/parser"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Kind is what an expression gives.
type Kind uint8

// The kinds of result.
const (
	Bool   Kind = iota // a condition
	Number             // a number
)

// Limits of one expression. They bound the time and the memory that a
// configuration can ask for, far above what a person writes.
const (
	maxSource  = 1 << 16
	maxNesting = 250
	maxNodes   = 2_000 // nodes that are evaluated; each owns a block of scratch
	maxFaults  = 250   // operations that can fail on a value
)

// Program is a compiled expression. It is immutable and may be shared; each
// worker evaluates it through an Evaluator of its own.
type Program struct {
	schema  source.Schema
	root    *node
	kind    Kind
	columns []int // indices into schema
	slots   int
	units   int
	faults  []fault
}

// Compile parses and checks an expression. A fault in it is an *Error.
func Compile(src string, schema source.Schema) (*Program, error) {
	c, err := newCompiler(src, schema)
	if err != nil {
		return nil, err
	}
	p, err := parser.NewParser(
		parser.EnablePrattParser(true), // a hundredth of the time of the generated parser, and plainer messages
		parser.MaxRecursionDepth(maxNesting),
		parser.ExpressionSizeCodePointLimit(maxSource),
	)
	if err != nil {
		return nil, err
	}
	tree, errs := p.Parse(common.NewTextSource(src))
	if list := errs.GetErrors(); len(list) > 0 {
		return nil, c.syntaxError(list)
	}
	c.info = tree.SourceInfo()
	root, err := c.compile(tree.Expr())
	if err != nil {
		return nil, err
	}
	return c.program(root)
}

// Columns lists the columns that the expression reads, as indices into the
// schema, each once.
func (p *Program) Columns() []int { return p.columns }

// Kind says whether the expression is a condition or a number.
func (p *Program) Kind() Kind { return p.kind }
