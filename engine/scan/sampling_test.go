package scan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

const sampledColumns = peopleColumns + "weight: n\nscore: {when: \"double(n) / 2.0\"}\nfeatures: [{column: id, missing: ['?']}]\n"

var sampledFields = []table.Dim{table.Group("sex"), table.Decision, table.Column("feature:id"), table.Column("score"), table.Column("time")}

func drawPeople(r *rapid.T) [][]any {
	rows := make([][]any, rapid.IntRange(1, 60).Draw(r, "rows"))
	for i := range rows {
		rows[i] = []any{
			rapid.SampledFrom([]any{"f", "m", "", nil}).Draw(r, "sex"), rapid.SampledFrom([]any{"yes", "no", "?", nil}).Draw(r, "d"),
			rapid.SampledFrom([]any{on(1), on(9), on(40), nil}).Draw(r, "at"),
			rapid.SampledFrom([]any{"1", "2", "3", "?", "", nil}).Draw(r, "id"), rapid.IntRange(0, 3).Draw(r, "n"),
		}
	}
	return rows
}

// scanSplit scans rows in another order, cut into units and batches of any form.
func scanSplit(r *rapid.T, a *config.Audit, rows [][]any, needs ...table.SampleNeed) *Outcome {
	log := &memoryLog{schema: people}
	for rest := rapid.Permutation(rows).Draw(r, "order"); len(rest) > 0; {
		var batches []source.Batch
		for range rapid.IntRange(1, 3).Draw(r, "batches") {
			if k := rapid.IntRange(0, len(rest)).Draw(r, "batch"); k > 0 {
				batches, rest = append(batches, drawBatch(r, rest[:k])), rest[k:]
			}
		}
		log.add(batches...)
	}
	req := request(a, log, bySex)
	req.Samples, req.Workers = needs, rapid.SampledFrom([]int{1, 2, 8}).Draw(r, "workers")
	o, err := scanned(req)
	if err != nil {
		r.Fatal(err)
	}
	return o
}

func sampleOf(t interface{ Fatal(...any) }, o *Outcome, n table.SampleNeed) (*table.Sample, string) {
	s, err := o.Sample(n)
	if err != nil {
		t.Fatal(err)
	}
	data, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return s, string(data)
}

// TestSampleIsTheRows holds that a sample does not depend on how the log is cut,
// ordered or stored, that the smaller one is the beginning of the larger, and
// that one that holds all rows holds what was read, with all copies.
func TestSampleIsTheRows(t *testing.T) {
	for _, id := range []string{"", "id: {column: id, missing: ['2']}\n"} {
		a := audited(t, sampledColumns+id, "")
		small, large := table.SampleNeed{K: 3, Columns: sampledFields}, table.SampleNeed{K: 100, Columns: sampledFields}
		rapid.Check(t, func(r *rapid.T) {
			rows := drawPeople(r)
			one, other := scanSplit(r, a, rows, small, large), scanSplit(r, a, rows, small, large)
			few, first := sampleOf(r, one, small)
			all, whole := sampleOf(r, one, large)
			if _, again := sampleOf(r, other, small); first != again {
				r.Fatal("another cut gives another small sample")
			}
			if _, again := sampleOf(r, other, large); whole != again {
				r.Fatal("another cut gives another large sample")
			}
			if n := min(3, len(all.Rows())); fmt.Sprint(few.Rows()) != fmt.Sprint(all.Rows()[:n]) {
				r.Fatalf("%v is not the beginning of %v", few.Rows(), all.Rows())
			}
			want := map[string]int64{}
			for _, row := range rows {
				if row[1] != "yes" && row[1] != "no" || row[2] == nil || row[4] == 0 {
					continue
				}
				want[wantedFields(row)] += int64(row[4].(int))
			}
			got := map[string]int64{}
			for _, s := range all.Rows() {
				var fields []string
				for _, f := range s.Fields {
					fields = append(fields, fmt.Sprint(f.Text, f.Missing))
				}
				got[strings.Join(fields, "|")] += s.N
			}
			if !maps.Equal(got, want) {
				r.Fatalf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// wantedFields writes a row down as the sample should have it.
func wantedFields(row []any) string {
	text := func(x any, missing ...any) string {
		if x == nil || slices.Contains(missing, x) {
			return "true"
		}
		return fmt.Sprint(x, false)
	}
	decision := map[any]string{"yes": table.Positive, "no": table.Negative}[row[1]]
	at := source.Text(micro, source.Value{Kind: source.Timestamp, Int: row[2].(int64)})
	score := strings.TrimSuffix(fmt.Sprintf("%.1f", float64(row[4].(int))/2), ".0")
	return strings.Join([]string{text(row[0]), text(decision), text(row[3], "?"), text(score), text(at)}, "|")
}

// With an id the same people are sampled whatever else is known of them, another
// seed samples others, and nearly the asked share of them.
func TestSampleFollowsTheID(t *testing.T) {
	const n = 20_000
	ids, marks, sexes, ones, times := make([]any, n), make([]any, n), make([]any, n), make([]any, n), make([]any, n)
	for i := range n {
		ids[i], marks[i], sexes[i], ones[i], times[i] = fmt.Sprint("person ", i), []any{"yes", "no"}[i%2], "f", 1, on(1+i%9)
	}
	sampled := func(seed uint64, fields ...table.Dim) []string {
		a := audited(t, peopleColumns+"id: {column: id}\n", "")
		a.Seed = seed
		log := (&memoryLog{schema: people}).add(batch(n, plain(textType, sexes...), plain(textType, marks...), plain(micro, times...), plain(textType, ids...), plain(intType, ones...)))
		r := request(a, log, bySex)
		r.Samples = []table.SampleNeed{{K: 1000, Columns: fields}}
		s, _ := sampleOf(t, mustScan(t, r), r.Samples[0])
		var out []string
		for _, row := range s.Rows() {
			out = append(out, row.Fields[0].Text)
		}
		return out
	}
	first := sampled(1, table.Column("id"))
	if again := sampled(1, table.Column("id"), table.Decision); len(first) != 1000 || !slices.Equal(first, again) {
		t.Errorf("%d people, then others for another field", len(first))
	}
	both := 0
	second := sampled(2, table.Column("id"))
	for _, id := range second {
		if slices.Contains(first, id) {
			both++
		}
	}
	if both < 25 || both > 80 { // 1000 of 20000, twice: about 50
		t.Errorf("%d people are in the samples of both seeds", both)
	}
}

func TestSampleRefusals(t *testing.T) {
	a := audited(t, peopleColumns, "")
	log := &memoryLog{schema: people}
	for want, d := range map[string]table.Dim{
		"a sample of subject is needed":        table.Column("subject"),
		"a table of stratum:job is needed":     table.Stratum("job"),
		"a sample of feature:income is needed": table.Column("feature:income"),
	} {
		r := request(a, log, bySex)
		r.Samples = []table.SampleNeed{{K: 10, Columns: []table.Dim{d}}}
		refused(t, r, want)
	}
	o := mustScan(t, request(a, log, bySex))
	if _, err := o.Sample(table.SampleNeed{K: 1}); err == nil || !strings.Contains(err.Error(), "was not asked for") {
		t.Error(err)
	}
}
