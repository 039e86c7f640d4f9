package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
)

// One file at a time is left out by its name, the same whatever the workers.
func TestLeaveOutFiles(t *testing.T) {
	dir := t.TempDir()
	for name, rows := range map[string]string{"a.csv": "f,1\nf,0\nm,1\nm,1\n", "b.csv": "f,1\nm,1\nm,0\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("sex,yes\n"+rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, workers := range []int{1, 2} {
		a := configure(t, dir, `{log: "*.csv"}`, "columns:\n  decision: {column: yes, positive: [\"1\"]}\n  groups: {sex: {column: sex, reference: m}}\ndetectors: {robustness: {files: true}}\n")
		job, err := engine.Open(t.Context(), a, detectors.All(), engine.Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		r, err := job.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, m := range r.Measurements { // without a.csv 1/1 over 1/2, without b.csv 1/2 over 2/2
			switch {
			case m.Metric == "leave_one_out_low" && *m.Value == 0.5 && m.Parameters["left_out"] == "b.csv",
				m.Metric == "leave_one_out_high" && *m.Value == 2 && m.Parameters["left_out"] == "a.csv":
				seen++
			}
		}
		if seen != 2 {
			t.Errorf("%d workers: %+v", workers, r.Measurements)
		}
	}
}
