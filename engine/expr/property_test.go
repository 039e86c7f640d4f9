package expr

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// randomRows makes rows of the reference schema, column by column.
func randomRows(r *rand.Rand, rows int) [][]any {
	cols := make([][]any, len(referenceSchema))
	for k := range cols {
		for range rows {
			cols[k] = append(cols[k], referenceValues[k][r.IntN(len(referenceValues[k]))])
		}
	}
	return cols
}

// Every mix of forms gives what the reference gives row by row, also with an
// evaluator that has seen other batches.
func TestAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	failures := 0
	for range 3000 {
		s := makeCondition(r, r.IntN(4))
		p := mustCompile(t, s.src, referenceSchema)
		e := p.NewEvaluator()
		for range 3 {
			cols := randomRows(r, 1+r.IntN(12))
			forms := make([]int, len(cols))
			for k := range forms {
				if forms[k] = r.IntN(3); forms[k] == constant {
					for i := range cols[k] {
						cols[k][i] = cols[k][0]
					}
				}
			}
			if err := agree(s, p, e, cols, forms, &failures); err != nil {
				t.Fatalf("%s: %v", s.src, err)
			}
		}
	}
	if failures == 0 {
		t.Error("no batch had a value at fault")
	}
}

func agree(s sample, p *Program, e *Evaluator, cols [][]any, forms []int, failures *int) error {
	var vectors []source.Vector
	for _, k := range p.Columns() {
		vectors = append(vectors, vector(referenceSchema[k].Type, forms[k], cols[k]))
	}
	rows := len(cols[0])
	value, known, err := e.Bool(vectors, rows)
	for i := range rows {
		row := make([]any, len(cols))
		for k := range cols {
			row[k] = cols[k][i]
		}
		want := s.at(row)
		if want.failed {
			*failures++
			var cell *CellError
			if !errors.As(err, &cell) || cell.Row != i {
				return fmt.Errorf("row %d %v: got error %v, want one for this row", i, row, err)
			}
			return nil
		}
		if err == nil && (value[i] != want.truth || known[i] != want.known) {
			return fmt.Errorf("row %d %v forms %v: got %t known %t, want %t known %t", i, row, forms, value[i], known[i], want.truth, want.known)
		}
	}
	return err
}

// A dictionary that grows between batches is evaluated only where it grew, and
// batches longer than a block are put together right.
func TestGrowingDictionary(t *testing.T) {
	schema := source.Schema{{Name: "t", Type: textType}}
	p := mustCompile(t, "t * 2", schema)
	e := p.NewEvaluator()
	dict := &source.Dict{Type: textType}
	for batch := range 3 {
		v := source.Vector{Type: textType, Dict: dict}
		for i := range 2*block + 7 {
			dict.Strs = append(dict.Strs, fmt.Sprint(batch*100_000+i))
			v.Codes = append(v.Codes, uint32(len(dict.Strs)-1))
		}
		v.Codes[block] = source.NullCode
		value, valid, err := e.Number([]source.Vector{v}, len(v.Codes))
		if err != nil {
			t.Fatal(err)
		}
		for i := range value {
			if i == block && valid[i] || i != block && value[i] != float64(2*(batch*100_000+i)) {
				t.Fatalf("batch %d, row %d: got %v, %t", batch, i, value[i], valid[i])
			}
		}
	}
}

// More dictionaries than are remembered, and entries at fault that no row uses.
func TestManyDictionaries(t *testing.T) {
	schema := source.Schema{{Name: "t", Type: textType}}
	e := mustCompile(t, "t > 5", schema).NewEvaluator()
	for i := range 3 * maxMemos {
		dict := &source.Dict{Type: textType, Strs: []string{"unused", fmt.Sprint(i)}}
		for range 2 {
			value, _, err := e.Bool([]source.Vector{{Type: textType, Dict: dict, Codes: []uint32{1}}}, 1)
			if err != nil || value[0] != (i > 5) {
				t.Fatalf("dictionary %d: %v, %v", i, value, err)
			}
		}
	}
}

func TestConstantBatches(t *testing.T) {
	schema := source.Schema{{Name: "year", Type: source.Type{Kind: source.Int}}}
	e := mustCompile(t, "year > 2008", schema).NewEvaluator()
	v := source.Vector{Type: schema[0].Type, Const: true, Codes: []uint32{1}, Dict: &source.Dict{Type: schema[0].Type, Ints: []int64{2008, 2009}}}
	for _, test := range []struct{ rows, want int }{{0, 0}, {3, 3}, {source.MaxBatch, source.MaxBatch}, {1 << 40, 1}} {
		value, known, err := e.Bool([]source.Vector{v}, test.rows)
		if err != nil || len(value) != test.want || len(known) != test.want {
			t.Errorf("%d rows: %d values, %v", test.rows, len(value), err)
		}
		for _, x := range value {
			if !x {
				t.Fatal("2009 is after 2008")
			}
		}
	}
	absent := source.Vector{Const: true, Codes: []uint32{source.NullCode}} // a column that a file lacks
	if value, known, err := e.Bool([]source.Vector{absent}, 1); err != nil || value[0] || known[0] {
		t.Errorf("absent column: %v, %v, %v", value, known, err)
	}
}

// A batch that does not fit the program is an error, not a panic.
func TestMismatchedBatches(t *testing.T) {
	p := mustCompile(t, "i > 1", referenceSchema)
	short := vector(source.Type{Kind: source.Int}, plain, []any{1})
	other := vector(source.Type{Kind: source.Float}, coded, []any{1.5, 2.0})
	for _, cols := range [][]source.Vector{nil, {short}, {other}} {
		if _, _, err := p.NewEvaluator().Bool(cols, 2); err == nil {
			t.Errorf("%v was accepted", cols)
		}
	}
}

// The left side of in is used once per element; nested, that must not multiply.
func TestNestedMembership(t *testing.T) {
	src := "active"
	for range 60 {
		src = "(" + src + " in [active, no_flag, row.active])"
	}
	p := mustCompile(t, src+" || age == 0", oneRowSchema())
	if got := outcome(p, oneRowVectors(p, coded)); got != "true" {
		t.Errorf("got %s", got)
	}
}

func FuzzCompile(f *testing.F) {
	for _, src := range []string{
		`channel == "phone" && age > 100`, "cell / 10.0", `row["income-per-year"] in [1, 2u, 3.0]`, "-age % 3 == count",
		`day >= "2024-01-01" ? no_age : null`, `string(at).matches("^2") || size(cell) > 1`, "!(b'x' == {1: [a.b]})", "((((", "a ? b",
		`"\u00e9" + channel`, "cell == null || timestamp(cell_day) < at", "[1].map(x, x)", "`a b` == 1", "huge * -lowest",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := Compile(src, oneRowSchema())
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(src) || e.Message == "" {
				t.Fatalf("%q: %#v", src, err)
			}
			return
		}
		first := outcome(p, oneRowVectors(p, plain))
		for form := coded; form <= constant; form++ {
			if got := outcome(p, oneRowVectors(p, form)); got != first {
				t.Fatalf("%q: %s as plain, %s in form %d", src, first, got, form)
			}
		}
	})
}
