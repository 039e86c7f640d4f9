package csv

import (
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// A scanner splits a stream into rows of cells, without copying: cells are
// ranges of its buffer. A row that the end of the buffer cuts is scanned again
// when more has been read, so the outcome does not depend on how the stream
// arrives.
//
// The grammar is that of RFC 4180, with any of CRLF, LF and CR as line end. A
// quote opens a quoted cell only as its first byte; elsewhere in a cell it
// stands for itself.
type scanner struct {
	src  io.Reader
	why  func(error) error // explains why src failed
	err  error             // why src ended: io.EOF or a fault
	buf  []byte
	pos  int // where the next row starts
	end  int // of what was read into buf
	line int64

	sep, quote byte
	quoting    bool
	maxCell    int
	columns    int     // cells in every row; 0: whatever comes, as in a header
	want       []int32 // slot in cells by column, -1 to skip
	plainStop  [256]bool
	quotedStop [256]bool

	rowLine  int64  // line of the current row
	rowCells int    // number of cells of the current row
	cells    []cell // the wanted cells of the current row
	extra    int64  // line ends within the row so far
}

// cell is a range of the buffer.
type cell struct {
	start, end int
	quoted     bool // so that "" is the empty string, and nothing is a null
	doubled    bool // holds doubled quotes
}

// fault is what is wrong with the text.
type fault struct {
	line   int64
	column int // index, or -1
	err    error
	hint   string
}

func (f *fault) Error() string { return fmt.Sprintf("line %d: %v", f.line, f.err) }

func (f *fault) Unwrap() error { return f.err }

// errMore says that the buffer ends before the row.
var errMore = errors.New("more")

const (
	bufferSize = 256 << 10
	rowFactor  = 64 // a row may be that many times as long as a cell
	maxColumns = 1 << 16
)

func newScanner(src io.Reader, o Options, size int) *scanner {
	s := &scanner{src: src, why: source.Reason, buf: make([]byte, size), line: 1,
		quote: o.Quote, quoting: !o.NoQuote, maxCell: o.MaxCell}
	for _, b := range []byte{'\n', '\r', 0} {
		s.plainStop[b], s.quotedStop[b] = true, true
	}
	s.quotedStop[s.quote] = true
	s.separate(o.Separator)
	return s
}

// separate sets the separator.
func (s *scanner) separate(sep byte) {
	s.sep = sep
	s.plainStop[sep] = true
}

// expect makes the rows to come have that many cells, of which those with a
// slot in want are kept.
func (s *scanner) expect(columns int, want []int32, slots int) {
	s.columns, s.want, s.cells = columns, want, make([]cell, slots)
}

// next scans the next row. Empty lines are skipped, unless the only column may
// be empty.
func (s *scanner) next() error {
	for {
		blank, err := s.row()
		if err == errMore {
			s.fill()
			continue
		}
		if err != nil {
			return err
		}
		if !blank || s.columns == 1 {
			return nil
		}
	}
}

// fill moves what is left to the front of the buffer and reads until the buffer
// is full.
func (s *scanner) fill() {
	s.end = copy(s.buf, s.buf[s.pos:s.end])
	s.pos = 0
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for idle := 0; s.end < len(s.buf) && s.err == nil; {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			s.err = io.ErrNoProgress
		}
	}
}

// row scans one row and moves behind it; blank says that there was nothing
// before the line end.
func (s *scanner) row() (blank bool, err error) {
	if s.pos == s.end && s.err != nil {
		return false, s.ended(-1)
	}
	s.extra = 0
	if s.columns == 0 {
		s.cells = s.cells[:0]
	}
	at, n := s.pos, 0
	for {
		c, end, err := s.cell(at, n)
		if err != nil {
			return false, err
		}
		s.keep(n, c)
		n++
		if end < s.end && s.buf[end] == s.sep {
			if n >= maxColumns {
				return false, s.fault(n, fmt.Errorf("more than %d columns", maxColumns))
			}
			at = end + 1
			continue
		}
		blank = n == 1 && end == at
		return blank, s.endRow(end, n, blank)
	}
}

func (s *scanner) keep(n int, c cell) {
	if s.columns == 0 {
		s.cells = append(s.cells, c)
	} else if n < len(s.want) {
		if slot := s.want[n]; slot >= 0 {
			s.cells[slot] = c
		}
	}
}

// endRow steps over the line end at index end, if there is one.
func (s *scanner) endRow(end, n int, blank bool) error {
	next := end
	switch {
	case end == s.end:
		if s.err != io.EOF {
			return s.ended(-1)
		}
	case s.buf[end] == '\r' && end+1 == s.end && s.err == nil:
		return errMore
	case s.buf[end] == '\r' && end+1 < s.end && s.buf[end+1] == '\n':
		next = end + 2
	default:
		next = end + 1
	}
	if s.columns > 0 && n != s.columns && !blank {
		f := s.fault(-1, fmt.Errorf("%d %s where the header has %d", n, plural(n, "cell"), s.columns))
		f.line -= s.extra
		return f
	}
	s.rowLine, s.rowCells = s.line, n
	s.line += s.extra
	if next > end {
		s.line++
	}
	s.pos = next
	return nil
}

// cell scans the cell that starts at index at and returns it with the index
// behind it: of a separator, a line end, or the end of the text.
func (s *scanner) cell(at, column int) (cell, int, error) {
	buf := s.buf[:s.end]
	if s.quoting && at < len(buf) && buf[at] == s.quote {
		return s.quoted(at+1, column)
	}
	i := at
	for i < len(buf) && !s.plainStop[buf[i]] {
		i++
	}
	if err := s.tooLong(at, i, column, 0); err != nil {
		return cell{}, 0, err
	}
	if i == len(buf) {
		if s.err != io.EOF {
			return cell{}, 0, s.ended(column)
		}
	} else if buf[i] == 0 {
		return cell{}, 0, s.nul(column)
	}
	return cell{start: at, end: i}, i, nil
}

// quoted scans a cell from behind its opening quote.
func (s *scanner) quoted(at, column int) (cell, int, error) {
	buf := s.buf[:s.end]
	c := cell{start: at, quoted: true}
	opened := s.extra
	for i := at; ; i++ {
		for i < len(buf) && !s.quotedStop[buf[i]] {
			i++
		}
		if err := s.tooLong(at, i, column, s.extra-opened); err != nil {
			return c, 0, err
		}
		if i == len(buf) {
			return c, 0, s.unclosed(column, opened)
		}
		if i+1 == len(buf) && s.err == nil {
			return c, 0, errMore
		}
		switch b := buf[i]; {
		case b == s.quote && i+1 < len(buf) && buf[i+1] == s.quote:
			c.doubled = true
			i++
		case b == s.quote:
			c.end = i
			return c, i + 1, s.closed(i+1, column)
		case b == 0:
			return c, 0, s.nul(column)
		case b == '\n' || i+1 == len(buf) || buf[i+1] != '\n':
			s.extra++ // the CR of a CRLF is not counted
		}
	}
}

// closed checks what follows a closing quote.
func (s *scanner) closed(i, column int) error {
	if i == s.end || s.buf[i] == s.sep || s.buf[i] == '\n' || s.buf[i] == '\r' {
		return nil
	}
	f := s.fault(column, fmt.Errorf("text behind a closing quote"))
	f.hint = "a quote inside a quoted cell is written twice"
	return f
}
