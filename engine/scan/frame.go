package scan

import (
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
	reader source.Reader
	batch  *source.Batch

	rows int
	// repeat is how often each row of the frame stands for itself: above 1 only
	// for a batch whose every column is constant, which is coded as one row.
	repeat int64
	cols   []vector // by frame position
	names  []string // of the columns, for messages

	times   []int64 // microseconds since 1970-01-01 UTC, or noTime; nil without a time column
	weights []int64 // nil without a weight column
	reason  []uint8 // 0 for audited rows, else why not
	all     bool    // every row is audited
	audited []int32 // the audited rows, if not all
	inScope []int32 // the audited rows and those that lack only a decision, if not all
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
	f.all = true
	for _, r := range f.reason {
		if r != 0 {
			f.all = false
			break
		}
	}
	if f.all {
		return
	}
	f.audited, f.inScope = f.audited[:0], f.inScope[:0]
	for i, r := range f.reason {
		if r == 0 {
			f.audited = append(f.audited, int32(i))
		}
		if r == 0 || r >= reasonMissing {
			f.inScope = append(f.inScope, int32(i))
		}
	}
}

// rowsFor lists the rows that a table counts; all is true if it counts every
// row.
func (f *frame) rowsFor(n table.Need) (rows []int32, all bool) {
	switch {
	case f.all:
		return nil, true
	case n.InScope:
		return f.inScope, false
	}
	return f.audited, false
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
