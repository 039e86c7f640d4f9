package expr

// op is what a node does.
type op uint8

const (
	opConst op = iota
	opColumn
	opAnd
	opOr
	opNot
	opCond
	opIsNull
	opCompare // by rel, on values of class how
	opIn      // by aux, a numberSet or textSet
	opArith   // by arith, on values of class typ
	opNegate
	opVoid      // a column of nulls, as a value of class typ
	opParse     // text or decimal to numeral
	opParseTime // text to moment
	opWiden     // integer to whole, or any number to numeral
	opFloat     // number to floating
	opInt       // number to integer
	opSpell     // anything to str
	opStarts
	opEnds
	opContains
	opMatches // by aux, a *regexp.Regexp
	opSize
	opLower
	opUpper
	opConcat
)

// rel is a comparison.
type rel uint8

const (
	eq rel = iota
	ne
	lt
	le
	gt
	ge
	never  // false unless missing: a date column never equals an hour
	always // true unless missing
)

// flip is the relation with its sides exchanged.
func (r rel) flip() rel {
	switch r {
	case lt:
		return gt
	case le:
		return ge
	case gt:
		return lt
	case ge:
		return le
	}
	return r
}

// Which columns a node reads.
const (
	noColumn       = -1
	severalColumns = -2
)

// node is one operation. Nodes are immutable once compiled; what they compute
// lies in the evaluator's slots.
type node struct {
	op    op
	typ   typ
	kids  []*node
	start int // byte offset of the leftmost part
	pos   int // byte offset of the operation itself

	only int // the one column it reads (index into Program.columns), or one of the above
	slot int
	unit int // its number if it is the largest node that reads just this column, else -1

	rel   rel
	how   class
	arith arithmetic
	fault uint8 // status of an element on which it fails; a second failure has the next one
	cell  bool  // opParse, opParseTime, opIsNull: an empty string is missing
	null  bool  // opConst: the literal null
	aux   any
	value *vec // opConst
}

// merge is the columns of two nodes together.
func merge(a, b int) int {
	switch {
	case a == noColumn || a == b:
		return b
	case b == noColumn:
		return a
	}
	return severalColumns
}

func (n *node) isConst() bool { return n.op == opConst }
