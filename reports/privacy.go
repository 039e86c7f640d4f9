package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// privacyNote says what is suppressed and what that protects from; "" where
// nothing is to be suppressed.
func privacyNote(r *audit.Result) string {
	if r.Privacy == nil {
		return ""
	}
	s := fmt.Sprintf("Counts of 1 to %s are not shown%s.", count(r.Privacy.MinCell-1), derivable(r))
	switch what := withheldKinds(r); {
	case what == "":
		return s + " Nothing had to be suppressed."
	default:
		s += " Suppressed here: " + what + "."
	}
	return s + " A suppressed number says nothing about how a group fares, good or bad. This does not protect somebody whom other publications of the same people, cut in another way, give away."
}

// derivable says how far it holds that no small count follows from what is shown. Of
// the numbers of cases, decisions and labels of groups it is proved, all of them
// together; of others each is looked at by itself and beside those.
func derivable(r *audit.Result) string {
	if beyondCounts(r) {
		return ", nor do they follow from the numbers of cases, decisions and labels of groups; what else is shown was held against those numbers, not against everything that could be combined"
	}
	return " and cannot be worked out from this report"
}

// beyondCounts tells whether anything with a number of people is shown that is not made
// of the cases, decisions and labels of groups and windows.
func beyondCounts(r *audit.Result) bool {
	counted := []string{"parity", "equal_opportunity", "error_rates", "adverse_impact"}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if !m.Suppressed && (!slices.Contains(counted, m.Detector) || m.Column != nil || m.Stratum != nil || m.Version != nil) {
			return true
		}
	}
	return len(r.Explanations) > 0 || slices.ContainsFunc(r.Tables, func(t audit.Table) bool { return !t.Suppressed })
}

// withheldKinds counts what is suppressed, in words.
func withheldKinds(r *audit.Result) string {
	var parts []string
	for _, k := range []struct {
		n         int
		one, many string
	}{{r.Privacy.Suppressed, "number", "numbers"}, {r.Privacy.Tables, "table", "tables"}, {r.Privacy.KPIs, "point of an indicator", "points of indicators"}, {r.Privacy.Texts, "note", "notes"}} {
		if k.n > 0 {
			parts = append(parts, plural(k.n, k.one, k.many))
		}
	}
	if len(parts) > 1 {
		return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}
