package detect

import (
	"strconv"
	"strings"
)

// inWords spells a band of numbers out, as a configuration's bins name it:
// [25,60) is "25 to under 60", [60,inf) is "60 or more". Every other value keeps
// its spelling.
func inWords(value string) string {
	low, high, ok := bandEnds(value)
	if !ok {
		return value
	}
	fromLow, toHigh := value[0] == '[', value[len(value)-1] == ']'
	switch {
	case low == "-inf" && toHigh:
		return high + " or less"
	case low == "-inf":
		return "under " + high
	case high == "inf" && fromLow:
		return low + " or more"
	case high == "inf":
		return "over " + low
	case fromLow:
		return low + " to under " + high
	}
	return "over " + low + " up to " + high
}

// bandEnds takes a band apart; ok is false for a value that is none.
func bandEnds(value string) (low, high string, ok bool) {
	if len(value) < 5 || !strings.ContainsAny(value[:1], "[(") || !strings.ContainsAny(value[len(value)-1:], ")]") {
		return "", "", false
	}
	low, high, ok = strings.Cut(value[1:len(value)-1], ",")
	_, errLow := strconv.ParseFloat(low, 64)
	_, errHigh := strconv.ParseFloat(high, 64)
	return low, high, ok && errLow == nil && errHigh == nil && (low != "-inf" || high != "inf")
}
