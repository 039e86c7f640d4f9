package config

import (
	"strings"
	"testing"
	"time"
)

// A waiver says why, by whom and until when, or is refused at its position.
func TestWaiverMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{metric: psi, by: me, until: 2027-01-31}":                         `9:11: required key "reason" is missing`,
		"{metric: psi, reason: x, by: me}":                                 `9:11: required key "until" is missing`,
		"{metric: psi, reason: x, until: 2027-01-31}":                      `9:11: required key "by" is missing`,
		"{reason: x, by: me, until: 2027-01-31}":                           `9:11: required key "metric" is missing`,
		`{metric: psi, reason: "", by: me, until: 2027-01-31}`:             `"reason" is empty`,
		"{metric: psi, reason: x, by: me, until: for ever}":                `"until" must be a day, not "for ever"; such as 2027-01-31: a waiver has an end`,
		"{metric: psi, reason: x, by: me, until: 2027-02-30}":              `"until" must be a day, not "2027-02-30"`,
		"{metric: psi, reason: x, by: me, until: 2027-01-31, who: nobody}": `unknown key "who"`,
	} {
		_, errs := parse(privateYAML + "waivers: [" + text + "]\n")
		if !strings.Contains(errs.String(), want) || strings.Count(errs.String(), "audit.yaml:") != 1 {
			t.Errorf("waivers: [%s]: got %s\nwant %s", text, errs.String(), want)
		}
	}
}

// A waiver holds until its last day is over, and is no part of what is audited.
func TestWaiver(t *testing.T) {
	a, errs := parse(privateYAML + "waivers: [{metric: psi, reason: x, by: me, until: 2027-01-31}]\n")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	zone, err := LoadZone("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2027, 2, 1, 0, 0, 0, 0, zone)
	if w := a.Waivers[0]; !w.Holds(end.Add(-time.Nanosecond), zone) || w.Holds(end, zone) {
		t.Errorf("%+v", w)
	}
	if b, _ := parse(privateYAML); a.SHA256() != b.SHA256() {
		t.Error("a waiver makes it another audit")
	}
}
