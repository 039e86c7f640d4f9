package scan

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

var micro = source.Type{Kind: source.Timestamp, Unit: time.Microsecond, UTC: true}

// on is noon of a day of January 2024.
func on(day int) int64 { return time.Date(2024, 1, day, 12, 0, 0, 0, time.UTC).UnixMicro() }

// people is the schema of these tests.
var people = schemaOf("sex", textType, "d", textType, "at", micro, "id", textType, "n", intType)

const peopleColumns = "time: at\ndecision: {column: d, positive: [yes], negative: [no]}\ngroups: {sex: sex}\n"

var bySex = need(table.Group("sex"), table.Decision)

func mustScan(t *testing.T, r Request) *Outcome {
	t.Helper()
	o, err := scanned(r)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func refused(t *testing.T, r Request, want string) {
	t.Helper()
	if _, err := scanned(r); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// Every row read is audited or excluded by the first reason that applies.
func TestAccounts(t *testing.T) {
	log := (&memoryLog{schema: people}).add(batch(8,
		plain(textType, "f", "f", "f", nil, "m", "m", "m", "m"),
		plain(textType, "yes", "no", "yes", "no", "perhaps", nil, nil, "yes"),
		plain(micro, on(5), on(6), nil, on(31), on(7), on(8), on(40), on(9)),
		plain(textType, "1", "2", "3", "4", "5", "6", "7", "8"),
		plain(intType, 1, 1, 1, 1, 1, 1, 1, 1),
	))
	a := audited(t, peopleColumns, "")
	a.Data.Where = "id != '8'"
	inScope := table.Need{Dims: []table.Dim{table.Group("sex"), table.Missing("decision")}, InScope: true}
	r := request(a, log, bySex, inScope)
	r.Period = &Span{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)}
	o := mustScan(t, r)
	want := table.Accounts{Read: 8, Audited: 3, Copies: 3, HasTime: true, FirstTime: on(5), LastTime: on(31), Duplicates: -1,
		Excluded: map[table.Exclusion]int64{table.OutsidePeriod: 1, table.NoTime: 1, table.Where: 1, table.DecisionMissing: 1, table.DecisionUnlisted: 1}}
	if fmt.Sprint(o.Accounts) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", o.Accounts, want)
	}
	if got := counts(t, o, bySex); got != "f positive 1/1\nf negative 1/1\n∅ negative 1/1\n" {
		t.Errorf("audited:\n%s", got)
	}
	if got := counts(t, o, inScope); got != "f present 2/2\nm present 1/1\nm missing 1/1\n∅ present 1/1\n" {
		t.Errorf("in scope:\n%s", got)
	}
}

// Rows outside the period or where may hold anything: it is not judged.
func TestExcludedRowsAreNotJudged(t *testing.T) {
	log := (&memoryLog{schema: people}).add(batch(3,
		plain(textType, "f", "m", "x"), plain(textType, "yes", "garbage", "no"),
		plain(micro, on(5), on(40), on(6)), plain(textType, "1", "2", "3"), plain(intType, 2, -1, nil)))
	a := audited(t, peopleColumns+"weight: n\n", "")
	a.Columns.Decision.Unlisted = "error"
	a.Columns.Groups[0].MaxValues = 1
	a.Data.Where = "sex == 'f' || sex == 'm'"
	r := request(a, log, bySex)
	r.Period = &Span{time.UnixMicro(on(1)), time.UnixMicro(on(20))}
	if got := counts(t, mustScan(t, r), bySex); got != "f positive 2/1\n" {
		t.Error(got)
	}
	r.Period = nil
	refused(t, r, "unit 1, row 2, column n: weight: -1 is not a number of copies")
}

func TestWeights(t *testing.T) {
	scanWith := func(t *testing.T, w source.Vector, units int) (*Outcome, error) {
		log := &memoryLog{schema: schemaOf("sex", textType, "d", textType, "n", w.Type)}
		for range units {
			log.add(batch(3, plain(textType, "f", "f", "m"), plain(textType, "yes", "yes", "no"), w))
		}
		return scanned(request(audited(t, "decision: {column: d, positive: [yes]}\ngroups: {sex: sex}\nweight: n\n", ""), log, bySex))
	}
	for name, w := range map[string]source.Vector{
		"integers": plain(intType, 2, 0, 5), "floats": plain(floatType, 2.0, 0.0, 5.0), "texts": coded(textType, "2", "0", "5"),
		"decimals": plain(decimalType, "2", "0", "5"),
	} {
		o, err := scanWith(t, w, 2)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// A row of weight 0 is a row, but no copy.
		if got := counts(t, o, bySex); got != "f positive 4/4\nm negative 10/2\n" || o.Accounts.Copies != 14 || o.Accounts.Audited != 6 {
			t.Errorf("%s: %+v\n%s", name, o.Accounts, got)
		}
	}
	for want, w := range map[string]source.Vector{
		"row 2, column n: weight: -2 is not a number of copies: a whole number from 0": plain(intType, 1, -2, 1),
		"row 3, column n: weight: 0.5 is not a number":                                 plain(floatType, 1.0, 1.0, 0.5),
		"row 1, column n: weight: the number of copies is missing":                     plain(intType, nil, 1, 1),
		`row 2, column n: weight: "two" is not a number`:                               plain(textType, "1", "two", "1"),
		"column n: the weights add up to more than 9007199254740992 copies":            plain(intType, int64(1)<<53, 1, 1),
	} {
		if _, err := scanWith(t, w, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	// Neither the sum over many units nor that over one batch overflows.
	if _, err := scanWith(t, plain(intType, int64(1)<<53, int64(1)<<53, int64(1)<<53), 2000); err == nil {
		t.Error("2⁵³ copies, six thousand times, pass")
	}
}

// idLog has the id a on three rows, b on two that are alike, c on one and none
// on two, in two units.
func idLog() *memoryLog {
	log := &memoryLog{schema: people}
	one := constant(intType, 1)
	log.add(batch(5, plain(textType, "f", "m", "m", "f", "m"), plain(textType, "yes", "no", "no", "yes", "no"),
		plain(micro, on(1), on(2), on(3), on(4), on(5)), plain(textType, "a", "b", "c", nil, "?"), one))
	return log.add(batch(3, plain(textType, "f", "f", "m"), plain(textType, "yes", "no", "no"),
		plain(micro, on(1), on(3), on(2)), plain(textType, "a", "a", "b"), one))
}

func TestIDs(t *testing.T) {
	for _, workers := range []int{1, 2, 3} {
		with := func(duplicates string) Request {
			a := audited(t, peopleColumns+"id: {column: id, missing: [\"?\"], duplicates: "+duplicates+"}\n", "")
			r := request(a, idLog(), bySex)
			r.Workers = workers
			return r
		}
		o := mustScan(t, with("ignore"))
		if o.Accounts.Duplicates != -1 || o.Accounts.Audited != 8 {
			t.Errorf("ignore: %+v", o.Accounts)
		}
		if o = mustScan(t, with("count")); o.Accounts.Duplicates != 3 || o.Accounts.Audited != 8 {
			t.Errorf("count: %+v", o.Accounts)
		}
		refused(t, with("error"), `column id: 3 rows repeat an id, e.g. "a" (3 rows)`)
		o = mustScan(t, with("last_by_time"))
		if o.Accounts.Duplicates != 3 || o.Accounts.Audited != 5 || o.Accounts.Excluded[table.DuplicateID] != 3 {
			t.Errorf("last_by_time: %+v", o.Accounts)
		}
		// The last row of a is the negative one of day 3; one of the two of b stays.
		if got := counts(t, o, bySex); got != "f positive 1/1\nf negative 1/1\nm negative 3/3\n" {
			t.Errorf("last_by_time:\n%s", got)
		}
	}
}

// Rows of one id and one time that differ: one of them is taken, the same
// whatever the order of units and the number of workers.
func TestTiesOfTime(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(r, "rows")
		var units []source.Batch
		for i := range n {
			d := []any{"yes", "no"}[i%2]
			units = append(units, batch(1, plain(textType, fmt.Sprint("g", i)), plain(textType, d), plain(micro, on(1)), plain(textType, "a"), plain(intType, i)))
		}
		outcome := func(order []int, workers int) string {
			log := &memoryLog{schema: people}
			for _, i := range order {
				log.add(units[i])
			}
			req := request(audited(t, peopleColumns+"id: {column: id, duplicates: last_by_time}\n", ""), log, bySex)
			req.Workers = workers
			o, err := scanned(req)
			if err != nil || o.Accounts.Audited != 1 || o.Accounts.Excluded[table.DuplicateID] != int64(n-1) {
				r.Fatalf("%v, %+v", err, o.Accounts)
			}
			return counts(t, o, bySex)
		}
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		if outcome(order, 1) != outcome(rapid.Permutation(order).Draw(r, "order"), 3) {
			r.Fatal("another row is taken")
		}
	})
}

// A batch of nothing but constant columns may stand for any number of rows.
func TestConstantBatch(t *testing.T) {
	const rows = 1_000_000
	log := (&memoryLog{schema: people}).
		add(batch(rows, constant(textType, "f"), constant(textType, "yes"), constant(micro, on(1)), constant(textType, "a"), constant(intType, 3))).
		add(batch(source.MaxBatch, constant(textType, "m"), constant(textType, nil), constant(micro, on(1)), constant(textType, "b"), constant(intType, 3)))
	a := audited(t, peopleColumns+"weight: n\nid: {column: id, duplicates: count}\n", "")
	o := mustScan(t, request(a, log, bySex))
	if got := counts(t, o, bySex); got != "f positive 3000000/1000000\n" {
		t.Error(got)
	}
	c := o.Accounts
	if c.Read != rows+source.MaxBatch || c.Audited != rows || c.Copies != 3*rows || c.Duplicates != rows-1+source.MaxBatch-1 {
		t.Errorf("%+v", c)
	}
	a.Columns.ID.Duplicates = "last_by_time"
	o = mustScan(t, request(a, log, bySex))
	if got := counts(t, o, bySex); got != "f positive 3/1\n" {
		t.Error(got)
	}
	if c := o.Accounts; c.Read != rows+source.MaxBatch || c.Audited != 1 || c.Excluded[table.DuplicateID] != rows-1+source.MaxBatch-1 || c.Excluded[table.DecisionMissing] != 1 {
		t.Errorf("%+v", c)
	}
}

// A label is mature if the row's time + matures_after ≤ as-of, by default the
// log's last time (DESIGN §7).
func TestMaturity(t *testing.T) {
	log := (&memoryLog{schema: people}).add(batch(4, plain(textType, "f", "f", "f", "f"), plain(textType, "yes", "no", "yes", nil),
		plain(micro, on(1), on(2), on(2)+1, on(12)), constant(textType, "1"), constant(intType, 1)))
	a := audited(t, "time: at\nlabel: {column: d, positive: [yes], matures_after: 10d}\n", "")
	byLabel := need(table.Label)
	o := mustScan(t, request(a, log, byLabel))
	if got := counts(t, o, byLabel); got != "positive 1/1\nnegative 1/1\nimmature 2/2\n" || !o.HasAsOf || o.AsOf != on(12) {
		t.Errorf("as of %s:\n%s", inUTC(o.AsOf), got)
	}
	r := request(a, log, byLabel)
	asOf := time.UnixMicro(on(11)).UTC()
	r.AsOf = &asOf
	if got := counts(t, mustScan(t, r), byLabel); got != "positive 1/1\nimmature 3/3\n" {
		t.Errorf("as of day 11:\n%s", got)
	}
	if o := mustScan(t, request(a, (&memoryLog{schema: people}).add(), byLabel)); o.HasAsOf {
		t.Errorf("a log without rows is as of %s", inUTC(o.AsOf))
	}
}

// Whether an expression gives a score.
func TestPresenceOfExpressions(t *testing.T) {
	log := (&memoryLog{schema: schemaOf("n", intType, "d", textType)}).add(
		batch(3, plain(intType, 1, nil, 3), plain(textType, "yes", "yes", nil)))
	a := audited(t, "decision: {when: \"d == 'yes'\"}\nscore: {when: \"n * 2\"}\n", "")
	score := table.Need{Dims: []table.Dim{table.Missing("score")}, InScope: true}
	decision := table.Need{Dims: []table.Dim{table.Missing("decision")}, InScope: true}
	o := mustScan(t, request(a, log, score, decision))
	if got := counts(t, o, score); got != "present 2/2\nmissing 1/1\n" {
		t.Error(got)
	}
	if got := counts(t, o, decision); got != "present 2/2\nmissing 1/1\n" {
		t.Error(got)
	}
}

// Columns of one name must be equal on every row that has them.
func TestDuplicateNames(t *testing.T) {
	schema := schemaOf("sex", textType, "d", textType, "d", textType)
	equal := batch(2, plain(textType, "f", "m"), plain(textType, "yes", "no"), coded(textType, "yes", "no"))
	differ := batch(1, plain(textType, "f"), plain(textType, "yes"), plain(textType, "no"))
	a := audited(t, "decision: {column: d, positive: [yes]}\ngroups: {sex: sex}\n", "")
	mustScan(t, request(a, (&memoryLog{schema: schema}).add(equal), bySex))
	log := (&memoryLog{schema: schema}).add(equal, differ)
	refused(t, request(a, log, bySex), "unit 1, row 3, column d: columns of this name differ")
	a.Columns.Decision.Column.Nth = 2
	if got := counts(t, mustScan(t, request(a, log, bySex)), bySex); got != "f positive 1/1\nf negative 1/1\nm negative 1/1\n" {
		t.Error(got)
	}
}

func TestEmptyLog(t *testing.T) {
	a := audited(t, peopleColumns, "windows: {every: month}\n")
	for name, log := range map[string]*memoryLog{"no units": {schema: people}, "no batches": (&memoryLog{schema: people}).add()} {
		o := mustScan(t, request(a, log, bySex, need(table.Window)))
		if counts(t, o, bySex) != "" || counts(t, o, need(table.Window)) != "" || o.Accounts.Read != 0 || o.Accounts.HasTime {
			t.Errorf("%s: %+v", name, o.Accounts)
		}
	}
}

// The error is that of the earliest unit, however the workers were timed.
func TestEarliestError(t *testing.T) {
	for range 50 {
		log := &memoryLog{schema: people}
		for i := range 8 {
			w := 1
			if i >= 3 {
				w = -i
			}
			log.add(batch(1, constant(textType, "f"), constant(textType, "yes"), constant(micro, on(1)), constant(textType, "1"), constant(intType, w)))
		}
		log.units[3].before = func(int) { time.Sleep(time.Millisecond) }
		r := request(audited(t, peopleColumns+"weight: n\n", ""), log, bySex)
		r.Workers = 4
		refused(t, r, "unit 4, row 1, column n: weight: -3")
	}
}

func TestPanicEndsTheAudit(t *testing.T) {
	log := idLog()
	log.units[1].before = func(int) { panic("a fault of the reader") }
	refused(t, request(audited(t, peopleColumns, ""), log, bySex), "unit 2: internal error: a fault of the reader\n")
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	log := idLog()
	log.units[1].before = func(int) { cancel() }
	p, err := NewPlan(request(audited(t, peopleColumns, ""), log, bySex))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(ctx); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// What grows beyond the limit is refused by name.
func TestMemory(t *testing.T) {
	values := make([]any, 3000)
	for i := range values {
		values[i] = fmt.Sprint("person ", i)
	}
	log := (&memoryLog{schema: people}).add(batch(3000, plain(textType, values...), constant(textType, "yes"), constant(micro, on(1)), plain(textType, values...), constant(intType, 1)))
	a := audited(t, peopleColumns, "")
	a.Columns.Groups[0].MaxValues = 5000
	r := request(a, log, bySex)
	r.Memory = 10_000
	refused(t, r, "column sex: it has at least 3000 values, and the tables need more memory than --memory allows (10000 bytes); "+
		"the largest is group:sex|decision: group:sex 3000 x decision 5; merge them with map or bins, leave the column out, or raise --memory")
	for _, duplicates := range []string{"count", "last_by_time"} {
		a := audited(t, peopleColumns+"id: {column: id, duplicates: "+duplicates+"}\n", "")
		r := request(a, log, need(table.Decision))
		r.Memory = 100_000
		refused(t, r, "column id: its ids need more memory than --memory allows (100000 bytes)")
	}
}

// Too many values are one error, whether one worker met them all or not.
func TestLimits(t *testing.T) {
	for _, workers := range []int{1, 2} {
		log := &memoryLog{schema: people}
		for i := range 4 {
			log.add(batch(2, plain(textType, fmt.Sprint("g", i), nil), constant(textType, "yes"), constant(micro, on(1)), constant(textType, "1"), constant(intType, 1)))
		}
		a := audited(t, peopleColumns, "")
		a.Columns.Groups[0].MaxValues = 4
		r := request(a, log, bySex)
		r.Workers = workers
		mustScan(t, r) // the missing group is no value
		a.Columns.Groups[0].MaxValues = 3
		refused(t, r, "column sex: group sex has more than 3 distinct values; cut numbers with bins")
	}
}

// The outcome depends on the rows alone: not on the form of the columns, nor on
// how rows are cut into batches and units, nor on the workers.
func TestOutcomeIsTheRows(t *testing.T) {
	a := audited(t, peopleColumns+"weight: n\nsubject: id\nid: {column: id, duplicates: count}\n", "windows: {every: week}\n")
	wide := need(table.Group("sex"), table.Window, table.Decision, table.Shard)
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(r, "rows")
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{
				rapid.SampledFrom([]any{"f", "m", "", nil}).Draw(r, "sex"), rapid.SampledFrom([]any{"yes", "no", "?", nil}).Draw(r, "d"),
				rapid.SampledFrom([]any{on(1), on(9), on(40), nil}).Draw(r, "at"), fmt.Sprint(rapid.IntRange(0, 9).Draw(r, "id")),
				rapid.IntRange(0, 3).Draw(r, "n"),
			}
		}
		outcome := func(label string) string {
			log := &memoryLog{schema: people}
			shuffled := rapid.Permutation(rows).Draw(r, label)
			for len(shuffled) > 0 {
				var batches []source.Batch
				for range rapid.IntRange(1, 3).Draw(r, "batches") {
					k := rapid.IntRange(0, len(shuffled)).Draw(r, "batch")
					if k == 0 {
						continue
					}
					batches = append(batches, drawBatch(r, shuffled[:k]))
					shuffled = shuffled[k:]
				}
				log.add(batches...)
			}
			req := request(a, log, wide, bySex)
			req.Workers = rapid.SampledFrom([]int{1, 2, 8}).Draw(r, "workers")
			o, err := scanned(req)
			if err != nil {
				r.Fatal(err)
			}
			excluded := int64(0)
			for _, n := range o.Accounts.Excluded {
				excluded += n
			}
			if o.Accounts.Read != int64(n) || o.Accounts.Read != o.Accounts.Audited+excluded {
				r.Fatalf("%+v of %d rows", o.Accounts, n)
			}
			return fmt.Sprint(o.Accounts, counts(t, o, wide), counts(t, o, bySex))
		}
		if first, second := outcome("one order"), outcome("another"); first != second {
			r.Fatalf("first\n%s\nthen\n%s", first, second)
		}
	})
}

// drawBatch lays rows out in columns of any form.
func drawBatch(r *rapid.T, rows [][]any) source.Batch {
	b := batch(len(rows))
	for c, col := range people {
		values := make([]any, len(rows))
		same := true
		for i := range rows {
			values[i] = rows[i][c]
			same = same && values[i] == values[0]
		}
		form := rapid.IntRange(0, 2).Draw(r, "form")
		switch {
		case same && form == 0:
			b.Columns = append(b.Columns, constant(col.Type, values[0]))
		case form == 1:
			b.Columns = append(b.Columns, coded(col.Type, values...))
		default:
			b.Columns = append(b.Columns, plain(col.Type, values...))
		}
	}
	return b
}
