package scan

import (
	"context"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

const benchRows = 32_768

// scattered is a column of numbers below n in an order without runs.
func scattered(n int) []any {
	out := make([]any, benchRows)
	x := uint64(88172645463325252)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = int(x>>33) % n
	}
	return out
}

// benchLog is one unit of a hundred equal batches: three groups, decision,
// label and the day, over four months.
func benchLog(form func(source.Type, ...any) source.Vector) *memoryLog {
	date := source.Type{Kind: source.Date}
	days := make([]any, benchRows)
	for i := range days {
		days[i] = 14_000 + i*120/benchRows
	}
	b := batch(benchRows, form(intType, scattered(7)...), form(intType, scattered(2)...), form(intType, scattered(80)...),
		form(intType, scattered(2)...), form(intType, scattered(2)...), form(date, days...))
	log := &memoryLog{schema: schemaOf("race", intType, "sex", intType, "age", intType, "d", intType, "y", intType, "at", date)}
	batches := make([]source.Batch, 100)
	for i := range batches {
		batches[i] = b
	}
	return log.add(batches...)
}

const benchColumns = "time: at\ndecision: {column: d, positive: [1], negative: [0]}\nlabel: {column: y, positive: [1], negative: [0]}\n" +
	"groups: {race: race, sex: sex, age: {column: age, bins: [25, 60]}}\n"

// benchNeeds are three groups by decision, label and window, one at a time and
// in pairs.
func benchNeeds() []table.Need {
	race, sex, age := table.Group("race"), table.Group("sex"), table.Group("age")
	var out []table.Need
	for _, g := range [][]table.Dim{{race, sex}, {race, age}, {sex, age}} {
		out = append(out, need(append(g, table.Window, table.Decision, table.Label)...))
	}
	return append(out, need(table.Window))
}

// BenchmarkScan reports the time per row of the scan without reading.
func BenchmarkScan(b *testing.B) {
	for _, form := range []struct {
		name string
		of   func(source.Type, ...any) source.Vector
	}{{"coded", coded}, {"plain", plain}} {
		b.Run(form.name, func(b *testing.B) {
			log := benchLog(form.of)
			p, err := NewPlan(request(audited(b, benchColumns, "windows: {every: month}\n"), log, benchNeeds()...))
			if err != nil {
				b.Fatal(err)
			}
			rows := 0
			for b.Loop() {
				if _, err := p.Run(context.Background()); err != nil {
					b.Fatal(err)
				}
				rows += 100 * benchRows
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
