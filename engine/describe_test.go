package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
)

// A column's name is somebody else's text: in a plan it steers no terminal and
// makes no line of its own.
func TestDescribeIsHarmless(t *testing.T) {
	dir := t.TempDir()
	log := "\"d\x1b[2J\",\"g\nread column none\"\nyes,a\nno,b\n"
	if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	a := configure(t, dir, "{log: log.csv}", `columns:
  decision: {column: "d\e[2J", positive: ["yes"]}
  groups: {g: {column: "g\nread column none"}}
detectors: {parity: {}}
`)
	job, err := engine.Open(t.Context(), a, detectors.All(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := job.Describe()
	for _, line := range lines {
		if strings.ContainsFunc(line, unicode.IsControl) {
			t.Errorf("%q", line)
		}
	}
	if all := strings.Join(lines, "\n"); !strings.Contains(all, `read column d\x1b[2J`) || !strings.Contains(all, `read column g\nread column none`) {
		t.Error(all)
	}
}
