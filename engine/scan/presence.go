package scan

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/scan/kernel"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// presenceOfColumn tells whether a role's value is missing. Most batches lack
// nothing, which is seen without a look at values.
func presenceOfColumn(dim table.Dim, c *coder, role config.Role, numbers bool) *dimension {
	d, cats := ofCoder(dim, c), presence()
	d.categories, d.byRow = fixed(cats[:]), true // mostly there is nothing to look up
	isMissing := missing(role)
	var none []uint32 // zeros
	d.compute = func(f *frame) ([]uint32, error) {
		if v := &f.cols[c.column]; len(role.Missing) > 0 || (numbers || role.Type == "number") && isText(v.Type) || !full(v, isMissing) {
			return c.codes(f)
		}
		none = grow(none, f.rows)
		return none, nil
	}
	return d
}

// isText tells whether values have to be parsed where numbers are needed.
func isText(t source.Type) bool {
	return t.Kind == source.String || t.Kind == source.Binary || t.Kind == source.Decimal
}

// full tells that surely no row of a vector is missing, if none is by its
// spelling.
func full(v *source.Vector, isMissing func(source.Type, source.Value) bool) bool {
	switch {
	case v.Const:
		return !isMissing(v.Type, v.Value(0))
	case v.Codes != nil:
		return v.Type.Kind != source.Float && kernel.Most(v.Codes) != source.NullCode
	case v.Type.Kind == source.Null || v.Type.Kind == source.Nested:
		return false
	case v.Valid != nil && slices.Contains(v.Valid, false):
		return false
	}
	return v.Type.Kind != source.Float || !kernel.AnyNaN(v.Float64s())
}
