package engine_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// sessions writes a log in two files: a session id that is new in every row, in
// the second month with another start for a tenth of the rows, and a channel of
// three values.
func sessions(t *testing.T, dir string, rows int) {
	t.Helper()
	for file := range 2 {
		var b strings.Builder
		b.WriteString("at,yes,session,channel\n")
		for i := range rows / 2 {
			fmt.Fprintf(&b, "2024-%02d-01,%d,s%d-%d,c%d\n", 1+i%2, i%3/2, file, i, i%3)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("log%d.csv", file)), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const sessionColumns = `columns:
  time: at
  decision: {column: yes, positive: ["1"]}
  features: [session, channel]
windows: {every: month, reference: 2024-01}
`

// A column of 300,000 distinct texts is left out and named, with what to do, and
// the others are measured; hashed, it is compared by buckets, the same whatever the workers, and its
// uniform buckets do not drift, while a column of few values keeps its names.
func TestManyCategories(t *testing.T) {
	dir := t.TempDir()
	sessions(t, dir, 300_000)
	run := func(params string, workers int) (*audit.Result, error) {
		job, err := engine.Open(t.Context(), configure(t, dir, "{log: [log0.csv, log1.csv]}", sessionColumns+"detectors: {drift: {"+params+"}}\n"),
			detectors.All(), engine.Options{Workers: workers})
		if err != nil {
			return nil, err
		}
		return job.Run(t.Context())
	}
	for _, workers := range []int{1, 2} {
		left, err := run("", workers)
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(left.Notes, "\n"); !strings.Contains(notes, "column session has more than 10,000 categories, above max_categories (10,000): its drift was not measured") {
			t.Errorf("notes %q", notes)
		}
		watched := map[string]bool{}
		for _, m := range left.Measurements {
			if m.Column != nil {
				watched[*m.Column] = true
			}
		}
		if watched["session"] || !watched["channel"] || !watched["decision"] {
			t.Errorf("watched %v", watched)
		}
	}
	var first []byte
	for _, workers := range []int{1, 3} {
		r, err := run("high_cardinality: hash", workers)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal([]any{r.Measurements, r.Tables, r.Notes})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		} else if string(first) != string(data) {
			t.Errorf("%d workers give another result", workers)
		}
		if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "column session has too many categories") || strings.Contains(notes, "column channel") {
			t.Errorf("notes %q", notes)
		}
		for _, m := range r.Measurements {
			hashed := m.Parameters["hash_buckets"] == "1024"
			if m.Column != nil && (*m.Column == "session") != hashed {
				t.Errorf("%s of %s: parameters %v", m.Metric, *m.Column, m.Parameters)
			}
			if hashed && m.Metric == "total_variation" && (m.Value == nil || *m.Value > m.Null.Limit || *m.Value == 0) {
				t.Errorf("%s: %v, chance %+v", m.Window, m.Value, m.Null)
			}
		}
	}
}

// Where no detector is listed, drift runs only if windows.reference says what to
// compare with; without it nothing is measured or complained of.
func TestDriftUnasked(t *testing.T) {
	dir := t.TempDir()
	sessions(t, dir, 600)
	for windows, want := range map[string]bool{
		"windows: {every: month}\n":                     false,
		"windows: {every: month, reference: 2024-01}\n": true,
		"windows: {every: month, reference: first}\n":   true,
	} {
		columns := strings.ReplaceAll(strings.Split(sessionColumns, "windows:")[0], "session, ", "")
		job, err := engine.Open(t.Context(), configure(t, dir, "{log: [log0.csv, log1.csv]}", columns+windows), detectors.All(), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := job.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, m := range r.Measurements {
			found = found || m.Detector == "drift"
		}
		if found != want || strings.Contains(strings.Join(r.Notes, "\n"), "drift") {
			t.Errorf("%q: drift measured: %v, notes %q", windows, found, r.Notes)
		}
	}
}
