package scan

import (
	"fmt"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// bindFact binds a dimension that an expression decides, or of a column's own
// values, as text or by their hashes.
func (p *Plan) bindFact(d table.Dim) error {
	if text, ok := table.WhenExpression(d); ok && p.facts[d] == nil {
		bound, err := p.program("expression "+strconv.Quote(clip(text)), text, expr.Bool)
		if err != nil {
			return err
		}
		p.facts[d] = bound
	}
	if column, ok := table.DistinctColumn(d); ok {
		return p.bindDistinct(d, column)
	}
	if column, ok := table.TextColumn(d); ok {
		r := config.Role{Column: config.Ref{Name: column}}
		return p.bindRole(d, "column "+column, r.Column, textCategory(r), columnLimit)
	}
	return nil
}

// bindDistinct binds a dimension of a column's values. That of the subject has
// the subject's missing markers.
func (p *Plan) bindDistinct(d table.Dim, column string) error {
	r := config.Role{Column: config.Ref{Name: column}}
	if s := p.req.Audit.Columns.Subject; s != nil && s.Column.Name == column {
		r = *s
	}
	if _, bound := p.roles[d]; bound {
		return nil
	}
	if err := p.bindRole(d, "column "+column, r.Column, distinctCategory(r, p.req.Audit.Seed), 0); err != nil {
		return err
	}
	bound := p.roles[d]
	bound.plain, bound.spill = table.MaxTold, table.KeepSome
	p.roles[d] = bound
	p.Costs = append(p.Costs, fmt.Sprintf("memory for every value of column %s, while there are at most %d; for one in %d of them otherwise", column, table.MaxTold, table.Kept))
	return nil
}

// distinctCategory maps a value to the category of its hash.
func distinctCategory(role config.Role, seed uint64) categorize {
	isMissing := missing(role)
	return numeric(role, false, func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return missingCategory, nil
		}
		return table.SubjectCategory(hash64(seed, source.Text(t, v))), nil
	})
}

// facts are the categories of a condition, by code.
func facts() []table.Category {
	return []table.Category{{Name: table.Holds}, {Name: table.Fails, Order: 1}, missingCategory}
}

// ofFact is the dimension of a condition.
func ofFact(dim table.Dim, p *program) *dimension {
	e, out := p.start(), []uint32(nil)
	compute := func(f *frame) ([]uint32, error) {
		value, known, err := e.bools(f)
		if err != nil {
			return nil, err
		}
		out = grow(out, f.rows)
		for i := range out {
			switch {
			case !known[i]:
				out[i] = 2
			case value[i]:
				out[i] = 0
			default:
				out[i] = 1
			}
		}
		return out, nil
	}
	return &dimension{dim: dim, compute: compute, categories: fixed(facts())}
}

// quantityOf is the number that an expression of a need gives.
func (p *Plan) quantityOf(text string) (quantity, error) {
	name := "expression " + strconv.Quote(clip(text))
	when, err := p.program(name, text, expr.Number)
	return quantity{name: name, column: -1, when: when}, err
}
