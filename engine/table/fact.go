package table

import (
	"strconv"
	"strings"
)

// When is the dimension of a condition, a CEL expression over the log's columns:
// Holds, Fails, or missing where it depends on a missing value.
func When(expression string) Dim { return Dim("when:" + expression) }

// The categories of a When dimension, beside missing.
const (
	Holds = "true"
	Fails = "false"
)

// WhenExpression is the expression of a When dimension.
func WhenExpression(d Dim) (string, bool) { return strings.CutPrefix(string(d), string(When(""))) }

// Number names, as a Need's Value, the number that a CEL expression gives.
func Number(expression string) string { return "number:" + expression }

// NumberExpression is the expression that a Need's Value names.
func NumberExpression(value string) (string, bool) { return strings.CutPrefix(value, Number("")) }

// Distinct is the dimension of a column's own values, each known by a keyed hash,
// so that a table of it says how many there are and which cells share them. Of
// more than MaxTold different ones a table keeps those whose hash is one of
// 1/Kept, the same ones in every table; all others are in one category
// (KeptOf tells which).
func Distinct(column string) Dim { return Dim("distinct:" + column) }

// DistinctColumn is the column of a Distinct dimension.
func DistinctColumn(d Dim) (string, bool) { return strings.CutPrefix(string(d), string(Distinct(""))) }

// Text is the dimension of a column's own values as text, of a column that a
// parameter names: an ad, a segment, a rating factor.
func Text(column string) Dim { return Dim("text:" + column) }

// EntryMark stands before every entry in the text of a list: the unit separator of
// ASCII.
const EntryMark = "\x1f"

// TextColumn is the column of a Text dimension.
func TextColumn(d Dim) (string, bool) { return strings.CutPrefix(string(d), string(Text(""))) }

// Bounds of a Distinct dimension.
const (
	MaxTold = 1 << 18
	Kept    = 1 << 6
)

// others is the category of the values that are not kept.
const others = "(others)"

// KeepSome is the category under which a value is counted once there are too
// many: its own for one of Kept, else that of all others.
func KeepSome(c Category) Category {
	hash, err := strconv.ParseUint(c.Name, 16, 64)
	if err != nil || hash%Kept == 0 {
		return c
	}
	return Category{Name: others}
}

// KeptOf tells whether the categories of a Distinct dimension are but one of Kept
// of its values, and which of them stands for the rest; -1 for none.
func KeptOf(cats []Category) (sampled bool, rest int) {
	for i, c := range cats {
		if !c.Missing && c.Name == others {
			return true, i
		}
	}
	return false, -1
}
