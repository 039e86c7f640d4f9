package scan

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Large units come first; those of about one size keep their order.
func TestOrder(t *testing.T) {
	log := &memoryLog{schema: schemaOf("d", intType)}
	for _, rows := range []int{3, 100, 40, 2, 60, 127, 64} {
		days := make([]any, rows)
		for i := range days {
			days[i] = 1
		}
		log.add(batch(rows, plain(intType, days...)))
	}
	p := &Plan{req: Request{Log: log}, columns: newColumns(Request{Log: log})}
	var names []string
	for _, u := range p.units() {
		names = append(names, strings.TrimPrefix(u.Name(), "unit "))
	}
	if got, want := strings.Join(names, " "), "2 6 7 3 5 1 4"; got != want {
		t.Errorf("units %s, want %s", got, want)
	}
	if log.units[0].name != "unit 1" {
		t.Error("the log's own order has changed")
	}
}

// fetched notes what it was asked to read ahead.
type fetched struct {
	*memoryUnit
	columns *[]int
}

func (f fetched) Prefetch(columns []int) { *f.columns = columns }

func TestPrefetch(t *testing.T) {
	log := &memoryLog{schema: schemaOf("d", intType, "other", intType)}
	log.add(batch(1, plain(intType, 1), plain(intType, 1)))
	a := audited(t, "decision: {column: d, positive: [1]}\n", "")
	p, err := NewPlan(request(a, log, need("decision")))
	if err != nil {
		t.Fatal(err)
	}
	var asked []int
	units := []source.Unit{fetched{log.units[0], &asked}}
	p.prefetch(units, 1)
	if asked != nil {
		t.Error("beyond the last")
	}
	if p.prefetch(units, 0); len(asked) != 1 || asked[0] != 0 {
		t.Errorf("columns %v", asked)
	}
}
