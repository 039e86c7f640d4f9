package reports

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explainedSection is the part of the page that explains.
func explainedSection(t *testing.T, r *audit.Result) string {
	t.Helper()
	page := string(render(t, "html", r))
	_, section, ok := strings.Cut(page, `<h2 id="h-explained">`)
	if !ok {
		t.Fatal("the page does not explain")
	}
	section, _, _ = strings.Cut(section, "</section>")
	return section
}

func TestExplainedSays(t *testing.T) {
	section := explainedSection(t, explainedFixture())
	for _, want := range []string{
		"&#43;40.0 points on the sampled rows, unlike −4.8 in the whole log; a pulls most, &#43;30.0 points",
		"; 20 orders of the inputs for each row, seed 7;",
		"background: 50 rows of the reference group; 4,000 model rows; additivity error 1e-12; parity with the log: the scores of 200 rows differ by at most 1e-09, within the tolerance; numbers in points.",
		"Dealt out within strata alone",
		"What each input does to the probability, by ",
		"a: the mean probability is lowest, 0.000, at 0 and highest, 0.500, at 5",
		"c: the probability does not move with it",
		"with it alone changed, 3.0\u202f% of the decisions would change, interval 1.0\u202f% to 5.0\u202f%",
		"Untaken: no decision can change with it alone, because the model does not take it",
		"a tells it best, 20.0\u202f% of what there is to know",
		"−20.0 points in a sample of 200 rows, unlike −4.8 in the whole log, and −3.0 points, interval −5.0 to −1.0, between people alike in the listed columns",
		"by a risk ratio of 1.40; chance may account for it already",
		"its least R² is 0.700, for everybody",
		"The surrogate is not explained: its least fidelity for rows that it has not seen is 0.70",
		"1 of 1 comparisons changed more than the draw of the rows accounts for",
		"What it does not show: it is not all.",
		"Words used here", "Shapley value",
	} {
		if !strings.Contains(section, want) {
			t.Errorf("the section does not say %q", want)
		}
	}
}

// Each bar of a waterfall begins where the one above ends, and the last has the
// whole gap.
func TestWaterfallMakesTheGap(t *testing.T) {
	section := explainedSection(t, explainedFixture())
	_, picture, _ := strings.Cut(section, `<svg class="dots features"`)
	picture, _, _ = strings.Cut(picture, "</svg>")
	joins := regexp.MustCompile(`class="join" x1="([0-9.]+)%" x2="([0-9.]+)%"`).FindAllStringSubmatch(picture, -1)
	bars := regexp.MustCompile(`class="bar" x="([0-9.]+)%" width="([0-9.]+)%"`).FindAllStringSubmatch(picture, -1)
	// 30, 10, -5 and 5 points make 40, on an axis from 0 to 60.
	want := [][2]string{{"0", "50"}, {"50", "16.67"}, {"58.33", "8.33"}, {"58.33", "8.33"}, {"0", "66.67"}}
	if len(joins) != 4 || len(bars) != len(want) {
		t.Fatalf("%d joins and %d bars in %s", len(joins), len(bars), picture)
	}
	for i, b := range bars {
		if b[1] != want[i][0] || b[2] != want[i][1] {
			t.Errorf("bar %d begins at %s and is %s long, want %v", i, b[1], b[2], want[i])
		}
	}
}

// A gap that is shared out stands beside the logged one of the same rows and
// that of the whole log, and the text has the total beside its parts.
func TestExplainedBeside(t *testing.T) {
	r := explainedFixture()
	b := explainBuilder{r: r, attribute: r.Groups[0].Attribute, group: r.Groups[0].Values[0].Value, reference: r.Groups[0].Values[1].Value}
	whole := (&explained{metric: "selection_rate_difference", attribute: b.attribute, group: b.group, reference: b.reference}).inLog(r)
	if whole == nil {
		t.Fatal("the whole log has no such gap")
	}
	whole.Value = nil // as where it is withheld
	if strings.Contains(explainedSection(t, r), "The gap is ") {
		t.Error("a gap stands beside nothing")
	}
	b.add("gap", "selection_rate_difference", "logged", "", .35, b.pair)
	if section := explainedSection(t, r); strings.Contains(section, "in the whole log") || !strings.Contains(section, "of the same rows") {
		t.Error("a gap that is withheld is told, or the other one is not")
	}
	whole.Value = ptr(.21)
	section := explainedSection(t, r)
	for _, want := range []string{
		"The gap is +40.0 by the model’s decisions on the sampled rows, +35.0 by the logged decisions of the same rows and +21.0 in the whole log, in points; the first is shared out. ",
		"the gap of the logged decisions of these rows", "the gap in the whole log",
		"the shares, and what a draw of the background leaves, add up to it.",
	} {
		if !strings.Contains(strings.ReplaceAll(section, "&#43;", "+"), want) {
			t.Errorf("the section does not say %q", want)
		}
	}
	text := strings.Join(strings.Fields(string(render(t, "text", r))), " ")
	for _, want := range []string{
		"a +30.0 (+28.0 to +32.0) <b> +10.0 (+8.0 to +12.0) c −5.0 (−7.0 to −3.0) the draw of the background +5.0 together +40.0 (+38.0 to +42.0) The gap is +40.0 by the model’s decisions",
		"This sample is unlike the log: the gap is +40.0 points here and +21.0 points in the whole log, outside the interval, +38.0 to +42.0. A larger explain.rows brings it nearer. a +30.0",
		"+40.0 on the sampled rows, unlike +21.0 in the whole log, a comes first with +30.0 points",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
	r.Model.Rows, *whole.Value = int(r.Data.Copies), .4
	section = strings.ReplaceAll(explainedSection(t, r), "&#43;", "+")
	if want := "The gap is +40.0 by the model’s decisions on all rows of the log and +35.0 by the logged decisions of the same rows, in points; "; !strings.Contains(section, want) || strings.Contains(section, "gap of these rows") {
		t.Errorf("of all rows the section does not say %q", want)
	}
}

// A model that is explained although it does not answer as the log is marked,
// in the text also at every explainer that asked it.
func TestExplainedBeyondParity(t *testing.T) {
	r := explainedFixture()
	r.Explainers[0].ModelRows = 4000
	text := func() string { return strings.Join(strings.Fields(string(render(t, "text", r))), " ") }
	if strings.Contains(explainedSection(t, r)+text(), "ake these with care") || strings.Contains(text(), "take with care") {
		t.Error("a model within the tolerance is marked")
	}
	r.Model.Parity.Verdict, r.Model.Parity.Decisions, r.Model.Parity.Differ = "beyond", 200, 81
	for name, got := range map[string]string{"html": explainedSection(t, r), "text": text()} {
		for _, want := range []string{"Take these with care", "81 of 200 decisions differ"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: a model beyond the tolerance is marked without %q", name, want)
			}
		}
	}
	if strings.Count(text(), "not the log’s model, take with care") != 1 {
		t.Error("the line of the explainer that asked is not marked, or another one is")
	}
}

// An explainer that could not run says why; one without numbers says where to
// look; without a model the section says that none was asked.
func TestExplainedRefusals(t *testing.T) {
	r := explainedFixture()
	r.Model, r.Explanations = nil, nil
	r.Explainers = []audit.Explainer{
		{Name: "flip", Title: "Flip", Status: "refused", Reason: "the model is away"},
		{Name: "gap", Title: "Gap", Status: "partial", Reason: "stopped: explain.budget.time is used up"},
		{Name: "stability", Title: "Stability", Status: "complete"},
	}
	section := explainedSection(t, r)
	for _, want := range []string{"Refused: the model is away.", "Not complete: stopped: explain.budget.time is used up.", "It has no numbers", "without the model"} {
		if !strings.Contains(section, want) {
			t.Errorf("the section does not say %q", want)
		}
	}
}

// Against a background that not everybody is told against, an input's mean size
// is that of all rows of the groups: (0.640·300 + 0.700·100)/400.
func TestSwarmWithoutEverybody(t *testing.T) {
	r := explainedFixture()
	b := explainBuilder{r: r}
	for _, g := range []struct {
		name string
		size float64
		n    int64
	}{{"a", .64, 300}, {"b", .7, 100}} {
		b.add("attribution", "margin", audit.PartFeature, "income", g.size, func(e *audit.Explanation) {
			e.Attribute, e.Group, e.N, e.Background, e.BackgroundRows = "race", &g.name, g.n, "reference", 50
			e.Spread = []float64{-g.size, g.size}
		})
	}
	section := explainedSection(t, r)
	for _, want := range []string{"What each input does to the margin, by race: income moves it furthest, by 0.655 on average", "400 sampled rows; exact for these rows"} {
		if !strings.Contains(section, want) {
			t.Errorf("the section does not say %q", want)
		}
	}
}

// The first screen says of an explainer that could not run that it did not, also
// among what was not measured, and tells a gap's parts whole.
func TestExplainedOnTheScreen(t *testing.T) {
	r := explainedFixture()
	for i := range r.Explainers {
		if e := &r.Explainers[i]; e.Name == "importance" || e.Name == "flip" {
			e.Status, e.Reason = "refused", "the scorer ended with exit status 7"
		}
	}
	r.Explanations = slices.DeleteFunc(r.Explanations, func(e audit.Explanation) bool { return e.Explainer == "importance" })
	b := explainBuilder{r: r, attribute: r.Groups[0].Attribute, group: r.Groups[0].Values[0].Value, reference: r.Groups[0].Values[1].Value}
	b.add("decomposition", "selection_rate_difference", "outside", "s", -.01, b.pair)
	var screen bytes.Buffer
	if err := (Text{Width: 2000}).Write(&screen, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Importance, flip: not explained: the scorer ended with exit status 7.",
		"Importance: not explained: the scorer ended with exit status 7",
		"; the rest is not explained: the scorer ended with exit status 7",
		"−15.0 from who is in which s, −5.0 within them, −1.0 from strata that one group is not in",
	} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("the screen does not say %q:\n%s", want, &screen)
		}
	}
}

// Ranks without values, as a stand-in gives that is not near enough, are told
// as ranks.
func TestExplainedRanks(t *testing.T) {
	r := explainedFixture()
	for i := range r.Explanations {
		if e := &r.Explanations[i]; e.Explainer == "gap" {
			e.Explainer, e.Value, e.Interval, e.StandardError = "surrogate", nil, nil, nil
		}
	}
	if section := explainedSection(t, r); !strings.Contains(section, "rank 1") || strings.Contains(section, "NaN") {
		t.Error("the section does not tell ranks")
	}
}

// What a budget did not reach is among what was not measured, and once.
func TestStoppedExplainerIsNotMeasured(t *testing.T) {
	r := &audit.Result{Explainers: []audit.Explainer{
		{Name: "gap", Title: "Gap", Status: "partial", Reason: "stopped: the budget is used up; not reached: the gap of sex"},
		{Name: "flip", Title: "Flip", Status: "partial", Reason: "stopped: the budget is used up; not reached: race"},
	}, Explanations: []audit.Explanation{{Explainer: "flip"}}}
	want := []string{"Gap: not explained: the budget is used up; not reached: the gap of sex.", "Flip: not explained in full: the budget is used up; not reached: race."}
	if got := unmeasured(r); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := explainerLine(r, r.Explainers[0], nil); got != "stopped before it had an answer" {
		t.Error(got)
	}
}
