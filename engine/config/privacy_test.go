package config

import (
	"strings"
	"testing"
)

// Every privacy section that nobody could mean is refused at its position.
func TestPrivacyMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{min_cell: 1}":                     `9:21: "min_cell" must be at least 2, not 1`,
		"{min_cell: -5}":                    `9:21: "min_cell" must be at least 2, not -5`,
		"{min_cell: 0}":                     `9:21: "min_cell" must be at least 2, not 0`,
		"{min_cell: 11.5}":                  `9:21: "min_cell" must be a whole number, not "11.5"`,
		"{min_cell: eleven}":                `9:21: "min_cell" must be a whole number`,
		"{min_cell: 1001}":                  "9:21: min_cell 1001 would suppress groups that nobody calls small; at most 1000 is allowed",
		"{min_cell: 999999999999999999999}": `9:21: "min_cell"`,
		"{keep_exact: true}":                `9:1: required key "min_cell" is missing`,
		"{}":                                `9:1: required key "min_cell" is missing`,
		"{min_cell: 11, keep_exact: yes}":   `9:37: "keep_exact" must be true or false, not "yes"; write true, without quotes`,
		"{min_cel: 11}":                     `9:11: unknown key "min_cel"; did you mean "min_cell"?`,
		"11":                                `9:10: "privacy" must be a mapping`,
	} {
		_, errs := parse(privateYAML + "privacy: " + text + "\n")
		if !strings.Contains(errs.String(), "audit.yaml:"+want) || strings.Count(errs.String(), "audit.yaml:") != 1 {
			t.Errorf("privacy: %s: got %s\nwant %s", text, errs.String(), want)
		}
	}
}

// What is given is read, and printed as it was.
func TestPrivacy(t *testing.T) {
	a, errs := parse(privateYAML + "privacy: {min_cell: 11}\n")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if a.Privacy == nil || a.Privacy.MinCell != 11 || a.Privacy.KeepExact {
		t.Errorf("got %+v", a.Privacy)
	}
	if b, _ := parse(privateYAML); strings.Contains(b.Canonical(), "privacy") || !strings.Contains(a.Canonical(), `"privacy":{"min_cell":11,"keep_exact":false}`) {
		t.Errorf("digested as %s", a.Canonical())
	}
}

const privateYAML = `version: 1
name: x
data: {log: a.csv}
columns:
  decision: {column: y, positive: [yes]}
  groups:
    sex: sex
# how small a cell is too small
`
