package kpi

import (
	"strconv"
	"strings"
)

// renamed replaces column names in a CEL expression: names that stand for
// themselves, not those of functions and fields, and not what is quoted.
func renamed(text string, names map[string]string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\'':
			end := closing(text, i)
			out.WriteString(text[i:end])
			i = end
		case letter(c):
			end := i
			for end < len(text) && (letter(text[end]) || digit(text[end])) {
				end++
			}
			word := text[i:end]
			field := i > 0 && text[i-1] == '.'
			called := strings.HasPrefix(strings.TrimLeft(text[end:], " "), "(")
			if to, ok := names[word]; ok && !field && !called {
				word = column(to)
			}
			out.WriteString(word)
			i = end
		default:
			out.WriteByte(c)
			i++
		}
	}
	return out.String()
}

// closing is the end of what is quoted from a place on.
func closing(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[at]:
			return i + 1
		}
	}
	return len(text)
}

// column is how an expression names a column.
func column(name string) string {
	for i := range len(name) {
		if !letter(name[i]) && (i == 0 || !digit(name[i])) {
			return "row[" + strconv.Quote(name) + "]"
		}
	}
	return name
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
