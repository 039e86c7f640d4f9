// Package text is what the readers of text formats share: where the bytes come
// from, their compression, faults with a line, and columns of spelled values.
package text

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Fault is what is wrong with a text, and where.
type Fault struct {
	Line   int64  // from 1, or 0
	Column string // or ""
	Err    error
	Hint   string
}

func (f *Fault) Error() string { return fmt.Sprintf("line %d: %v", f.Line, f.Err) }

func (f *Fault) Unwrap() error { return f.Err }

// Wrap makes any error one that names the file.
func Wrap(name string, err error) error {
	var known *source.Error
	if errors.As(err, &known) {
		return err
	}
	e := &source.Error{Path: name, Err: source.Reason(err)}
	var f *Fault
	if errors.As(err, &f) {
		e.Column, e.Err, e.Hint = visible(f.Column), f.Err, f.Hint
		if f.Line > 0 {
			e.Unit = fmt.Sprintf("line %d", f.Line)
		}
	}
	return e
}

// visible quotes a name that would break the line of a message, and cuts one
// that would fill it.
func visible(name string) string {
	const most = 100
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return strconv.Quote(name)
	}
	return name
}

// Size spells a limit in bytes.
func Size(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

const hintCompression = "decompress it, or compress it with gzip or Zstandard"

// Foreign recognizes by its first bytes what is no text of any format.
func Foreign(b []byte) error {
	for _, known := range []struct{ magic, is, hint string }{
		{"\xFD7zXZ", "this is compressed with xz", hintCompression},
		{"PK\x03\x04", "this is a ZIP archive or a spreadsheet", "export the table as CSV"},
	} {
		if len(b) >= len(known.magic) && string(b[:len(known.magic)]) == known.magic {
			return &Fault{Line: 1, Err: errors.New(known.is), Hint: known.hint}
		}
	}
	if len(b) >= 10 && string(b[:3]) == "BZh" && string(b[4:10]) == "1AY&SY" {
		return &Fault{Line: 1, Err: errors.New("this is compressed with bzip2"), Hint: hintCompression}
	}
	return nil
}
