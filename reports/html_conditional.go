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
	Numbers, Table             *grid
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
	v.Title = conditionalTitle(attribute, k.strataName(strata), pairs)
	v.Numbers = k.conditionalNumbers(attribute, strata)
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
	p.Desc = fmt.Sprintf("Together %s points; spread alike %s points; %d of %d strata lean the other way than all together.",
		points(c.gapOf(c.pooled)), points(c.gapOf(c.adjusted)), other, len(c.strata))
	return slopePanel{Name: group + " beside " + ref, Sub: p.Desc, SVG: template.HTML(p.String())}
}

func conditionalTitle(attribute, within string, pairs []comparison) string {
	turned := 0
	for _, p := range pairs {
		if p.pooled != nil && p.against(p.adjusted) {
			turned++
		}
	}
	switch {
	case turned == 0:
		return fmt.Sprintf("Within %s no gap by %s turns round.", within, attributeName(attribute))
	case turned == 1 && len(pairs) == 1:
		return fmt.Sprintf("Within %s the gap by %s turns round.", within, attributeName(attribute))
	}
	return fmt.Sprintf("Within %s, %d of %s by %s turn round.", within, turned, plural(len(pairs), "gap", "gaps"), attributeName(attribute))
}

// conditionalNumbers is one row per comparison: pooled beside within.
func (k *maker) conditionalNumbers(attribute, strata string) *grid {
	columns := []string{"pooled_difference", "mantel_haenszel_difference", "standardized_difference", "rate_part", "composition_part", "mantel_haenszel_ratio", "mantel_haenszel_odds_ratio", "conditional_demographic_disparity"}
	columns = slices.DeleteFunc(columns, func(c string) bool { return !k.x.base[[2]string{conditionalDetector, c}] })
	g := &grid{Caption: "Gaps in the favorable rate by " + attributeName(attribute) + ": pooled, and within " + k.strataName(strata) + ", in points", Head: []headCell{label("Group"), label("Compared with"), numeric("n")}}
	for _, c := range columns {
		g.Head = append(g.Head, headCell{Text: sentenceCase(define(c).label), Def: "def-" + c, Num: true})
	}
	g.Head = append(g.Head, numeric("CMH p"), numeric("p of equal strata"), label("Verdict"), label("Note"))
	byPair := map[string]map[string]*audit.Measurement{}
	var order []string
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
	for _, id := range order {
		ms := byPair[id]
		m := ms["mantel_haenszel_difference"]
		if m == nil {
			continue
		}
		row := []cell{group(m), reference(m), integer(m.N)}
		for _, c := range columns {
			row = append(row, valueCell(ms[c]))
		}
		chanceOf := func(metric string) cell {
			if x := ms[metric]; x != nil {
				return chanceCell(x.P)
			}
			return none()
		}
		var verdict audit.Verdict
		for _, x := range ms {
			if x.Verdict != "" && (verdict == "" || audit.Worse(verdict, x.Verdict) != verdict) {
				verdict = x.Verdict
			}
		}
		g.Rows = append(g.Rows, append(row, chanceOf("mantel_haenszel_difference"), chanceOf("breslow_day_tarone"), verdictCell(verdict), text(m.Note)))
	}
	return g.drop("Verdict", "Note").cut("comparisons")
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
