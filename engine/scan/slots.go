package scan

// slots finds most windows without a search: time from the first known window
// to the last is cut into slots of equal length, of which most lie in one
// window. It starts empty.
type slots struct {
	start int64
	shift uint
	codes []int16 // of the window that a slot lies in, -1 if it is not one
}

// maxSlots makes the slots fit the processor's nearest cache.
const maxSlots = 1 << 12

// of is the window that holds a time, or -1 if only a search can tell.
func (s *slots) of(t int64) int {
	if at := uint64(t-s.start) >> s.shift; at < uint64(len(s.codes)) {
		return int(s.codes[at])
	}
	return -1
}

// fit cuts anew. byTime are the codes of spans in the order of time; windows
// that are so many that slots would not tell them apart are left to the search.
func (s *slots) fit(spans []span, byTime []int) {
	*s = slots{codes: s.codes[:0]}
	first, last := spans[byTime[0]], spans[byTime[len(byTime)-1]]
	length := uint64(last.high) - uint64(first.low)
	if len(spans) > maxSlots/8 || length >= 1<<62 {
		return
	}
	s.start = first.low
	for length>>s.shift >= maxSlots {
		s.shift++
	}
	s.codes = grow(s.codes, int(length>>s.shift)+1)
	for i := range s.codes {
		s.codes[i] = -1
	}
	for _, code := range byTime {
		from := (uint64(spans[code].low-s.start) + 1<<s.shift - 1) >> s.shift
		to := uint64(spans[code].high-s.start) >> s.shift
		for at := from; at < to; at++ {
			s.codes[at] = int16(code)
		}
	}
}
