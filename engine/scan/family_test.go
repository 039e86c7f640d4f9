package scan

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Tables that are counted together are those that a plain loop counts, whatever
// the nulls, the form of columns and the size of batches, also when there
// become too many combinations to count them together.
func TestFamilies(t *testing.T) {
	columns := "decision: {column: d, positive: ['1'], negative: ['0']}\n" +
		"groups: {a: {column: a, max_values: 5000}, b: {column: b, max_values: 5000}}\nfeatures: [x]\n"
	audit := audited(t, columns, "")
	a, b, x := table.Group("a"), table.Group("b"), table.Column("feature:x")
	needs := []table.Need{need(a, table.Decision), need(b), need(a, b), need(b, x), need(a, x),
		{Dims: []table.Dim{a, table.Missing("feature:x")}, InScope: true}, {Dims: []table.Dim{table.Missing("decision")}, InScope: true}}
	rapid.Check(t, func(t *rapid.T) {
		log := &memoryLog{schema: schemaOf("a", textType, "b", textType, "d", textType, "x", textType)}
		want := make([]map[string]int64, len(needs))
		for i := range want {
			want[i] = map[string]int64{}
		}
		sizes := []int{rapid.SampledFrom([]int{1, 3, 12, 1200}).Draw(t, "a"), rapid.SampledFrom([]int{1, 3, 1200}).Draw(t, "b"), 2, 4}
		for range rapid.IntRange(1, 4).Draw(t, "units") {
			rows := rapid.SampledFrom([]int{1, 5, 40, 700}).Draw(t, "rows")
			r := rapid.Uint64().Draw(t, "seed")
			var vectors []source.Vector
			values := make([][]any, len(sizes))
			for c, size := range sizes {
				nulls := rapid.IntRange(0, 3).Draw(t, "nulls")
				same := rapid.IntRange(0, 3).Draw(t, "same") == 0
				for i := range rows {
					if !same || i == 0 {
						r = r*6364136223846793005 + 1442695040888963407
					}
					if v := any(fmt.Sprint(int(r>>33) % size)); int(r>>20)%4 < nulls {
						values[c] = append(values[c], nil)
					} else {
						values[c] = append(values[c], v)
					}
				}
				form := rapid.SampledFrom([]func(source.Type, ...any) source.Vector{plain, coded}).Draw(t, "form")
				vectors = append(vectors, form(textType, values[c]...))
			}
			log.add(batch(rows, vectors...))
			for i := range rows {
				for n := range needs {
					if values[2][i] != nil || needs[n].InScope {
						want[n][naive(needs[n], values, i)]++
					}
				}
			}
		}
		r := request(audit, log, needs...)
		r.Workers = rapid.IntRange(1, 3).Draw(t, "workers")
		o, err := scanned(r)
		if err != nil {
			t.Fatal(err)
		}
		for n, need := range needs {
			c, err := o.Counts(need)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			c.Each(func(codes []int, cell table.Cell) {
				var key []string
				for d, code := range codes {
					key = append(key, spelledCategory(c.Categories(need.Dims[d])[code]))
				}
				got[strings.Join(key, "|")] = cell.Rows
			})
			if !maps.Equal(got, want[n]) {
				t.Fatalf("%s: got %v\nwant %v", need.Key(), got, want[n])
			}
		}
	})
}

func spelledCategory(c table.Category) string {
	if c.Missing {
		return "none"
	}
	return c.Name
}

// naive spells the cell of a row.
func naive(n table.Need, values [][]any, row int) string {
	var key []string
	at := map[table.Dim]int{table.Group("a"): 0, table.Group("b"): 1, table.Decision: 2, table.Column("feature:x"): 3,
		table.Missing("decision"): 2, table.Missing("feature:x"): 3}
	for _, d := range n.Dims {
		v := values[at[d]][row]
		text := "none"
		if v != nil {
			text = v.(string)
		}
		switch {
		case strings.HasPrefix(string(d), "missing:"):
			text = table.IsPresent
			if v == nil {
				text = table.IsMissing
			}
		case d == table.Decision:
			text = map[string]string{"1": table.Positive, "0": table.Negative}[text]
		}
		key = append(key, text)
	}
	return strings.Join(key, "|")
}
