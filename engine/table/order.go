package table

import (
	"cmp"
	"strconv"
)

// CompareNames orders names for people: numbers by size before all other text,
// text by bytes. Names of equal size but different spelling stay distinct.
func CompareNames(a, b string) int {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	numA, numB := errA == nil && x == x, errB == nil && y == y
	switch {
	case numA && numB:
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	case numA != numB:
		if numA {
			return -1
		}
		return 1
	}
	return cmp.Compare(a, b)
}
