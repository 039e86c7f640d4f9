package scan

import (
	"math"
	"slices"
)

// ranked is a number of a part: key rises with the number.
type ranked struct {
	key      uint64
	part, id uint32
}

// keyOf rises with finite floats; minus zero is not among them.
func keyOf(x float64) uint64 {
	b := math.Float64bits(x)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// numberOf is the float of a key.
func numberOf(key uint64) float64 {
	if key>>63 != 0 {
		return math.Float64frombits(key &^ (1 << 63))
	}
	return math.Float64frombits(^key)
}

// sortRanked sorts by key, byte by byte from the lowest (radix sort); bytes that
// all keys share, which are many in whole numbers and in the middles of buckets,
// cost nothing.
func sortRanked(all []ranked) []ranked {
	if len(all) < 256 {
		slices.SortFunc(all, func(a, b ranked) int {
			if a.key < b.key {
				return -1
			} else if a.key > b.key {
				return 1
			}
			return 0
		})
		return all
	}
	var counts [8][256]int32
	for _, r := range all {
		for digit := range counts {
			counts[digit][byte(r.key>>(8*digit))]++
		}
	}
	to := make([]ranked, len(all))
	for digit := range counts {
		ends, shift := &counts[digit], 8*digit
		if int(ends[byte(all[0].key>>shift)]) == len(all) {
			continue
		}
		sum := int32(0)
		for i, n := range ends {
			ends[i], sum = sum, sum+n
		}
		for _, r := range all {
			at := &ends[byte(r.key>>shift)]
			to[*at] = r
			*at++
		}
		all, to = to, all
	}
	return all
}
