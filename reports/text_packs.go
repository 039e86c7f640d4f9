package reports

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// packs says in a few lines under which rules the audit was computed, and what
// they ask for that is not there. These lines always stand: they are what a reader
// who files the summary has to see.
func (s *screen) packs() {
	if len(s.r.Packs) == 0 {
		return
	}
	s.add("")
	s.add("Computed under:")
	for _, p := range s.r.Packs {
		line := "pack " + clean(p.Name) + " " + clean(p.Release) + ", verified " + clean(p.Verified) + ": " + evidenceCount(s.r, p.Name)
		if names := missingEvidence(s.r, p.Name); len(names) > 0 {
			line += " (" + strings.Join(names, ", ") + ")"
		}
		s.wrap("- ", "  ", line+".", titleLines)
		if p.Verdict == audit.Ungated {
			s.wrap("  ", "  ", "It sets no limit: nothing here was judged by it.", mainOnes)
		}
	}
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
