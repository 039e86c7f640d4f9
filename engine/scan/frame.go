package scan

import (
	"bytes"
	"errors"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// noTime marks a row without a time among frame.times.
const noTime = int64(-1 << 63)

// frame is a batch with everything that the roles derive from it. One worker
// fills it again and again.
type frame struct {
	unit   string
	file   string // that the unit is in
	reader source.Reader
	batch  *source.Batch
	number int64 // of the worker's frames, from 1

	rows int
	// repeat is how often each row of the frame stands for itself: above 1 only
	// for a batch whose every column is constant, which is coded as one row.
	repeat int64
	cols   []vector // by frame position
	names  []string // of the columns, for messages

	times     []int64 // microseconds since 1970-01-01 UTC, or noTime; nil without a time column
	low, high int64   // the range of times; low is noTime if some row has none
	weights   []int64 // nil without a weight column; anything where a row is out of scope
	reason    []uint8 // 0 for audited rows, else why not
	audited   scope
	inScope   scope // the audited rows and those that lack only a decision
	lists     scope // the first audited row of every list, if numbers of lists are needed
}

// scope are the rows of a frame that a table counts.
type scope struct {
	rows  []int32 // their positions; nil if they are all
	n     int     // how many
	total table.Cell
	buf   []int32 // for rows
}

// weight is the number of copies of a row.
func (f *frame) weight(i int) int64 {
	if f.weights == nil {
		return 1
	}
	return f.weights[i]
}

// list collects the rows that the tables count.
func (f *frame) list() {
	none := [...]byte{0}
	if bytes.Count(f.reason, none[:]) == f.rows {
		f.audited.rows, f.audited.n = nil, f.rows
		f.inScope.rows, f.inScope.n = nil, f.rows
	} else {
		f.audited.choose(f.reason, func(r uint8) bool { return r == 0 })
		f.inScope.choose(f.reason, func(r uint8) bool { return r == 0 || r >= reasonMissing })
	}
	f.audited.sum(f)
	f.inScope.sum(f)
}

// choose lists the rows whose reason passes.
func (s *scope) choose(reason []uint8, pass func(uint8) bool) {
	if s.buf == nil {
		s.buf = []int32{} // an empty list is not nil
	}
	s.buf = s.buf[:0]
	for i, r := range reason {
		if pass(r) {
			s.buf = append(s.buf, int32(i))
		}
	}
	s.rows, s.n = s.buf, len(s.buf)
}

func (s *scope) sum(f *frame) {
	copies := int64(s.n)
	if f.weights != nil {
		copies = 0
		s.each(func(i int) { copies += f.weights[i] })
	}
	s.total = table.Cell{N: copies * f.repeat, Rows: int64(s.n) * f.repeat}
}

// each calls do for every row.
func (s *scope) each(do func(i int)) {
	if s.rows == nil {
		for i := range s.n {
			do(i)
		}
		return
	}
	for _, i := range s.rows {
		do(int(i))
	}
}

// scopeOf are the rows that a table counts.
func (f *frame) scopeOf(n table.Need) *scope {
	switch {
	case n.InScope:
		return &f.inScope
	case n.OfLists():
		return &f.lists
	}
	return &f.audited
}

// rowError names the place of a value that cannot serve its role.
func (f *frame) rowError(row, column int, err error) error {
	name := ""
	if column >= 0 {
		name = f.names[column]
	}
	fault := &source.Error{Path: f.unit, Unit: source.Place(f.reader, f.batch, row), Column: name, Err: err}
	var h *hinted
	if errors.As(err, &h) {
		fault.Hint = h.hint
	}
	return fault
}
