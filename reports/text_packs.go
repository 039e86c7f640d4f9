package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// packs says under which rules the audit was computed, and, as far as lines are
// left, what each asks for that is not there. The names always stand.
func (s *screen) packs() {
	list := s.r.Packs
	if len(list) == 0 {
		return
	}
	s.add("")
	if len(list) == 1 {
		s.wrap("Computed under pack ", "", s.packLine(&list[0]), max(2, min(titleLines, s.left()+1)))
		return
	}
	var names []string
	for _, p := range list {
		names = append(names, clean(p.Name))
	}
	s.wrap("Computed under packs ", "", strings.Join(names, ", ")+":", 2)
	for i := range list {
		at := len(s.lines)
		s.wrap("- ", "  ", s.packLine(&list[i]), titleLines)
		if s.left() < min(1, len(list)-1-i) {
			s.lines = s.lines[:at]
			s.add(s.plain("  … and what they ask for, in the full report"))
			return
		}
	}
}

// packLine is a pack with what there is for it.
func (s *screen) packLine(p *audit.Pack) string {
	line := fmt.Sprintf("%s %s, verified %s: %s", clean(p.Name), clean(p.Release), clean(p.Verified), evidenceCount(s.r, p.Name))
	if names := missingEvidence(s.r, p.Name); len(names) > 0 {
		line = strings.Replace(line, " missing", " missing ("+strings.Join(names, ", ")+")", 1)
	}
	if p.Verdict == audit.Ungated {
		line += "; it sets no limit"
	}
	return line + "."
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
