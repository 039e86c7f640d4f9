package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// fewPeopleAudit is 200 people of group A, 60 of C and 3 of B, each of whom has many rows.
func fewPeopleAudit(t *testing.T, detector string) *config.Audit {
	t.Helper()
	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("id,g,d,m,h,job,l,x\n")
	draw := pointer(random(5))
	yes := func(in int) string {
		if draw.below(in) > 0 {
			return "yes"
		}
		return "no"
	}
	for _, g := range []struct {
		name         string
		people, rows int
	}{{"A", 200, 6}, {"B", 3, 120}, {"C", 60, 6}} {
		for p := range g.people {
			for r := range g.rows {
				fmt.Fprintf(&rows, "%s%d,%s,%s,2026-0%d-03,%s,%d,%d,%d\n", g.name, p, g.name, yes(2), r%2+1, yes(3), r/3%2, draw.below(2), draw.below(2))
			}
		}
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("log.csv", rows.String())
	all := detectors.All()
	a, err := config.Load(write("audit.yaml", `version: 1
name: few
privacy: {min_cell: 11}
data: {log: log.csv}
columns:
  time: m
  subject: id
  decision: {column: d, positive: [yes], negative: [no]}
  label: {column: l, positive: [1], negative: [0]}
  strata: [job]
  groups: {g: {column: g, reference: A}}
windows: {every: month}
detectors: {`+detector+`}
kpis:
  define:
    - {name: held, title: Held, kind: rate, numerator: h == 'yes', by: [g]}
    - {name: mean, title: Mean, kind: mean, numerator: x, by: [g]}
`), engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFewPeopleEverywhere holds that three people are hidden whatever is measured, in
// every window and indicator, though they have 180 rows a month.
func TestFewPeopleEverywhere(t *testing.T) {
	for _, detector := range []string{"parity: {}", "adverse_impact: {}", "error_rates: {}", "robustness: {}", "conditional: {}", "drift: {}", "completeness: {}",
		`outcomes: {error: x, categories: {y: "h == 'yes'", n: "h == 'no'"}}`, `funnel: {stages: {a: "h == 'yes'", b: "d == 'yes'"}}`,
		`delivery: {stages: {a: "x > 0.0 || x <= 0.0", b: "h == 'yes'"}, person: id}`,
		`price: {price: x + 1.0, list: x + 2.0, factors: [job]}`, `targeting: {segment: job}`,
		`data_rights: {outside_consent: "h == 'yes'", request_days: x + 1.0, answered: "d == 'yes'", person: id, contact: "h == 'yes'"}`} {
		name, _, _ := strings.Cut(detector, ":")
		t.Run(name, func(t *testing.T) {
			r := run(t, fewPeopleAudit(t, detector), engine.Options{})
			isB := func(s *string) bool { return s != nil && *s == "B" }
			for _, m := range r.Measurements {
				if !m.Suppressed && m.Value != nil && (isB(m.Group) || isB(m.Reference)) {
					t.Errorf("%s of B in %s is shown: n=%d", m.Metric, m.Window, m.N)
				}
				if m.Shards > 0 && m.Shards < 11 || m.People > 0 && m.People < 11 {
					t.Errorf("%s in %s tells of %d shards and %d people", m.Metric, m.Window, m.Shards, m.People)
				}
			}
			points := 0
			for _, p := range r.KPIs {
				if isB(p.Group) && !p.Suppressed || p.Shards > 0 && p.Shards < 11 {
					t.Errorf("%s in %s tells of %d shards", p.KPI, p.Window, p.Shards)
				}
				if p.Suppressed {
					points++
				}
			}
			if points == 0 || r.Privacy.KPIs != points {
				t.Errorf("%d points are said to be suppressed, and %d are", r.Privacy.KPIs, points)
			}
			if len(r.Privacy.Few) > 0 {
				t.Error("the groups of few people are listed")
			}
		})
	}
}

// TestFewPeopleFound holds whom the exact result lists: B over all and in both months.
func TestFewPeopleFound(t *testing.T) {
	a := fewPeopleAudit(t, "parity: {}")
	a.Privacy.KeepExact = true
	var got []string
	for _, f := range run(t, a, engine.Options{}).Privacy.Few {
		got = append(got, f.Attribute+"="+*f.Group+" "+f.Window)
	}
	if want := "g=B 2026-01, g=B 2026-02, g=B " + audit.AllWindows; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
