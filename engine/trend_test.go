package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// followedAudit has every kind of indicator, over rows and bands of age. People are
// told apart where subject is a line for columns.
func followedAudit(t *testing.T, log, subject, monitor string) *config.Audit {
	t.Helper()
	text := `version: 1
name: followed
data: {log: ` + log + `}
columns:
  time: at
` + subject + `  decision: {column: offer, positive: ["yes"], negative: ["no"]}
  groups:
    age: {column: age, bins: [9, 25, 100]}
    sex: {column: sex, min_rows: 5}
windows: {every: month}
detectors: {parity: {max_difference: 0.2}}
kpis:
  monitor: ` + monitor + `
  define:
    - {name: offers, kind: rate, numerator: offer == 'yes', by: [sex], direction: up, limits: {min: 0.1, max: 0.9}}
    - {name: gap, kind: gap, of: offers, by: [age, sex], limits: {max: 0.9}}
    - {name: mean_age, kind: mean, numerator: age, limits: {max: 40}}
    - {name: old, kind: quantile, quantile: 0.9, numerator: age}
    - {name: age_gap, kind: gap, of: mean_age, by: sex}
    - {name: each, kind: ratio, numerator: sum(age), denominator: count(offer == 'yes')}
    - {name: rows, kind: count, direction: down, limits: {max: 400}}
    - {name: more, kind: growth, of: rows}
    - {name: quiet, kind: index, as: quiet, of: [offers, rows]}
    - {name: both, kind: index, of: {offers: 0.5, mean_age: 0.01}, limits: {max: 0.1}}
`
	path := filepath.Join(t.TempDir(), "audit.yaml")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	all := detectors.All()
	a, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What a run of every month keeps, each of the log as far as it had come, is followed
// to what one run over everything says: points, sequences, states, alarms, charts and
// verdicts; with and without people, and however the error budget is split.
func TestFollowedMonthByMonth(t *testing.T) {
	for name, c := range map[string]struct{ subject, monitor string }{
		"rows":   {"", "{}"},
		"people": {"  subject: person\n", "{horizon: 24, weights: {gap: 3}}"},
		"e-bh":   {"", "{split: e-bh}"},
	} {
		t.Run(name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log.csv")
			rows := decisions(500)
			a := followedAudit(t, log, c.subject, c.monitor)
			var kept []audit.TrendPoint
			for m := 1; m <= 6; m++ {
				end := time.Date(2024, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC)
				var known []decision
				for _, d := range rows {
					if d.At.Before(end) {
						known = append(known, d)
					}
				}
				writeCSV(t, log, known)
				period := fmt.Sprintf("2024-%02d", m)
				job, err := engine.Open(context.Background(), a, detectors.All(), engine.Options{Workers: 2, Period: period})
				if err != nil {
					t.Fatal(err)
				}
				r, err := job.Run(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if r.KPIMonitoring.Since != "2024-01" {
					t.Errorf("%s: followed since %q", period, r.KPIMonitoring.Since)
				}
				for _, p := range job.Followed().Points {
					if p.Window == period || p.Window == audit.AllWindows && m == 6 {
						p.Interval = limitsOnly(p.Interval)
						p.Control, p.Note, p.State, p.Shards, p.Unknown, p.Estimate = nil, "", "", 0, 0, false
						kept = append(kept, audit.TrendPoint{KPI: p})
					}
				}
			}
			job, err := engine.Open(context.Background(), a, detectors.All(), engine.Options{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			want, err := job.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			course, err := engine.OpenCourse(a, detectors.All(), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			got, err := course.Trend(kept)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.KPIMonitoring, got.Result.KPIMonitoring); diff != "" {
				t.Errorf("watched otherwise (-run +trend):\n%s", diff)
			}
			if diff := cmp.Diff(toldOf(want.KPIs), toldOf(got.Result.KPIs)); diff != "" {
				t.Errorf("points differ (-run +trend):\n%s", diff)
			}
			verdicts := map[string]audit.Verdict{}
			for _, p := range got.Points {
				if p.Verdict != "" {
					verdicts[p.KPI.KPI+" "+p.Attribute] = p.Verdict
				}
			}
			compared := 0
			for _, m := range want.Measurements {
				if m.Detector == "kpis" {
					compared++
					if is := verdicts[m.Parameters["kpi"]+" "+m.Parameters["attribute"]]; is != m.Verdict {
						t.Errorf("%s %v: the trend says %s, the run %s", m.Metric, m.Parameters, is, m.Verdict)
					}
				}
			}
			if compared != 6 {
				t.Errorf("%d verdicts", compared)
			}
		})
	}
}

func limitsOnly(i *audit.Interval) *audit.Interval {
	if i == nil {
		return nil
	}
	return &audit.Interval{Low: i.Low, High: i.High}
}

// toldOf is what points of windows say, by what they are about.
func toldOf(points []audit.KPI) map[string]audit.KPI {
	out := map[string]audit.KPI{}
	for _, p := range points {
		if p.Window == audit.AllWindows {
			continue
		}
		about := []string{p.KPI, p.Attribute, string(p.GroupKind), p.Window}
		if p.GroupKind == audit.KindValue {
			about = append(about, *p.Group)
		}
		p.Grounds, p.Note, p.Shards, p.Unknown, p.Estimate, p.Verdict = nil, "", 0, 0, false, ""
		p.Interval = limitsOnly(p.Interval)
		out[strings.Join(about, " ")] = p
	}
	return out
}
