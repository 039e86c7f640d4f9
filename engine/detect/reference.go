package detect

import (
	"math/bits"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// Rest is the name of the pooled reference: everybody else whose value is known.
const Rest = "(rest)"

// Candidate is a group that may become the reference, with its counts over all
// windows.
type Candidate struct {
	Name      string
	N         int64 // copies audited
	Favorable int64 // of them, with the decision that is good for the person
}

// Choose picks the reference of an attribute among the groups that occur, given
// in canonical order, over all windows: the named value; the largest group; or
// the group with the highest favorable rate, among those with at least minRows
// if there are any. Rates are compared in integers. Ties go to the larger group,
// then to the first. It is nil for rest and none, for a named value that does
// not occur, and when no group occurs.
func Choose(ref audit.Reference, minRows int64, groups []Candidate) *string {
	better := func(a, b Candidate) bool { return a.N > b.N }
	switch ref.Policy {
	case "rest", "none":
		return nil
	case "value":
		better = nil
	case "best":
		groups = large(groups, minRows)
		better = func(a, b Candidate) bool {
			c := compareRates(a.Favorable, a.N, b.Favorable, b.N)
			return c > 0 || c == 0 && a.N > b.N
		}
	}
	at := -1
	for i, g := range groups {
		switch {
		case better == nil:
			if g.Name == ref.Value {
				at = i
			}
		case at < 0 || better(g, groups[at]):
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	name := groups[at].Name
	return &name
}

// large keeps the groups with at least minRows, or all if none has.
func large(groups []Candidate, minRows int64) []Candidate {
	var out []Candidate
	for _, g := range groups {
		if g.N >= minRows {
			out = append(out, g)
		}
	}
	if len(out) == 0 {
		return groups
	}
	return out
}

// compareRates compares a/n with b/m, for n, m > 0, in 128 bits.
func compareRates(a, n, b, m int64) int {
	h1, l1 := bits.Mul64(uint64(a), uint64(m))
	h2, l2 := bits.Mul64(uint64(b), uint64(n))
	switch {
	case h1 != h2:
		if h1 > h2 {
			return 1
		}
		return -1
	case l1 > l2:
		return 1
	case l1 < l2:
		return -1
	}
	return 0
}

// Absent says that a named reference does not occur, and names the nearest
// group that does.
func Absent(value string, groups []Candidate) string {
	s := "no row has the reference group " + strconv.Quote(value)
	if near := spelling.Nearest(value, names(groups)); near != "" {
		s += "; the nearest value is " + strconv.Quote(near)
	}
	return s
}

func names(groups []Candidate) []string {
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i] = g.Name
	}
	return out
}
