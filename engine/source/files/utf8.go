package files

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// spelling checks that the strings of a column are UTF-8, as Parquet and Arrow
// promise: a value that is not would be equal to no listed one, and no report
// could show it. Text formats check it where they read the text.
type spelling struct {
	dict  *source.Dict
	known int             // entries of dict that were looked at
	bad   map[uint32]bool // those that are not
}

// wrong returns the first row whose string is not UTF-8, or -1. Entries that no
// row uses may be anything.
func (s *spelling) wrong(v *source.Vector, rows int) int {
	switch {
	case v.Type.Kind != source.String, rows == 0:
		return -1
	case v.Codes == nil:
		return wrongString(v, rows)
	case v.Dict == nil: // every row is null
		return -1
	}
	if v.Dict != s.dict {
		*s = spelling{dict: v.Dict}
	}
	for ; s.known < len(v.Dict.Strs); s.known++ {
		if !utf8.ValidString(v.Dict.Strs[s.known]) {
			if s.bad == nil {
				s.bad = map[uint32]bool{}
			}
			s.bad[uint32(s.known)] = true
		}
	}
	if s.bad == nil {
		return -1
	}
	for i, code := range v.Codes { // one if they are constant
		if s.bad[code] {
			return i
		}
	}
	return -1
}

// wrongString looks at all strings at once, and only if there is something odd
// at each.
func wrongString(v *source.Vector, rows int) int {
	ends := v.Strs.Offsets[:rows+1]
	all := v.Strs.Bytes[ends[0]:ends[rows]]
	if utf8.Valid(all) && whole(v.Strs.Bytes, ends) {
		return -1
	}
	for i := range rows {
		if (v.Valid == nil || v.Valid[i]) && !utf8.Valid(v.Strs.At(i)) {
			return i
		}
	}
	return -1
}

// whole says that no string ends within a character.
func whole(b []byte, ends []uint32) bool {
	for _, at := range ends {
		if int(at) < len(b) && !utf8.RuneStart(b[at]) {
			return false
		}
	}
	return true
}

// misspelled is the fault of a row.
func misspelled(unit, place, column string, v *source.Vector, row int) error {
	text := v.Value(row).Str
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return &source.Error{Path: unit, Unit: place, Column: column,
		Err: errors.New(strconv.QuoteToASCII(text) + " is not UTF-8 text"), Hint: "write the file again as UTF-8"}
}
