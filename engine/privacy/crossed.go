package privacy

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// crossed tells whether what a detector says of a column within the groups of an
// attribute is suppressed as a whole, because some cell of its table is small or
// hidden. A distance is a function of the table with many digits. Next to the sizes of
// the groups it leaves few tables, often one and its mirror image: how far apart
// these are says nothing of how well a count is hid, so no test of one number lets it
// through. All groups go together, because they add up to what is shown of everybody.
// So do the two ways to read a table of two attributes, one within the other.
func (s *suppressor) crossed(detector, attribute, column string) bool {
	union := s.union(attribute, column)
	for _, t := range s.r.Privacy.Sparse {
		if t.Detector == detector && (t.Attribute == attribute && t.Column == column || len(union) > 0 && slices.Equal(s.union(t.Attribute, t.Column), union)) {
			return true
		}
	}
	return len(union) > 1 && slices.ContainsFunc(s.order, func(o *row) bool {
		return o.published && o.hidden[labels] && includes(union, o.set)
	})
}

// union are the attributes that a table of a group column crosses, by index and in
// order; nil if the column is no attribute's.
func (s *suppressor) union(attribute, column string) []int {
	name, ok := strings.CutPrefix(column, "group:")
	set, known := s.sets[name]
	if !ok || !known || len(audit.Parts(name)) != 1 {
		return nil
	}
	out := slices.Concat(set, s.sets[attribute])
	slices.Sort(out)
	return slices.Compact(out)
}
