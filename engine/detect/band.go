package detect

import (
	"strconv"
	"strings"
)

// spoken names a group in a sentence: a value, or the values of an intersection.
func spoken(attribute, group string) string {
	if group == Rest {
		return "all others"
	}
	values := Uncross(group, strings.Count(attribute, "*")+1)
	for i, v := range values {
		values[i] = inWords(v)
	}
	return strings.Join(values, " × ")
}

// inWords spells a band of numbers out, as a configuration's bins name it:
// [25,60) is "25 to under 60", [60,inf) is "60 or more". A value that cannot be
// seen, because it is empty or has spaces at its ends, is put in quotes; every
// other value keeps its spelling.
func inWords(value string) string {
	low, high, ok := bandEnds(value)
	if !ok {
		if strings.TrimSpace(value) != value || value == "" {
			return "“" + value + "”"
		}
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
