package arrow

import (
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// inColumn is an error in a column.
type inColumn struct {
	column string
	error
}

func (e *inColumn) Unwrap() error { return e.error }

func located(f *field, err error) error {
	var known *inColumn
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &inColumn{f.name, err}
}

// inUnit is an error in a message.
type inUnit struct {
	unit string
	error
}

func (e *inUnit) Unwrap() error { return e.error }

func placed(unit string, err error) error {
	var known *inUnit
	if err == nil || err == io.EOF || errors.As(err, &known) {
		return err
	}
	return &inUnit{unit, err}
}

func recordUnit(i int) string     { return fmt.Sprintf("record batch %d", i) }
func dictionaryUnit(i int) string { return fmt.Sprintf("dictionary batch %d", i) }

// fault makes the error that callers see.
func fault(name string, err error) error {
	var known *source.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	e := &source.Error{Path: name}
	var u *inUnit
	if errors.As(err, &u) {
		e.Unit, err = u.unit, u.error
	}
	var c *inColumn
	if errors.As(err, &c) {
		e.Column, err = c.column, c.error
	}
	var h *hinted
	if errors.As(err, &h) {
		e.Hint = h.hint
	}
	e.Err = source.Reason(err)
	return e
}

var errCut = errors.New("file ends early: it was cut while it was read")

// readError says what an end in the middle of something means.
func readError(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return &hinted{errors.New("stream ends in the middle of a message"), "it may have been cut short while it was written or copied"}
	}
	return err
}
