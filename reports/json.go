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
	v, err := rounded(reflect.ValueOf(*r), "result")
	if err != nil {
		return fmt.Errorf("cannot write the result: %w", err)
	}
	doc := v.Interface().(audit.Result)
	emptyLists(&doc)
	var compact bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("cannot write the result: %w", err)
	}
	out := bufio.NewWriter(w)
	lay(out, bytes.TrimSpace(compact.Bytes()), "", false)
	out.WriteByte('\n')
	return out.Flush()
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

// lay indents compact JSON. Objects that are members are spread over lines;
// elements of arrays take one line each, unless they hold lists of records
// themselves; arrays of scalars stay on one line.
func lay(w *bufio.Writer, raw []byte, indent string, element bool) {
	parts := split(raw)
	object := len(raw) > 0 && raw[0] == '{'
	if len(parts) == 0 || element && !nested(parts) || !object && !composite(parts[0]) {
		w.Write(raw)
		return
	}
	inner := indent + "  "
	w.WriteByte(raw[0])
	for i, p := range parts {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n" + inner)
		value := p
		if object {
			k := keyEnd(p)
			w.Write(p[:k])
			w.WriteString(": ")
			value = p[k+1:]
		}
		lay(w, value, inner, !object)
	}
	w.WriteString("\n" + indent)
	w.WriteByte(raw[len(raw)-1])
}

func composite(raw []byte) bool { return raw[0] == '{' || raw[0] == '[' }

// nested tells whether a member is a list of objects or lists.
func nested(members [][]byte) bool {
	for _, m := range members {
		if m[0] != '"' {
			return false
		}
		k := keyEnd(m)
		if k < len(m) && bytes.HasPrefix(m[k+1:], []byte("[")) && len(m) > k+2 && composite(m[k+2:]) {
			return true
		}
	}
	return false
}

// split cuts a compact JSON object or array into its members.
func split(raw []byte) [][]byte {
	if len(raw) < 3 || !composite(raw) {
		return nil
	}
	var parts [][]byte
	start, depth := 1, 0
	for i := 1; i < len(raw)-1; i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, raw[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, raw[start:len(raw)-1])
}

// stringEnd is the place of the quote that closes the string opened at i.
func stringEnd(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i
}

// keyEnd is the place of the colon after a member's key.
func keyEnd(member []byte) int { return stringEnd(member, 0) + 1 }

// fieldName is a field's name in the JSON form.
func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}
