package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// packs says, a line for each, under which rules the audit was computed, and what
// they ask for that is not there.
func (s *screen) packs() {
	s.listed("Computed under:", len(s.r.Packs), func(i int) {
		p := s.r.Packs[i]
		line := fmt.Sprintf("%s %s, verified %s: %s", clean(p.Name), clean(p.Release), clean(p.Verified), evidenceCount(s.r, p.Name))
		if names := missingEvidence(s.r, p.Name); len(names) > 0 {
			line = strings.Replace(line, " missing", " missing ("+strings.Join(names, ", ")+")", 1)
		}
		if p.Verdict == audit.Ungated {
			line += "; it sets no limit"
		}
		s.wrap("- pack ", "  ", line+".", titleLines)
	})
}

// missingEvidence lists the ids of what a pack asks for and there is not.
func missingEvidence(r *audit.Result, pack string) []string {
	var out []string
	for _, e := range r.Evidence {
		if e.Pack == pack && e.Status == audit.Absent {
			out = append(out, clean(e.Requirement))
		}
	}
	return out
}
