package reports

import (
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// times stands between the parts of an intersection: married × 60 or more.
const times = " × "

// restGroup is the reference that stands for everybody else.
const restGroup = "(rest)"

// groupName is how a measurement's group is called in the report. A value that
// could be taken for something else is quoted; the group of missing values is
// in parentheses, which no unquoted value is.
func groupName(m *audit.Measurement) string {
	switch {
	case m.GroupKind == audit.KindMissing:
		return "(missing)"
	case m.GroupKind == audit.KindOverall:
		return "(everybody)"
	case m.Group == nil:
		return "–"
	}
	return memberName(m.Attribute, *m.Group)
}

// groupKey is the group as it stands in the exports, if that is not how the
// report calls it.
func groupKey(m *audit.Measurement) string {
	if m.Group == nil || clean(*m.Group) == groupName(m) {
		return ""
	}
	return clean(*m.Group)
}

// referenceName is how the group compared with is called.
func referenceName(m *audit.Measurement) string {
	switch {
	case m == nil || m.Reference == nil:
		return "–"
	case *m.Reference == restGroup:
		return "everybody else"
	}
	return memberName(m.Attribute, *m.Reference)
}

// shortName is a group's name short enough for a sentence.
func shortName(m *audit.Measurement) string {
	return shorten(groupName(m), 40)
}

// memberName is how a value of an attribute is called, or the values of an
// intersection.
func memberName(attribute, group string) string {
	parts := []string{group}
	if crossed(attribute) {
		if cut := audit.Parts(group); len(cut) == len(audit.Parts(attribute)) {
			parts = cut
		}
	}
	for i, p := range parts {
		parts[i] = valueName(p)
	}
	return strings.Join(parts, times)
}

// attributeName writes the intersection marital*age as marital × age.
func attributeName(attribute string) string {
	return strings.Join(audit.Parts(clean(attribute)), times)
}

// crossed tells an intersection from a single attribute.
func crossed(attribute string) bool { return strings.Contains(attribute, "*") }

// valueName spells a band of numbers out and quotes what would mislead without
// quotes.
func valueName(v string) string {
	switch strings.ToLower(v) {
	case "", "null", "nil", "none", "na", "n/a", "nan", "missing", "undefined", "all":
		return "“" + v + "”"
	}
	if band := bandName(v); band != "" {
		return band
	}
	if v != strings.TrimSpace(v) || strings.HasPrefix(v, "(") && v != restGroup {
		return "“" + clean(v) + "”"
	}
	return clean(v)
}

// bandName is the band [25,60) in words, 25 to under 60; "" for another value.
func bandName(v string) string {
	if len(v) < 5 || !strings.ContainsAny(v[:1], "[(") || !strings.ContainsAny(v[len(v)-1:], ")]") {
		return ""
	}
	low, high, ok := strings.Cut(v[1:len(v)-1], ",")
	_, err1 := strconv.ParseFloat(low, 64)
	_, err2 := strconv.ParseFloat(high, 64)
	if !ok || err1 != nil || err2 != nil || low == "-inf" && high == "inf" {
		return ""
	}
	from, to := v[0] == '[', v[len(v)-1] == ']'
	switch {
	case low == "-inf" && to:
		return high + " or less"
	case low == "-inf":
		return "under " + high
	case high == "inf" && from:
		return low + " or more"
	case high == "inf":
		return "over " + low
	case from && to:
		return low + " to " + high
	case from:
		return low + " to under " + high
	case to:
		return "over " + low + " up to " + high
	}
	return "over " + low + " to under " + high
}
