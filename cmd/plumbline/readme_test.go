package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/pack"
	"github.com/plumbline-audit/plumbline/reports"
)

// readmeBlocks are the README's fenced blocks of one kind.
func readmeBlocks(t *testing.T, kind string) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	return out
}

// The summary that the README shows is what its first command prints.
func TestReadmeSummary(t *testing.T) {
	result := runAudit(t, "../../testdata/bank/audit.yaml", engine.Options{})
	var got bytes.Buffer
	if err := (reports.Text{Width: 100}).Write(&got, result); err != nil {
		t.Fatal(err)
	}
	if want := readmeBlocks(t, "text")[0]; !strings.HasPrefix(got.String(), want) {
		t.Errorf("README shows\n%s\nbut the summary begins\n%s", want, got.String()[:min(len(got.String()), len(want))])
	}
}

// The configuration that the README shows has no mistakes, and the message that
// it shows is the one for that mistake.
func TestReadmeConfiguration(t *testing.T) {
	all := detectors.All()
	parse := func(text string) config.Errors {
		_, errs := config.Parse("audit.yaml", []byte(text), engine.Declarations(all), engine.DefaultDetectors(all))
		return errs
	}
	text := readmeBlocks(t, "yaml")[0]
	if errs := parse(text); len(errs) > 0 {
		t.Errorf("README's configuration: %s", errs.String())
	}
	broken := strings.Replace(text, `{column: sex, reference: male, missing: ["?", unknown]}`, "{colum: sex, reference: male}", 1)
	if want := readmeBlocks(t, "text")[1]; !strings.Contains(parse(broken).String(), want) {
		t.Errorf("README shows\n%s\nbut validate says\n%s", want, parse(broken).String())
	}
}

// What the README says of the example of each kind stands on its first screen.
func TestReadmeKinds(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+)`[^|]*\\| `(testdata/[^`]+)`[^|]*\\|([^|]*)\\|[^|]*\\|[^|]*\\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) != 4 {
		t.Fatalf("README's table of kinds has %d rows, want 4", len(rows))
	}
	for _, row := range rows {
		result := runAudit(t, "../../"+row[2], engine.Options{})
		var got bytes.Buffer
		if err := (reports.Text{Width: 100}).Write(&got, result); err != nil {
			t.Fatal(err)
		}
		if result.Audit.Kind != row[1] {
			t.Errorf("%s is of kind %s, not %s", row[2], result.Audit.Kind, row[1])
		}
		if screen := strings.Join(strings.Fields(got.String()), " "); !strings.Contains(screen, strings.TrimSpace(row[3])) {
			t.Errorf("README says of %s\n%s\nbut its first screen is\n%s", row[2], row[3], got.String())
		}
	}
}

// What the README shows of rule packs is in the summary of its audit, and it names
// every pack that there is.
func TestReadmePacks(t *testing.T) {
	result := runAudit(t, "../../testdata/ll144/selection.yaml", engine.Options{})
	var got bytes.Buffer
	if err := (reports.Text{Width: 100}).Write(&got, result); err != nil {
		t.Fatal(err)
	}
	if want := readmeBlocks(t, "text")[3]; !strings.Contains(got.String(), want) {
		t.Errorf("README shows\n%s\nbut the summary is\n%s", want, got.String())
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pack.Names() {
		if !strings.Contains(string(text), "\n| `"+name+"` | ") {
			t.Errorf("README does not name pack %s", name)
		}
	}
}
