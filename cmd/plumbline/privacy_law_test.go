package main

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/privacy"
	"github.com/plumbline-audit/plumbline/reports"
)

// TestLawTable holds that the statute's table shows the lines that it may, and the
// word suppressed in those of the rule's example (regulation.md O-9) that it may not.
func TestLawTable(t *testing.T) {
	_, published := privately(t, "../../testdata/ll144/selection.yaml")
	var b strings.Builder
	if err := reports.WriteTables(&b, published); err != nil {
		t.Fatal(err)
	}
	const hidden = ",suppressed,suppressed,suppressed,suppressed\r\n"
	for _, want := range []string{
		"Male,1390,667,48%,1.00\r\n",
		"Not Hispanic or Latino,Male,White,412,215,52.2%,1.000\r\n",
		"Not Hispanic or Latino,Female,Native American or Alaska Native" + hidden,
		"Not Hispanic or Latino,Male,Native American or Alaska Native" + hidden,
		"Not Hispanic or Latino,Female,Native Hawaiian or Pacific Islander" + hidden,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
	// Remarks on tables of which all lines are shown stay, and the line on people of
	// unknown categories, whose number is not small; others give way to their number.
	for want, there := range map[string]bool{" of 797": true, "assess 250 individuals": true, "(215 of 412)": false, "0.66%": false, "2 remarks on this table are suppressed": true} {
		if strings.Contains(b.String(), want) != there {
			t.Errorf("the tables have %q: %v, want %v:\n%s", want, !there, there, b.String())
		}
	}
}

// TestSentencesWithheld holds that what packs and checks say beside suppressed
// numbers names none: of people without a group, of how often chance fails a
// check, of how many subjects there are.
func TestSentencesWithheld(t *testing.T) {
	exact, _ := privately(t, "../../testdata/ll144/selection.yaml")
	alarm := 0.25
	exact.Gates.Checks = []audit.Check{{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "race*sex", FalseAlarm: &alarm, Verdict: audit.Fail,
		HangsOn: "rows without a known group could turn this: between 0.61 and 0.9", Reason: "7 of 17", Threshold: audit.Threshold{Pack: "nyc-ll144"}}}
	at := -1
	for i, m := range exact.Measurements {
		if m.Attribute == "sex*race" && m.Metric == "selection_rate" && m.Group != nil && *m.Group == "Female*Native American or Alaska Native" {
			at = i
		}
	}
	if at < 0 {
		t.Fatal("the example lacks its small cell")
	}
	exact.Gates.Checks[0].Attribute, exact.Gates.Checks[0].Measurements = "sex*race", []int{at}
	exact.Evidence = append(exact.Evidence, audit.Evidence{Pack: "nyc-ll144", Requirement: "x", Status: audit.FindingAt, Detail: "7 of 17.", Measurements: []int{at}},
		audit.Evidence{Pack: "nyc-ll144", Requirement: "y", Status: audit.Recorded, Detail: "Selected: 7 of 17.", Measurements: []int{at}})
	exact.Packs[0].Verdict = audit.Fail
	for i := range exact.Measurements {
		exact.Measurements[i].Shards, exact.Measurements[i].EachSubject = 1234567, true
	}
	p := privacy.Apply(exact)
	c := p.Gates.Checks[0]
	if c.FalseAlarm != nil || c.HangsOn != "" || c.Verdict != audit.Inconclusive {
		t.Errorf("the check says %+v", c)
	}
	if p.Packs[0].Verdict == audit.Fail {
		t.Error("the pack keeps the verdict of a check that was withdrawn")
	}
	for _, e := range p.Evidence[len(p.Evidence)-2:] {
		if strings.Contains(e.Detail, "7") || e.Status != audit.Recorded {
			t.Errorf("evidence: %s, %s", e.Status, e.Detail)
		}
	}
	for _, m := range p.Measurements {
		if m.Attribute == "sex*race" && m.Shards > 0 {
			t.Fatalf("%s tells of %d subjects", m.Metric, m.Shards)
		}
	}
	for _, f := range reports.All() {
		var b strings.Builder
		if err := f.Write(&b, p); err != nil {
			t.Fatal(err)
		}
		for _, hidden := range []string{"7 of 17", "0.61"} {
			if strings.Contains(b.String(), hidden) {
				t.Errorf("%s prints %q", f.Name, hidden)
			}
		}
	}
}
