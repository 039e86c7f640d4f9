package csv

import (
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

func (s *scanner) fault(column int, err error) *fault {
	return &fault{line: s.line + s.extra, column: column, err: err}
}

// ended says how the text ends, or that there is more to read.
func (s *scanner) ended(column int) error {
	switch s.err {
	case nil:
		return errMore
	case io.EOF:
		return io.EOF
	}
	return s.broken(column)
}

// broken explains why reading stopped.
func (s *scanner) broken(column int) *fault {
	switch s.err {
	case errHalfPair, errOdd:
		return s.fault(column, s.err)
	}
	return s.fault(column, s.why(s.err))
}

func (s *scanner) unclosed(column int, opened int64) error {
	if s.err != io.EOF {
		return s.ended(column)
	}
	f := s.fault(column, errors.New("a quote opens here and is never closed"))
	f.line = s.line + opened
	f.hint = "if the file does not quote its cells, say so: quote: none"
	return f
}

func (s *scanner) nul(column int) error {
	f := s.fault(column, errors.New("a NUL byte"))
	f.hint = "this is not UTF-8 text, or it is damaged"
	if f.line == 1 { // the letters of a header are below 256
		f.hint = "if this is UTF-16 text without a byte order mark, say so: encoding: utf-16"
	}
	return f
}

// tooLong bounds the cell that starts at index at and has been read up to i, of
// which lines line ends are behind us, and the row.
func (s *scanner) tooLong(at, i, column int, lines int64) error {
	cell, row := at+s.maxCell, s.pos+s.maxCell*rowFactor
	if i <= cell && i <= row {
		return nil
	}
	err := fmt.Errorf("a cell of more than %s", text.Size(s.maxCell))
	if row < cell {
		err = fmt.Errorf("a row of more than %s", text.Size(s.maxCell*rowFactor))
	}
	f := s.fault(column, err)
	f.line -= lines
	f.hint = "a quote that opens there may never be closed; if not, raise data.limits.cell"
	return f
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
