package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// WriteJSON writes result.json: fields in the order of their declaration,
// floats with 15 significant digits, two spaces of indent, and one measurement,
// window, finding or row of a table per line, so that two results can be
// compared with diff.
func WriteJSON(w io.Writer, r *audit.Result) error {
	frame := *r
	frame.Measurements = nil
	v, err := rounded(reflect.ValueOf(frame), "result")
	if err != nil {
		return fmt.Errorf("cannot write the result: %w", err)
	}
	doc := v.Interface().(audit.Result)
	emptyLists(&doc)
	var compact bytes.Buffer
	if err := encode(&compact, doc); err != nil {
		return fmt.Errorf("cannot write the result: %w", err)
	}
	pieces, err := piecesJSON(r.Measurements, "result.measurements")
	if err != nil {
		return fmt.Errorf("cannot write the result: %w", err)
	}
	out := bufio.NewWriter(w)
	(&layout{out, compact.Bytes(), `"measurements":`, pieces}).value("", false) // which end in a new line
	out.WriteByte('\n')
	return out.Flush()
}

// encode writes compact JSON and a new line.
func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// emptyLists turns absent lists into empty ones: a reader of the document
// never has to tell null from none.
func emptyLists(r *audit.Result) {
	fill(&r.Audit.Packs)
	fill(&r.Data.Inputs)
	fill(&r.Data.Excluded)
	fill(&r.Windows)
	fill(&r.Groups)
	fill(&r.Measurements)
	fill(&r.Tables)
	fill(&r.Findings)
	fill(&r.Notes)
	fill(&r.Gates.Checks)
	for i := range r.Packs {
		fill(&r.Packs[i].Citation)
		fill(&r.Packs[i].NotClaimed)
	}
	for i := range r.Groups {
		fill(&r.Groups[i].Values)
	}
	for i := range r.Findings {
		fill(&r.Findings[i].Measurements)
	}
	for i := range r.Gates.Checks {
		fill(&r.Gates.Checks[i].Measurements)
	}
	for i := range r.Tables {
		fill(&r.Tables[i].Columns)
		fill(&r.Tables[i].Rows)
	}
}

func fill[T any](s *[]T) {
	if *s == nil {
		*s = []T{}
	}
}

// writer is what layout writes to; it keeps errors to itself.
type writer interface {
	io.Writer
	io.ByteWriter
	io.StringWriter
}

// layout indents compact JSON as it goes over it once.
type layout struct {
	w      writer
	rest   []byte
	key    string   // of the document's longest list
	pieces [][]byte // of that list, laid out
}

// value writes the next value. Objects that are members are spread over lines;
// elements of arrays take one line each, unless they hold lists of records
// themselves; arrays of scalars stay on one line.
func (l *layout) value(indent string, element bool) {
	object := l.rest[0] == '{' && l.rest[1] != '}'
	if spread := object || l.rest[0] == '[' && composite(l.rest[1]); element || !spread {
		if size, lists := extent(l.rest); !lists {
			l.pass(size)
			return
		}
	}
	inner := "\n" + indent + "  "
	l.pass(1)
	for {
		l.w.WriteString(inner)
		own := false
		if object {
			size := stringEnd(l.rest, 0) + 2 // the key and its colon
			own = indent == "" && len(l.pieces) > 0 && string(l.rest[:size]) == l.key
			l.pass(size)
			l.w.WriteByte(' ')
		}
		if own {
			l.own()
		} else {
			l.value(inner[1:], !object)
		}
		if l.rest[0] != ',' {
			break
		}
		l.pass(1)
	}
	l.w.WriteString("\n" + indent)
	l.pass(1)
}

// own writes the document's longest list in place of the empty list that stands for
// it.
func (l *layout) own() {
	l.rest = l.rest[len("[]"):]
	l.w.WriteByte('[')
	for i, piece := range l.pieces {
		if i > 0 {
			l.w.WriteByte(',')
		}
		l.w.Write(piece)
	}
	l.w.WriteString("\n  ]")
}

// pass writes the next n bytes as they are.
func (l *layout) pass(n int) {
	l.w.Write(l.rest[:n])
	l.rest = l.rest[n:]
}

func composite(c byte) bool { return c == '{' || c == '[' }

// extent is the length of the value that raw begins with, and whether it is an
// object one of whose members is a list of objects or lists.
func extent(raw []byte) (size int, lists bool) {
	depth := 0
	for i := 0; ; i++ {
		switch raw[i] {
		case '"':
			if i = stringEnd(raw, i); depth == 0 {
				return i + 1, false
			}
		case '{', '[':
			lists = lists || depth == 1 && raw[0] == '{' && raw[i] == '[' && composite(raw[i+1])
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, lists
			} else if depth < 0 { // behind a number
				return i, false
			}
		case ',', '\n':
			if depth == 0 {
				return i, false
			}
		}
	}
}

// stringEnd is the place of the quote that closes the string opened at i.
func stringEnd(raw []byte, i int) int {
	if end := i + 1 + bytes.IndexByte(raw[i+1:], '"'); raw[end-1] != '\\' {
		return end
	}
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i
}

// fieldName is a field's name in the JSON form.
func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}
