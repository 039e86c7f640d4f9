package scan

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/table"
)

var bySubject = need(table.Group("sex"), table.Decision, table.Subject)

// subjectLog has one row of every subject, the first of them a second one.
func subjectLog(r *rapid.T, subjects int) *memoryLog {
	var ids []any
	for i := range subjects {
		ids = append(ids, fmt.Sprint("person ", i))
	}
	ids = append(ids, "person 0", nil)
	log := &memoryLog{schema: people}
	if r != nil {
		ids = rapid.Permutation(ids).Draw(r, "order")
	}
	for len(ids) > 0 {
		n := len(ids)
		if r != nil {
			n = rapid.IntRange(1, n).Draw(r, "rows")
		}
		rows := make([][]any, n)
		for i, id := range ids[:n] {
			rows[i] = []any{"f", []any{"yes", "no"}[len(fmt.Sprint(id))%2], on(1), id, 1}
		}
		ids = ids[n:]
		if r == nil {
			log.add(batch(n, constant(textType, "f"), constant(textType, "yes"), constant(micro, on(1)), plain(textType, column(rows, 3)...), constant(intType, 1)))
		} else {
			log.add(drawBatch(r, rows))
		}
	}
	return log
}

func column(rows [][]any, at int) []any {
	var out []any
	for _, r := range rows {
		out = append(out, r[at])
	}
	return out
}

// Up to the bound every subject is told apart, the rows without one together; one
// more, and there are shards, whatever the workers, batches and order.
func TestSubjectsAreToldApartWhileFew(t *testing.T) {
	a := audited(t, peopleColumns+"subject: id\n", "")
	for _, test := range []struct {
		subjects int
		each     bool
	}{{1, true}, {40, true}, {table.MaxSubjects - 1, true}, {table.MaxSubjects, false}, {3 * table.MaxSubjects, false}} {
		c, err := mustScan(t, request(a, subjectLog(nil, test.subjects), bySubject)).Counts(bySubject)
		if err != nil {
			t.Fatal(err)
		}
		cats := c.Categories(table.Subject)
		want := table.Shards
		if test.each {
			want = test.subjects + 1
		}
		if table.EachSubject(cats) != test.each || len(cats) != want || c.Total().Rows != int64(test.subjects+2) {
			t.Errorf("%d subjects: %d categories, each %v, %d rows", test.subjects, len(cats), table.EachSubject(cats), c.Total().Rows)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		subjects := rapid.SampledFrom([]int{5, table.MaxSubjects - 1, table.MaxSubjects, table.MaxSubjects + 300}).Draw(r, "subjects")
		outcome := func() string {
			req := request(a, subjectLog(r, subjects), bySubject)
			req.Workers = rapid.SampledFrom([]int{1, 2, 8}).Draw(r, "workers")
			o, err := scanned(req)
			if err != nil {
				r.Fatal(err)
			}
			return counts(t, o, bySubject)
		}
		if first, second := outcome(), outcome(); first != second {
			r.Fatalf("first\n%s\nthen\n%s", first, second)
		}
	})
}

// What was counted before there were too many subjects is the same as what is
// counted by shard from the first row on.
func TestFoldedSubjectsAreTheShards(t *testing.T) {
	a := audited(t, peopleColumns+"subject: id\n", "")
	byShard := need(table.Group("sex"), table.Decision, table.Shard)
	log := &memoryLog{schema: people}
	for from := 0; from < 3*table.MaxSubjects; from += 700 { // the bound is met in the second batch
		var ids []any
		for i := range 700 {
			ids = append(ids, from+i)
		}
		log.add(batch(700, constant(textType, "f"), constant(textType, "yes"), constant(micro, on(1)), plain(textType, texts(ids)...), constant(intType, 1)))
	}
	o := mustScan(t, request(a, log, bySubject, byShard))
	x, errX := o.Counts(bySubject)
	y, errY := o.Counts(byShard)
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	if a, b := listing(x), listing(y); a != b || !slices.Equal(x.Categories(table.Subject), y.Categories(table.Shard)) {
		t.Errorf("by subject\n%s\nby shard\n%s", a, b)
	}
}

func texts(xs []any) []any {
	for i := range xs {
		xs[i] = fmt.Sprint(xs[i])
	}
	return xs
}

// Where a table of every subject would have too many cells, it is kept by shard.
func TestManyCellsAreKeptByShard(t *testing.T) {
	a := audited(t, peopleColumns+"subject: id\n", "")
	a.Columns.Groups[0].MaxValues = 1000
	for _, groups := range []int{10, 900} {
		log := &memoryLog{schema: people}
		var sexes, ids []any
		for i := range 1000 {
			sexes, ids = append(sexes, strconv.Itoa(i%groups)), append(ids, fmt.Sprint("person ", i))
		}
		log.add(batch(1000, plain(textType, sexes...), constant(textType, "yes"), constant(micro, on(1)), plain(textType, ids...), constant(intType, 1)))
		c, err := mustScan(t, request(a, log, bySubject)).Counts(bySubject)
		if err != nil || table.EachSubject(c.Categories(table.Subject)) != (1000*groups*len(outcomes()) <= table.MaxByPerson) {
			t.Errorf("%d groups: %d categories, %v", groups, len(c.Categories(table.Subject)), err)
		}
	}
}
