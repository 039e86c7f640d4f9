package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// largest is the most bytes that a configuration may have.
const largest = 1 << 20

// parse reads the one YAML document of a file. Its mistakes are those of the
// syntax; with them there is no document.
func (t *text) parse(data []byte) (*yaml.Node, Errors) {
	if m, ok := t.readable(data); !ok {
		return nil, Errors{m}
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, Errors{t.mistake(0, 0, err.Error(), "")}
	}
	var doc, more yaml.Node
	if err := loader.Load(&doc); err == io.EOF || err == nil && len(doc.Content) == 0 {
		return nil, Errors{t.mistake(1, 1, "the file is empty", "start with version: 1")}
	} else if err != nil {
		return nil, Errors{t.syntax(err)}
	}
	switch err := loader.Load(&more); {
	case err == nil:
		m := t.mistake(more.Line, more.Column, "a second YAML document begins here", "a file holds one audit; remove the line ---")
		return nil, Errors{m}
	case err != io.EOF:
		return nil, Errors{t.syntax(err)}
	}
	root := doc.Content[0]
	if isNull(root) {
		return nil, Errors{t.mistake(1, 1, "the file is empty", "start with version: 1")}
	}
	return root, t.refused(root)
}

// readable checks size and encoding, which the parser would report without a
// place.
func (t *text) readable(data []byte) (Mistake, bool) {
	if len(data) > largest {
		return Mistake{File: t.name, Message: fmt.Sprintf("the file has %d bytes; a configuration has at most %d", len(data), largest)}, false
	}
	line, col := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return t.mistake(line, col, "the file is not UTF-8 text", "save it as UTF-8"), false
		case r == '\n':
			line, col = line+1, 0
		case r < ' ' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff:
			return t.mistake(line, col, fmt.Sprintf("control character U+%04X is not allowed", r), ""), false
		}
		i, col = i+size, col+1
	}
	return Mistake{}, true
}

// syntax words the parser's error.
func (t *text) syntax(err error) Mistake {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return t.mistake(0, 0, strings.TrimPrefix(err.Error(), "yaml: "), "")
	}
	line, col := load.Mark.Line, load.Mark.Column
	message := "YAML syntax: " + load.Message
	if load.ContextMsg != "" {
		message += " " + load.ContextMsg
		if c := load.ContextMark; c.Line > 0 && c.Line != line {
			message += fmt.Sprintf(" that begins on line %d", c.Line)
		}
	}
	if line > len(t.lines) || line == len(t.lines) && t.line(line) == "" {
		line = max(1, len(t.lines)-1) // the end of the file: show its last line
		col = utf8.RuneCountInString(t.line(line)) + 1
	}
	hint := ""
	if rest := []rune(t.line(line)); strings.HasPrefix(load.Message, "found character that cannot start") && col >= 1 && col <= len(rest) {
		switch rest[col-1] {
		case '\t':
			hint = "indent with spaces, not tabs"
		case '@', '`', '%':
			hint = "put the value in quotes"
		}
	}
	return t.mistake(line, col, message, hint)
}

// refused finds what YAML allows and a configuration does not need: anchors,
// aliases, merge keys and tags. Aliases can blow a small file up without
// bound, and all four make a file say other than what it shows.
func (t *text) refused(n *yaml.Node) Errors {
	var out Errors
	bad := func(message, hint string) { out = append(out, t.mistake(n.Line, n.Column, message, hint)) }
	switch {
	case n.Kind == yaml.AliasNode:
		bad("alias *"+n.Value+" is not allowed", "write the value out")
	case n.Anchor != "":
		bad("anchor &"+n.Anchor+" is not allowed", "write the value out wherever it is needed")
	case n.Style&yaml.TaggedStyle != 0:
		bad("tag "+n.Tag+" is not allowed", "put text in quotes instead")
	case n.Tag == "!!merge":
		bad("merge key << is not allowed", "write the keys out")
	}
	for _, c := range n.Content {
		out = append(out, t.refused(c)...)
	}
	return out
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
