package reports

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// subgroupsDetector has a section of its own.
const subgroupsDetector = "subgroups"

// subgroupsView is the search for hidden subgroups.
type subgroupsView struct {
	Title, Searched string
	Picture         *dotsView
	Tested          *grid
	Ranking         *grid
}

// subgroups makes the section, or nothing where nothing was searched.
func (k *maker) subgroups() *subgroupsView {
	var searched, tested, found *audit.Measurement
	byName := map[string]*audit.Measurement{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Detector != subgroupsDetector {
			continue
		}
		k.x.shown[i] = true
		switch m.Metric {
		case "subgroups_searched":
			searched = m
		case "subgroups_tested":
			tested = m
		case "subgroups_found":
			found = m
		case "subgroup_difference":
			if m.Group != nil {
				byName[*m.Group] = m
			}
		}
	}
	for _, m := range []*audit.Measurement{searched, tested, found} {
		if m != nil && m.Suppressed {
			return &subgroupsView{Title: "What the search found is suppressed, because it is about few people or would tell about few people."}
		}
	}
	if searched == nil || tested == nil || found == nil || searched.Value == nil || tested.Value == nil || found.Value == nil {
		return nil
	}
	v := &subgroupsView{Searched: sentenceCase(clean(searched.Note)) + "."}
	for _, m := range byName {
		if rate := m.Parameters["rate"]; rate != "" {
			v.Searched += " The rate looked at is the " + define(rate).label + "."
			break
		}
	}
	switch n, of := int(*found.Value), int(*tested.Value); {
	case of == 0:
		v.Title = "No subgroup stood out in the half of the people where it was searched."
	case n == 0:
		v.Title = fmt.Sprintf("Of %s that stood out in one half of the people, none held in the other.", plural(of, "subgroup", "subgroups"))
	default:
		v.Title = fmt.Sprintf("Of %s that stood out in one half of the people, %d held in the other.", plural(of, "subgroup", "subgroups"), n)
	}
	if s := k.sheetOf(subgroupsDetector, "subgroups", "subgroups/tested", "subgroup", "discovery_n", "discovery_rate", "test_n", "test_rate", "p_adjusted", "held"); s != nil && len(s.table.Rows) > 0 {
		v.Picture, v.Tested = k.subgroupDots(s, byName), subgroupTable(s, byName)
		k.sheetTable(s.table)
	}
	if s := k.sheetOf(subgroupsDetector, "subgroups", "subgroups/ranking", "subgroup"); s != nil {
		v.Ranking = k.sheetTable(s.table)
	}
	return v
}

// subgroupDots draws how far each subgroup lies from everybody else, in the half
// where it was tested.
func (k *maker) subgroupDots(s *sheet, byName map[string]*audit.Measurement) *dotsView {
	v := &dotsView{Class: "stacked"}
	p := svg.Dots{ID: k.id(), Class: "stacked", Title: "Subgroups beside everybody else, test half", Format: func(x float64) string { return strings.TrimSuffix(points(x), ".0") }}
	low, high := 0.0, 0.0
	for _, row := range s.table.Rows {
		name := s.text(row, "subgroup")
		m := byName[name]
		if m == nil || m.Value == nil {
			continue
		}
		d := svg.Dot{Value: m.Value, Class: "c5", Tip: name + ": " + points(*m.Value) + " points"}
		low, high = min(low, *m.Value), max(high, *m.Value)
		if iv := m.Interval; iv != nil && iv.Low != nil && iv.High != nil {
			d.Low, d.High = iv.Low, iv.High
			low, high = min(low, *iv.Low), max(high, *iv.High)
		}
		r := dotsRow{Name: clean(name), Value: points(*m.Value), N: count(m.N), Class: "c5"}
		if s.text(row, "held") != "yes" {
			r.Class, d.Class = "cx", "cx"
		}
		v.Rows, p.Rows = append(v.Rows, r), append(p.Rows, d)
	}
	if len(v.Rows) == 0 {
		return nil
	}
	zero := 0.0
	v.N, p.Line, p.Scale = len(v.Rows), &zero, svg.Linear(low, high, 4)
	p.Desc = "Points above or below everybody else, with interval, in the half of the people where the subgroup was not searched."
	v.Caption = "Points above (+) or below (−) everybody else, in the half where it was not searched, with intervals. Gray: did not hold."
	v.SVG = template.HTML(p.String())
	return v
}

// subgroupTable has discovery and test side by side.
func subgroupTable(s *sheet, byName map[string]*audit.Measurement) *grid {
	g := &grid{Caption: "Subgroups tested: where they were found, and where they were tested", Whole: true, Head: []headCell{label("Subgroup"), numeric("Discovery rate"), numeric("Discovery n"), numeric("Beside everybody"),
		numeric("Test rate"), numeric("Test n"), numeric("Beside everybody"), numeric("Beside all others"), numeric("p adjusted"), label("Held")}}
	rate := func(row []any, column string) cell {
		if x := s.maybe(row, column); x != nil {
			return cell{Text: percent(*x), Exact: exact(x), Num: true}
		}
		return none()
	}
	gap := func(row []any, column string) cell {
		if x := s.maybe(row, column); x != nil {
			return cell{Text: points(*x), Exact: exact(x), Num: true}
		}
		return none()
	}
	whole := func(row []any, column string) cell {
		x, _ := s.number(row, column)
		return integer(int64(x))
	}
	for _, row := range s.table.Rows {
		name := s.text(row, "subgroup")
		held := badgeOf(audit.Inconclusive)
		held.Word = "No"
		if s.text(row, "held") == "yes" {
			held = badgeOf(audit.Info)
			held.Word = "Held"
		}
		head := heading(clean(name))
		if same := s.text(row, "same_rows"); same != "" {
			head.Sub = "the same rows: " + clean(same)
		}
		if m := byName[name]; m != nil && m.Provenance != "" {
			head.Sub = join("; ", head.Sub, m.Provenance)
		}
		g.Rows = append(g.Rows, []cell{head, rate(row, "discovery_rate"), whole(row, "discovery_n"), gap(row, "discovery_divergence"),
			rate(row, "test_rate"), whole(row, "test_n"), gap(row, "test_divergence"), valueCell(byName[name]), chanceCell(s.maybe(row, "p_adjusted")), judged(held)})
	}
	return g
}

// subgroupsDefinition explains the numbers of the search.
func subgroupsDefinition(metric string) (definition, bool) {
	d := definition{scale: number}
	switch metric {
	case "subgroups_searched":
		d.label, d.plain = "subgroups searched", "How many combinations of values had enough rows to be searched."
	case "subgroups_tested":
		d.label, d.plain = "subgroups tested", "How many of them stood out in one half of the people, and were tested in the other."
	case "subgroups_found":
		d.label, d.plain = "subgroups found", "How many of those differ in the other half as well, after adjusting for the number of tests."
	case "subgroup_difference":
		d.label, d.scale = "subgroup difference", gap
		d.plain, d.formula = "The rate of a subgroup minus that of everybody else, in the half of the people where it was not searched.", "subgroup − everybody else"
	default:
		return d, false
	}
	return d, true
}
