package audit

import "strings"

// Parts takes the name of an intersection, or of one of its groups, apart: at
// each *, unless a backslash stands before it. A name without * is its only
// part.
func Parts(name string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch {
		case name[i] == '\\' && i+1 < len(name):
			i++
			b.WriteByte(name[i])
		case name[i] == '*':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(name[i])
		}
	}
	return append(out, b.String())
}
