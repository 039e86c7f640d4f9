package scan

import (
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// hashMissing is the hash of a field without a value.
const hashMissing = 0x9e37_79b9_7f4a_7c15

func hashField(f table.Field) uint64 {
	if f.Missing {
		return hashMissing
	}
	return hash64(0, f.Text)
}

// dimensionField is what the audit makes of a row: the category of a dimension.
type dimensionField struct {
	dim    *dimension
	byCode []uint64 // hashes of the categories
	out    []uint64
}

func (d *dimensionField) begin(*frame) error { return nil }

func (d *dimensionField) hashes(f *frame) ([]uint64, error) {
	for cats := d.dim.categories(); len(d.byCode) < len(cats); {
		c := cats[len(d.byCode)]
		d.byCode = append(d.byCode, hashField(table.Field{Text: c.Name, Missing: c.Missing}))
	}
	d.out = grow(d.out, f.rows)
	codes := d.dim.codes()
	f.audited.each(func(row int) { d.out[row] = d.byCode[codes[row]] })
	return d.out, nil
}

func (d *dimensionField) text(_ *frame, row int) (table.Field, error) {
	c := d.dim.categories()[d.dim.codes()[row]]
	if c.Missing {
		return table.Field{Missing: true}, nil
	}
	return table.Field{Text: c.Name}, nil
}

// expressionField is the number that an expression gives.
type expressionField struct {
	eval  *evaluation
	xs    []float64
	valid []bool
	out   []uint64
}

func (e *expressionField) begin(f *frame) (err error) {
	e.xs, e.valid, err = e.eval.numbers(f)
	return err
}

func (e *expressionField) hashes(f *frame) ([]uint64, error) {
	e.out = grow(e.out, f.rows)
	f.audited.each(func(row int) {
		x, _ := e.text(f, row)
		e.out[row] = hashField(x)
	})
	return e.out, nil
}

func (e *expressionField) text(_ *frame, row int) (table.Field, error) {
	if e.valid != nil && !e.valid[row] || math.IsNaN(e.xs[row]) {
		return table.Field{Missing: true}, nil
	}
	return table.Field{Text: source.Text(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: e.xs[row]})}, nil
}

// ownField is a role's own value, as its canonical text.
type ownField struct {
	name   string
	column int
	read   categorize
	plain  bool // no value stands for a missing one
	memo   memo[uint64]
	out    []uint64
}

func newOwnField(name string, column int, role config.Role) *ownField {
	o := &ownField{name: name, column: column, read: textCategory(role), plain: len(role.Missing) == 0 && role.Type != "number"}
	o.memo.read = func(t source.Type, v source.Value) (uint64, error) {
		x, err := o.value(t, v)
		return hashField(x), err
	}
	return o
}

func (o *ownField) value(t source.Type, v source.Value) (table.Field, error) {
	c, err := o.read(t, v)
	if err != nil || c.Missing {
		return table.Field{Missing: true}, err
	}
	return table.Field{Text: c.Name}, nil
}

func (o *ownField) begin(*frame) error { return nil }

func (o *ownField) hashes(f *frame) ([]uint64, error) {
	o.out = grow(o.out, f.rows)
	v := &f.cols[o.column]
	if o.plain && v.Codes == nil && !v.Const && v.Type.Kind == source.String {
		o.hashTexts(f, v)
		return o.out, nil
	}
	row, err := o.memo.fill(o.out, v, f.reason)
	if err != nil {
		return nil, f.rowError(row, o.column, fmt.Errorf("%s: %w", o.name, err))
	}
	return o.out, nil
}

// hashTexts hashes texts where they stand: most ids are met once, and nothing is
// worth remembering of them.
func (o *ownField) hashTexts(f *frame, v *vector) {
	f.audited.each(func(row int) {
		if v.Valid != nil && !v.Valid[row] {
			o.out[row] = hashMissing
		} else {
			o.out[row] = hash64(0, v.Strs.At(row))
		}
	})
}

func (o *ownField) text(f *frame, row int) (table.Field, error) {
	v := &f.cols[o.column]
	x, err := o.value(v.Type, v.Value(row))
	if err != nil {
		return x, f.rowError(row, o.column, fmt.Errorf("%s: %w", o.name, err))
	}
	return x, nil
}
