package config

import (
	"slices"
	"strconv"
	"strings"
)

// ParseNumber reads text as a number: a plain decimal without spaces, or one of
// the spellings that writers give to infinity and to no number. Hexadecimal,
// digit separators and everything else that Go would read is refused: what only
// looks like a number is an error, never a value.
func ParseNumber(text string) (x float64, ok bool) {
	if strings.Trim(text, "+-.0123456789eE") != "" && !slices.Contains(notFinite(), strings.TrimLeft(text, "+-")) {
		return 0, false
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

// notFinite are the spellings of pandas, Polars, DuckDB and Java.
func notFinite() []string { return []string{"inf", "Inf", "infinity", "Infinity", "nan", "NaN"} }
