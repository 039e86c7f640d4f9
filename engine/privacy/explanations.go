package privacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explanations leaves out what is explained by an attribute of which anything
// is suppressed, and what rests on a small cell: a total and its size give the
// count behind it away.
func (s *suppressor) explanations() {
	limit := s.r.Privacy.MinCell
	hidden := map[string]bool{}
	for _, m := range s.r.Measurements {
		if m.Suppressed {
			for _, name := range strings.Split(m.Attribute, "*") {
				hidden[name] = true
			}
		}
	}
	for _, a := range s.r.Groups {
		if slices.ContainsFunc(a.Values, func(v audit.GroupValue) bool { return v.N == audit.Hidden || v.Rows == audit.Hidden }) {
			hidden[a.Attribute] = true
		}
	}
	left, kept := 0, []audit.Explanation{}
	for _, e := range s.r.Explanations {
		if small := func(n int64) bool { return n > 0 && n < limit }; hidden[e.Attribute] && e.Attribute != "" || small(e.SmallestCell) || small(e.N) || small(e.ReferenceN) {
			left++
			continue
		}
		e.SmallestCell = 0
		kept = append(kept, e)
	}
	if left == 0 {
		return
	}
	s.r.Explanations = kept
	text := fmt.Sprintf("%d explanations are left out: they are about groups with cells of fewer than %d, or of which other numbers are suppressed.", left, limit)
	if left == 1 {
		text = fmt.Sprintf("One explanation is left out: it is about a group with cells of fewer than %d, or of which other numbers are suppressed.", limit)
	}
	s.r.Notes = append(s.r.Notes, text)
}
