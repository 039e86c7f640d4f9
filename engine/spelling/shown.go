package spelling

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Names that messages show whole, and what is left of longer ones.
const (
	longestShown         = 200 // characters
	shownHead, shownTail = 100, 60
)

// Shown is a name of a file or column as a message may show it: somebody else
// chose it, and it could clear the terminal or fill it. A name that is short and
// prints stays as it is; another is quoted, and a long one cut in its middle.
func Shown(name string) string {
	prints := Printable(name) == name && !strings.Contains(name, "\n")
	if utf8.RuneCountInString(name) > longestShown {
		r := []rune(name)
		name = string(r[:shownHead]) + "…" + string(r[len(r)-shownTail:])
	}
	if prints {
		return name
	}
	return strconv.Quote(name)
}

// Printable writes out the characters of a text that do not print, such as those
// that steer a terminal: \x1b. Line breaks stay.
func Printable(s string) string {
	whole := true
	for _, r := range s {
		whole = whole && (strconv.IsPrint(r) && r != utf8.RuneError || r == '\n')
	}
	if whole {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) || r == '\n' {
			b.WriteString(s[:size])
		} else {
			escaped := strconv.Quote(s[:size])
			b.WriteString(escaped[1 : len(escaped)-1])
		}
		s = s[size:]
	}
	return b.String()
}

// Line is Printable on a line of its own: line breaks are written out as well.
func Line(s string) string { return strings.ReplaceAll(Printable(s), "\n", `\n`) }
