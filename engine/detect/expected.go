package detect

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// mostExpected bounds the groups that an intersection expects.
const mostExpected = 10_000

// Expected lists the groups of the attribute that should occur: the values that
// the configuration lists or, of an intersection whose attributes all list
// some, every combination. They stand in the order of the configuration.
func (a Attribute) Expected() []string {
	rows := [][]string{nil}
	for _, p := range a.Parts {
		if len(rows)*len(p.Expected) > mostExpected {
			return nil
		}
		var longer [][]string
		for _, row := range rows {
			for _, value := range p.Expected {
				longer = append(longer, append(slices.Clone(row), value))
			}
		}
		rows = longer
	}
	var out []string
	for _, row := range rows {
		if len(row) > 0 {
			out = append(out, Cross(row...))
		}
	}
	return out
}

// expects says whether a group is one that should occur. Such a group holds up
// a pass however small it is.
func (a Attribute) expects(group *string) bool {
	if group == nil || len(a.Parts) == 0 {
		return false
	}
	for i, value := range Uncross(*group, len(a.Parts)) {
		if i >= len(a.Parts) || !slices.Contains(a.Parts[i].Expected, value) {
			return false
		}
	}
	return true
}

// references are the groups that some number in the gate window compares others with:
// they have rows, also where no number is about them alone.
func references(ms []audit.Measurement) map[groupKey]bool {
	out := map[groupKey]bool{}
	for i := range ms {
		if m := &ms[i]; gateable(m) && m.Reference != nil && m.Value != nil {
			out[groupKey{m.Attribute, *m.Reference}] = true
		}
	}
	return out
}

// unseen lists the groups of an attribute that should occur and do not: of an
// intersection first the values that its parts lack, then combinations.
func (j *judge) unseen(attribute string) []string {
	var out []string
	lacks := func(name string, groups []string) {
		for _, group := range groups {
			if k := (groupKey{name, group}); j.sizes[k] == 0 && !j.references[k] && !slices.Contains(out, group) {
				out = append(out, group)
			}
		}
	}
	for _, a := range j.attributes {
		if a.Name != attribute {
			continue
		}
		for _, p := range a.Parts {
			lacks(p.Name, p.Expected)
		}
		if len(a.Parts) > 1 {
			lacks(a.Name, a.Expected())
		}
	}
	return out
}

// absence says which groups of an attribute should occur and do not; empty for
// none.
func (j *judge) absence(attribute string) string {
	unseen := j.unseen(attribute)
	if len(unseen) == 0 {
		return ""
	}
	if n := len(unseen) - 1; n > 0 {
		return fmt.Sprintf("expected group %s and %s were not observed", strconv.Quote(unseen[0]), plural(n, "other", "others"))
	}
	return "expected group " + strconv.Quote(unseen[0]) + " was not observed"
}

// Unobserved tells, per attribute that was measured, of groups that should occur
// and do not, whatever a gate says of the others.
func Unobserved(spec *audit.Spec, ms []audit.Measurement) []string {
	j := judge{spec: spec, attributes: Attributes(spec), sizes: sizes(ms), references: references(ms)}
	measured := map[string]bool{}
	for k := range j.sizes {
		measured[k.attribute] = true
	}
	var out []string
	for _, a := range j.attributes {
		if said := j.absence(a.Name); said != "" && measured[a.Name] && len(a.Parts) == 1 {
			out = append(out, "attribute "+a.Name+": "+said+", so nobody can say how it fares")
		}
	}
	return out
}

// hold turns a pass into inconclusive where a group that should occur has no
// row: nobody can say how it fares.
func (j *judge) hold(c *check) {
	if c.Verdict != audit.Pass || c.Attribute == "" {
		return
	}
	said := j.absence(c.Attribute)
	if said == "" {
		return
	}
	c.Verdict = audit.Inconclusive
	c.Reason = said + ", so nobody can say how it fares; of those observed: " + c.Reason
}
