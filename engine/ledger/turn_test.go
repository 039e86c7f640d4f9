package ledger

import (
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A gap whose groups change sides when labels come is the same number: what a run
// that knows nothing before its window wrote, and what one over everything finds, is
// one point, with the last pair of groups.
func TestGapThatTurns(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		gap := func(value float64, low, high string) Value {
			v := ofKPI(&audit.KPI{KPI: "gap", Definition: "d", Attribute: "sex", GroupKind: audit.KindWorst, Group: &low, Reference: &high, Window: "2026-01", Value: &value, N: 200})
			v.Scope, v.Label = audit.AllWindows, true
			return v
		}
		growth := ofKPI(&audit.KPI{KPI: "more", Definition: "d", GroupKind: audit.KindOverall, Window: "2026-01", Value: f(0.5), N: 200})
		growth.Scope = audit.AllWindows
		run := func(period, first string, values ...Value) []string {
			r := january()
			r.Period, r.First, r.Values = period, first, values
			r.At = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
			return describe(record(t, l, r).Revisions)
		}
		run("2026-01", "", gap(0.2, "f", "m"), growth)
		run("2026-02", "2026-01", gap(0.25, "m", "f")) // which does not see what growth compares with
		equal(t, "revisions of a run over everything", run("all", "", gap(0.25, "m", "f"), growth), nil)

		all, err := l.Versions(ctx, Query{Audit: "bank"})
		if err != nil {
			t.Fatal(err)
		}
		if now := AsKnownNow(all); len(now) != 2 {
			t.Errorf("%d numbers known now, want the gap and the growth: %+v", len(now), now)
		}
		points := Trend(all, func(string, string, string) bool { return true })
		if len(points) != 2 {
			t.Fatalf("%d points: %+v", len(points), points)
		}
		for _, p := range points {
			if p.KPI.KPI == "gap" && (*p.Value != 0.25 || *p.Group != "m" || *p.Reference != "f" || p.First == nil || p.First.Value != 0.2) {
				t.Errorf("%+v", p)
			}
		}
		if faults, err := l.Verify(ctx); err != nil || len(faults) > 0 {
			t.Error(faults, err)
		}
	})
}

// A history in which an earlier plumbline kept both pairs and took back the first
// still has the gap.
func TestGapTakenBackUnderOtherNames(t *testing.T) {
	version := func(run int64, key string, gone bool) Version {
		return Version{Value: Value{Kind: KindKPI, Scope: audit.AllWindows, Window: "2026-01", Key: key, Definition: "d", Value: f(float64(run)), N: n(1)}, Run: run, Gone: gone}
	}
	one, other := `["gap","sex","worst","f","m"]`, `["gap","sex","worst","m","f"]`
	points := Trend([]Version{version(1, one, false), version(4, one, true), version(2, other, false)}, func(string, string, string) bool { return true })
	if len(points) != 1 || *points[0].Value != 2 || *points[0].Group != "m" {
		t.Errorf("%+v", points)
	}
	if points := Trend([]Version{version(1, one, false), version(4, one, true)}, func(string, string, string) bool { return true }); len(points) != 0 {
		t.Errorf("a gap that is gone is there: %+v", points)
	}
}
