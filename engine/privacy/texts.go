package privacy

import (
	"fmt"
	"strings"
)

// texts takes the sentences out that suppressed numbers may stand in. Sentences
// are not searched for numbers: one that may rest on a suppressed number is
// written anew, or left out.
func (s *suppressor) texts() {
	s.findings()
	notes := []string{}
	for _, n := range s.r.Notes {
		if s.withheld() && strings.ContainsAny(n, "0123456789") || s.tells(n) {
			s.r.Privacy.Texts++
			continue
		}
		notes = append(notes, n)
	}
	s.r.Notes = notes
	if s.withheld() {
		s.r.Notes = append(s.r.Notes, leftOut)
	}
	if n := s.r.Privacy.Texts; n == 1 {
		s.r.Notes = append(s.r.Notes, "One note is suppressed, because it names counts.")
	} else if n > 1 {
		s.r.Notes = append(s.r.Notes, fmt.Sprintf("%d notes are suppressed, because they name counts.", n))
	}
}
