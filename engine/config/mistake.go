package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// Mistake is one thing wrong in a configuration, and where.
type Mistake struct {
	File      string
	Line, Col int // from 1; Col counts characters; 0 if the place is unknown
	Message   string
	Hint      string // how to mend it, or ""
	Source    string // the line of the file
}

// Error is the mistake on one line: audit.yaml:14:7: unknown key "colums"; did
// you mean "columns"?
func (m Mistake) Error() string {
	s := m.Where() + ": " + m.Message
	if m.Hint != "" {
		s += "; " + m.Hint
	}
	return s
}

// Where is the place of the mistake: audit.yaml:14:7.
func (m Mistake) Where() string {
	if m.Line == 0 {
		return m.File
	}
	return fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Col)
}

// String is the mistake with the line it is on and a caret under its place.
func (m Mistake) String() string {
	if m.Line == 0 || m.Source == "" {
		return m.Error() + "\n"
	}
	line, before := window(m.Source, m.Col)
	number := fmt.Sprintf("%6d", m.Line)
	gutter := strings.Repeat(" ", len(number))
	return fmt.Sprintf("%s\n%s | %s\n%s | %s^\n", m.Error(), number, line, gutter, before)
}

// widest is the longest line that is shown whole.
const widest = 120

// window cuts a long line around a column, and returns the blanks that put a
// caret under it. Tabs stay tabs, so that the caret stands right however wide
// a terminal draws them.
func window(line string, col int) (shown, before string) {
	at := max(col-1, 0)
	start := 0
	if utf8.RuneCountInString(line) > widest {
		start = max(0, at-widest/2)
	}
	head, tail := "", ""
	var runes []rune
	i := 0
	for _, r := range line { // not []rune(line): a line can be a megabyte long
		if i >= start+widest {
			tail = "…"
			break
		}
		if i >= start {
			runes = append(runes, r)
		}
		i++
	}
	if start > 0 {
		head = "…"
	}
	at = min(at-start, len(runes))
	blanks := strings.Repeat(" ", utf8.RuneCountInString(head)) + blank(runes[:at])
	return head + strings.Map(printing, string(runes)) + tail, blanks
}

// printing stands in for what steers a terminal.
func printing(r rune) rune {
	if r == '\t' || strconv.IsPrint(r) {
		return r
	}
	return utf8.RuneError
}

func blank(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(runes))
}

// Errors are all the mistakes of a configuration, by position.
type Errors []Mistake

// Error lists the mistakes, one per line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, m := range e {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// String lists the mistakes, each with its line and a caret.
func (e Errors) String() string {
	var b strings.Builder
	for _, m := range e {
		b.WriteString(m.String())
	}
	return b.String()
}

// sort orders mistakes by position; those of one place keep their order.
func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Mistake) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
}

// quote shows a text of the file in a message; a very long one is cut.
func quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return `"` + strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(spelling.Printable(s)) + `"`
}

// either lists alternatives: a, b or c.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
