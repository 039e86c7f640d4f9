// Package spelling finds what a misspelled name was meant to be.
package spelling

import (
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate that a misspelled word was probably meant to
// be, or "". Letter case is the cheapest difference; the first of equally near
// candidates wins.
func Nearest(word string, candidates []string) string {
	const longest = 64 // longer words are not typing errors of anything, and would take long
	if word == "" || len(word) > longest {
		return ""
	}
	lower := []rune(strings.ToLower(strings.TrimSpace(word)))
	best, bestCost := "", len(lower)/3+1 // one or two letters: only their case may differ
	for _, c := range candidates {
		if c == word || c == "" || utf8.RuneCountInString(c)-len(lower) >= bestCost {
			continue
		}
		if cost := edits(lower, []rune(strings.ToLower(strings.TrimSpace(c)))); cost < bestCost {
			best, bestCost = c, cost
		}
	}
	return best
}

// edits is the number of inserted, deleted, replaced and transposed
// neighboring letters between two words (optimal string alignment).
func edits(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(replaced, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
