package files

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// agreement holds a column of a file against the folder key=value that has its
// name: each row must say what the folder says.
type agreement struct {
	column int // in the batch
	name   string
	folder partition
	agreed agreed
}

// agreed is a value that was found to be the folder's, as a vector holds it.
type agreed struct {
	some bool
	dict *source.Dict
	code uint32
	int  int64
	num  float64
	str  string
}

// differs returns the first row that says something else, or -1.
func (a *agreement) differs(v *source.Vector, rows int) int {
	if v.Const {
		rows = min(rows, 1)
	}
	for i := range rows {
		if !a.agreed.at(v, i) && !a.compare(v, i) {
			return i
		}
	}
	return -1
}

// at says whether row i holds the agreed value.
func (k *agreed) at(v *source.Vector, i int) bool {
	switch {
	case !k.some || v.Valid != nil && !v.Valid[i]:
		return false
	case v.Codes != nil:
		return v.Dict == k.dict && v.Codes[i] == k.code
	case v.Narrow != nil:
		x := v.Value(i)
		return k.dict == nil && x.Int == k.int && x.Float == k.num
	case v.Ints != nil:
		return k.dict == nil && v.Ints[i] == k.int
	case v.Floats != nil:
		return k.dict == nil && v.Floats[i] == k.num
	case v.Strs.Offsets != nil:
		return k.dict == nil && string(v.Strs.At(i)) == k.str
	}
	return false
}

// compare reads row i and notes its value if it is the folder's.
func (a *agreement) compare(v *source.Vector, i int) bool {
	value := v.Value(i)
	if value.Kind == source.Null {
		return a.folder.null
	}
	if a.folder.null || !means(v.Type, value, a.folder.value) {
		return false
	}
	a.agreed = agreed{some: true, int: value.Int, num: value.Float, str: value.Str}
	if v.Codes != nil {
		a.agreed.dict, a.agreed.code = v.Dict, v.Codes[i]
	}
	return true
}

// fault names the row that differs.
func (a *agreement) fault(unit, place string, v *source.Vector, i int) error {
	said, own := strconv.Quote(a.folder.value), "nothing"
	if a.folder.null {
		said = "null"
	}
	if value := v.Value(i); value.Kind != source.Null {
		own = strconv.Quote(source.Text(v.Type, value))
	}
	return &source.Error{Path: unit, Unit: place, Column: a.name,
		Err:  fmt.Errorf("the folder says %s, but the file says %s", said, own),
		Hint: "is the file in the wrong folder? If it is not, name folder or column otherwise"}
}

// means says whether a value is what the name of a folder spells.
func means(t source.Type, v source.Value, name string) bool {
	text := source.Text(t, v)
	if text == name {
		return true
	}
	switch v.Kind {
	case source.Int, source.Uint, source.Decimal:
		return wholeText(name) == text
	case source.Float:
		x, err := strconv.ParseFloat(name, 64)
		return err == nil && x == v.Float
	case source.Bool:
		return strings.EqualFold(name, text) || name == strconv.FormatInt(v.Int, 10)
	case source.Timestamp:
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.RFC3339, time.DateOnly} {
			if at, err := time.Parse(layout, name); err == nil {
				return at.Equal(source.Instant(t, v.Int))
			}
		}
	}
	return false
}

// wholeText strips zeros that do not count: 05 and 5.0 are 5.
func wholeText(s string) string {
	digits, negative := strings.CutPrefix(s, "-")
	digits = strings.TrimLeft(digits, "0")
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	switch {
	case digits == "" && s != "" && s != "-":
		return "0"
	case strings.HasPrefix(digits, "."):
		digits = "0" + digits
	}
	if negative {
		return "-" + digits
	}
	return digits
}
