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
			vary(t, path, []int{0, -6, -3, 3, 6, 10}, func(d int) string {
				log := string(raw)
				for cell, n := range map[string][2]int{"Native American,Female": {7, 1}, "Native American,Male": {11, -1}, "Pacific Islander,Female": {15, -1}, "Pacific Islander,Male": {37, 1}} {
					log = strings.Replace(log, fmt.Sprintf("%s,yes,%d\n", cell, n[0]), fmt.Sprintf("%s,yes,%d\n", cell, n[0]+d*n[1]), 1)
				}
				return log
			})
		})
	}
}

// TestHiddenMonthTellsNothing is the same by month, with labels: of the smallest group four
// were selected in January whose label is positive, and as many cases of two groups
// and both months trade labels as may have.
func TestHiddenMonthTellsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.yaml")
	conf := "version: 1\nname: x\ndata: {log: log.csv}\ncolumns:\n  time: {column: month, format: \"%Y-%m\"}\n  decision: {column: y, positive: [yes]}\n" +
		"  label: {column: z, positive: [1], negative: [0]}\n  weight: n\n  groups: {race: {column: race, reference: a}}\nwindows: {every: month, reference: 2026-01}\n" +
		"privacy: {min_cell: 11, keep_exact: true}\ndetectors: {parity: {min_ratio: 0.8}, equal_opportunity: {max_difference: 0.1}, error_rates: {}, drift: {}, completeness: {}}\n"
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	vary(t, path, []int{0, -3, -1, 3, 6}, func(d int) string {
		counts := map[string][8]int{ // by month, decision and label: yes 1, yes 0, no 1, no 0
			"a": {200, 100, 60, 150, 190, 120, 70, 160},
			"b": {80 - d, 40 + d, 30, 60, 90 + d, 50 - d, 25, 70},
			"c": {4 + d, 30 - d, 25, 40, 20 - d, 35 + d, 30, 45},
		}
		log := "month,race,y,z,n\n"
		for _, race := range []string{"a", "b", "c"} {
			for i, n := range counts[race] {
				log += fmt.Sprintf("2026-0%d,%s,%s,%d,%d\n", 1+i/4, race, []string{"yes", "no"}[i/2%2], 1-i%2, n)
			}
		}
		return log
	})
}

// vary audits logs that differ in what is hidden, and compares all that is published.
func vary(t *testing.T, path string, by []int, log func(int) string) {
	t.Helper()
	first := map[string]string{}
	for i, d := range by {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), "log.csv"), []byte(log(d)), 0o600); err != nil {
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
			if i == 0 {
				first[what] = text
			} else if first[what] != text {
				t.Errorf("%d more: %s differs: %s", d, what, difference(first[what], text))
			}
		}
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
