package reports

import (
	"os"
	"strings"
	"testing"
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
