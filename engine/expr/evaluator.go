package expr

import (
	"fmt"
	"strconv"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Evaluator evaluates a program batch after batch. It owns the scratch and what
// it learned of dictionaries, so it belongs to one goroutine.
type Evaluator struct {
	program *Program
	slots   []vec
	memos   []memoRing // by unit
	cols    []source.Vector

	// A node of which several operations make use (the left side of in) is
	// evaluated once for all of them: stamps tells, by slot, for which stretch
	// of rows or of a column its result stands.
	stamps []uint64
	stamp  uint64 // of the present block of rows
	last   uint64 // the last one given

	value   []bool
	known   []bool
	numbers []float64
}

// NewEvaluator prepares an evaluator.
func (p *Program) NewEvaluator() *Evaluator {
	return &Evaluator{program: p, slots: make([]vec, p.slots), stamps: make([]uint64, p.slots), memos: make([]memoRing, p.units)}
}

// Bool evaluates a condition over a batch: cols are the vectors of
// Program.Columns, in that order. value is the two-valued answer, known whether
// it holds whatever the missing values are. Both belong to the evaluator and
// are valid until its next call. They have one entry per row; only if there are
// more than source.MaxBatch rows, in which case all columns are constant, do
// they have a single entry for all of them.
//
// A value that cannot be evaluated is a *CellError.
func (e *Evaluator) Bool(cols []source.Vector, rows int) (value, known []bool, err error) {
	if e.program.kind != Bool {
		return nil, nil, fmt.Errorf("the expression gives a number, not a condition")
	}
	if rows, err = e.begin(cols, rows); err != nil {
		return nil, nil, err
	}
	value, known = grow(&e.value, rows), grow(&e.known, rows)
	for from := 0; from < rows; from += block {
		n := min(block, rows-from)
		v := e.block(from, n)
		for i := range n {
			b, s := v.truth(i)
			if s >= faulty {
				return nil, nil, e.cellError(s, from+i)
			}
			value[from+i], known[from+i] = b != 0, s == 0
		}
	}
	return value, known, nil
}

// Number evaluates a number over a batch; see Bool. A number is not valid if it
// is missing, or if it was chosen by a condition that is not known.
func (e *Evaluator) Number(cols []source.Vector, rows int) (value []float64, valid []bool, err error) {
	if e.program.kind != Number {
		return nil, nil, fmt.Errorf("the expression gives a condition, not a number")
	}
	if rows, err = e.begin(cols, rows); err != nil {
		return nil, nil, err
	}
	value, valid = grow(&e.numbers, rows), grow(&e.known, rows)
	for from := 0; from < rows; from += block {
		n := min(block, rows-from)
		v := e.block(from, n)
		for i := range n {
			s := v.status(i)
			if s >= faulty {
				return nil, nil, e.cellError(s, from+i)
			}
			value[from+i], valid[from+i] = v.number(i).float(), s == 0
			if s != 0 {
				value[from+i] = 0
			}
		}
	}
	return value, valid, nil
}

// begin checks a batch against the program, so that a reader's slip is an
// error here and not a wrong answer, and decides how many rows to answer.
func (e *Evaluator) begin(cols []source.Vector, rows int) (int, error) {
	if len(cols) != len(e.program.columns) {
		return 0, fmt.Errorf("the expression reads %d columns, not %d", len(e.program.columns), len(cols))
	}
	constant := true
	for i := range cols {
		column := e.program.schema[e.program.columns[i]]
		if err := check(&cols[i], column.Type, rows); err != nil {
			return 0, fmt.Errorf("column %s: %w", column.Name, err)
		}
		constant = constant && cols[i].Const
	}
	e.cols = cols
	if constant && rows > source.MaxBatch {
		rows = 1
	}
	return rows, nil
}

// check compares a vector with the type it was compiled for.
func check(v *source.Vector, want source.Type, rows int) error {
	t, length := v.Type, len(v.Codes)
	switch {
	case v.Codes != nil && v.Dict != nil && v.Dict.Len() > 0:
		t = v.Dict.Type
	case v.Codes != nil, t.Kind == source.Null:
		return checkLength(len(v.Codes), v.Const, rows, v.Codes == nil)
	default:
		length = max(len(v.Ints), len(v.Floats), len(v.Narrow), v.Strs.Len())
		if v.Valid != nil {
			length = min(length, len(v.Valid))
		}
	}
	if t.Kind != want.Kind || t.Kind == source.Timestamp && (unitOf(t) != unitOf(want) || t.UTC != want.UTC) {
		return fmt.Errorf("the values are not of the type of the schema")
	}
	return checkLength(length, v.Const, rows, false)
}

func checkLength(length int, constant bool, rows int, none bool) error {
	if constant {
		rows = 1
	}
	if length < rows && !none {
		return fmt.Errorf("%d values for %d rows", length, rows)
	}
	return nil
}

func unitOf(t source.Type) time.Duration {
	known, _ := typeOf(source.Type{Kind: t.Kind, Unit: t.Unit})
	return known.unit
}

// block evaluates the expression over a stretch of rows.
func (e *Evaluator) block(from, count int) *vec {
	e.last++
	e.stamp = e.last
	return e.rows(e.program.root, from, count)
}

// rows evaluates a node over the present block.
func (e *Evaluator) rows(n *node, from, count int) *vec {
	if n.isConst() {
		return n.value
	}
	out := &e.slots[n.slot]
	if e.stamps[n.slot] == e.stamp {
		return out
	}
	if n.unit >= 0 {
		e.unit(n, from, count)
	} else {
		var args [3]*vec
		for i, kid := range n.kids {
			args[i] = e.rows(kid, from, count)
		}
		apply(n, args[0], args[1], args[2], out)
	}
	e.stamps[n.slot] = e.stamp
	return out
}

// unit evaluates a node of one column, into its slot, by the form that the
// column comes in.
func (e *Evaluator) unit(n *node, from, count int) {
	v := &e.cols[n.only]
	none := v.Type.Kind == source.Null && v.Codes == nil
	switch {
	case none, v.Const && v.Codes != nil && v.Codes[0] == source.NullCode:
		e.over(n, span{null: true, one: true})
	case v.Const && v.Codes != nil:
		e.over(n, span{dict: v.Dict, from: int(v.Codes[0]), n: 1, one: true})
	case v.Const:
		e.over(n, span{vector: v, n: 1, one: true})
	case v.Codes == nil:
		e.over(n, span{vector: v, from: from, n: count})
	default:
		m := e.memoOf(n, v.Dict)
		m.gather(v.Codes[from:from+count], &e.slots[n.slot])
	}
}

// over evaluates a node of one column over a span of it.
func (e *Evaluator) over(n *node, d span) *vec {
	e.last++
	return e.eval(n, &d, e.last)
}

func (e *Evaluator) eval(n *node, d *span, stamp uint64) *vec {
	if n.isConst() {
		return n.value
	}
	out := &e.slots[n.slot]
	if e.stamps[n.slot] == stamp {
		return out
	}
	if n.op == opColumn {
		d.load(n.typ, out)
	} else {
		var args [3]*vec
		for i, kid := range n.kids {
			args[i] = e.eval(kid, d, stamp)
		}
		apply(n, args[0], args[1], args[2], out)
	}
	e.stamps[n.slot] = stamp
	return out
}

// cellError tells which value a row failed on.
func (e *Evaluator) cellError(status uint8, row int) error {
	f := e.program.faults[status-faulty]
	err := &CellError{Row: row, Offset: f.offset, Message: f.message}
	if f.column < 0 {
		return err
	}
	column := e.program.schema[e.program.columns[f.column]]
	v := &e.cols[f.column]
	err.Column, err.Value = column.Name, source.Text(column.Type, v.Value(row))
	if f.hint && err.Value != "" && column.Type.Text {
		name := column.Name
		if !isIdentifier(name) {
			name = "row[" + strconv.Quote(name) + "]"
		}
		err.Hint = fmt.Sprintf("write %s != %q && in front to leave such rows out", name, err.Value)
	}
	return err
}
