package explain

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// restGroup is the reference where it is everybody else.
const restGroup = "(rest)"

// Reference is the place of an attribute's reference group among its groups;
// -1 where the reference is everybody else, or none.
func (s *Study) Reference(a *Attribute) int {
	for i, g := range a.Groups {
		if chosen, ok := s.chosen[a.Name]; ok && chosen == g {
			return i
		}
	}
	return -1
}

// fewRows is how many rows a group needs for a standard error that means
// anything.
const fewRows = 20

// A contrasted is a group beside its reference.
type contrasted struct {
	attribute       *Attribute
	group           int
	reference       int // -1 is everybody else
	in, against     []int
	name, otherName string
}

// pairs are the groups of an attribute beside its reference, among the rows
// that count; small are those that are too small to tell anything.
func (s *Study) pairs(a *Attribute, counts func(row int) bool) (out []contrasted, small []string) {
	reference := s.Reference(a)
	for g := range a.Groups {
		if g == reference {
			continue
		}
		c := contrasted{attribute: a, group: g, reference: reference, name: a.Groups[g], otherName: restGroup}
		if reference >= 0 {
			c.otherName = a.Groups[reference]
		}
		for row, of := range a.Of {
			switch {
			case counts != nil && !counts(row):
			case int(of) == g:
				c.in = append(c.in, row)
			case reference >= 0 && int(of) == reference, reference < 0 && of >= 0:
				c.against = append(c.against, row)
			}
		}
		if len(c.in) < fewRows || len(c.against) < fewRows {
			small = append(small, c.name)
			continue
		}
		out = append(out, c)
	}
	return out, small
}

// row begins an explanation of a gap.
func (c contrasted) row(explainer, metric string) audit.Explanation {
	return audit.Explanation{
		Explainer: explainer, Metric: metric, MethodVersion: 1, Attribute: c.attribute.Name,
		Group: &c.name, Reference: &c.otherName, N: int64(len(c.in)), ReferenceN: int64(len(c.against)),
	}
}
