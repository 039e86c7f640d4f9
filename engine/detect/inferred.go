package detect

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// inferred is the provenance of groups that nobody stated and nobody saw.
const inferred = "inferred"

func (a Attribute) inferred() bool {
	return slices.ContainsFunc(a.Parts, func(g audit.GroupSpec) bool { return g.Provenance == inferred })
}

// MarkInferred writes on every number about inferred groups that they are, and into
// the title of every finding about one.
func MarkInferred(spec *audit.Spec, ms []audit.Measurement, findings []audit.Finding) {
	names := map[string]bool{}
	for _, a := range Attributes(spec) {
		names[a.Name] = a.inferred()
	}
	for _, g := range spec.Inferred {
		names[g.Name] = true
	}
	for i := range ms {
		m := &ms[i]
		column := ""
		if m.Column != nil {
			column, _ = strings.CutPrefix(*m.Column, "group:")
		}
		if names[m.Attribute] || names[column] {
			m.Provenance = inferred
		}
	}
	for i := range findings {
		f := &findings[i]
		if len(f.Measurements) > 0 && ms[f.Measurements[0]].Provenance == inferred {
			f.Title = strings.TrimSuffix(f.Title, ".") + " (groups inferred, not known)."
		}
	}
}
