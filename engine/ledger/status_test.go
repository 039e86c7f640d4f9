package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func day(month time.Month, d int) *int64 {
	return n(time.Date(2026, month, d, 0, 0, 0, 0, time.UTC).UnixMicro())
}

// proof is a run over all months up to one, of versions of the model.
func proof(run int64, month time.Month, versions ...ModelVersion) Proof {
	return Proof{Run: run, Period: "all", Spec: "s1", Method: digest([]byte("m1")), AsOf: time.Date(2026, month, 28, 0, 0, 0, 0, time.UTC).Format(time.RFC3339),
		Evidence: Evidence{Last: day(month, 28), Ends: day(month+1, 1), LastWindow: fmt.Sprintf("2026-%02d", month), Versions: versions},
		Gates:    []Gate{{Detector: "parity", Metric: "ratio", Attribute: "sex", Key: "min_ratio", Verdict: "pass", Method: 3, Measured: true}}}
}

func version(name string, first, last time.Month) ModelVersion {
	return ModelVersion{Version: name, First: fmt.Sprintf("2026-%02d", first), Last: fmt.Sprintf("2026-%02d", last), Begins: day(first, 1), Ends: day(last+1, 1)}
}

// Every state, one after the other.
func TestStatus(t *testing.T) {
	labels := func(p Proof, change func(*Gate)) Proof {
		p.Matures = 40 * 24 * time.Hour
		p.Gates[0].Label = true
		change(&p.Gates[0])
		return p
	}
	period := func(p Proof) Proof { p.Period = p.LastWindow; return p }
	waived := func(until string, over bool) func(*audit.Asked) {
		return func(a *audit.Asked) {
			a.Waive = func(time.Time) []audit.Waiving {
				return []audit.Waiving{{Metric: "ratio", Waived: audit.Waived{Reason: "new team", By: "me", Until: until, Over: over}}}
			}
		}
	}
	for _, c := range []struct {
		name   string
		proofs []Proof
		asOf   string
		ask    func(*audit.Asked)
		want   string // version, state, reason
	}{
		{"current", []Proof{proof(1, 1)}, "", nil, " current "},
		{"old, and nobody asks", []Proof{proof(1, 1)}, "2036-01-01", nil, " current "},
		{"too old", []Proof{proof(1, 1)}, "2027-02-01", func(a *audit.Asked) { a.Gates[0].MaxAge, a.Gates[0].AgeOf = 365*24*time.Hour, "ll144" }, " stale:age It was good until 2027-01-28, by ll144."},
		{"just not", []Proof{proof(1, 1)}, "2027-01-28", func(a *audit.Asked) { a.Gates[0].MaxAge = 365 * 24 * time.Hour }, " current "},
		{"never run", nil, "", nil, " missing No run of the history has measured it."},
		{"not measured", []Proof{labels(proof(1, 1), func(g *Gate) { g.Measured = false })}, "", nil, " missing Run 1 (all) could not measure it."},
		{"another configuration", []Proof{proof(1, 1)}, "", func(a *audit.Asked) { a.Spec = "s2" }, " stale:model What is asked has changed since run 1: audit.yaml, a rule pack, or the file of the model."},
		{"another method", []Proof{proof(1, 1)}, "", func(a *audit.Asked) { a.Gates[0].Method = 4 }, " stale:method Run 1 used version 3 of the method, and this program has 4."},
		{"another limit is another configuration, not another metric", []Proof{proof(1, 1)}, "", func(a *audit.Asked) { a.Gates[0].Value = "0.9"; a.Spec = "s2" }, " stale:model What is asked has changed since run 1: audit.yaml, a rule pack, or the file of the model."},
		{"a new model without a run of its own", []Proof{proof(1, 1, version("a", 1, 1)), func() Proof { p := proof(2, 2, version("b", 2, 2)); p.Gates = nil; return p }()}, "",
			func(a *audit.Asked) { a.HasVersion = true }, "b stale:model The last evidence, of run 1, is about version a; b decides now."},
		{"a new model that is in the last run", []Proof{proof(1, 2, version("a", 1, 2), version("b", 2, 2), version("old", 1, 1))}, "",
			func(a *audit.Asked) { a.HasVersion = true }, "a current Judged together: versions a, b and old.;b current Judged together: versions a, b and old."},
		{"labels of the period", []Proof{period(labels(proof(1, 1), func(g *Gate) { g.Provisional = true }))}, "", nil, " immature It rests on labels, and those of run 1 (2026-01) may still come."},
		{"labels of the last months of the log", []Proof{labels(proof(1, 4), func(g *Gate) { g.Provisional = true })}, "", nil, " current "},
		{"labels of a new model", []Proof{labels(proof(1, 4, version("a", 1, 3), version("b", 4, 4)), func(g *Gate) { g.Provisional = true })}, "",
			func(a *audit.Asked) { a.HasVersion = true }, "b immature It rests on labels, and those of run 1 (all) may still come."},
		{"labels came for an earlier month", []Proof{period(labels(proof(1, 1), func(*Gate) {})), period(labels(proof(2, 2), func(g *Gate) { g.Provisional = true }))}, "", nil, " current "},
		{"and then drift", []Proof{period(labels(proof(1, 1), func(*Gate) {})), func() Proof {
			p := period(labels(proof(2, 2), func(g *Gate) { g.Provisional, g.Measured = true, false }))
			p.Gates = append(p.Gates, Gate{Detector: "drift", Metric: "psi", Key: "max", Verdict: "warn", Measured: true, Method: 1})
			return p
		}()}, "", nil, " stale:data Run 2 (2026-02), later than this evidence, found drift: drift psi."},
		{"drift that the evidence has in it", []Proof{func() Proof {
			p := proof(1, 1)
			p.Gates = append(p.Gates, Gate{Detector: "drift", Metric: "psi", Key: "max", Verdict: "fail", Measured: true, Method: 1})
			return p
		}()}, "", nil, " current "},
		{"an older month that was audited again", []Proof{period(proof(1, 3)), func() Proof {
			p := period(proof(2, 1))
			p.Gates = append(p.Gates, Gate{Detector: "drift", Metric: "psi", Key: "max", Verdict: "fail", Measured: true, Method: 1})
			return p
		}()}, "", nil, " current "},
		{"waived", nil, "", waived("2027-01-31", false), " waived Waived by me until 2027-01-31: new team. Else missing: no run of the history has measured it."},
		{"the waiver is over", nil, "", waived("2025-01-31", true), " missing No run of the history has measured it. Its waiver ended on 2025-01-31."},
		{"nothing to waive", []Proof{proof(1, 1)}, "", waived("2027-01-31", false), " current "},
		{"waived for another attribute", nil, "", func(a *audit.Asked) {
			a.Waive = func(time.Time) []audit.Waiving { return []audit.Waiving{{Metric: "ratio", Attribute: "race"}} }
		}, " missing No run of the history has measured it."},
	} {
		asked := &audit.Asked{Name: "bank", Spec: "s1", Methods: "m1", Zone: time.UTC, Drift: map[[2]string]bool{{"drift", "psi"}: true},
			Gates: []audit.AskedGate{{Detector: "parity", Metric: "ratio", Key: "min_ratio", Value: "0.8", Attributes: []string{"sex"}, Method: 3}},
			Waive: func(time.Time) []audit.Waiving { return nil }}
		if c.ask != nil {
			c.ask(asked)
		}
		var asOf *time.Time
		if c.asOf != "" {
			at, err := time.Parse(time.DateOnly, c.asOf)
			if err != nil {
				t.Fatal(err)
			}
			asOf = &at
		}
		s := Status(asked, c.proofs, asOf)
		var got []string
		for _, item := range s.Items {
			got = append(got, fmt.Sprintf("%s %s %s", item.Version, item.State, item.Reason))
		}
		if strings.Join(got, ";") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, ";"), c.want)
		}
		if s.Good+s.Stale+s.Immature != len(s.Items) {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

// A rule pack that sets no limit asks for evidence all the same.
func TestPackStatus(t *testing.T) {
	const year = 365 * 24 * time.Hour
	asked := &audit.Asked{Name: "bank", Spec: "s1", Methods: "m1", Zone: time.UTC, Packs: []audit.AskedPack{{Name: "ll144", MaxAge: year}}, Waive: func(time.Time) []audit.Waiving { return nil }}
	at := time.Date(2027, 1, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		asOf    *time.Time
		methods string
		want    audit.EvidenceState
	}{{nil, "m1", audit.EvidenceCurrent}, {&at, "m1", audit.StaleAge}, {nil, "m2", audit.StaleMethod}} {
		asked.Methods = c.methods
		if s := Status(asked, []Proof{proof(1, 1)}, c.asOf); len(s.Items) != 1 || s.Items[0].State != c.want || s.Items[0].GoodUntil != "2027-01-28T00:00:00Z" {
			t.Errorf("%+v, want %s", s, c.want)
		}
	}
	timeless := proof(1, 1)
	timeless.Last, timeless.Ends = nil, nil
	asked.Methods = "m1"
	if s := Status(asked, []Proof{timeless}, &at); s.Items[0].State != audit.EvidenceMissing || s.Items[0].Reason != "The log has no times, so that its age is not known; ll144 asks for it." {
		t.Errorf("%+v", s.Items)
	}
}

// What a run is evidence about is read as it was written, also where the same run is
// written again.
func TestProofs(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		r := january()
		p := proof(0, 1, version("a", 1, 1), ModelVersion{Version: "b", First: "all", Last: "all"})
		r.Evidence, r.Gates = p.Evidence, append(p.Gates, Gate{Detector: "error_rates", Metric: "tpr", Key: "max", Pack: "own", Verdict: "inconclusive", Label: true, Provisional: true})
		r.Matures = 40 * 24 * time.Hour
		record(t, l, r)
		record(t, l, r)
		timeless := january()
		timeless.Period = "other"
		record(t, l, timeless)
		got, err := l.Proofs(ctx, "bank")
		if err != nil || len(got) != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		begins := map[string]*int64{}
		for _, v := range got[0].Versions {
			begins[v.Version] = v.Begins
		}
		if fmt.Sprintf("%+v", got[0].Gates) != fmt.Sprintf("%+v", r.Gates) || len(begins) != 2 || *begins["a"] != *day(1, 1) || begins["b"] != nil ||
			*got[0].Last != *r.Last || *got[0].Ends != *r.Ends || got[0].Matures != r.Matures || got[0].Spec != "s1" {
			t.Errorf("%+v", got[0])
		}
		if got[1].Last != nil || got[1].Ends != nil || len(got[1].Gates) > 0 {
			t.Errorf("%+v", got[1])
		}
	})
}
