package source

import (
	"context"
	"fmt"
)

// A Liner is a Reader of a text format, which knows lines.
type Liner interface {
	// Line is the line, from 1, on which row i of the current batch begins.
	Line(i int) int64
}

// A Placer is a Reader whose rows are not those of the file.
type Placer interface {
	// Place says where row i of the current batch is.
	Place(i int) string
}

// Place says where row i of the reader's current batch is: "line 14" in a text
// file, else "row 13", both counted from 1.
func Place(r Reader, b *Batch, i int) string {
	if p, ok := r.(Placer); ok {
		return p.Place(i)
	}
	if l, ok := r.(Liner); ok {
		return fmt.Sprintf("line %d", l.Line(i))
	}
	return fmt.Sprintf("row %d", b.Row+int64(i)+1)
}

// Twins returns src with a check: where column i is read, the columns twins[i],
// which have the same name, are read with it and must hold equal values on
// every row. Otherwise the reader fails and names the row.
func Twins(src Source, twins map[int][]int) Source {
	for _, t := range twins {
		if len(t) > 0 {
			return &twinSource{Source: src, twins: twins}
		}
	}
	return src
}

type twinSource struct {
	Source
	twins map[int][]int
}

func (s *twinSource) Units() []Unit {
	units := s.Source.Units()
	checked := make([]Unit, len(units))
	for i, u := range units {
		checked[i] = &twinUnit{Unit: u, source: s}
	}
	return checked
}

// Check passes the question on, so that a checked source can be asked like the
// one beneath it.
func (s *twinSource) Check(columns []int) error {
	c, ok := s.Source.(interface{ Check([]int) error })
	if !ok {
		return nil
	}
	for _, i := range columns {
		columns = append(columns[:len(columns):len(columns)], s.twins[i]...)
	}
	return c.Check(columns)
}

// Once passes on whether the rows can be read only once.
func (s *twinSource) Once() bool {
	o, ok := s.Source.(interface{ Once() bool })
	return ok && o.Once()
}

type twinUnit struct {
	Unit
	source *twinSource
}

// File implements Filed.
func (u *twinUnit) File() string {
	if f, ok := u.Unit.(Filed); ok {
		return f.File()
	}
	return u.Name()
}

// pair is two positions in the batch whose values must be equal.
type pair struct{ a, b int }

func (u *twinUnit) Open(ctx context.Context, columns []int) (Reader, error) {
	asked := columns[:len(columns):len(columns)]
	var pairs []pair
	for i, c := range columns {
		for _, t := range u.source.twins[c] {
			pairs = append(pairs, pair{i, len(asked)})
			asked = append(asked, t)
		}
	}
	r, err := u.Unit.Open(ctx, asked)
	if err != nil || len(pairs) == 0 {
		return r, err
	}
	twin := &twinReader{Reader: r, unit: u, columns: columns, pairs: pairs}
	if l, ok := r.(Liner); ok {
		return &twinLineReader{twin, l}, nil
	}
	return twin, nil
}

type twinLineReader struct {
	*twinReader
	Liner
}

type twinReader struct {
	Reader
	unit    *twinUnit
	columns []int
	pairs   []pair
	batch   Batch
}

func (r *twinReader) Next() (*Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return nil, err
	}
	for _, p := range r.pairs {
		if i := firstDifference(&b.Columns[p.a], &b.Columns[p.b], b.Rows); i >= 0 {
			return nil, r.differ(b, p, i)
		}
	}
	r.batch = *b
	r.batch.Columns = b.Columns[:len(r.columns)]
	return &r.batch, nil
}

func (r *twinReader) differ(b *Batch, p pair, i int) error {
	x, y := &b.Columns[p.a], &b.Columns[p.b]
	name := r.unit.source.Schema()[r.columns[p.a]].Name
	return &Error{
		Path: r.unit.Name(), Unit: Place(r.Reader, b, i), Column: name,
		Err: fmt.Errorf("columns of this name differ: %q and %q",
			Text(x.Type, x.Value(i)), Text(y.Type, y.Value(i))),
		Hint: fmt.Sprintf("choose one of them: {name: %s, nth: 1}", name),
	}
}

// firstDifference returns the first row where a and b differ, or -1.
func firstDifference(a, b *Vector, rows int) int {
	for i := range rows {
		if !sameAt(a, b, i) {
			return i
		}
	}
	return -1
}

func sameAt(a, b *Vector, i int) bool {
	if a.Type.Kind == String && b.Type.Kind == String {
		x, xok := stringAt(a, i)
		y, yok := stringAt(b, i)
		return xok == yok && x == y
	}
	x, y := a.Value(i), b.Value(i)
	return (x.Kind == Null) == (y.Kind == Null) && Text(a.Type, x) == Text(b.Type, y)
}

func stringAt(v *Vector, i int) (s string, ok bool) {
	if v.Const {
		i = 0
	}
	switch {
	case v.Codes == nil:
		return string(v.Strs.At(i)), v.Valid == nil || v.Valid[i]
	case v.Codes[i] == NullCode:
		return "", false
	}
	return v.Dict.Strs[v.Codes[i]], true
}
