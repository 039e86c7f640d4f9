package table

import (
	"strconv"
	"strings"
)

// The numbers that a list has as a whole, of the groups of its items.
const (
	ListNDKL            = "ndkl"
	ListNDKLChance      = "ndkl_chance" // mean over all orders of what was offered
	ListInfeasible      = "infeasible_index"
	ListInfeasibleCount = "infeasible_count"
	ListAWRF            = "awrf"
)

const ofLists = "list:"

// ListNumber names, as a Need's Value, a number that each list has. Its table
// counts lists, not slots: each once, by its first audited slot. A list that shows
// nothing has no number. groups are the dimensions of an attribute; last is the
// last place that ListAWRF looks at, 0 for all.
func ListNumber(number string, last int, groups ...Dim) string {
	out := ofLists + number + ":" + strconv.Itoa(last)
	for _, d := range groups {
		out += ":" + strconv.Quote(string(d))
	}
	return out
}

// ListNumberOf is what a ListNumber is about.
func ListNumberOf(value string) (number string, last int, groups []Dim, ok bool) {
	rest, ok := strings.CutPrefix(value, ofLists)
	if !ok {
		return "", 0, nil, false
	}
	number, rest, _ = strings.Cut(rest, ":")
	place, rest, _ := strings.Cut(rest, ":")
	last, err := strconv.Atoi(place)
	if err != nil {
		return "", 0, nil, false
	}
	for rest != "" {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return "", 0, nil, false
		}
		d, _ := strconv.Unquote(quoted) // a quoted prefix can be unquoted
		groups, rest = append(groups, Dim(d)), strings.TrimPrefix(rest[len(quoted):], ":")
	}
	return number, last, groups, true
}

// OfLists tells whether the table counts lists.
func (n Need) OfLists() bool { return strings.HasPrefix(n.Value, ofLists) }
