package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

// TestNothingShownByAnySubset holds that no small count is shown whatever detectors are
// chosen: each subset of those that count cases, decisions, labels and scores audits
// another small log in which some of these are missing.
func TestNothingShownByAnySubset(t *testing.T) {
	slowUnderRace(t)
	detectors := []string{"error_rates", "ll144", "parity", "equal_opportunity", "label_coverage", "completeness"}
	others := []string{"score_gap", "calibration", "conditional", "missing_groups", "drift", "adverse_impact"}
	dir := t.TempDir()
	suppressed := 0
	for subset := 1; subset < 1<<len(detectors); subset++ {
		random := rand.New(rand.NewPCG(uint64(subset), 3))
		var chosen []string
		for i, d := range detectors {
			if subset>>i&1 == 1 {
				chosen = append(chosen, d)
			}
		}
		if random.Float64() < 0.5 {
			chosen = append(chosen, others[random.IntN(len(others))])
		}
		conf := subsetAudit(chosen, random.Float64() < 0.25)
		for name, text := range map[string]string{"log.csv": subsetLog(random), "audit.yaml": conf} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		exact, published := privately(t, filepath.Join(dir, "audit.yaml"))
		suppressed += published.Privacy.Suppressed
		for _, what := range append(smallShown(published), unmarked(t, published)...) {
			t.Errorf("%v, %d of %d rows audited: %s", chosen, exact.Data.RowsAudited, exact.Data.RowsRead, what)
		}
	}
	if suppressed == 0 {
		t.Error("nothing is suppressed")
	}
}

// subsetLog is a log of a few groups, in which labels, decisions, groups and scores
// are missing for few or many.
func subsetLog(random *rand.Rand) string {
	var log strings.Builder
	log.WriteString("race,sex,y,z,score,job,month\n")
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	share := func(of ...float64) float64 { return of[random.IntN(len(of))] }
	lacks := func(share float64, value string) string {
		if random.Float64() < share {
			return ""
		}
		return value
	}
	for _, race := range []string{"a", "b", "c"}[:2+random.IntN(2)] {
		noLabel, noDecision, noGroup, noScore := share(0, 0, 0.05, 0.3), share(0, 0, 0.03), share(0, 0, 0.03), share(0, 0, 0.04)
		selective := random.Float64() < 0.2 // labels of those rejected alone
		for range []int{8, 15, 25, 60, 120}[random.IntN(5)] {
			y := lacks(noDecision, pick("yes", "no"))
			z := lacks(noLabel, pick("1", "0"))
			if selective && y == "yes" {
				z = ""
			}
			fmt.Fprintf(&log, "%s,%s,%s,%s,%s,%s,2026-0%s\n", lacks(noGroup, race), pick("Male", "Female"), y, z,
				lacks(noScore, fmt.Sprintf("%.2f", random.Float64())), pick("p", "q"), pick("1", "2"))
		}
	}
	return log.String()
}

// subsetAudit audits such a log with some detectors.
func subsetAudit(detectors []string, windows bool) string {
	conf := "version: 1\nname: x\ndata: {log: log.csv}\ncolumns:\n"
	if windows {
		conf += "  time: {column: month, format: \"%Y-%m\"}\n"
	}
	conf += "  decision: {column: y, positive: [yes], negative: [no]}\n  label: {column: z, positive: [1], negative: [0]}\n" +
		"  score: {column: score, type: number}\n  strata: [job]\n  groups:\n    race: {column: race, reference: a}\n    sex: sex\n"
	if windows {
		conf += "windows: {every: month}\n"
	}
	conf += "detectors:\n"
	for _, d := range detectors {
		if d == "drift" && !windows {
			continue
		}
		parameters := "{}"
		if d == "ll144" {
			parameters = "{data: historical, race_categories: [a, b, c], hispanic: a}"
		}
		conf += "  " + d + ": " + parameters + "\n"
	}
	return conf
}

// smallShown lists counts of 1 to 10 people that somebody reads off a result: a count,
// what it leaves of another beside it, of all rows audited, or of what else is shown
// of the same group.
func smallShown(r *audit.Result) []string {
	var out []string
	type place struct{ attribute, group, window string }
	sizes := map[place][]int64{}
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Suppressed || m.Stratum != nil || m.Column != nil || m.Detector == "drift" {
			continue
		}
		counts := map[string]int64{"n": m.N}
		if strings.HasPrefix(m.Metric, "treatment") { // odds, whose two counts are no part of each other
			m = &audit.Measurement{Detector: m.Detector, Metric: m.Metric, Attribute: m.Attribute, Group: m.Group, GroupKind: m.GroupKind, Window: m.Window, N: m.N}
		}
		if m.Numerator != nil && m.Denominator != nil {
			counts["k"], counts["n - k"], counts["left out"] = *m.Numerator, *m.Denominator-*m.Numerator, m.N-*m.Denominator
		}
		if m.RefNum != nil && m.RefDen != nil {
			counts["reference k"], counts["reference n - k"] = *m.RefNum, *m.RefDen-*m.RefNum
		}
		at := place{m.Attribute, value(m.Group), m.Window}
		if m.GroupKind == audit.KindOverall {
			at = place{window: m.Window}
			if m.Window == audit.AllWindows && r.Data.RowsAudited != audit.Hidden {
				counts["beside the rows audited"] = max(m.N-r.Data.RowsAudited, r.Data.RowsAudited-m.N)
			}
		}
		if m.GroupKind == audit.KindValue || m.GroupKind == audit.KindOverall {
			for i, n := range sizes[at] {
				counts[fmt.Sprint("beside another number of the group, ", i)] = max(m.N-n, n-m.N)
			}
			if !slices.Contains(sizes[at], m.N) {
				sizes[at] = append(sizes[at], m.N)
			}
		}
		for what, n := range counts {
			if n > 0 && n < r.Privacy.MinCell {
				out = append(out, fmt.Sprintf("%s %s of %q %q in %s: %s is %d", m.Detector, m.Metric, m.Attribute, value(m.Group), m.Window, what, n))
			}
		}
	}
	return out
}

// unmarked lists the numbers of a document that stand as -1 without saying that they
// are suppressed.
func unmarked(t *testing.T, r *audit.Result) []string {
	t.Helper()
	var text bytes.Buffer
	if err := reports.WriteJSON(&text, r); err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(text.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for i := range v {
				walk(fmt.Sprint(path, "/", i), v[i])
			}
		case map[string]any:
			for key, x := range v {
				count := slices.Contains([]string{"n", "rows", "rows_read", "rows_audited", "copies", "lists", "log_unmatched"}, key)
				if count && x == float64(-1) && v["suppressed"] != true {
					out = append(out, path+"/"+key+" is -1 and not marked as suppressed")
				}
				walk(path+"/"+key, x)
			}
		}
	}
	walk("", document)
	return out
}

// TestFailureNamed holds that a check which fails by shown numbers says which, also where
// months in which few people were decided on are suppressed.
func TestFailureNamed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"log.csv": "month,race,y,n\n2026-01,a,yes,480\n2026-01,a,no,520\n2026-02,a,yes,100\n2026-02,a,no,90\n" +
			"2026-01,b,yes,110\n2026-01,b,no,290\n2026-02,b,yes,2\n2026-02,b,no,3\n2026-01,c,yes,200\n2026-01,c,no,210\n2026-02,c,yes,30\n2026-02,c,no,40\n",
		"audit.yaml": "version: 1\nname: x\ndata: {log: log.csv}\ncolumns:\n  time: {column: month, format: \"%Y-%m\"}\n  decision: {column: y, positive: [yes]}\n" +
			"  weight: n\n  groups: {race: {column: race, reference: a}}\nwindows: {every: month}\ndetectors: {parity: {min_ratio: 0.8}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, published := privately(t, filepath.Join(dir, "audit.yaml"))
	if published.Verdict != audit.Fail || published.Privacy.Suppressed == 0 {
		t.Fatalf("verdict %s, %d suppressed", published.Verdict, published.Privacy.Suppressed)
	}
	for _, f := range published.Findings {
		if f.Severity == audit.Fail && strings.Contains(f.Title, "b against a at 0.56") {
			return
		}
	}
	t.Errorf("no finding names b against a: %+v", published.Findings)
}
