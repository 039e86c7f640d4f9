package config

import (
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// text is the file that was read: its lines, and where each key stands.
type text struct {
	name   string
	lines  []string
	places map[string]place // by dotted path: columns.groups.race, data.joins.0.on
}

// place is where a key's value stands; for a mapping or a list, where the key
// stands.
type place struct {
	line, col int
	scalar    *yaml.Node // the value, if it is one
}

func newText(name string, data []byte) *text {
	return &text{name: name, lines: splitLines(string(data)), places: map[string]place{}}
}

// splitLines cuts at the line breaks that YAML knows, so that line numbers are
// the parser's.
func splitLines(s string) []string {
	s = strings.TrimPrefix(s, "\ufeff")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Split(s, "\n")
}

func (t *text) line(n int) string {
	if n < 1 || n > len(t.lines) {
		return ""
	}
	return t.lines[n-1]
}

func (t *text) mistake(line, col int, message, hint string) Mistake {
	return Mistake{File: t.name, Line: line, Col: col, Message: message, Hint: hint, Source: strings.ToValidUTF8(t.line(line), "\uFFFD")}
}

// find returns the place of a path, or of the nearest key above it.
func (t *text) find(path string) place {
	for {
		if p, ok := t.places[path]; ok {
			return p
		}
		dot := strings.LastIndexByte(path, '.')
		if dot < 0 {
			return place{}
		}
		path = path[:dot]
	}
}

// Position returns the line and column of a dotted path such as data.where,
// columns.groups.race or data.joins.0.on, or of the nearest key above it that
// the file has; zeros if there is none.
func (a *Audit) Position(path string) (line, col int) {
	if a.text == nil {
		return 0, 0
	}
	p := a.text.find(path)
	return p.line, p.col
}

// Mistake places a mistake that was found later, such as a column that the log
// lacks, at the path that caused it.
func (a *Audit) Mistake(path, message, hint string) Mistake {
	if a.text == nil {
		return Mistake{File: a.Path, Message: message, Hint: hint}
	}
	line, col := a.Position(path)
	return a.text.mistake(line, col, message, hint)
}

// MistakeAt places a mistake inside an expression: offset counts bytes from
// the start of the expression at path.
func (a *Audit) MistakeAt(path string, offset int, message, hint string) Mistake {
	if a.text == nil {
		return a.Mistake(path, message, hint)
	}
	p := a.text.find(path)
	line, col := a.text.inside(p, offset)
	return a.text.mistake(line, col, message, hint)
}

// inside finds a byte of a scalar in the file. A scalar that spans lines in a
// way other than the literal style is placed at its start.
func (t *text) inside(p place, offset int) (line, col int) {
	if p.scalar == nil || offset < 0 || offset > len(p.scalar.Value) {
		return p.line, p.col
	}
	offset = utf8.RuneCountInString(p.scalar.Value[:offset])
	if p.scalar.Style&yaml.LiteralStyle != 0 {
		return t.insideLiteral(p, offset)
	}
	runes := []rune(t.line(p.line))
	at := p.col - 1
	double := p.scalar.Style&yaml.DoubleQuotedStyle != 0
	single := p.scalar.Style&yaml.SingleQuotedStyle != 0
	if double || single {
		at++
	}
	for ; offset > 0 && at < len(runes); offset-- {
		if at+1 < len(runes) && (double && runes[at] == '\\' || single && runes[at] == '\'') {
			at++
		}
		at++
	}
	if offset > 0 {
		return p.line, p.col
	}
	return p.line, at + 1
}

// insideLiteral places an offset in a block written with |: its lines follow
// the bar, each indented as the first.
func (t *text) insideLiteral(p place, offset int) (line, col int) {
	before := string([]rune(p.scalar.Value)[:offset])
	down := strings.Count(before, "\n")
	first := t.line(p.line + 1)
	indent := len(first) - len(strings.TrimLeft(first, " "))
	last := before[strings.LastIndexByte(before, '\n')+1:]
	return p.line + 1 + down, indent + utf8.RuneCountInString(last) + 1
}
