package detect

import (
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// lone says why the groups of an attribute cannot be compared, where fewer than two
// have rows: which one has, how many should, and whether rows without a group are all
// that is left. How many rows these are stands with the groups, not here: a reason is
// kept where small counts are suppressed.
func (j *judge) lone(a Attribute) string {
	var with []string
	for k := range j.sizes {
		if k.attribute == a.Name && j.sizes[k] > 0 {
			with = append(with, k.group)
		}
	}
	s := ""
	switch len(with) {
	case 0:
		s = "no row has a known group of " + a.Name
	case 1:
		s = "only one group of " + a.Name + " has rows, " + strconv.Quote(with[0]) + ", so there is nothing to compare it with"
	default:
		return ""
	}
	if len(with) == 1 && j.groupless(a.Name) {
		s += "; rows without a known group are no group"
	}
	const most = 3
	if unseen := j.unseen(a.Name); len(unseen) > 0 {
		names := unseen
		if len(names) > most {
			names = append(names[:most:most], "…")
		}
		s += "; " + plural(len(unseen), "expected group has", "expected groups have") + " no rows: " + strings.Join(names, ", ")
	}
	return s
}

// groupless says that some rows have no known group of an attribute.
func (j *judge) groupless(attribute string) bool {
	for i := range j.ms {
		if m := &j.ms[i]; m.Attribute == attribute && m.GroupKind == audit.KindMissing && m.Window == GateWindow && m.N > 0 {
			return true
		}
	}
	return false
}
