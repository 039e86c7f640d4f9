package expr

import (
	"fmt"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// The filter of ProPublica's analysis of COMPAS, over the columns of its CSV.
const compasFilter = `days_b_screening_arrest >= -30 && days_b_screening_arrest <= 30 && is_recid != -1 && c_charge_degree != "O" && score_text != "N/A"`

var compasSchema = source.Schema{
	{Name: "score_text", Type: textType},
	{Name: "is_recid", Type: textType},
	{Name: "days_b_screening_arrest", Type: textType},
	{Name: "c_charge_degree", Type: textType},
}

func TestCompasFilter(t *testing.T) {
	rows := [][]any{ // score_text, is_recid, days, charge
		{"Low", "0", "-1", "F"},
		{"Low", "0", "-31", "F"},
		{"High", "1", "30", "M"},
		{"High", "1", "31", "M"},
		{"High", "-1", "0", "M"},
		{"High", "1", "0", "O"},
		{"N/A", "1", "0", "F"},
		{"Low", "0", "", "F"},
		{"Low", "0", nil, "F"},
	}
	want := []bool{true, false, true, false, false, false, false, false, false}
	p := mustCompile(t, compasFilter, compasSchema)
	if got := fmt.Sprint(p.Columns()); got != "[2 1 3 0]" {
		t.Fatalf("columns %s", got)
	}
	for form := range 2 {
		value, known, err := p.NewEvaluator().Bool(compasVectors(p, form, rows), len(rows))
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if value[i] != want[i] || known[i] != (i < 7) {
				t.Errorf("form %d, row %d: %t, known %t", form, i, value[i], known[i])
			}
		}
	}
}

func compasVectors(p *Program, form int, rows [][]any) []source.Vector {
	var out []source.Vector
	for _, k := range p.Columns() {
		var column []any
		for _, row := range rows {
			column = append(column, row[k])
		}
		out = append(out, vector(compasSchema[k].Type, form, column))
	}
	return out
}

// A full batch through the filter, coded and plain, and arithmetic on plain
// numbers; no form allocates per row.
func BenchmarkEvaluate(b *testing.B) {
	var rows [][]any
	for i := range source.MaxBatch {
		rows = append(rows, []any{[]any{"Low", "High", "N/A"}[i%3], fmt.Sprint(i%3 - 1), fmt.Sprint(i%100 - 40), []any{"F", "M", "O"}[i/7%3]})
	}
	p := mustCompile(b, compasFilter, compasSchema)
	for form, name := range []string{"plain", "coded"} {
		cols := compasVectors(p, form, rows)
		b.Run("compas/"+name, func(b *testing.B) { benchmark(b, p, cols) })
	}
	var floats, ints []any
	for i := range source.MaxBatch {
		floats, ints = append(floats, float64(i)), append(ints, i%1000)
	}
	p = mustCompile(b, "f * 2.0 > 100.5 && i + 1 < 500", referenceSchema)
	cols := []source.Vector{plainVector(referenceSchema[3].Type, floats), plainVector(referenceSchema[0].Type, ints)}
	b.Run("arithmetic/plain", func(b *testing.B) { benchmark(b, p, cols) })
}

func benchmark(b *testing.B, p *Program, cols []source.Vector) {
	e := p.NewEvaluator()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := e.Bool(cols, source.MaxBatch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/source.MaxBatch, "ns/row")
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		mustCompile(b, compasFilter, compasSchema)
	}
}
