package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// conditionalDetector has a section of its own.
const conditionalDetector = "conditional"

// slopePanels bounds the comparisons drawn for one attribute in one way to cut
// rows into strata.
const slopePanels = 6

// conditionalView is what stands about one attribute within one kind of strata.
type conditionalView struct {
	ID, Name, Title, Sub, Note string
	Panels                     []slopePanel
	Numbers, More, Table       *grid
}

type slopePanel struct {
	Name, Sub string
	SVG       template.HTML
}

// conditional makes the section's parts, one per table of strata.
func (k *maker) conditional() []conditionalView {
	var out []conditionalView
	for i := range k.r.Tables {
		t := &k.r.Tables[i]
		if t.Detector != conditionalDetector || t.Kind != "strata" {
			continue
		}
		attribute, strata, ok := cutTwo(strings.TrimPrefix(t.ID, conditionalDetector+"/"))
		s := k.sheetOf(conditionalDetector, "strata", t.ID, "group", "reference", "kind", "stratum", "n", "rate", "reference_n", "reference_rate")
		if !ok || s == nil {
			continue
		}
		out = append(out, k.conditionalPart(len(out)+1, attribute, strata, s))
	}
	return out
}

// cutTwo cuts an id at its last slash.
func cutTwo(id string) (a, b string, ok bool) {
	i := strings.LastIndex(id, "/")
	if i < 0 {
		return id, "", false
	}
	return id[:i], id[i+1:], true
}

func (k *maker) conditionalPart(i int, attribute, strata string, s *sheet) conditionalView {
	v := conditionalView{ID: fmt.Sprintf("w%d", i), Name: attributeName(attribute) + " within " + k.strataName(strata),
		Sub:   "Each line joins the favorable rate of the group compared with, at the left, with that of the group. Thick: all strata together. Dashed: as if both groups were spread over the strata alike. Thin: one stratum; orange and dotted where it leans the other way than the thick line. Beside each line is its gap in points.",
		Table: k.sheetTable(s.table)}
	pairs := s.comparisons()
	slices.SortStableFunc(pairs, func(a, b comparison) int { return a.reversal() - b.reversal() })
	for _, p := range pairs {
		if len(v.Panels) == slopePanels {
			v.Note = fmt.Sprintf("%d of %d comparisons are drawn; the table has all.", slopePanels, len(pairs))
			break
		}
		if p.pooled != nil {
			v.Panels = append(v.Panels, k.slope(attribute, p))
		}
	}
	v.Title = k.conditionalTitle(attribute, strata, pairs)
	v.Numbers, v.More = k.conditionalNumbers(attribute, strata)
	return v
}

// comparison is one group beside its reference, in the table of strata.
type comparison struct {
	s                *sheet
	group, reference string
	pooled, adjusted []any
	strata           [][]any
}

func (s *sheet) comparisons() []comparison {
	var out []comparison
	for _, row := range s.table.Rows {
		g, ref := s.text(row, "group"), s.text(row, "reference")
		i := slices.IndexFunc(out, func(c comparison) bool { return c.group == g && c.reference == ref })
		if i < 0 {
			i = len(out)
			out = append(out, comparison{s: s, group: g, reference: ref})
		}
		switch s.text(row, "kind") {
		case "pooled":
			out[i].pooled = row
		case "standardized":
			out[i].adjusted = row
		case "stratum":
			out[i].strata = append(out[i].strata, row)
		}
	}
	return out
}

// gapOf is the gap in a row.
func (c comparison) gapOf(row []any) float64 {
	a, okA := c.s.number(row, "rate")
	b, okB := c.s.number(row, "reference_rate")
	if !okA || !okB {
		return 0
	}
	return a - b
}

// against says that a row leans the other way than all rows together.
func (c comparison) against(row []any) bool { return c.gapOf(row)*c.gapOf(c.pooled) < 0 }

// reversal sorts comparisons that turn round first.
func (c comparison) reversal() int {
	switch {
	case c.pooled == nil:
		return 2
	case c.against(c.adjusted):
		return 0
	}
	return 1
}

func (k *maker) slope(attribute string, c comparison) slopePanel {
	group, ref := memberName(attribute, c.group), memberName(attribute, c.reference)
	if c.reference == restGroup {
		ref = "everybody else"
	}
	if c.group == missingGroup {
		group = missingGroup
	}
	p := svg.Slope{ID: k.id(), Title: group + " beside " + ref + ", by stratum", Format: tickPercent, Heads: [2]string{shorten(ref, 22), shorten(group, 22)}}
	low, top := 1.0, 0.0
	line := func(row []any, class, name string) {
		from, ok1 := c.s.number(row, "reference_rate")
		to, ok2 := c.s.number(row, "rate")
		if !ok1 || !ok2 {
			return
		}
		low, top = min(low, from, to), max(top, from, to)
		tip := fmt.Sprintf("%s: %s against %s", name, percent(to), percent(from))
		p.Lines = append(p.Lines, svg.SlopeLine{From: from, To: to, Class: class, Name: shorten(name, 15) + "  " + points(to-from), Tip: tip})
	}
	other := 0
	for _, row := range c.strata {
		class := "with"
		if c.against(row) {
			class = "against"
			other++
		}
		line(row, class, valueName(c.s.text(row, "stratum")))
	}
	line(c.adjusted, "adjusted", "alike")
	line(c.pooled, "pooled", "together")
	p.Scale = svg.Linear(low, min(1, top), 5)
	lean := "lean"
	if other == 1 {
		lean = "leans"
	}
	p.Desc = fmt.Sprintf("Together %s points (thick); %s if both groups were spread over the strata alike (dashed); %d of %s %s the other way than all together.",
		points(c.gapOf(c.pooled)), points(c.gapOf(c.adjusted)), other, plural(len(c.strata), "stratum", "strata"), lean)
	return slopePanel{Name: group + " beside " + ref, Sub: p.Desc, SVG: template.HTML(p.String())}
}

// conditionalTitle says how many gaps turn round, of those that are more than noise
// together or within.
func (k *maker) conditionalTitle(attribute, strata string, pairs []comparison) string {
	turned, hidden, within := 0, false, k.strataName(strata)
	noise := map[[2]string]bool{}
	_, byPair := k.conditionalPairs(attribute, strata)
	for _, ms := range byPair {
		pooled, inside := ms["pooled_difference"], ms["mantel_haenszel_difference"]
		if pooled == nil || inside == nil || pooled.Group == nil {
			continue
		}
		hidden = hidden || pooled.Suppressed || inside.Suppressed
		noise[[2]string{*pooled.Group, *pooled.Reference}] = holdsZero(pooled.Interval) && holdsZero(inside.Interval)
	}
	for _, p := range pairs {
		if p.pooled != nil && p.against(p.adjusted) && !noise[[2]string{p.group, p.reference}] {
			turned++
		}
	}
	switch {
	case hidden:
		return fmt.Sprintf("Gaps by %s within %s, of which some are suppressed.", attributeName(attribute), within)
	case turned == 0:
		return fmt.Sprintf("Within %s no gap by %s turns round.", within, attributeName(attribute))
	case turned == 1 && len(pairs) == 1:
		return fmt.Sprintf("Within %s the gap by %s turns round.", within, attributeName(attribute))
	}
	return fmt.Sprintf("Within %s, %d of %s by %s turn round.", within, turned, plural(len(pairs), "gap", "gaps"), attributeName(attribute))
}

// holdsZero says that an interval holds no gap.
func holdsZero(i *audit.Interval) bool {
	return i != nil && (i.Low == nil || *i.Low <= 0) && (i.High == nil || *i.High >= 0)
}

// conditionalNumbers are one row per comparison: pooled beside within; and in a table of
// their own other weights, and what the pooled gap is made of.
func (k *maker) conditionalNumbers(attribute, strata string) (first, more *grid) {
	within := k.strataName(strata)
	first = &grid{Caption: "Gaps in the favorable rate by " + attributeName(attribute) + ": together, and within " + within + ", in points",
		Head: []headCell{label("Group"), label("Compared with"), label("Verdict"), numeric("n")}}
	more = &grid{Caption: "The same gaps by " + attributeName(attribute) + " within " + within + " in other weights, and what they are made of", Folded: true,
		Head: []headCell{label("Group"), label("Compared with")}}
	main := k.conditionalColumns(first, "pooled_difference", "mantel_haenszel_difference", "mantel_haenszel_ratio")
	others := k.conditionalColumns(more, "standardized_difference", "rate_part", "composition_part", "mantel_haenszel_odds_ratio", "conditional_demographic_disparity")
	first.Head = append(first.Head, numeric("p, no stratum has a gap"), numeric("p, strata are alike"), label("Note"))
	order, byPair := k.conditionalPairs(attribute, strata)
	for _, id := range order {
		ms := byPair[id]
		m := ms["mantel_haenszel_difference"]
		if m == nil {
			continue
		}
		row, rest := []cell{group(m), reference(m), verdictCell(gravest(ms)), integer(m.N)}, []cell{group(m), reference(m)}
		for _, c := range main {
			row = append(row, valueCell(ms[c]))
		}
		for _, c := range others {
			rest = append(rest, valueCell(ms[c]))
		}
		first.Rows = append(first.Rows, append(row, chanceOf(m), chanceOf(ms["breslow_day_tarone"]), text(m.Note)))
		more.Rows = append(more.Rows, rest)
	}
	more.Note = "What is left of a gap inside strata depends on how they are weighed: the gap within weighs a stratum by how many of both groups are there, the gap if spread alike by its share of the standard population, and the part from rates by the mean of the two groups’ shares."
	return first.drop("Verdict", "Note").cut("comparisons"), more.cut("comparisons")
}

// conditionalColumns adds those of some metrics that were measured to a table's head.
func (k *maker) conditionalColumns(g *grid, metrics ...string) []string {
	metrics = slices.DeleteFunc(metrics, func(c string) bool { return !k.x.base[[2]string{conditionalDetector, c}] })
	for _, c := range metrics {
		g.Head = append(g.Head, headCell{Text: sentenceCase(define(c).label), Def: "def-" + c, Num: true})
	}
	return metrics
}

// conditionalPairs are the numbers of every comparison, by metric.
func (k *maker) conditionalPairs(attribute, strata string) (order []string, byPair map[string]map[string]*audit.Measurement) {
	byPair = map[string]map[string]*audit.Measurement{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Detector != conditionalDetector || m.Attribute != attribute || m.Parameters["strata"] != strata || m.Reference == nil {
			continue
		}
		k.x.shown[i] = true
		id := key(m.GroupKind, m.Group) + "|" + *m.Reference
		if byPair[id] == nil {
			byPair[id] = map[string]*audit.Measurement{}
			order = append(order, id)
		}
		byPair[id][m.Metric] = m
	}
	return order, byPair
}

// gravest is the gravest verdict on some numbers.
func gravest(ms map[string]*audit.Measurement) audit.Verdict {
	var out audit.Verdict
	for _, m := range ms {
		if m.Verdict != "" && (out == "" || audit.Worse(out, m.Verdict) != out) {
			out = m.Verdict
		}
	}
	return out
}

func chanceOf(m *audit.Measurement) cell {
	if m == nil {
		return none()
	}
	return chanceCell(m.P)
}

// conditionalDefinition explains the numbers of gaps within strata.
func conditionalDefinition(metric string) (definition, bool) {
	d := definition{scale: gap}
	switch metric {
	case "pooled_difference":
		d.label, d.formula = "gap together", "rate of the group − rate of the reference"
		d.plain = "The favorable rate of a group minus that of the group it is compared with, all strata together."
	case "mantel_haenszel_difference":
		d.label, d.formula = "gap within", "Σ w · gap ÷ Σ w, w = n·m ÷ (n+m)"
		d.plain = "The gap inside the same stratum, on average over strata. Zero means no gap between people of the same stratum. It does not say that the strata themselves are fair."
	case "standardized_difference":
		d.label, d.formula = "gap if spread alike", "Σ share of the standard population · gap"
		d.plain = "The gap that would remain if both groups were spread over the strata as one standard population is."
	case "rate_part":
		d.label, d.formula = "part from rates", "Σ (w₁+w₂) ÷ 2 · (p₁−p₂)"
		d.plain = "How much of the gap comes from different rates inside strata. Together with the part from composition it is the gap."
	case "composition_part":
		d.label, d.formula = "part from composition", "Σ (w₁−w₂) · (p₁+p₂) ÷ 2"
		d.plain = "How much of the gap comes from the groups being in different strata."
	case "mantel_haenszel_ratio":
		d.label, d.formula, d.scale = "ratio within", "Σ a·m÷N ÷ Σ b·n÷N", quotient
		d.plain = "The favorable rate of a group divided by that of the group it is compared with, inside the same stratum. One means no gap."
	case "mantel_haenszel_odds_ratio":
		d.label, d.formula, d.scale = "odds ratio within", "Σ a·d÷N ÷ Σ b·c÷N", quotient
		d.plain = "The odds of a favorable decision of a group divided by those of the group it is compared with, inside the same stratum. One means no gap."
	case "conditional_demographic_disparity":
		d.label, d.formula = "conditional disparity", "Σ n · (share among unfavorable − share among favorable) ÷ Σ n"
		d.plain = "How much larger the share of a group is among unfavorable than among favorable decisions, on average over strata. Above zero the group fares worse."
	case "cmh_chi_square", "cmh_chi_square_corrected":
		d.label, d.scale = "Cochran-Mantel-Haenszel statistic", coefficient
		d.plain = "The statistic of the test that no stratum has a gap."
		if metric != "cmh_chi_square" {
			d.label += ", corrected"
		}
	case "breslow_day_tarone":
		d.label, d.scale = "Breslow-Day statistic", coefficient
		d.plain = "The statistic of the test that all strata have the same odds ratio. A small p says: look at each stratum, not at one number for all."
	default:
		return d, false
	}
	return d, true
}
