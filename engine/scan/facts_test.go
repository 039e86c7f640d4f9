package scan

import (
	"fmt"
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// A condition has three answers, and rows outside the decision's values count too
// where a table is about all rows in scope.
func TestConditionsAreDimensions(t *testing.T) {
	log := (&memoryLog{schema: people}).add(batch(4,
		plain(textType, "f", "f", "m", nil), plain(textType, "yes", "no", nil, "yes"),
		plain(micro, on(5), on(6), on(7), on(8)), plain(textType, "1", "2", "3", "4"), plain(intType, 1, 5, nil, 9)))
	isWoman, many := table.When("sex == 'f'"), table.When("n > 4")
	need := table.Need{Dims: []table.Dim{isWoman, many}, InScope: true}
	sum := table.Need{Dims: []table.Dim{isWoman}, Value: table.Number("n * 2"), InScope: true}
	o := mustScan(t, request(audited(t, peopleColumns, ""), log, need, sum))
	want := "true true 1/1\ntrue false 1/1\nfalse ∅ 1/1\n∅ true 1/1\n" // whether nobody is a woman is not known
	if got := counts(t, o, need); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	v, err := o.Values(sum)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	v.Each(func(codes []int, d *table.Distribution) {
		got += fmt.Sprint(v.Categories(isWoman)[codes[0]].Name, " ", d.Sum, " ", d.Missing.N, "; ")
	})
	if got != "true 12 0; false 0 1;  18 0; " {
		t.Error(got)
	}
}

// Values are told apart up to the bound; beyond it one in Kept of them is, the same
// ones whatever the workers, and its share estimates how many there are.
func TestDistinctValues(t *testing.T) {
	dim := table.Distinct("id")
	for _, n := range []int{1000, table.MaxTold + 50_000} {
		log := &memoryLog{schema: schemaOf("id", intType)}
		for from := 0; from < n; from += 10_000 {
			ids := make([]any, min(10_000, n-from))
			for i := range ids {
				ids[i] = from + i
			}
			log.add(batch(len(ids), plain(intType, ids...)))
		}
		for _, workers := range []int{1, 3} {
			if n > table.MaxTold && workers == 1 {
				continue
			}
			r := request(audited(t, "id: id\n", ""), log, table.Need{Dims: []table.Dim{dim}, InScope: true})
			r.Workers = workers
			o := mustScan(t, r)
			c, err := o.Counts(r.Needs[0])
			if err != nil {
				t.Fatal(err)
			}
			sampled, rest := table.KeptOf(c.Categories(dim))
			if sampled != (n > table.MaxTold) || c.Total().Rows != int64(n) {
				t.Fatalf("%d values: sampled %v, %d rows", n, sampled, c.Total().Rows)
			}
			told := len(c.Categories(dim))
			if !sampled && told != n {
				t.Errorf("%d values, told %d", n, told)
			}
			// The number kept is binomial: within four standard errors.
			if kept := float64(told - 1); sampled && (rest < 0 || math.Abs(kept*table.Kept/float64(n)-1) > 4/math.Sqrt(kept)) {
				t.Errorf("%d values, kept %v", n, kept)
			}
		}
	}
}
