package reports

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		amount    func(float64) string
		want      string
	}{
		{-.019, .0001, points, "−1.9 to +0.0"}, {-.0001, .02, points, "−0.0 to +2.0"}, {-.019, 0, points, "−1.9 to 0.0"},
		{-.0004, .2, thousandths, "−0.000 to 0.200"}, {.1, .2, thousandths, "0.100 to 0.200"},
	} {
		if got := between(c.low, c.high, c.amount); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

func TestStopped(t *testing.T) {
	for text, want := range map[string]string{"is it the model that decided?": "is it the model that decided?", "which one was logged?.": "which one was logged?", "it ended.": "it ended.", "it ended": "it ended."} {
		if got := stopped(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// The rows of a gap are said group by group.
func TestHowExplainedNamesTheGroups(t *testing.T) {
	f, m := "f", "m"
	q := &explained{explainer: "gap", metric: "score_mean_difference", attribute: "sex", group: &f, reference: &m,
		features: []*audit.Explanation{{N: 486, ReferenceN: 514, Group: &f, Reference: &m, Exact: true}}}
	if got, want := howExplained(small(), q), "486 sampled rows of f and 514 of m; exact for these rows."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Whether explanations agree less than chance leaves is said in words.
func TestStabilityLine(t *testing.T) {
	for _, c := range []struct {
		value float64
		want  string
	}{
		{.9, "the order of the inputs agrees to 0.900 of 1; more has changed than the draw of the rows accounts for (at least 0.950 in 19 of 20 cases)"},
		{1, "; that is no less than the draw of the rows alone leaves (at least 0.950 in 19 of 20 cases)"},
	} {
		b := explainBuilder{r: small()}
		for part, x := range map[audit.Part]float64{"agreement": c.value, "noise": .95} {
			b.add("stability", "rank_biased_overlap", part, "", x, func(e *audit.Explanation) { e.Note = "gap, new against old" })
		}
		if got := stabilityLine(b.r); !strings.Contains(got, c.want) {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// Parity is told without the words of the result file: no rows "differ by at most 0".
func TestParityText(t *testing.T) {
	zero, some, far := 0.0, 1e-9, .25
	for want, p := range map[string]audit.Parity{
		"the scores of 200 rows are the same":                                        {Rows: 200, Largest: &zero, Verdict: "equal"},
		"the scores of 200 rows differ by at most 1e-09, within the tolerance":       {Rows: 200, Largest: &some, Verdict: "within"},
		"the scores of 200 rows differ by up to 0.25, beyond the tolerance of 1e-06": {Rows: 200, Largest: &far, Verdict: "beyond"},
		"the scores of 200 rows are the same, but 200 of 200 decisions differ":       {Rows: 200, Largest: &zero, Decisions: 200, Differ: 200, Verdict: "beyond"},
		"the scores of 200 rows are the same and 2 of 200 decisions differ":          {Rows: 200, Largest: &zero, Decisions: 200, Differ: 2, Verdict: "within"},
		"all of 200 decisions are the same":                                          {Decisions: 200, Verdict: "equal"},
		"150 of 200 decisions differ":                                                {Decisions: 200, Differ: 150, Verdict: "beyond"},
		"not compared, the log has no score":                                         {Verdict: "not_compared"},
	} {
		p.Tolerance = 1e-6
		if got := parityText(&p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The rows of an area under the curve are named by their labels.
func TestRowsOfAnArea(t *testing.T) {
	q := &explained{explainer: "importance", metric: "auc", features: []*audit.Explanation{{N: 389, ReferenceN: 611, Exact: true}}}
	if got, want := howExplained(&audit.Result{}, q), "389 sampled rows with a positive label and 611 with a negative one; exact for these rows."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Rows are a sample where they are not all of the log.
func TestRowsAsked(t *testing.T) {
	list := []*audit.Explanation{{ModelRows: 1}}
	for want, r := range map[string]*audit.Result{
		" rows":         {Model: &audit.Model{Rows: 90}, Data: audit.Data{Copies: 90}},
		" sampled rows": {Model: &audit.Model{Rows: 90}, Data: audit.Data{Copies: 91}},
	} {
		if got := rowsAsked(r, list); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := rowsAsked(r, []*audit.Explanation{{}}); got != " sampled rows" {
			t.Errorf("without the model: %q", got)
		}
	}
}
