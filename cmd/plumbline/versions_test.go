package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

var updateVersions = flag.Bool("update-versions", false, "write testdata/method_versions.csv anew")

// versionAudits are the audits whose numbers are locked: every detector, named
// and chosen references, gates, people and windows are among them.
func versionAudits() []string {
	return []string{
		"../../testdata/compas/all.yaml", "../../testdata/compas/months.yaml", "../../testdata/compas/rest.yaml",
		"../../testdata/compas-aequitas/audit.yaml", "../../testdata/bank/audit.yaml", "../../testdata/ucb/audit.yaml",
		"../../testdata/ll144/four-fifths.yaml", "../../testdata/ll144/selection.yaml", "../../testdata/ll144/scoring.yaml",
		"../../testdata/ucb/strata.yaml", "../../testdata/compas/robust.yaml", "../../testdata/compas/selective.yaml", "../../testdata/completejourney/audit.yaml",
		"testdata/versions/pairs.yaml", "testdata/versions/people.yaml",
		"../../testdata/gpt-hiring/audit.yaml",
		"../../testdata/completejourney/delivery.yaml", "../../testdata/completejourney/prices.yaml", "../../testdata/completejourney/funnel.yaml",
		"../../testdata/openbandit/audit.yaml", "../../testdata/open-bandit/audit.yaml",
		"../../testdata/xstest/audit.yaml", "../../testdata/xstest/refusals.yaml", "../../testdata/bbq/audit.yaml",
		"testdata/versions/numbers.yaml", "testdata/versions/scored_people.yaml",
	}
}

// lock is what is known about a metric's numbers.
type lock struct {
	version int
	digest  string
}

// TestMethodVersions locks the numbers of every metric to its method version. A
// reader who compares two results trusts that equal versions mean equal methods.
func TestMethodVersions(t *testing.T) {
	const path = "testdata/method_versions.csv"
	got := measuredVersions(t)
	want := readVersions(t, path)
	changed := false
	for name, g := range got {
		switch w, known := want[name]; {
		case !known:
			t.Errorf("%s is new; run the tests of cmd/plumbline with -update-versions", name)
			changed = true
		case g == w:
		case g.version == w.version && g.digest != w.digest:
			t.Errorf("a printed number of %s has changed, and its method version is still %d: raise Version in the metric's declaration, "+
				"list the change in CHANGELOG.md under Result numbers, then run the tests of cmd/plumbline with -update-versions", name, g.version)
			changed = true
		case g.version < w.version:
			t.Errorf("the method version of %s fell from %d to %d", name, w.version, g.version)
		default:
			t.Errorf("%s is now version %d; run the tests of cmd/plumbline with -update-versions", name, g.version)
			changed = true
		}
	}
	for name := range want {
		if _, there := got[name]; !there {
			t.Errorf("%s is no longer measured; run the tests of cmd/plumbline with -update-versions", name)
			changed = true
		}
	}
	if changed && *updateVersions {
		writeVersions(t, path, got)
	}
}

// measuredVersions digests the measurements of each metric as they are written,
// without what gates and wording add to them.
func measuredVersions(t *testing.T) map[string]lock {
	t.Helper()
	byMetric := map[string][]audit.Measurement{}
	for _, path := range versionAudits() {
		for _, m := range runAudit(t, path, engine.Options{}).Measurements {
			m.PAdjusted, m.Threshold, m.Verdict, m.Note, m.Convention = nil, nil, "", "", ""
			name := m.Detector + "/" + m.Metric
			byMetric[name] = append(byMetric[name], m)
		}
	}
	declared := map[string]int{}
	for _, d := range detectors.All() {
		for _, m := range d.Metrics {
			declared[d.Name+"/"+m.Name] = m.Version
		}
	}
	out := map[string]lock{}
	for name, ms := range byMetric {
		for _, m := range ms {
			if m.MethodVersion != declared[name] {
				t.Fatalf("%s is declared version %d and emitted as %d", name, declared[name], m.MethodVersion)
			}
		}
		for i := range ms {
			ms[i].MethodVersion = 0
		}
		var text bytes.Buffer
		if err := reports.WriteJSON(&text, &audit.Result{Measurements: ms}); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text.Bytes())
		out[name] = lock{declared[name], hex.EncodeToString(sum[:8])}
	}
	return out
}

func readVersions(t *testing.T, path string) map[string]lock {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return nil // none yet: every metric is new
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]lock{}
	for _, r := range rows[1:] {
		version, err := strconv.Atoi(r[1])
		if err != nil {
			t.Fatal(err)
		}
		out[r[0]] = lock{version, r[2]}
	}
	return out
}

func writeVersions(t *testing.T, path string, locks map[string]lock) {
	t.Helper()
	var names []string
	for name := range locks {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("metric,method_version,digest\n")
	for _, name := range names {
		b.WriteString(name + "," + strconv.Itoa(locks[name].version) + "," + locks[name].digest + "\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
