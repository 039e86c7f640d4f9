package pack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/pack"
)

func declarations() []config.DetectorDecl { return engine.Declarations(detectors.All()) }

func today() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// Every pack of the program reads without a mistake, under its own name, with
// sources, a date, and something that it does not claim; those about laws without a
// number set none.
func TestShippedPacks(t *testing.T) {
	limits := map[string]int{"four-fifths": 1, "nyc-ll144": 0, "two-prong": 1, "credit-air": 3, "eu-ai-act-art10": 0}
	for _, name := range pack.Names() {
		p, err := pack.Load(name, "", declarations(), today())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, known := limits[name]
		if !known || len(p.Checks) != want {
			t.Errorf("%s: %d checks, want %d", name, len(p.Checks), want)
		}
		delete(limits, name)
		if p.Name != name || len(p.Requirements) == 0 || len(p.SHA256) != 64 || p.Age() != 365*24*time.Hour {
			t.Errorf("%s: name %q, %d requirements, sha256 %q, age %v", name, p.Name, len(p.Requirements), p.SHA256, p.Age())
		}
		for _, text := range append(append([]string{p.Title}, p.Wording...), p.NotClaimed...) {
			if lower := strings.ToLower(text); strings.Contains(lower, "is compliant") || strings.Contains(lower, "certified") {
				t.Errorf("%s claims too much: %s", name, text)
			}
		}
	}
	for name := range limits {
		t.Errorf("no pack %s", name)
	}
}

const good = `version: 1
name: ours
title: Our rules
release: 1.10
jurisdiction: our house
status: voluntary
citation: [our handbook 3.2]
verified: 2026-11-01
max_age: 30d
not_claimed: [no law asks for this]
min_share: 0.02
attributes: {sex: sex of the person}
checks:
  - {detector: parity, metric: selection_rate_ratio, min_ratio: 0.8}
detectors: {ll144: {median_over: known}}
requirements:
  rates: {title: Rates, detector: parity, metric: selection_rate}
  note: {title: A note, statement: true}
`

func parse(text string) (*pack.Pack, config.Errors) {
	return pack.Parse("ours.yaml", []byte(text), declarations(), today())
}

func TestGoodPack(t *testing.T) {
	p, errs := parse(good)
	if len(errs) > 0 {
		t.Fatal(errs.String())
	}
	if p.Release != "1.10" || p.Attributes[0].Doc != "sex of the person" || p.Checks[0].Text() != "parity selection_rate_ratio: min_ratio 0.8" || p.Requirements[0].From() != "detector parity, selection_rate" {
		t.Errorf("%+v", p)
	}
}

// What is wrong with a pack is said with its place; the schema knows as much of it as a
// schema can.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		from, to, want string
		schema         bool // the schema refuses it, too
	}{
		"no YAML":              {"title: Our rules", "title: [", "ours.yaml:5:13: YAML syntax", false},
		"unknown key":          {"title: Our rules", "titel: Our rules", `ours.yaml:3:1: unknown key "titel"; did you mean "title"?`, true},
		"no source":            {"citation: [our handbook 3.2]\n", "", `required key "citation" is missing`, true},
		"empty source":         {"[our handbook 3.2]", "[' ']", "ours.yaml:7:12: citation is empty; say where the rule is written", false},
		"empty claim":          {"[no law asks for this]", "['']", "ours.yaml:10:15: not_claimed is empty", false},
		"future":               {"2026-11-01", "2027-11-01", "ours.yaml:8:11: verified lies in the future: 2027-11-01, and today is 2026-11-23", false},
		"day after tomorrow":   {"2026-11-01", "2026-11-25", "ours.yaml:8:11: verified lies in the future: 2026-11-25, and today is 2026-11-23; give the day on which somebody read the sources", false},
		"no date":              {"2026-11-01", "last week", `ours.yaml:8:11: verified must be a date, not "last week"; write it as 2026-11-21`, false},
		"status":               {"status: voluntary", "status: valid", `ours.yaml:6:9: "status" must be`, true},
		"name":                 {"name: ours", "name: our rules", "ours.yaml:2:7: name \"our rules\" has more in it than a name", false},
		"share":                {"min_share: 0.02", "min_share: 2", "ours.yaml:11:12: min_share must be above 0 and below 1, not 2; 0.02 is two percent", false},
		"detector":             {"{detector: parity, metric: selection_rate_ratio", "{detector: paritty, metric: selection_rate_ratio", `ours.yaml:14:16: unknown detector "paritty"; did you mean "parity"?`, false},
		"metric":               {"selection_rate_ratio", "selection_rate_ration", `detector parity has no metric "selection_rate_ration"; did you mean "selection_rate_ratio"?`, false},
		"kind of limit":        {"min_ratio: 0.8", "max: 0.8", "ours.yaml:14:59: selection_rate_ratio cannot be limited by max; use min_ratio", false},
		"impossible limit":     {"min_ratio: 0.8", "min_ratio: 1.2", "ours.yaml:14:65: min_ratio must be above 0 and at most 1, not 1.2", false},
		"no limit":             {", min_ratio: 0.8", "", "ours.yaml:14:5: the check sets no limit", false},
		"not gated":            {"{detector: parity, metric: selection_rate_ratio", "{detector: ll144, metric: impact_ratio", "impact_ratio cannot be limited by min_ratio; it is measured and shown only", false},
		"min above max":        {"metric: selection_rate_ratio, min_ratio: 0.8", "metric: selection_rate, min: 0.5, max: 0.4", "the pack contradicts itself: selection_rate has min above max, and no data can pass", false},
		"min above max, two":   {"min_ratio: 0.8}", "min_ratio: 0.8}\n  - {detector: parity, metric: selection_rate, min: 0.5}\n  - {detector: parity, metric: selection_rate, max: 0.4}", "ours.yaml:16:53: the pack contradicts itself", false},
		"two limits":           {"min_ratio: 0.8}", "min_ratio: 0.8}\n  - {detector: parity, metric: selection_rate_ratio, min_ratio: 0.9}", "ours.yaml:15:65: the pack contradicts itself: it limits selection_rate_ratio by min_ratio 0.8 and by 0.9", false},
		"warning comes late":   {"min_ratio: 0.8}", "min_ratio: 0.8}\n  - {detector: parity, metric: selection_rate_ratio, min_ratio: 0.7, severity: warn}", "its warning about selection_rate_ratio comes only after its failure", false},
		"no evidence":          {"title: A note, statement: true", "title: A note", "ours.yaml:18:3: requirement note says of no evidence", false},
		"two kinds":            {"title: A note, statement: true", "title: A note, statement: true, table: x", "requirement note names several kinds of evidence", false},
		"metric alone":         {"title: A note, statement: true", "title: A note, statement: true, metric: x", "metric needs a detector", false},
		"limit among settings": {"{ll144: {median_over: known}}", "{parity: {min_ratio: 0.9}}", "limits of a pack stand under checks", true},
		"parameter":            {"median_over: known", "median_over: nobody", `"median_over" must be everyone or known, not "nobody"`, true},
		"strict":               {"min_ratio: 0.8", "min_ratio: 0.8, strict: true", "ours.yaml:14:78: strict is about max_difference alone", false},
		"table":                {"{title: A note, statement: true}", "{title: A note, table: ll144/selection/nosuch}", `ours.yaml:18:32: detector ll144 makes no table "ll144/selection/nosuch"; did you mean "ll144/selection/sex"?`, false},
		"table of nobody":      {"{title: A note, statement: true}", "{title: A note, table: nosuch/sex}", `no detector makes a table "nosuch/sex"`, false},
		"generated id":         {"note: {", "provenance: {", "requirement provenance has an id that every pack has by itself", false},
		"generated age":        {"note: {", "evidence-age: {", "requirement evidence-age has an id that every pack has by itself", false},
		"generated attribute":  {"note: {", "attribute-sex: {", "requirement attribute-sex has an id", false},
		"date of a number":     {"detector: parity, metric: selection_rate}", "detector: parity, metric: selection_rate, date: true}", "date is about a statement", false},
		"asks for nothing":     {good[strings.Index(good, "checks:"):], "", "the pack asks for nothing", false},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		_, errs := parse(text)
		if text == good || !strings.Contains(errs.Error(), c.want) {
			t.Errorf("%s: %q, want %q", name, errs.Error(), c.want)
		}
		if c.schema == (validate(t, text) == nil) {
			t.Errorf("%s: the schema says %v", name, validate(t, text))
		}
	}
	if err := validate(t, good); err != nil {
		t.Error(err)
	}
}

// validate holds a pack against the published schema.
func validate(t *testing.T, text string) error {
	t.Helper()
	resolved, err := pack.Schema(declarations()).Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := yaml.Load([]byte(text), &document); err != nil {
		return nil // the parser says what is wrong
	}
	plain, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(plain, &document); err != nil {
		t.Fatal(err)
	}
	return resolved.Validate(document)
}

// A warning may stand beside a failure, and a name may be unknown.
func TestLevelsAndNames(t *testing.T) {
	levels := strings.Replace(good, "min_ratio: 0.8}", "min_ratio: 0.8}\n  - {detector: parity, metric: selection_rate_ratio, min_ratio: 0.9, severity: warn}", 1)
	if _, errs := parse(levels); len(errs) > 0 {
		t.Error(errs.String())
	}
	if _, err := pack.Load("four-fith", "", declarations(), today()); err == nil || err.Error() != `unknown pack "four-fith"; did you mean "four-fifths"?` {
		t.Error(err)
	}
	if _, err := pack.Load("none.yaml", t.TempDir(), declarations(), today()); err == nil || !strings.HasSuffix(err.Error(), "no such file or directory") {
		t.Error(err)
	}
}

// A file may not go by the name of a pack that comes with the program: a report says
// by name under what it was computed.
func TestNamesOfThePrograms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(good, "name: ours", "name: nyc-ll144", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pack.Load(file, "", declarations(), today()); err == nil || !strings.Contains(err.Error(), `own.yaml:2:7: "nyc-ll144" is the name of a pack that comes with the program`) {
		t.Error(err)
	}
}

// A pack may be verified on a day that has begun anywhere, for the check and for an
// audit alike: 15:00 UTC is the next day in Kiritimati. What is said of today is that
// of the machine.
func TestVerifiedToday(t *testing.T) {
	dir := t.TempDir()
	afternoon := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	for day, want := range map[string]bool{"2026-11-23": true, "2026-11-24": true, "2026-11-25": false} {
		if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(strings.Replace(good, "2026-11-01", day, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		a, errs := config.Parse(filepath.Join(dir, "audit.yaml"), []byte(head+"  groups: {sex: s}\npacks: [./own.yaml]\n"), declarations(), func(string) []string { return nil })
		if len(errs) > 0 {
			t.Fatal(errs.String())
		}
		_, check := pack.Load("own.yaml", dir, declarations(), afternoon)
		_, run := pack.Apply(a, declarations(), afternoon)
		for _, err := range []error{check, run} {
			if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "and today is 2026-11-23") {
				t.Errorf("%s: %v", day, err)
			}
		}
	}
}

// A zero day asks for no date: whoever reads a pack again needs no clock.
func TestNoClock(t *testing.T) {
	if _, errs := pack.Parse("ours.yaml", []byte(strings.Replace(good, "2026-11-01", "2999-01-01", 1)), declarations(), time.Time{}); len(errs) > 0 {
		t.Error(errs.String())
	}
}

// Whatever the file, parsing ends with a pack or with mistakes that have words.
func FuzzParse(f *testing.F) {
	f.Add(good)
	for _, name := range pack.Names() {
		f.Add("version: 1\nname: " + name + "\nchecks: [{detector: parity, metric: selection_rate, min: 1e999}]")
	}
	f.Add("checks: [{}, null, 3]\nrequirements: {a: null, b: {statement: true, table: x}}\nattributes: {sex: {also: []}}")
	f.Add("detectors: {ll144: {exclude: {a: ''}}, nope: {}}\nmin_share: -0\nverified: 0000-00-00")
	decls := declarations()
	f.Fuzz(func(t *testing.T, text string) {
		p, errs := pack.Parse("f.yaml", []byte(text), decls, today())
		for _, e := range errs {
			if e.Message == "" {
				t.Errorf("a mistake without words: %+v", e)
			}
		}
		if len(errs) == 0 && (p.Name == "" || len(p.Citation) == 0 || p.Verified == "") {
			t.Errorf("a pack without name, source or date was read: %+v", p)
		}
		_ = errs.String()
	})
}

// A file that is a list is refused once, with its place.
func TestListIsNoPack(t *testing.T) {
	_, errs := parse("[1, 2]\n")
	if len(errs) != 1 || !strings.HasPrefix(errs.Error(), `ours.yaml:1:1: "the pack" must be a mapping, not a list`) {
		t.Error(errs)
	}
}
