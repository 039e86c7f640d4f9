package source

import (
	"fmt"
	"math"
	"time"
)

// Convert fits a value of a file into the type that a column has: the files of one
// table may differ in the width of integers and the unit of timestamps.
func Convert(to, from Type, v Value) (Value, error) {
	switch {
	case v.Kind == Null || to == from:
		return v, nil
	case to.Kind != from.Kind:
		whole := func(k Kind) bool { return k == Int || k == Uint }
		if !whole(to.Kind) || !whole(from.Kind) || v.Int < 0 {
			return v, fmt.Errorf("the value %s does not fit the type that the column has elsewhere", Text(from, v))
		}
		v.Kind = to.Kind
	case to.Unit != from.Unit && (to.Kind == Timestamp || to.Kind == TimeOfDay):
		n, ok := rescale(v.Int, from.Unit, to.Unit)
		if !ok {
			return v, fmt.Errorf("the time %s cannot be told in units of %v", Text(from, v), to.Unit)
		}
		v.Int = n
	}
	return v, nil
}

// rescale converts between units, if that is exact.
func rescale(n int64, from, to time.Duration) (int64, bool) {
	if from <= 0 || to <= 0 {
		return 0, false
	}
	if from < to {
		k := int64(to / from)
		return n / k, n%k == 0
	}
	k := int64(from / to)
	return n * k, n <= math.MaxInt64/k && n >= math.MinInt64/k
}
