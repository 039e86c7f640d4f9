package expr

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common"
)

// Error is a fault in an expression, found when it is compiled.
type Error struct {
	Offset  int // byte offset into the source, for a caret
	Message string
	Hint    string // how to mend it, or ""
	Column  string // that the log lacks, if that is the fault
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// CellError is a value on which an expression cannot be evaluated. The caller
// knows the file and where the batch begins in it.
type CellError struct {
	Row     int    // row within the batch; 0 if all columns are constant
	Column  string // the column whose value is at fault, or "" if several take part
	Value   string // its canonical text
	Offset  int    // byte offset into the expression
	Message string
	Hint    string
}

func (e *CellError) Error() string {
	s := e.Message
	if e.Column != "" {
		s = fmt.Sprintf("column %s: %s %s", e.Column, strconv.Quote(e.Value), e.Message)
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// fault is one operation that can fail on a value. Its number rides in the
// status of the element, so that false && failing stays false; it becomes a
// CellError only if a row's outcome depends on it.
type fault struct {
	offset  int
	column  int // index into Program.columns, or -1
	message string
	hint    bool // whether excluding the value is the remedy
}

// syntaxError turns the parser's first complaint into an Error.
func (c *compiler) syntaxError(list []*common.Error) error {
	first := slices.MinFunc(list, func(a, b *common.Error) int {
		return cmp.Compare(c.locate(a.Location), c.locate(b.Location))
	})
	message := strings.TrimPrefix(first.Message, "Syntax error: ")
	at := c.locate(first.Location)
	e := &Error{Offset: at, Message: message}
	rest := c.src[at:]
	switch {
	case strings.TrimSpace(c.src) == "":
		e.Message = "the expression is empty"
	case strings.Contains(message, "<EOF>"):
		e.Message = "the expression ends too early"
	case strings.HasPrefix(message, "unexpected"):
		word := rest[:wordLength(rest)]
		e.Message = "unexpected " + strconv.Quote(word)
		e.Hint = c.slipHint(at, word)
	case strings.HasPrefix(message, "reserved identifier: "):
		name := strings.TrimPrefix(message, "reserved identifier: ")
		e.Message = strconv.Quote(name) + " is a reserved word"
		e.Hint = "a column of that name is written row[" + strconv.Quote(name) + "]"
	case message == "expected ')'" || message == "expected ']'":
		e.Message = "a closing " + strings.Trim(message[len("expected "):], "'") + " is missing"
	case strings.Contains(message, "recursion") || strings.Contains(message, "exceed"):
		e.Message = "the expression is too deep or too long"
	}
	return e
}

// slipHint knows the usual slips of those who come from SQL or Python.
func (c *compiler) slipHint(at int, word string) string {
	switch strings.ToLower(word) {
	case "=":
		return "write == to compare"
	case "and", "&":
		return "write &&"
	case "or", "|":
		return "write ||"
	case "is":
		return "write == null or != null to test for a missing value"
	}
	return c.indexHint(at)
}

// indexHint finds a column whose name is no identifier spelled out around a
// position: income-per-year reads as two subtractions.
func (c *compiler) indexHint(at int) string {
	for _, col := range c.schema {
		if isIdentifier(col.Name) {
			continue
		}
		low := max(0, at-len(col.Name))
		high := min(len(c.src), at+len(col.Name)+1)
		if strings.Contains(c.src[low:high], col.Name) {
			return "write row[" + strconv.Quote(col.Name) + "]"
		}
	}
	return ""
}

// locate converts the parser's line and column, counted in characters, to a
// byte offset within the source.
func (c *compiler) locate(l common.Location) int {
	at := 0
	for line := 1; line < l.Line(); line++ {
		n := strings.IndexByte(c.src[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	for range max(0, l.Column()) {
		_, size := utf8.DecodeRuneInString(c.src[at:])
		at += size
	}
	return min(at, len(c.src))
}

// wordLength is the length of the identifier or the one character at the start.
func wordLength(s string) int {
	n := 0
	for n < len(s) && isWordByte(s[n]) {
		n++
	}
	if n == 0 && s != "" {
		_, n = utf8.DecodeRuneInString(s)
	}
	return n
}

func isWordByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isIdentifier(s string) bool {
	if s == "" || '0' <= s[0] && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if !isWordByte(s[i]) {
			return false
		}
	}
	return true
}
