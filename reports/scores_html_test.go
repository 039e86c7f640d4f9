package reports

import (
	"os"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestScoresAndDrift(t *testing.T) {
	page := string(render(t, "html", livingScores()))
	for _, want := range []string{"At scores around", "Draw one from divorced and one from single", "beyond what chance gives", "The decision moved most", "if nothing had changed",
		"The share of", "class=\"curve", "class=\"mirror", "class=\"heat\"", "class=\"pyramid\"", "Calibration by marital"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "significant") {
		t.Error("the page says significant")
	}
	if n := strings.Count(page, "Calibration by marital"); n != 3 { // aria-label, summary, caption
		t.Errorf("the data of the curves stand there %d times", n)
	}
}

// A page about nothing but undefined numbers says so, and draws nothing empty.
func TestUndefinedScores(t *testing.T) {
	page := string(render(t, "html", undefinedScores()))
	for _, want := range []string{"No calibration curves: no row with a score", "Nothing could be compared with the reference.", "every value is missing here"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "class=\"curve") || strings.Contains(page, "NaN") {
		t.Error("something undefined was drawn")
	}
}

// Forty columns, sixty windows and forty groups stay a page that opens.
func TestDriftIsBounded(t *testing.T) {
	r := extremeScores()
	k := &maker{r: r, x: newIndex(r), panels: 12}
	v := k.drift()
	if len(v.Names) != heatColumns || len(v.Bands) != 5 || len(v.Shifts) > shiftColumns || v.Note == "" {
		t.Errorf("%d columns, %d bands, %d distributions, note %q", len(v.Names), len(v.Bands), len(v.Shifts), v.Note)
	}
	for _, f := range k.scores()[0].Figures {
		if len(f.Panels) != 12 || f.Note == "" {
			t.Errorf("%d panels, note %q", len(f.Panels), f.Note)
		}
	}
	if dir := os.Getenv("PAGES"); dir != "" {
		for name, build := range fixtures() {
			if err := os.WriteFile(dir+"/"+name+".fixture.html", render(t, "html", build()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Compared groups have a map, a sentence per column, and the distributions of the
// group that lies furthest apart; each sentence is about one comparison.
func TestDriftBetweenGroups(t *testing.T) {
	r := bank()
	b := &builder{r}
	table := audit.Table{ID: "drift/balance/marital", Detector: "drift", Kind: "bins", Title: "Column balance by marital", Columns: []string{"group", "bin", "low", "high", "reference", "current"}}
	for i, g := range []string{"single", "divorced"} {
		v := 0.02 + 0.3*float64(i)
		b.add(audit.Measurement{Detector: "drift", Metric: "psi", Convention: "PSI", Attribute: "marital", Group: ptr(g), GroupKind: audit.KindValue, Reference: ptr("married"),
			Column: ptr("balance"), Window: audit.AllWindows, N: 1000, Value: &v, Null: &audit.Null{Expected: 0.01, Limit: 0.05}})
		table.Rows = append(table.Rows, []any{g, "(-inf,0)", nil, 0.0, int64(100), int64(100 + 300*i)}, []any{g, "[0,inf)", 0.0, nil, int64(900), int64(900 - 300*i)})
	}
	r.Tables = append(r.Tables, table)
	v := (&maker{r: r, x: newIndex(r), panels: 12}).drift()
	if len(v.Groups) != 1 || v.Empty != "" {
		t.Fatalf("%+v", v)
	}
	g := v.Groups[0]
	if len(g.Bands) != 1 || g.Bands[0].Cols != 2 || len(g.Shifts) != 1 || len(g.Said) != 1 || g.Table == nil ||
		!strings.HasPrefix(g.Title, "Column balance lies furthest apart: its population stability index is 0.320 between divorced and married") ||
		g.Said[0].Text != "Beyond chance for 1 of 2 groups, most for divorced (0.32, n 1,000). In below 0 are 40.0 % of divorced and 10.0 % of married." {
		t.Errorf("%+v", g)
	}
	if page := string(render(t, "html", r)); !strings.Contains(page, "How far does each group lie") {
		t.Error("the page lacks the comparison")
	}
}

// A column that is marked in a window has its direction, said of all windows.
func TestDriftSentencesSpeakOfOneComparison(t *testing.T) {
	r := livingScores()
	for _, s := range (&maker{r: r, x: newIndex(r), panels: 12}).drift().Said {
		window, whole, ok := strings.Cut(s.Text, ". ")
		if strings.Contains(window, "Beyond chance") && (!ok || !strings.HasPrefix(whole, "Over all compared windows together")) {
			t.Errorf("%s: %s", s.Name, s.Text)
		}
	}
}

// Undefined numbers are explained by their own reason, and by the lack of people
// only where that is it.
func TestUndefinedSaysWhy(t *testing.T) {
	loss := audit.Measurement{Metric: "log_loss", Window: audit.AllWindows, GroupKind: audit.KindOverall, N: 90, Note: "undefined: scores reach 0 or 1"}
	empty := audit.Measurement{Metric: "selection_rate", Window: audit.AllWindows, GroupKind: audit.KindValue, Note: "undefined: no row"}
	for _, c := range []struct {
		ms   []audit.Measurement
		want string
	}{
		{[]audit.Measurement{loss}, "because scores reach 0 or 1"},
		{[]audit.Measurement{empty}, "because nobody was there to count"},
		{[]audit.Measurement{loss, empty}, "each for the reason in its note in measurements.csv"},
	} {
		if n, all, why := undefinedRates(&audit.Result{Measurements: c.ms}); n != all || why != c.want {
			t.Errorf("%d of %d, %s", n, all, why)
		}
	}
	flips := audit.Measurement{Metric: "flip_rate", Window: audit.AllWindows, GroupKind: audit.KindValue, Reference: new("A"), N: 120, Value: new(.2)}
	q := audit.Measurement{Metric: "cochran_q", Window: audit.AllWindows, GroupKind: audit.KindOverall, Note: "undefined: every variant was run once on no case"}
	if n, all, why := undefinedRates(&audit.Result{Measurements: []audit.Measurement{flips, q}}); n != 1 || all != 2 || why != "because every variant was run once on no case" {
		t.Errorf("%d of %d, %s", n, all, why)
	}
	asked := &audit.Result{Data: audit.Data{RowsRead: 9, RowsAudited: 9}, Notes: []string{"the reference holds no row"}}
	if s := noFindings(asked); strings.Contains(s, "switched on") {
		t.Error(s)
	}
}

// An attribute whose numbers are all by context is not said to have none.
func TestAttributeByContext(t *testing.T) {
	r := &audit.Result{Measurements: []audit.Measurement{{Detector: "stereotype", Metric: "bias_score", Attribute: "format", Column: new("ambiguous"),
		Window: audit.AllWindows, GroupKind: audit.KindValue, Group: new("race"), N: 9, Value: new(-.2), Verdict: audit.Fail}}}
	k := &maker{r: r, x: newIndex(r), panels: 12}
	if v := k.attribute(0, "format"); v.Empty != "What was measured for this attribute stands under “Other numbers”." {
		t.Error(v.Empty)
	}
	if v := k.attribute(0, "category"); v.Empty != "Nothing was measured for this attribute." {
		t.Error(v.Empty)
	}
}
