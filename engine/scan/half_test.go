package scan

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// crossedLog are rows of two groups whose values repeat, in the drawn order and
// batches.
func crossedLog(r *rapid.T, values, rows int) *memoryLog {
	var list [][]any
	for i := range rows {
		var sex any = fmt.Sprint("s", i%values)
		if i%values == 0 {
			sex = nil
		}
		list = append(list, []any{sex, []any{"yes", "no"}[i/values%2], on(1), fmt.Sprint("d", i%7), 1})
	}
	log := &memoryLog{schema: people}
	for list = rapid.Permutation(list).Draw(r, "order"); len(list) > 0; {
		n := rapid.IntRange(1, len(list)).Draw(r, "rows")
		log.add(drawBatch(r, list[:n]))
		list = list[n:]
	}
	return log
}

// Without an id rows that say the same are in one half, whatever was decided about
// them, and about as many values are in either half. Of a table of more cells than
// were asked for only that is known. Neither depends on workers, batches or order.
func TestHalvesOfValues(t *testing.T) {
	a := audited(t, peopleColumns+"strata: [id]\n", "")
	halves := need(table.Group("sex"), table.Stratum("id"), table.Decision, table.Half)
	halves.Most = 10_000
	rapid.Check(t, func(r *rapid.T) {
		values, rows := rapid.SampledFrom([]int{3, 40, 60}).Draw(r, "values"), 900
		whole := need(table.Group("sex"), table.Stratum("id"), table.Decision)
		whole.Most = rapid.SampledFrom([]int{1, 20, 559, 560, 1 << 17}).Draw(r, "most")
		var before string
		for range 2 {
			req := request(a, crossedLog(r, values, rows), halves, whole, need(table.Group("sex"), table.Decision))
			req.Workers = rapid.SampledFrom([]int{1, 3}).Draw(r, "workers")
			o, err := scanned(req)
			if err != nil {
				r.Fatal(err)
			}
			all, err := o.Counts(whole)
			if err != nil {
				r.Fatal(err)
			}
			if c, _ := o.Counts(need(table.Group("sex"), table.Decision)); c.Over() || c.Total().Rows != int64(rows) {
				r.Fatalf("a table without a bound: %v, %d rows", c.Over(), c.Total().Rows)
			}
			h, _ := o.Counts(halves)
			cells := h.Len() // a half does not split a cell
			if all.Over() != (cells > whole.Most) || all.Over() && all.Len() > 0 {
				r.Fatalf("%d cells, at most %d: over %v, %d kept", cells, whole.Most, all.Over(), all.Len())
			}
			text := counts(t, o, halves) + fmt.Sprint(all.Over(), all.Len())
			if before != "" && text != before {
				r.Fatalf("first\n%s\nthen\n%s", before, text)
			}
			before = text
			side := map[[2]int]int{}
			in := [2]int{}
			h.Each(func(codes []int, _ table.Cell) {
				at, half := [2]int{codes[0], codes[1]}, codes[3]
				if was, met := side[at]; met && was != half {
					r.Fatalf("values %v in both halves", at)
				} else if !met {
					in[half]++
				}
				side[at] = half
			})
			if n := in[0] + in[1]; n > 200 && (in[0] < n*2/5 || in[0] > n*3/5) {
				r.Fatalf("halves of %v values", in)
			}
		}
	})
}
