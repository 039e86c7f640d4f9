package jsonl

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

const bufferSize = 256 << 10

// lines splits a stream into lines. Every line is whole and ends with a line
// feed, also the last one, so that whoever scans it needs no other bound.
type lines struct {
	src  io.Reader
	why  func(error) error // explains why src failed
	err  error             // why src ended
	buf  []byte
	pos  int // where the next line starts
	seen int // up to where there is no line feed
	end  int // of what was read into buf
	max  int
	line int64 // the number of the current line
	hold bool  // keep what was read, to rewind
	from int   // where the first line starts
}

func newLines(src io.Reader, max, size int) *lines {
	return &lines{src: src, why: source.Reason, buf: make([]byte, size), max: max}
}

// begin looks at the first bytes.
func (l *lines) begin() error {
	l.fill()
	head := l.buf[:l.end]
	if err := text.Foreign(head); err != nil {
		return err
	}
	for _, mark := range []string{"\xFF\xFE", "\xFE\xFF"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return &text.Fault{Line: 1, Err: errors.New("this is UTF-16 text"), Hint: "JSON Lines are UTF-8"}
		}
	}
	if bytes.HasPrefix(head, []byte("\uFEFF")) {
		l.from = len("\uFEFF")
	}
	l.pos, l.seen = l.from, l.from
	return nil
}

// rewind goes back to the first line, if everything was held.
func (l *lines) rewind() { l.pos, l.seen, l.line, l.hold = l.from, l.from, 0, false }

// next returns the next line, valid until the next call.
func (l *lines) next() ([]byte, error) {
	for {
		if i := bytes.IndexByte(l.buf[l.seen:l.end], '\n'); i >= 0 {
			return l.take(l.seen + i + 1)
		}
		l.seen = l.end
		switch {
		case l.end-l.pos > l.max:
			return nil, l.tooLong()
		case l.err == nil:
			l.fill()
		case l.err != io.EOF:
			return nil, &text.Fault{Line: l.line + 1, Err: l.why(l.err)}
		case l.pos == l.end:
			return nil, io.EOF
		default:
			l.buf = append(l.buf[:l.end], '\n')
			l.end++
		}
	}
}

// take returns the line up to stop.
func (l *lines) take(stop int) ([]byte, error) {
	line := l.buf[l.pos:stop]
	if len(line)-1 > l.max {
		return nil, l.tooLong()
	}
	l.pos, l.seen = stop, stop
	l.line++
	return line, nil
}

func (l *lines) tooLong() error {
	return &text.Fault{Line: l.line + 1, Err: fmt.Errorf("a line of more than %s", text.Size(l.max)),
		Hint: "if the lines are that long, raise data.limits.line"}
}

// fill moves what is left to the front of the buffer, unless it is held, and
// reads until the buffer is full.
func (l *lines) fill() {
	if !l.hold && l.pos > 0 {
		l.end = copy(l.buf, l.buf[l.pos:l.end])
		l.seen -= l.pos
		l.pos = 0
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	for idle := 0; l.end < len(l.buf) && l.err == nil; {
		n, err := l.src.Read(l.buf[l.end:])
		l.end += n
		l.err = err
		if n > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			l.err = io.ErrNoProgress
		}
	}
}
