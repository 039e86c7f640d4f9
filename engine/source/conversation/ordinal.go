package conversation

import (
	"fmt"
	"strconv"
)

// spelledOrdinal reads a number of a text format.
func spelledOrdinal(text string) (int64, error) {
	if text == "" {
		return NoTime, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number, and so does not order turns; a time orders them where it is columns.time", text)
	}
	return ordered(x), nil
}
