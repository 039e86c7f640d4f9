package config

import "github.com/plumbline-audit/plumbline/engine/spelling"

// didYouMean is the hint for a misspelled word, or "".
func didYouMean(word string, candidates []string) string {
	if near := spelling.Nearest(word, candidates); near != "" {
		return "did you mean " + quote(near) + "?"
	}
	return ""
}
