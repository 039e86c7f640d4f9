package scan

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// described is a log whose units have statistics of their times.
type described struct {
	*memoryLog
	stats []source.Stats
	opens []int // how often each was opened
}

type describedUnit struct {
	*memoryUnit
	log *described
	at  int
}

func (d *described) Units() (out []source.Unit) {
	d.opens = make([]int, len(d.units))
	for i, u := range d.units {
		out = append(out, &describedUnit{u, d, i})
	}
	return out
}

func (u *describedUnit) Stats(column int) (source.Stats, bool) {
	return u.log.stats[u.at], column == 1
}

func (u *describedUnit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	u.log.opens[u.at]++
	return u.memoryUnit.Open(ctx, columns)
}

// A unit is passed over only if its statistics show that every row has a time
// and none is in the period; its rows count all the same.
func TestSkip(t *testing.T) {
	at := source.Type{Kind: source.Timestamp, Unit: time.Microsecond, UTC: true}
	rows := func(days ...int64) source.Batch {
		var d, times []any
		for _, day := range days {
			d, times = append(d, "yes"), append(times, int(on(int(day))))
		}
		return batch(len(days), plain(textType, d...), plain(at, times...))
	}
	log := &described{memoryLog: &memoryLog{schema: schemaOf("d", textType, "at", at)}}
	log.add(rows(1, 2)).add(rows(3, 9)).add(rows(20, 21, 22)).add(rows(1, 2))
	log.stats = []source.Stats{
		{Low: on(1), High: on(2), Bounds: true},
		{Low: on(3), High: on(9), Bounds: true},
		{Low: on(20), High: on(22), Bounds: true},
		{Low: on(1), High: on(2), Bounds: true, Nulls: -1},
	}
	a := audited(t, "time: at\ndecision: {column: d, positive: ['yes']}\n", "")
	r := request(a, log, need(table.Decision))
	day := func(n int) time.Time { return time.Date(2024, 1, n, 0, 0, 0, 0, time.UTC) }
	r.Period = &Span{day(5), day(20)}
	p, err := NewPlan(r)
	if err != nil {
		t.Fatal(err)
	}
	reading := p.Reading()
	if reading.Units != 2 || reading.Skipped != 2 || reading.SkippedRows != 5 || reading.Rows != 4 {
		t.Errorf("%+v", reading)
	}
	o, err := p.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(log.opens), "[0 1 0 1]"; got != want {
		t.Errorf("opened %s, want %s", got, want)
	}
	if o.Accounts.Read != 9 || o.Accounts.Audited != 1 || o.Accounts.Excluded[table.OutsidePeriod] != 8 {
		t.Errorf("%+v", o.Accounts)
	}
}
