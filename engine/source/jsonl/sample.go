package jsonl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// How much of a text decides what its columns are.
const (
	sampleRows  = 10_000
	sampleBytes = 16 << 20
)

// sampler collects the keys of the first lines and the kinds of their values.
type sampler struct {
	lines *lines
	depth int
	root  *node
	rows  int
	whole bool // there were no more lines

	// To look for certain keys in all lines:
	roots map[string]bool // the keys of a line's object that are noted
	ctx   context.Context
}

// read reads the first lines.
func (s *sampler) read() error {
	s.root.first = isObject
	for size := 0; s.roots != nil || s.rows < sampleRows && size < sampleBytes; {
		if s.roots != nil && s.rows%sampleRows == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		b, err := s.lines.next()
		if err == io.EOF {
			s.whole = true
			return nil
		}
		if err != nil {
			return err
		}
		size += len(b)
		i := space(b, 0)
		if b[i] == '\n' {
			continue
		}
		if i, err = opening(b, i, s.lines.line); err == nil {
			if i, err = s.object(b, i, s.root, 1); err == nil {
				err = closing(b, i)
			}
		}
		if err != nil {
			return onLine(err, s.lines.line)
		}
		s.rows++
	}
	return nil
}

// onLine adds the line to a fault.
func onLine(err error, line int64) error {
	var f *text.Fault
	if errors.As(err, &f) && f.Line == 0 {
		f.Line = line
	}
	return err
}

// inColumn adds the innermost key to a fault.
func inColumn(err error, path string) error {
	var f *text.Fault
	if errors.As(err, &f) && f.Column == "" {
		f.Column = path
	}
	return err
}

// opening steps over the bracket that opens a line's object.
func opening(b []byte, i int, line int64) (int, error) {
	switch c := b[i]; {
	case c == '{':
		return i + 1, nil
	case c == '[' && line == 1:
		return i, wrong("write each object on a line of its own, without the brackets and commas around them",
			"one array, not one object a line")
	case c == '[', c == '"', c == 't', c == 'f', c == 'n', c == '-', c >= '0' && c <= '9':
		return i, wrong("JSON Lines hold one object a line", "%s, not an object", what(c))
	}
	return i, unexpected(b, i, "an object")
}

// what names a value by its first byte.
func what(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// closing checks that nothing follows a line's object.
func closing(b []byte, i int) error {
	switch i = space(b, i); b[i] {
	case '\n':
		return nil
	case '{':
		return wrong("JSON Lines hold one object a line", "a second object on the line")
	case ',':
		return wrong("JSON Lines have no commas between objects", "a comma behind the object")
	}
	return unexpected(b, i, "the end of the line")
}

// object scans an object from behind its bracket.
func (s *sampler) object(b []byte, i int, n *node, depth int) (int, error) {
	if err := (limits{s.depth}).tooDeep(depth); err != nil {
		return i, err
	}
	if i = space(b, i); b[i] == '}' {
		return i + 1, nil
	}
	for {
		name, at, err := key(b, i)
		if err != nil {
			return i, err
		}
		if i, err = s.value(b, at, n, name, depth); err != nil {
			return i, inColumn(err, newNode(n.path, name).path)
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case '}':
			return i + 1, nil
		default:
			return i, unexpected(b, i, `a comma or '}'`)
		}
	}
}

// key reads a key and steps over its colon.
func key(b []byte, i int) (name string, at int, err error) {
	if b[i] != '"' {
		return "", i, unexpected(b, i, "a key")
	}
	raw, end, err := unescape(nil, b, i+1)
	if err != nil {
		return "", i, err
	}
	if !utf8.Valid(raw) {
		return "", i, wrong("", "a key is not UTF-8")
	}
	at, err = colon(b, end+1)
	return string(raw), at, err
}

// value notes the value of a key of n.
func (s *sampler) value(b []byte, i int, n *node, name string, depth int) (int, error) {
	rest := limits{s.depth}
	if n == s.root && s.roots != nil && !s.roots[name] {
		return rest.skip(b, i, depth)
	}
	if n.first != isObject || n == s.root && len(n.order) >= maxRoot && n.children[name] == nil {
		if n == s.root {
			return i, wrong("", "the first lines have more than %d different keys", maxRoot)
		}
		return rest.skip(b, i, depth) // became a map while it was scanned
	}
	c := n.child(name)
	if n != s.root && len(n.order) > maxKeys {
		n.nest()
		return rest.skip(b, i, depth)
	}
	return s.note(b, i, c, depth)
}

// note notes a value of c.
func (s *sampler) note(b []byte, i int, c *node, depth int) (int, error) {
	rest := limits{s.depth}
	switch at := i; b[at] {
	case '{':
		if depth < maxFlat && (c.first == 0 || c.first == isObject) {
			c.saw(isObject)
			return s.object(b, i+1, c, depth+1)
		}
		c.saw(isNested)
		return rest.skip(b, i, depth)
	case '[':
		return s.array(b, i, c, depth)
	case '"':
		end, _, err := stringEnd(b, i+1)
		if err != nil {
			return i, err
		}
		k := isString
		if _, ok := special(b[i+1 : end]); ok {
			k = isNaN
		}
		c.saw(k)
		return end + 1, nil
	case 't', 'f', 'n':
		end, err := rest.skip(b, i, depth)
		if b[at] != 'n' {
			c.saw(isBool)
		}
		return end, err
	}
	end, whole, err := number(b, i)
	if err == nil {
		c.saw(classify(b[i:end], whole))
	}
	return end, err
}

// array notes the elements of a list.
func (s *sampler) array(b []byte, i int, c *node, depth int) (_ int, err error) {
	known := c.element != nil || c.first == 0
	c.saw(isNested)
	if depth >= maxFlat || !known {
		return limits{s.depth}.skip(b, i, depth)
	}
	if err := (limits{s.depth}).tooDeep(depth + 1); err != nil {
		return i, err
	}
	element := c.list()
	if i = space(b, i+1); b[i] == ']' {
		return i + 1, nil
	}
	for {
		if i, err = s.note(b, i, element, depth+1); err != nil {
			return i, err
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case ']':
			return i + 1, nil
		default:
			return i, unexpected(b, i, `a comma or ']'`)
		}
	}
}

// decided says, for messages, what the types of columns go by.
func decided() string {
	return fmt.Sprintf("the first %d lines decide the type of a column", sampleRows)
}
