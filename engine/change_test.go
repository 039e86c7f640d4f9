package engine_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// COMPAS, decile of 5 or more, African-American less Caucasian, from 2013 to 2014 by
// age band, computed with pandas: .262642 to .184920, rates −.067049, mix −.010673;
// the largest item are the rates of 25-45, −.03939.
func TestChangeOfCompas(t *testing.T) {
	r := run(t, loadCase(t, "compas/change.yaml"), engine.Options{})
	want := map[string]float64{"gap_change": -.07772163906124632, "gap_change_rate_part": -.06704852362334843, "gap_change_mix_part": -.010673115437897882}
	seen := 0
	for _, m := range r.Measurements {
		if m.Detector != "change" || m.Group == nil || *m.Group != "African-American" {
			continue
		}
		seen++
		if math.Abs(*m.Value-want[m.Metric]) > 1e-12 || m.Interval == nil || *m.Interval.Low > *m.Value || *m.Interval.High < *m.Value {
			t.Errorf("%s: %v %+v", m.Metric, *m.Value, m.Interval)
		}
	}
	if seen != 3 {
		t.Errorf("%d measurements", seen)
	}
	sum := 0.0
	for _, table := range r.Tables {
		if !strings.HasPrefix(table.ID, "change/race/African-American/") {
			continue
		}
		for _, row := range table.Rows {
			rates, mix := row[14].(float64), row[17].(float64)
			sum += rates + mix
			if row[0] == "25 - 45" && math.Abs(rates+.0393902598672633) > 1e-12 {
				t.Error(row)
			}
		}
	}
	if math.Abs(sum+.07772163906124632) > 1e-12 {
		t.Errorf("the parts add up to %v", sum)
	}
	told := false
	for _, f := range r.Findings {
		if f.ID == "change-race-African-American-age_cat" {
			told = strings.Contains(f.Title, "+26.26 points to +18.49 points (−7.77 points), mostly because rates") && strings.Contains(f.Detail, "the rates of 25 - 45: −3.94 points")
		}
	}
	if !told {
		t.Errorf("%+v", r.Findings)
	}
	again := run(t, loadCase(t, "compas/change.yaml"), engine.Options{Workers: 1})
	sameBytes(t, "change by one worker", r.Measurements, again.Measurements)
}

// Strata that enter and leave, by version, and what cannot be asked.
func TestChangeOfStrata(t *testing.T) {
	attemptChange := func(rows, params string) (*audit.Result, error) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "audit.yaml")
		text := "version: 1\nname: t\ndata: {log: log.csv}\ncolumns:\n  version: v\n  decision: {column: yes, positive: [\"1\"]}\n  weight: n\n  groups: {g: {column: g, reference: b, min_rows: 1}}\n  strata: [s]\ndetectors: {change: " + params + "}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all := detectors.All()
		a, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
		if err != nil {
			return nil, err
		}
		return attempt(a, engine.Options{})
	}
	// a: stratum x leaves, z enters; by hand: r from (8+2)/20 = .5 to (6+1)/20 = .35.
	const rows = "v,g,s,yes,n\n1,a,x,1,8\n1,a,x,0,2\n1,a,y,1,2\n1,a,y,0,8\n2,a,y,1,6\n2,a,y,0,4\n2,a,z,1,1\n2,a,z,0,9\n1,b,x,1,5\n1,b,x,0,5\n2,b,x,1,5\n2,b,x,0,5\n"
	r, err := attemptChange(rows, "{by: version, from: \"1\", to: \"2\"}")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{
		"gap_change":           -.15,
		"gap_change_rate_part": .5 * (.6 - .2),
		"gap_change_mix_part":  (.8-.425)*-.5 + (.1-.425)*.5,
	}
	for _, m := range r.Measurements {
		if math.Abs(*m.Value-want[m.Metric]) > 1e-12 {
			t.Errorf("%s: %v, want %v", m.Metric, *m.Value, want[m.Metric])
		}
	}
	states := map[any]any{}
	for _, row := range r.Tables[0].Rows {
		states[row[0]] = row[1]
	}
	if states["x"] != "group leaves" || states["y"] != "both periods" || states["z"] != "group enters" {
		t.Error(states)
	}
	for params, part := range map[string]string{
		"{by: version, from: \"1\", to: \"3\"}": "no rows in 3; there are 1, 2",
		"{by: version}":                         "needs from and to",
		"{from: \"1\"}":                         "belong together",
		"{}":                                    "needs columns.time",
		"{by: version, from: \"1\", to: \"2\", strata: [q]}": "change cannot look within \"q\"",
	} {
		r, err := attemptChange(rows, params)
		said := ""
		if err != nil {
			said = err.Error()
		} else {
			said = strings.Join(r.Notes, "\n")
		}
		if !strings.Contains(said, part) {
			t.Errorf("%s: %s", params, said)
		}
	}
}
