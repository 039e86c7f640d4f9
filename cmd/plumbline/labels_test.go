package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

// said is the text report without line breaks.
func said(t *testing.T, r *audit.Result) string {
	t.Helper()
	var text bytes.Buffer
	if err := (reports.Text{}).Write(&text, r); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// shareOf is the share of a group whose label is known.
func shareOf(r *audit.Result, group string) (k, n int64) {
	for _, m := range r.Measurements {
		if m.Metric == "label_share" && m.Parameters["decision"] == "" && m.Group != nil && *m.Group == group {
			return *m.Numerator, *m.Denominator
		}
	}
	return 0, 0
}

// Whose outcome is not known can be told from the reports: of nobody who was flagged,
// and of nobody who was screened less than two years before. Counts of months.csv in
// Python: 3,192 of 3,696 and 2,163 of 2,454 people were screened until April 2014.
func TestLabelsInReports(t *testing.T) {
	selective := runAudit(t, "../../testdata/compas/selective.yaml", engine.Options{})
	if k, n := shareOf(selective, "Caucasian"); k != 1600 || n != 2454 {
		t.Errorf("%d of %d have a label", k, n)
	}
	if text := said(t, selective); !strings.Contains(text, "3,317 of 7,214 people (46.0") || !strings.Contains(text, "none has one, so rates that add up the outcomes of both sides") ||
		!strings.Contains(text, "no label is known of those with a positive decision") {
		t.Error(text)
	}
	// From 0/532 against 854/1315 to 2174/2706 against 0/461, in percent by hand.
	if on := selective.Gates.Checks[0].HangsOn; !strings.Contains(on, "lies between −64.9 points and 80.3 points") {
		t.Error(on)
	}
	if selective.Verdict != audit.Inconclusive { // a true positive rate of 0 by construction passed its gate
		t.Errorf("verdict %s", selective.Verdict)
	}
	for _, m := range selective.Measurements { // ProPublica's truth tables: 505 of 966 in the full log
		if m.Metric == "true_positive_rate" && m.Value != nil {
			t.Errorf("a rate out of labels of one decision: %+v", m)
		}
		if m.Metric == "true_positive_rate_bounds" && m.Group != nil && *m.Group == "Caucasian" &&
			(m.Value != nil || *m.Interval.Low > 505./966 || *m.Interval.High < 505./966) {
			t.Errorf("bounds %+v", m)
		}
	}
	at := time.Date(2016, 4, 1, 0, 0, 0, 0, time.UTC)
	late := runAudit(t, "../../testdata/compas/late.yaml", engine.Options{AsOf: &at})
	for group, want := range map[string][2]int64{"African-American": {3192, 3696}, "Caucasian": {2163, 2454}} {
		if k, n := shareOf(late, group); k != want[0] || n != want[1] {
			t.Errorf("%s: %d of %d have a label", group, k, n)
		}
	}
	if text := said(t, late); !strings.Contains(text, "904 of them are too young: their labels may still change") ||
		!strings.Contains(text, "rows without a known label could turn this") {
		t.Error(text)
	}
}
