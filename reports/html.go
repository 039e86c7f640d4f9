package reports

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

//go:embed page/report.html.tmpl
var pageTemplate string

//go:embed page/style.css
var pageStyle string

// WriteHTML writes the whole report as one file that needs no network, no
// script and no other file.
func WriteHTML(w io.Writer, r *audit.Result) error {
	t, err := template.New("report").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("the page template: %w", err)
	}
	p := newPage(r)
	if err := p.render(t); err != nil {
		return err
	}
	return t.Execute(w, p)
}

// render writes the longest parts of the page, on all processors.
func (p *page) render(t *template.Template) error {
	faults := make([]error, len(p.Attributes)+len(p.Scores))
	onAll(len(faults), func() *strings.Builder { return &strings.Builder{} }, func(out *strings.Builder, i int) {
		out.Reset()
		if j := i - len(p.Scores); j >= 0 {
			faults[i] = t.ExecuteTemplate(out, "attribute", &p.Attributes[j])
			p.Attributes[j].HTML = template.HTML(out.String())
			return
		}
		faults[i] = t.ExecuteTemplate(out, "scores", &p.Scores[i])
		p.Scores[i].HTML = template.HTML(out.String())
	})
	return errors.Join(faults...)
}

// Of more than manyFindings, firstFindings are shown and the others folded, so
// that what could not be decided stays on the first screen.
const manyFindings, firstFindings = 6, 5

// page is everything that the template prints.
type page struct {
	Style         template.CSS
	Title, Name   string
	Scope         string
	Digest        string
	Verdict       badge
	Tally         string
	Hangs         []string // verdicts that rows could turn that are not in them
	NotHere       string   // who is not in the picture
	NotHereLinked bool
	Findings      []findingView
	MoreFindings  []findingView // folded
	MoreText      string
	NoFindings    string
	Undecided     []openItem
	UndecidedNone string
	Unmeasured    []string
	UndefinedNote string
	Packs         *packsView
	PrivacyNote   string
	Checks        *grid
	Matrix        *grid
	KPIs          *kpiView
	Attributes    []attributeView
	NoAttributes  string
	Rows          *grid
	RowsNote      string
	Scores        []scoresView
	Drift         *driftView
	Conditional   []conditionalView
	Subgroups     *subgroupsView
	Change        *changeView
	Explained     []explainView
	ExplainedOf   *grid

	ExplainedIntro string
	ExplainedTerms []term
	Absent         *absentView
	Completeness   []*grid
	Windows        *grid
	PaperWindows   string
	Joins, Lists   *grid
	Others         []*grid
	Tables         []*grid
	Leftover       string
	Method         []fact
	Terms          []term
	Conventions    []fact
	Files          *grid
	Provenance     []fact
	Commands       []command
	ByHand         string
}

// fact is a name and a value, in a list.
type fact struct {
	Name, Text string
	Code       bool
}

// maker builds the page; it numbers the pictures and keeps the palette.
type maker struct {
	r       *audit.Result
	x       *index
	section string // in front of the numbers of its pictures
	figures int
	panels  int             // small multiples per picture
	tabled  map[string]bool // tables of the result that stand under their picture
}

func newPage(r *audit.Result) *page {
	k := &maker{r: r, x: newIndex(r)}
	k.panels = k.panelBudget()
	p := &page{
		Style: template.CSS(pageStyle), Title: title(r), Name: clean(r.Audit.Name), Scope: scope(r), Digest: shorten(clean(r.Audit.SpecSHA256), 17),
		Verdict: badgeOf(r.Verdict), Tally: tally(r),
	}
	sections := []func(k *maker){
		func(k *maker) { p.Scores = k.scores() },
		func(k *maker) { p.Drift = k.drift() },
	}
	attributes := k.x.attributes()
	p.Attributes = make([]attributeView, len(attributes))
	for i, a := range attributes {
		sections = append(sections, func(k *maker) { p.Attributes[i] = k.attribute(i, a) })
	}
	if len(attributes) == 0 {
		p.NoAttributes = "The result names no protected attribute, so there is nothing to compare."
	}
	k.together(append(sections, p.first,
		func(k *maker) { p.Conditional, p.Subgroups = k.conditional(), k.subgroups() },
		func(k *maker) {
			p.Explained, p.ExplainedOf = k.explanations(), k.explainedModel()
			p.ExplainedIntro, p.ExplainedTerms = explainedIntro(r), explainedTerms(r)
		},
		func(k *maker) { p.Absent = k.absent() },
		func(k *maker) { p.KPIs, p.Change = k.kpis(), k.change() },
	))
	p.NotHereLinked = p.NotHereLinked && p.Absent != nil
	p.Packs = k.packs()
	p.completeness(k)
	p.rest(k)
	p.method(k)
	p.provenance(k)
	return p
}

// first fills the first screen.
func (p *page) first(k *maker) {
	r := k.r
	list := told(r)
	for i, f := range list {
		if len(list) > manyFindings && i >= firstFindings {
			p.MoreFindings = append(p.MoreFindings, k.finding(f))
			continue
		}
		p.Findings = append(p.Findings, k.finding(f))
	}
	if len(list) == 0 {
		p.NoFindings = noFindings(r)
	}
	p.MoreText = plural(len(p.MoreFindings), "more finding", "more findings")
	p.Undecided = undecided(r)
	p.Unmeasured = unmeasured(r)
	switch {
	case len(p.Undecided) > 0:
	case len(r.Gates.Checks) == 0:
		p.UndecidedNone = "No limit was set in the configuration, so nothing was up for a decision."
	default:
		p.UndecidedNone = "Nothing: every check could be decided."
	}
	if n, all, why := undefinedRates(r); n > 0 {
		p.UndefinedNote = fmt.Sprintf("%s of %s numbers about groups over the whole period are undefined, %s. They are shown as such and decided nothing.", count(int64(n)), count(int64(all)), why)
		if n == all {
			p.UndefinedNote = "Every number about groups over the whole period is undefined, " + why + ". Nothing was decided from them."
		}
	}
	p.Hangs = hanging(r)
	p.NotHere, p.NotHereLinked = absentLine(r, k.x)
	p.PrivacyNote = privacyNote(r)
	p.Checks = k.checks()
	p.Matrix = k.matrix()
}

// longName is the length above which a name stands over its line in a small
// picture, and not beside it.
const longName = 16

// findingView is one finding with its small picture.
type findingView struct {
	Badge         badge
	Title, Detail string
	Picture       *dotsView
}

func (k *maker) finding(f audit.Finding) findingView {
	v := findingView{Badge: badgeOf(f.Severity), Title: clean(f.Title), Detail: clean(f.Detail)}
	if len(f.Measurements) == 0 {
		return v
	}
	m := &k.r.Measurements[f.Measurements[0]]
	fam := k.x.familyOf(m.Detector, m.Metric)
	if define(fam.base).scale != share {
		return v
	}
	var two []*audit.Measurement
	groups, overall := rates(k.x.take(place{fam.detector, fam.base, m.Attribute, m.Window}))
	for _, g := range groups {
		if g.Group != nil && (m.Group != nil && *g.Group == *m.Group || m.Reference != nil && *g.Group == *m.Reference) {
			two = append(two, g)
		}
	}
	if len(two) == 1 && overall != nil {
		two = append(two, overall)
	}
	if len(two) == 2 {
		class := "small"
		if slices.ContainsFunc(two, func(m *audit.Measurement) bool { return utf8.RuneCountInString(groupName(m)) > longName }) {
			class += " stacked"
		}
		v.Picture = k.dots(fam, m.Attribute, two, nil, overall, class)
	}
	return v
}

// together makes sections, which do not hear of each other, on all processors, and
// keeps what they have shown.
func (k *maker) together(sections []func(*maker)) {
	makers := make([]*maker, len(sections))
	for i := range makers {
		x := *k.x
		x.shown = make([]bool, len(k.x.shown))
		makers[i] = &maker{r: k.r, x: &x, section: fmt.Sprintf("%d_", i+1), panels: k.panels, tabled: map[string]bool{}}
	}
	onAll(len(sections), func() struct{} { return struct{}{} }, func(_ struct{}, i int) { sections[i](makers[i]) })
	k.tabled = map[string]bool{}
	for _, m := range makers {
		maps.Copy(k.tabled, m.tabled)
		for i, shown := range m.x.shown {
			k.x.shown[i] = k.x.shown[i] || shown
		}
	}
}

// id makes the next picture's id.
func (k *maker) id() string {
	k.figures++
	return fmt.Sprintf("p%s%d", k.section, k.figures)
}

// mostPanels is the number of small multiples in a picture of a short report.
const mostPanels = 12

// panelBudget keeps the page small when there is a lot to draw.
func (k *maker) panelBudget() int {
	families := 0
	for _, a := range k.x.attributes() {
		families += len(k.picturedFamilies(a))
	}
	return min(mostPanels, max(3, 120/max(1, families)))
}
