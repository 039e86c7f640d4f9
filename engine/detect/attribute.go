package detect

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Attribute is one protected attribute, or several crossed.
type Attribute struct {
	Name      string // race, or race*sex
	Parts     []audit.GroupSpec
	Reference audit.Reference
	MinRows   int64
}

// Attributes lists the audit's attributes and their intersections in
// configuration order.
func Attributes(spec *audit.Spec) []Attribute {
	var out []Attribute
	for _, parts := range spec.Attributes() {
		names := make([]string, len(parts))
		for i, p := range parts {
			names[i] = p.Name
		}
		a := Attribute{Name: Cross(names...), Parts: parts, Reference: parts[0].Reference, MinRows: parts[0].MinRows}
		if len(parts) > 1 {
			a.Reference, a.MinRows = crossReference(parts), spec.Intersections.MinRows
		}
		out = append(out, a)
	}
	return out
}

// Dims are the dimensions of the attribute's parts.
func (a Attribute) Dims() []table.Dim {
	out := make([]table.Dim, len(a.Parts))
	for i, p := range a.Parts {
		out[i] = table.Group(p.Name)
	}
	return out
}

// crossReference is the policy of an intersection: the cell of the named values
// if every attribute names one, rest or none if all say so, otherwise largest.
func crossReference(parts []audit.GroupSpec) audit.Reference {
	same := parts[0].Reference.Policy
	values := make([]string, len(parts))
	for i, p := range parts {
		if p.Reference.Policy != same {
			return audit.Reference{Policy: "largest"}
		}
		values[i] = p.Reference.Value
	}
	switch same {
	case "value":
		return audit.Reference{Policy: same, Value: Cross(values...)}
	case "rest", "none":
		return audit.Reference{Policy: same}
	}
	return audit.Reference{Policy: "largest"}
}

// Cross joins the names or values of an intersection with *. A single one
// keeps its spelling; of several, * and \ inside a part are escaped with \.
func Cross(parts ...string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = strings.ReplaceAll(strings.ReplaceAll(p, `\`, `\\`), `*`, `\*`)
	}
	return strings.Join(out, "*")
}

// Uncross is the inverse of Cross for a name of the given number of parts.
func Uncross(name string, parts int) []string {
	if parts <= 1 {
		return []string{name}
	}
	return audit.Parts(name)
}
