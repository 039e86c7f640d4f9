package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// completenessDetector has a section of its own.
const completenessDetector = "completeness"

// longPicture is the number of rows above which a picture shows both ends only.
const longPicture = 60

// attributeView is the section of one attribute.
type attributeView struct {
	ID, Name, Intro  string
	Families         []familyView
	Combined         *grid
	More             []*grid
	Empty, PaperNote string
	Stripless        []string // verdicts that nothing turns, and why

	HTML template.HTML // all of it, rendered
}

// familyView is a metric with its gaps: picture, pairs and series.
type familyView struct {
	ID, Label, Def string
	Title, Note    string
	Picture        *dotsView
	Pairs          *grid
	Series         *seriesView
	Robust         []*robustView
}

func (k *maker) attribute(i int, name string) attributeView {
	v := attributeView{ID: fmt.Sprintf("a%d", i+1), Name: attributeName(name), Intro: k.intro(name)}
	pictured := k.picturedFamilies(name)
	var single []*audit.Measurement
	var elsewhere []string
	for j, f := range k.x.families(name) {
		if ownSection(f.detector) {
			if title := k.sectionOf(f.detector, name); !slices.Contains(elsewhere, title) {
				elsewhere = append(elsewhere, title)
			}
			continue
		}
		groups, overall := rates(k.x.take(place{f.detector, f.base, name, audit.AllWindows}))
		switch {
		case slices.Contains(pictured, f):
			fv := k.family(f, name, groups, overall)
			fv.ID = fmt.Sprintf("a%d-%d", i+1, j+1)
			v.Families = append(v.Families, fv)
		case len(groups) > 0:
			g := k.pairTable(f, name, groups, overall)
			g.Caption, g.Folded = sentenceCase(define(f.base).label)+tail(": ", k.rateRange(f, name)), true
			v.More = append(v.More, g)
		default:
			single = append(single, k.at(f.detector, f.base, name)...)
		}
	}
	if len(single) > 0 {
		v.Combined = k.list("Combined gaps over the whole period", single).silence("About", attributeName(name))
	}
	v.PaperNote = v.leftOut()
	v.Stripless = k.stripless(name)
	switch {
	case len(v.Families)+len(v.More) > 0 || v.Combined != nil:
	case len(elsewhere) > 0:
		v.Empty = "What was measured for this attribute stands under " + andList(elsewhere) + "."
	case slices.ContainsFunc(k.r.Measurements, func(m audit.Measurement) bool {
		return m.Detector == driftDetector && (m.Attribute == name || m.Column != nil && *m.Column == "group:"+name)
	}):
		v.Empty = "What was measured for this attribute stands under “Drift”."
	default:
		v.Empty = "Nothing was measured for this attribute."
		for j := range k.r.Measurements { // by column, stratum or version
			if m := &k.r.Measurements[j]; m.Attribute == name {
				if title := k.sectionOf(m.Detector, name); !slices.Contains(elsewhere, title) {
					elsewhere = append(elsewhere, title)
				}
			}
		}
		if len(elsewhere) > 0 {
			v.Empty = "What was measured for this attribute stands under " + andList(elsewhere) + "."
		}
		if len(k.at(inferredDetector, "selection_rate_weighted", name)) > 0 {
			v.Empty = "Nobody’s group is known here, only probabilities: see “Who is not in this picture”."
		}
	}
	return v
}

// sectionOf is the heading under which the numbers of a detector stand that has no
// place among the rates of an attribute.
func (k *maker) sectionOf(detector, attribute string) string {
	strata := func(t audit.Table) bool {
		return t.Detector == conditionalDetector && t.Kind == "strata" && strings.HasPrefix(t.ID, conditionalDetector+"/"+attribute+"/")
	}
	switch {
	case detector == completenessDetector:
		return "“Completeness”"
	case detector == driftDetector:
		return "“Drift”"
	case detector == conditionalDetector && slices.ContainsFunc(k.r.Tables, strata):
		return "“Within strata”"
	case detector == changeDetector:
		return "“Why gaps moved”"
	case detector == ll144Detector, detector == adverseDetector:
		return "“Rules and evidence”"
	case aboutScores(detector):
		return "“Scores”"
	case aboutAbsent(detector):
		return "“Who is not in this picture”"
	}
	return "“Other numbers”"
}

func andList(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// leftOut says what is not printed, and where it is.
func (v *attributeView) leftOut() string {
	var what []string
	has := func(which func(*seriesView) bool) bool {
		return slices.ContainsFunc(v.Families, func(f familyView) bool { return f.Series != nil && which(f.Series) })
	}
	switch {
	case has(func(s *seriesView) bool { return s.Screen }):
		what = append(what, "the pictures and tables over time")
	case has(func(*seriesView) bool { return true }):
		what = append(what, "the tables of single windows")
	}
	if n := len(v.More); n > 0 {
		what = append(what, plural(n, "table of another rate", "tables of other rates"))
	}
	if len(what) == 0 {
		return ""
	}
	return "Not printed: " + strings.Join(what, " and ") + ". They are in report.html, and their numbers in measurements.csv."
}

// intro says who is compared with whom.
func (k *maker) intro(name string) string {
	a := k.x.attribute(name)
	groups, missing := 0, int64(0)
	for _, g := range a.Values {
		if g.Value == nil {
			missing = g.N
		} else {
			groups++
		}
	}
	s := plural(groups, "group", "groups") + "."
	if groups == 0 {
		s = ""
	}
	switch {
	case a.Reference == "rest":
		s = join(" ", s, "Each group is compared with everybody else.")
	case a.Chosen != nil:
		how := map[string]string{"largest": ", the largest group", "best": ", the group with the best rate", "value": ", as configured"}[a.Reference]
		s = join(" ", s, "The reference is "+memberName(name, *a.Chosen)+how+".")
	case a.Reference == "none":
		s = join(" ", s, "Every group is compared with every other.")
	}
	if missing > 0 {
		s += " For " + count(missing) + " " + unit(k.r) + " the value is missing; they are a group of their own and never judged."
	}
	if a.Provenance != "" {
		s += " The values are " + map[string]string{"self_reported": "self-reported", "observed": "observed by others", "inferred": "inferred, not known"}[a.Provenance] + "."
	}
	return s
}

// picturedFamilies are those that get a picture: the judged ones, and the
// first of each detector.
func (k *maker) picturedFamilies(attribute string) []family {
	var out []family
	seen := map[string]bool{}
	for _, f := range k.x.families(attribute) {
		groups, _ := rates(k.at(f.detector, f.base, attribute))
		if len(groups) == 0 || ownSection(f.detector) || define(f.base).scale != share {
			continue
		}
		_, gated, _ := k.check(f, attribute)
		if gated || !seen[f.detector] {
			out = append(out, f)
		}
		seen[f.detector] = true
	}
	return out
}

func (k *maker) family(f family, attribute string, groups []*audit.Measurement, overall *audit.Measurement) familyView {
	ref := k.referenceRate(attribute, groups)
	v := familyView{Label: sentenceCase(define(f.base).label), Def: "def-" + f.base}
	v.Title = k.rateTitle(f, attribute, groups)
	drawn := present(groups)
	byRate(drawn)
	if n := len(drawn); n > longPicture {
		drawn = append(drawn[:longPicture/2:longPicture/2], drawn[n-longPicture/2:]...)
		v.Note = fmt.Sprintf("The %d highest and the %d lowest of %d groups are drawn; the table lists more.", longPicture/2, longPicture/2, n)
	}
	v.Picture = k.dots(f, attribute, drawn, ref, overall, "")
	v.Pairs = k.pairTable(f, attribute, groups, overall)
	v.Series = k.series(f, attribute)
	v.Robust = k.robust(f, attribute)
	return v
}

// sayReference moves a reference that all rows share into the caption.
func (g *grid) sayReference() {
	const column = 3
	one := ""
	for _, row := range g.Rows {
		switch t := row[column].Text; {
		case t == "–" || t == one:
		case one == "":
			one = t
		default:
			return
		}
	}
	if one != "" {
		g.Caption += ", compared with " + shorten(one, 60)
		g.remove(column)
	}
}

// present leaves out the group of missing values when nobody is in it.
func present(groups []*audit.Measurement) []*audit.Measurement {
	return slices.DeleteFunc(slices.Clone(groups), func(m *audit.Measurement) bool { return m.GroupKind == audit.KindMissing && m.N == 0 })
}

// referenceRate is the rate of the group that others are compared with.
func (k *maker) referenceRate(attribute string, groups []*audit.Measurement) *audit.Measurement {
	a := k.x.attribute(attribute)
	for _, m := range groups {
		if a.Chosen != nil && m.Group != nil && *m.Group == *a.Chosen {
			return m
		}
	}
	return nil
}

// pairing is a group beside a reference, with both gaps.
type pairing struct {
	reference         *string
	difference, ratio *audit.Measurement
}

// pairings collects the gaps of each group.
func (k *maker) pairings(f family, attribute string) map[string][]*pairing {
	out := map[string][]*pairing{}
	for _, metric := range []string{f.difference(), f.ratio()} {
		for _, m := range pairs(k.x.take(place{f.detector, metric, attribute, audit.AllWindows})) {
			id := key(m.GroupKind, m.Group)
			p := findPairing(out[id], *m.Reference)
			if p == nil {
				p = &pairing{reference: m.Reference}
				out[id] = append(out[id], p)
			}
			if metric == f.ratio() {
				p.ratio = m
			} else {
				p.difference = m
			}
		}
	}
	return out
}

func findPairing(list []*pairing, ref string) *pairing {
	for _, p := range list {
		if *p.reference == ref {
			return p
		}
	}
	return nil
}

// judged is the measurement whose p and verdict stand in the table.
func (p *pairing) judged() *audit.Measurement {
	for _, m := range []*audit.Measurement{p.ratio, p.difference} {
		if m != nil && m.Verdict != "" {
			return m
		}
	}
	if p.difference != nil {
		return p.difference
	}
	return p.ratio
}

// verdict is the worse of the two.
func (p *pairing) verdict() audit.Verdict {
	var v audit.Verdict
	for _, m := range []*audit.Measurement{p.ratio, p.difference} {
		if m != nil && m.Verdict != "" {
			if v == "" {
				v = m.Verdict
			}
			v = audit.Worse(v, m.Verdict)
		}
	}
	return v
}

// pairTable has one row per group and comparison: rate, n, gaps, p and verdict.
func (k *maker) pairTable(f family, attribute string, groups []*audit.Measurement, overall *audit.Measurement) *grid {
	d := define(f.base)
	g := &grid{Caption: sentenceCase(d.label) + " by " + attributeName(attribute) + ", with intervals", Folded: len(groups) > 12, Head: []headCell{
		label("Group"), {Text: sentenceCase(d.label), Def: "def-" + f.base, Num: true}, numeric("n"), label("Compared with"),
		{Text: "Difference", Def: "def-" + f.difference(), Num: true}, {Text: "Ratio", Def: "def-" + f.ratio(), Num: true}, numeric("p"), numeric("p adjusted"), label("Verdict"),
	}}
	if d.scale == share {
		g.Head[4].Text = "Difference in points"
	}
	gaps := k.pairings(f, attribute)
	ref := k.referenceRate(attribute, groups)
	sorted := present(groups)
	byRate(sorted)
	for _, m := range sorted {
		lead := []cell{group(m), valueCell(m), integer(cases(m))}
		if m == ref {
			lead[0].Sub = join(" · ", "the reference", lead[0].Sub)
		}
		list := gaps[key(m.GroupKind, m.Group)]
		for _, p := range list {
			j := p.judged()
			g.Rows = append(g.Rows, append(slices.Clone(lead), reference(j), valueCell(p.difference), valueCell(p.ratio),
				pCell(j), withheldOr(j, chanceCell(k.adjusted(j))), verdictCell(p.verdict())))
		}
		if len(list) == 0 {
			g.Rows = append(g.Rows, append(slices.Clone(lead), text("–"), none(), none(), none(), none(), verdictCell(m.Verdict)))
		}
	}
	if overall != nil {
		g.Rows = append(g.Rows, []cell{heading("Everybody"), valueCell(overall), integer(cases(overall)), text("–"), none(), none(), none(), none(), verdictCell(overall.Verdict)})
	}
	for _, metric := range []string{f.difference(), f.ratio()} {
		if w := worst(k.at(f.detector, metric, attribute)); w != nil && w.Value != nil && farness(w) > 0 { // all alike have no widest
			s := scaleOf(w)
			g.Note += fmt.Sprintf("Widest %s: %s%s, %s against %s. ", define(metric).label, s.write(*w.Value), s.unitWord(), groupName(w), referenceName(w))
			if n := w.Null; n != nil {
				g.Note += fmt.Sprintf("If all groups were treated alike, groups of these sizes would show about %s%s by chance, and one audit in twenty lies beyond %s%s. ",
					s.write(n.Expected), s.unitWord(), s.write(n.Limit), s.unitWord())
			}
		}
	}
	g.sayReference()
	return g.drop("Difference in points", "Difference", "Ratio", "p", "p adjusted", "Verdict", "Compared with").cut("rows")
}
