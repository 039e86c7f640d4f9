package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// privacyNote says what is suppressed and what that protects from; "" where
// nothing is to be suppressed.
func privacyNote(r *audit.Result) string {
	if r.Privacy == nil {
		return ""
	}
	s := fmt.Sprintf("Counts of 1 to %s are not shown, nor what they could be computed from.", count(r.Privacy.MinCell-1))
	switch what := withheldKinds(r); {
	case what == "":
		return s + " Nothing had to be suppressed."
	default:
		s += " Suppressed here: " + what + "."
	}
	return s + " A suppressed number says nothing about how a group fares, good or bad. This does not protect somebody whom other publications of the same people, cut in another way, give away."
}

// withheldKinds counts what is suppressed, in words.
func withheldKinds(r *audit.Result) string {
	var parts []string
	for _, k := range []struct {
		n         int
		one, many string
	}{{r.Privacy.Suppressed, "number", "numbers"}, {r.Privacy.Tables, "table", "tables"}, {r.Privacy.Texts, "note", "notes"}} {
		if k.n > 0 {
			parts = append(parts, plural(k.n, k.one, k.many))
		}
	}
	if len(parts) > 1 {
		return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}
