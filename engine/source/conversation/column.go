package conversation

import (
	"errors"
	"math"

	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// column is one column of the conversations, while turns are added to it.
type column interface {
	// grow makes room for n conversations.
	grow(n int)
	// add takes a batch of turns.
	add(t *turns) error
	// vector gives conversations from..from+n-1; scratch is for what is not kept
	// in the form of a vector.
	vector(from, n int, scratch *scratch) source.Vector
	bytes() int64
}

type maker func() (column, error)

// turns are a batch of turns, each with its conversation.
type turns struct {
	rows  int
	of    []int32 // conversation of each; -1 for one of another part
	times []int64 // what orders them; nil for the order of the log
	cols  []source.Vector
	place func(i int) string
	id    func(i int) string
}

// scratch is memory for vectors that are handed out; one for each column.
type scratch struct {
	ints   []int64
	floats []float64
	valid  []bool
}

func (s *scratch) fit(n int) {
	if cap(s.ints) < n {
		s.ints, s.floats, s.valid = make([]int64, n), make([]float64, n), make([]bool, n)
	}
	s.ints, s.floats, s.valid = s.ints[:n], s.floats[:n], s.valid[:n]
}

// evaluated is an operand that is evaluated batch by batch.
type evaluated struct {
	operand
	evaluator *expr.Evaluator
	cols      []source.Vector
}

func (o operand) evaluated() evaluated {
	return evaluated{operand: o, evaluator: o.program.NewEvaluator(), cols: make([]source.Vector, len(o.at))}
}

func (e *evaluated) take(t *turns) {
	for i, at := range e.at {
		e.cols[i] = t.cols[at]
	}
}

// bools is the condition of every turn; all rows are alike where mask is 0. A
// comparison with a missing value is false, as everywhere.
func (e *evaluated) bools(t *turns) (value, known []bool, mask int, err error) {
	e.take(t)
	value, known, err = e.evaluator.Bool(e.cols, t.rows)
	return value, known, maskOf(len(value), t.rows), placed(t, err)
}

func (e *evaluated) numbers(t *turns) (value []float64, valid []bool, mask int, err error) {
	e.take(t)
	value, valid, err = e.evaluator.Number(e.cols, t.rows)
	return value, valid, maskOf(len(value), t.rows), placed(t, err)
}

func maskOf(values, rows int) int {
	if values < rows {
		return 0
	}
	return -1
}

// cellFault is a turn that a rule cannot be applied to.
type cellFault struct {
	row int
	err error
}

func (f *cellFault) Error() string { return f.err.Error() }

func placed(_ *turns, err error) error {
	var cell *expr.CellError
	if errors.As(err, &cell) {
		return &cellFault{cell.Row, err}
	}
	return err
}

// extend lengthens a slice to n entries, new ones of a given value.
func extend[T any](s []T, n int, with T) []T {
	for len(s) < n {
		s = append(s, with)
	}
	return s
}

// quantified is any(...) or all(...).
type quantified struct {
	evaluated
	every bool
	holds []bool
}

func (q *quantified) grow(n int) { q.holds = extend(q.holds, n, q.every) }

func (q *quantified) bytes() int64 { return int64(cap(q.holds)) }

func (q *quantified) add(t *turns) error {
	value, _, mask, err := q.bools(t)
	if err != nil {
		return err
	}
	for i, c := range t.of {
		if c >= 0 && value[i&mask] != q.every {
			q.holds[c] = !q.every
		}
	}
	return nil
}

func (q *quantified) vector(from, n int, s *scratch) source.Vector {
	s.fit(n)
	for i, yes := range q.holds[from : from+n] {
		s.ints[i] = 0
		if yes {
			s.ints[i] = 1
		}
	}
	return source.Vector{Type: source.Type{Kind: source.Bool}, Ints: s.ints}
}

// counted is count() or count(...).
type counted struct {
	of *evaluated // nil: all turns
	n  []int32
}

func (c *counted) grow(n int) { c.n = extend(c.n, n, 0) }

func (c *counted) bytes() int64 { return 4 * int64(cap(c.n)) }

func (c *counted) add(t *turns) error {
	yes, mask := []bool{true}, 0
	if c.of != nil {
		var err error
		if yes, _, mask, err = c.of.bools(t); err != nil {
			return err
		}
	}
	for i, at := range t.of {
		if at >= 0 && yes[i&mask] {
			if c.n[at] == math.MaxInt32 {
				return &cellFault{i, errors.New("a conversation of more than 2,147,483,647 turns")}
			}
			c.n[at]++
		}
	}
	return nil
}

func (c *counted) vector(from, n int, s *scratch) source.Vector {
	s.fit(n)
	for i, k := range c.n[from : from+n] {
		s.ints[i] = int64(k)
	}
	return source.Vector{Type: source.Type{Kind: source.Int}, Ints: s.ints}
}
