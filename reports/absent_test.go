package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// absentResult is an audit of 6,000 people, 375 of unknown race, in which a
// group was expected that nobody was seen of, and whose selected have no labels.
func absentResult() *audit.Result {
	b := &builder{header("absent", "Who is missing")}
	r := b.r
	name := "Native Hawaiian"
	r.Groups = []audit.Attribute{{Attribute: "race", Column: "race", Values: []audit.GroupValue{{Value: ptr("Black"), N: 5625, Rows: 5625}, {N: 375, Rows: 375}}}}
	add := func(detector, metric, attribute string, m audit.Measurement) {
		m.Detector, m.Metric, m.Attribute, m.Window = detector, metric, attribute, audit.AllWindows
		if m.GroupKind == "" {
			m.GroupKind = audit.KindValue
		}
		b.add(m)
	}
	add("representation", "representation_share", "", audit.Measurement{GroupKind: audit.KindOverall, Parameters: map[string]string{"status": "not_measured", "attribute": "disability"}})
	add("representation", "representation_share", "race", audit.Measurement{Group: &name, Value: ptr(0.0), Numerator: ptr(int64(0)), Denominator: ptr(int64(5625)),
		Interval: interval(0, 0.000532, "exact-upper"), Parameters: map[string]string{"status": "not_observed"}})
	add("missing_groups", "selection_rate_bounds", "race", audit.Measurement{Group: ptr("Black"), Value: ptr(0.5), Interval: interval(0.4, 0.6, "worst-case")})
	add("missing_groups", "selection_rate_ratio_bounds", "race", audit.Measurement{Group: ptr("Black"), Reference: ptr("White"), Value: ptr(0.9),
		Interval: interval(0.81, 1.1, "worst-case"), Parameters: map[string]string{"limit": "holds", "lowest": "81/100 against 1/1"}})
	share := func(decision string, k, n int64) {
		m := audit.Measurement{GroupKind: audit.KindOverall, Value: ptr(float64(k) / float64(n)), N: n, Numerator: &k, Denominator: &n}
		if decision != "" {
			m.Parameters = map[string]string{"decision": decision}
		}
		add("label_coverage", "label_share", "race", m)
	}
	share("", 2000, 6000)
	share("positive", 0, 4000)
	share("negative", 2000, 2000)
	r.Gates.Checks = []audit.Check{{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "race", Verdict: audit.Pass, HangsOn: "rows without a known group could turn this"}}
	return r
}

// The section says in plain sentences who is missing; without the detectors
// there is no section.
func TestAbsent(t *testing.T) {
	page := string(render(t, "html", absentResult()))
	for _, want := range []string{
		"Who is not in this picture",
		"No column carries “disability”",
		"Nobody among the 5,625 clients whose race is known is Native Hawaiian, so fewer than 0.053\u202f% of such clients are",
		"375 of 6,000 clients (6.2\u202f%) have no known race. Whatever it is, the selection rate ratio of Black against White, measured as 0.90, lies between 0.81 and 1.10: the limit holds",
		"4,000 of 6,000 clients (66.7\u202f%) have no label that can be used. Of those who were subscribed none has one",
		"81/100 against 1/1",
		`<a href="#h-absent">Not in this picture</a>:</b> <bdi>375 of 6,000 clients without a known race (6.2` + "\u202f%); nobody of race Native Hawaiian; nothing by disability, which no column carries; 4,000 of 6,000 clients without a label that can be used (66.7\u202f%).",
		"Selection rate ratio by race (Pass): rows without a known group could turn this.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if text := string(render(t, "text", absentResult())); !strings.Contains(text, "Not in this picture:") || !strings.Contains(text, "375 of 6,000 clients") {
		t.Errorf("the text does not tell of the rows without a group:\n%s", text)
	}
	if page := string(render(t, "html", fixtures()["small"]())); strings.Contains(page, "Who is not in this picture") {
		t.Error("a section about nobody")
	}
}

// Where nothing is known of who is not in the picture but how many, the first screen
// says it, and points to no section that is not there.
func TestAbsentWithoutSection(t *testing.T) {
	r := absentResult()
	r.Measurements = slices.DeleteFunc(r.Measurements, func(m audit.Measurement) bool { return m.Detector != "parity" })
	r.Gates.Checks = nil
	page := string(render(t, "html", r))
	if !strings.Contains(page, "375 of 6,000") || strings.Contains(page, "h-absent") {
		t.Error("the line is missing, or leads nowhere")
	}
}
