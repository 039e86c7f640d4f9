package scan

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// What cannot fit is refused before the scan, and nothing that the scan would not
// refuse.
func TestTrial(t *testing.T) {
	values := make([]any, 3000)
	for i := range values {
		values[i] = fmt.Sprint("person ", i)
	}
	for _, c := range []struct {
		id      string
		workers int
		need    table.Need
		refused string
		fits    int64 // whether or not, by memory
	}{
		{"ignore", 1, bySex, "column sex: it has at least 3000 values", 3000 * 48},
		{"ignore", 2, bySex, "column sex: it has at least 3000 values", 2 * 3000 * 48},
		{"count", 1, need(table.Decision), "column id: its ids need more memory", 3000 * (11 + idOverhead)},
		{"error", 2, need(table.Decision), "column id: its ids need more memory", 2 * 3000 * (11 + idOverhead)},
		{"last_by_time", 1, need(table.Decision), "", 0},
	} {
		log := (&memoryLog{schema: people}).add(batch(3000, plain(textType, values...), constant(textType, "yes"), constant(micro, on(1)), plain(textType, values...), constant(intType, 1)))
		a := audited(t, peopleColumns+"id: {column: id, duplicates: "+c.id+"}\n", "")
		a.Columns.Groups[0].MaxValues = 5000
		for memory := int64(1000); memory < 4_000_000; memory *= 2 {
			r := request(a, log, c.need)
			r.Memory, r.Workers = memory, c.workers
			p, err := NewPlan(r)
			if err != nil {
				t.Fatal(err)
			}
			before := p.Trial(context.Background())
			_, during := p.Run(context.Background())
			if before != nil && (during == nil || !strings.HasPrefix(before.Error(), c.refused) || c.refused == "") {
				t.Errorf("duplicates: %s, %d bytes: refused before the scan with %v, by the scan with %v", c.id, memory, before, during)
			}
			if least := c.fits * 9 / 10; before == nil && memory < least {
				t.Errorf("duplicates: %s: %d bytes were not refused before the scan", c.id, memory)
			}
		}
	}
}
