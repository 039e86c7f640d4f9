package source

import (
	"context"

	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// A Source is a log or a joined table: files of one schema.
type Source interface {
	// Schema is the schema that every unit is read as.
	Schema() Schema
	// Units lists the pieces that can be read independently, in a fixed order
	// (files by path, row groups by position).
	Units() []Unit
	// Inputs describes the files, in the order of Units. Files that are hashed
	// as they are read have no fingerprint before their units were read to the
	// end.
	Inputs() ([]Input, error)
}

// Input identifies one file.
type Input struct {
	Path   string // relative to the folder of the configuration, with slashes
	Bytes  int64
	SHA256 string // hex
	Hash   string // "full" or "footer"
	Rows   int64
}

// A Unit is a piece of a file that one worker reads from start to end.
type Unit interface {
	// Name says file and place, for messages: "bank/2010.parquet, row group 3".
	Name() string
	// Rows is the number of rows, or -1 if only reading can tell.
	Rows() int64
	// Bytes is the size of the part of the file that holds the unit.
	Bytes() int64
	// Open starts reading the columns with these indices into Schema.
	Open(ctx context.Context, columns []int) (Reader, error)
}

// A Filed unit says which file it is in, as Inputs has it.
type Filed interface{ File() string }

// A Reader gives the batches of one unit, in order.
type Reader interface {
	// Next returns the next batch, or io.EOF. The batch is valid until the next
	// call. Batches have between 1 and MaxBatch rows unless every column is
	// constant.
	Next() (*Batch, error)
	// BytesRead is how much of the unit was consumed so far, for progress.
	BytesRead() int64
	Close() error
}

// MaxBatch is the largest number of rows in a batch that holds a column which
// is not constant.
const MaxBatch = 1 << 16

// Error is a fault in an input file. Its text starts with the file; names are
// shown so that they cannot steer a terminal.
type Error struct {
	Path   string
	Unit   string // "row group 3", "line 14", or ""
	Column string // or ""
	Place  string // within them: "page 3 at byte 41232", or ""
	Err    error
	Hint   string // how to mend it, or ""
}

func (e *Error) Error() string {
	s := spelling.Shown(e.Path)
	if e.Unit != "" {
		s += ", " + e.Unit
	}
	if e.Column != "" {
		s += ", column " + spelling.Shown(e.Column)
	}
	if e.Place != "" {
		s += ", " + e.Place
	}
	s += ": " + e.Err.Error()
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }
