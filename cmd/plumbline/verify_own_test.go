package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/published"
	"github.com/plumbline-audit/plumbline/reports"
)

// The tables that plumbline writes for NYC Local Law 144 follow, whoever checks
// them: those of the rule's examples, and those of random logs in which sex, race,
// decisions and scores are missing now together and now apart.
func TestOwnTablesFollow(t *testing.T) {
	for _, name := range []string{"selection", "race", "scoring"} {
		follows(t, "../../testdata/ll144/"+name+".yaml")
	}
	for seed := range uint64(24) {
		follows(t, randomAudit(t, seed))
	}
}

// follows audits and checks what was written.
func follows(t *testing.T, path string) {
	t.Helper()
	var written bytes.Buffer
	if err := reports.WriteTables(&written, runAudit(t, path, engine.Options{})); err != nil {
		t.Fatal(err)
	}
	r, err := published.Verify(written.Bytes(), nil)
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, written.String())
	}
	for _, f := range r.Findings {
		if f.Severity != published.Note {
			t.Errorf("%s: line %d, %s: %s\n%s", path, f.Line, f.Group, f.Text, written.String())
		}
	}
	if r.Checks < 4 {
		t.Errorf("%s: %d checks\n%s", path, r.Checks, written.String())
	}
}

// randomAudit writes a log and its configuration.
func randomAudit(t *testing.T, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 144))
	pick := func(missing float64, values ...string) string {
		if r.Float64() < missing {
			return ""
		}
		return values[r.IntN(len(values))]
	}
	noSex, noRace, noResult := r.Float64()*0.3, r.Float64()*0.3, r.Float64()*0.1
	scored, together, odd := seed%3 == 1, seed%4 == 0, seed%5 == 0
	races := []string{"Hispanic or Latino", "White", "Black or African American", "Native Hawaiian or Pacific Islander", "Asian", "Native American or Alaska Native", "Two or More Races"}
	races = races[:2+r.IntN(6)]
	sexes := []string{"Male", "Female"}
	if odd {
		races, sexes = append(races, "Martian"), append(sexes, "Non-binary")
	}
	var log bytes.Buffer
	log.WriteString("sex,race,selected,score\n")
	for range 60 + r.IntN(900) {
		sex, race := pick(noSex, sexes...), pick(noRace, races...)
		if together && sex == "" {
			race = ""
		}
		score := pick(noResult, fmt.Sprint(r.IntN(100)))
		fmt.Fprintf(&log, "%s,%s,%s,%s\n", sex, race, pick(0, "yes", "no", "no"), score)
	}
	result := "  decision: {column: selected, positive: [yes]}\n"
	if scored {
		result = "  score: {column: score, type: number}\n"
	}
	settings := "data: historical"
	if seed%2 == 1 {
		settings += `, exclude: {"*": too few people for a rate}`
	}
	conf := "version: 1\nname: x\ntitle: X\ndata: {log: log.csv}\ncolumns:\n" + result +
		"  groups:\n    sex: {column: sex, provenance: self_reported}\n    race: {column: race, provenance: self_reported}\n" +
		"packs: [nyc-ll144]\ndetectors:\n  ll144: {" + settings + "}\n"
	dir := t.TempDir()
	for name, text := range map[string]string{"log.csv": log.String(), "audit.yaml": conf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "audit.yaml")
}
