package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/privacy"
	"github.com/plumbline-audit/plumbline/reports"
)

// TestHiddenOutcomeTellsNothing holds that nothing published differs with a count that
// is hidden: not a number, a verdict, the exit code, which is the verdict's, or
// whether there is a finding. The example of the rule of NYC Local Law 144 hides who
// was selected of two races and both sexes; these four counts move along what their
// margins leave, so that every one of the audits is as good an explanation of what is shown.
func TestHiddenOutcomeTellsNothing(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/ll144/crossed.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, rest := range map[string]string{
		"limit":      "detectors: {parity: {min_ratio: 0.8}}\n",
		"named":      "detectors: {parity: {min_ratio: 0.8, selection_rate_difference: {max: 0.1}}, completeness: {}, robustness: {}}\n",
		"pack":       "packs:\n  - name: four-fifths\n    not_applicable: {components: the tool is the only step that is audited}\ndetectors: {parity: {}}\n",
		"other pack": "packs: [{name: credit-air}]\ndetectors: {parity: {}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			reference := ""
			if name == "reference" {
				reference = ", reference: White"
			}
			conf := "version: 1\nname: x\ndata: {log: log.csv}\ncolumns:\n  decision: {column: selected, positive: [yes]}\n  weight: n\n" +
				"  groups:\n    race: {column: race" + reference + "}\n    sex: sex\nintersections: {depth: 2}\nprivacy: {min_cell: 11, keep_exact: true}\n" + rest
			path := filepath.Join(dir, "audit.yaml")
			if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
				t.Fatal(err)
			}
			first := map[string]string{}
			for _, d := range []int{0, -6, -3, 3, 6, 10} {
				log := string(raw)
				for cell, n := range map[string]int{"Native American,Female": 7 + d, "Native American,Male": 11 - d, "Pacific Islander,Female": 15 - d, "Pacific Islander,Male": 37 + d} {
					of := map[string]int{"Native American,Female": 7, "Native American,Male": 11, "Pacific Islander,Female": 15, "Pacific Islander,Male": 37}[cell]
					log = strings.Replace(log, fmt.Sprintf("%s,yes,%d\n", cell, of), fmt.Sprintf("%s,yes,%d\n", cell, n), 1)
				}
				if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte(log), 0o600); err != nil {
					t.Fatal(err)
				}
				exact := runAudit(t, path, engine.Options{})
				for i := range exact.Data.Inputs { // the log itself differs
					exact.Data.Inputs[i].Bytes, exact.Data.Inputs[i].SHA256 = 1, "x"
				}
				published := privacy.Apply(exact)
				if published.Privacy.Suppressed == 0 {
					t.Fatal("nothing is suppressed")
				}
				texts := map[string]string{"exit": string(published.Verdict)}
				for _, f := range reports.All() {
					var b strings.Builder
					if err := f.Write(&b, published); err != nil {
						t.Fatal(err)
					}
					texts[f.Name] = b.String()
				}
				for what, text := range texts {
					if was, ok := first[what]; ok && was != text {
						t.Errorf("%d selected: %s differs: %s", 7+d, what, difference(was, text))
					}
					if d == 0 {
						first[what] = text
					}
				}
			}
		})
	}
}

// difference is the first line in which two texts differ.
func difference(a, b string) string {
	other := strings.Split(b, "\n")
	for i, line := range strings.Split(a, "\n") {
		if i >= len(other) || line != other[i] {
			return line[:min(300, len(line))] + "\nand " + strings.Join(other[min(i, len(other)):min(i+1, len(other))], "")
		}
	}
	return "length"
}
