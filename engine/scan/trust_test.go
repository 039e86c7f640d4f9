package scan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// trusting is a log of rows on days of January 2024, unit by unit, with true
// statistics of their times. What it reads is noted.
type trusting struct {
	*memoryLog
	stats []source.Stats
	asked [][]int // columns, by unit
}

type trustingUnit struct {
	*memoryUnit
	log *trusting
	at  int
}

func (l *trusting) Units() (out []source.Unit) {
	for i, u := range l.units {
		out = append(out, &trustingUnit{u, l, i})
	}
	return out
}

func (u *trustingUnit) Stats(column int) (source.Stats, bool) { return u.log.stats[u.at], column == 1 }

func (u *trustingUnit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	u.log.asked[u.at] = slices.Clone(columns)
	return u.memoryUnit.Open(ctx, columns)
}

func trustingLog(units ...[]int) *trusting {
	instant := source.Type{Kind: source.Timestamp, Unit: time.Microsecond, UTC: true}
	l := &trusting{memoryLog: &memoryLog{schema: schemaOf("d", textType, "at", instant)}, asked: make([][]int, len(units))}
	for i, days := range units {
		var d, at []any
		for k, day := range days {
			d, at = append(d, []any{"yes", "no", nil}[(i+k)%3]), append(at, int(on(day)))
		}
		l.add(batch(len(days), plain(textType, d...), plain(instant, at...)))
		l.stats = append(l.stats, source.Stats{Low: on(slices.Min(days)), High: on(slices.Max(days)), Bounds: true})
	}
	return l
}

// Times of a unit in one window are not read, and everything counted is the
// same as if they were.
func TestTrustStatistics(t *testing.T) {
	days := [][]int{{1, 2, 3}, {7, 8, 9}, {40, 41, 45}, {33, 34, 35}}
	run := func(period *Span, trust bool, columns string, stats ...source.Stats) (*Outcome, *trusting, Reading) {
		log := trustingLog(days...)
		copy(log.stats, stats)
		a := audited(t, "time: at\ndecision: {column: d, positive: [yes]}\n"+columns, "windows: {every: month}\n")
		a.Data.TrustStatistics = trust
		r := request(a, log, need(table.Window, table.Decision))
		r.Period = period
		p, err := NewPlan(r)
		if err != nil {
			t.Fatal(err)
		}
		o, err := p.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return o, log, p.Reading()
	}
	told := func(o *Outcome) string {
		c, err := o.Counts(need(table.Window, table.Decision))
		if err != nil {
			t.Fatal(err)
		}
		return listing(c) + fmt.Sprint(o.Accounts)
	}
	january := &Span{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)}
	wide := source.Stats{Low: on(1), High: on(40), Bounds: true}
	for _, c := range []struct {
		name    string
		period  *Span
		columns string
		first   source.Stats // of the first unit
		trusted int64
		asked   string
	}{
		{name: "all in one window each", trusted: 12, asked: "[[0] [0] [0] [0]]"},
		{name: "a period", period: january, trusted: 6, asked: "[[0] [0] [] []]"},
		{name: "two windows", first: wide, trusted: 9, asked: "[[0 1] [0] [0] [0]]"},
		{name: "a missing time", first: source.Stats{Low: on(1), High: on(3), Bounds: true, Nulls: 1}, trusted: 9, asked: "[[0 1] [0] [0] [0]]"},
		{name: "nobody counted the nulls", first: source.Stats{Low: on(1), High: on(3), Bounds: true, Nulls: -1}, trusted: 9, asked: "[[0 1] [0] [0] [0]]"},
		{name: "no bounds", first: source.Stats{Low: 1}, trusted: 9, asked: "[[0 1] [0] [0] [0]]"},
		{name: "labels that mature", columns: "label: {column: d, positive: [yes], matures_after: 2d}\n", asked: "[[0 1] [0 1] [0 1] [0 1]]"},
	} {
		var first []source.Stats
		if c.first.Low != 0 {
			first = append(first, c.first)
		}
		read, _, reading := run(c.period, false, c.columns, first...)
		if read.Trusted != 0 || reading.TrustedRows != 0 {
			t.Errorf("%s: %d trusted without being asked to", c.name, read.Trusted)
		}
		stated, log, reading := run(c.period, true, c.columns, first...)
		got := strings.ReplaceAll(fmt.Sprint(log.asked), "[1 0]", "[0 1]")
		if stated.Trusted != c.trusted || reading.TrustedRows != c.trusted || got != c.asked {
			t.Errorf("%s: %d trusted, planned %d, read %s", c.name, stated.Trusted, reading.TrustedRows, got)
		}
		if a, b := told(read), told(stated); a != b {
			t.Errorf("%s: read\n%s\ntrusted\n%s", c.name, a, b)
		}
	}
}

// A time that an expression reads is read whatever the statistics say.
func TestTrustNothingThatIsUsed(t *testing.T) {
	log := trustingLog([]int{1, 2, 3})
	a := audited(t, "time: at\ndecision: {column: d, positive: [yes]}\n", "")
	a.Data.TrustStatistics, a.Data.Where = true, "at > timestamp('2024-01-02T00:00:00Z')"
	o := mustScan(t, request(a, log, need(table.Decision)))
	if o.Trusted != 0 || o.Accounts.Excluded[table.Where] != 1 {
		t.Errorf("%d trusted, %+v", o.Trusted, o.Accounts)
	}
}
