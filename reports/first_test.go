package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// crowded is an audit with 16 findings, every third about an intersection, and
// a note on what could not be measured.
func crowded() *audit.Result {
	r := header("crowded", "Many findings")
	b := &builder{r}
	for i := range 16 {
		attribute := fmt.Sprint("a", i)
		if i%3 == 0 {
			attribute += "*b"
		}
		group := "x*[60,inf)"
		k, n := int64(10+i), int64(100)
		at := b.rate("parity", "selection_rate", attribute, audit.KindValue, &group, audit.AllWindows, k, n)
		r.Findings = append(r.Findings, audit.Finding{ID: fmt.Sprint("f", i), Severity: audit.Info, Title: fmt.Sprintf("Finding %d about %s.", i, attribute),
			Detail:       "10.1\u202f% of 27,214 against 14.9\u202f% of 12,790; 95\u202f% interval 0.64 to 0.72; limit 0.80 to 1.25; adjusted p < 0.0001. It is so. Beyond the limit as well: " + strings.Repeat("somebody else against somebody, ", 7) + "and more. The gap has the same direction.",
			Measurements: []int{at}})
	}
	r.Notes = []string{"attribute sex: the reference \"M\" is no value of the log"}
	return r
}

// Single attributes come first, after five the others are folded, and what
// could not be measured is said.
func TestFirstScreen(t *testing.T) {
	r := crowded()
	p := newPage(r)
	if len(p.Findings) != firstFindings || len(p.MoreFindings) != 11 || p.MoreText != "11 more findings" {
		t.Errorf("%d findings are shown and %d folded: %s", len(p.Findings), len(p.MoreFindings), p.MoreText)
	}
	var titles []string
	for _, f := range slices.Concat(p.Findings, p.MoreFindings) {
		titles = append(titles, f.Title)
	}
	if i := slices.IndexFunc(titles, func(s string) bool { return strings.Contains(s, "*") }); i != 10 || titles[0] != "Finding 1 about a1." {
		t.Errorf("the findings are in the order %q", titles)
	}
	const note = "Attribute sex: the reference &#34;M&#34; is no value of the log."
	page := render(t, "html", r)
	elements(t, page)
	if !strings.Contains(string(page), note) {
		t.Errorf("the page does not say %q", note)
	}
}

// A sentence that does not fit is left out as a whole; evidence, limit and
// interval never are.
func TestTextSentences(t *testing.T) {
	r := crowded()
	r.Findings = r.Findings[:2]
	r.Findings = append(r.Findings, audit.Finding{ID: "parity/open", Detector: "parity", Severity: audit.Inconclusive, Title: "Could not be decided: something.",
		Detail: strings.Repeat("0.85, within the limit of 0.80, but the interval reaches beyond it; ", 3) + "all others are undecided too. If the rates stay, about 3,821 cases of B would settle it."})
	for _, width := range []int{40, 72, 100} {
		var b bytes.Buffer
		if err := (Text{Width: width}).Write(&b, r); err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range []string{"interval 0.64 to 0.72; limit 0.80 to 1.25; adjusted p < 0.0001.", "about 3,821 cases of B would settle it.", "Not measured as asked:", "is no value of the log."} {
			if !strings.Contains(flat, want) {
				t.Errorf("at %d the summary does not say %q:\n%s", width, want, b.String())
			}
		}
		if strings.Contains(flat, "Beyond") || strings.Contains(flat, "somebody") {
			t.Errorf("at %d half a sentence is shown:\n%s", width, b.String())
		}
		if width == 100 && strings.Count(flat, "The gap has the same direction.") != 2 {
			t.Errorf("a sentence that fits is left out:\n%s", b.String())
		}
	}
}

// A check that could not be decided is listed once, with what would settle it.
func TestUndecidedOnce(t *testing.T) {
	r := undefinedOnly()
	r.Findings = []audit.Finding{
		{ID: "parity/selection_rate_ratio/g", Detector: "parity", Severity: audit.Inconclusive, Title: "Could not be decided: selection rate ratio by g.", Detail: "No group has a row. More rows would settle it."},
		{ID: "parity/selection_rate_ratio/g/inconclusive2", Detector: "parity", Severity: audit.Inconclusive, Title: "Could not be decided: selection rate ratio by g.", Detail: "No group has a row."},
		{ID: "other", Severity: audit.Error, Title: "Something else.", Detail: "It broke."},
	}
	var got []string
	for _, it := range undecided(r) {
		got = append(got, it.What+": "+it.Why)
	}
	want := []string{"Selection rate ratio by g: No group has a row. More rows would settle it.", "Something else: It broke."}
	if !slices.Equal(got, want) {
		t.Errorf("undecided is %q, want %q", got, want)
	}
}

// Treatment equality is told as counts of two kinds of error.
func TestTreatmentExample(t *testing.T) {
	r := header("t", "T")
	k := &maker{r: r, x: newIndex(r)}
	v, fn, fp, group := 532./805, int64(532), int64(805), "F"
	m := &audit.Measurement{Metric: treatmentEquality, Group: &group, GroupKind: audit.KindValue, Value: &v, Numerator: &fn, Denominator: &fp}
	if got, want := k.example(m), "F: 532 wrongly passed over for 805 wrongly subscribed = 0.66 wrongly passed over for each."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Audit.Favorable = false
	if got, want := k.example(m), "F: 532 missed for 805 wrongly subscribed = 0.66 missed for each."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// No raw name of a method is left in the method section.
func TestMethodNames(t *testing.T) {
	for _, m := range []string{"wilson", "newcombe", "koopman", "mover", "wilson-clustered", "newcombe-clustered", "koopman-clustered", "newcombe, bonferroni", "wilson, odds", "wilson-clustered, odds"} {
		if s := intervalText(m); len(s) < 30 || !strings.Contains(s, "(") {
			t.Errorf("the interval %q is called %q", m, s)
		}
	}
	for _, m := range []string{"fisher-midp", "fisher-midp, bonferroni", "binomial-midp-clustered", "clustered-score", "clustered-score, bonferroni"} {
		if s := testText(m); len(s) < 30 || !strings.Contains(s, "(") {
			t.Errorf("the test %q is called %q", m, s)
		}
	}
	if intervalText("own_way") != "own way" || testText("own_way") != "own way" {
		t.Error("an unknown method keeps its name")
	}
}

// A long table is printed in part, and says where the rest is.
func TestPaper(t *testing.T) {
	page := string(render(t, "html", extreme()))
	for _, want := range []string{"The first 12 of 41 rows are printed; all are in measurements.csv.", "Not printed: ", "the table is not printed"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if !strings.Contains(pageStyle, fmt.Sprintf("nth-child(n+%d)", paperRows+1)) || !strings.Contains(pageStyle, fmt.Sprintf(".panel:nth-child(n+%d)", paperPanels+1)) {
		t.Error("the style sheet prints another number of rows or panels than the page says")
	}
}
