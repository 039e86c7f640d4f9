package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// mostCutPanels bounds the comparisons whose cuts are drawn for an attribute.
const mostCutPanels = 9

// cutPanels draw the gap of each comparison at every cut of the score, in the
// order of the strips.
func (k *maker) cutPanels(a *robustAim) []panel {
	s := k.sheetOf(robustnessDetector, "cuts", a.table("cuts"), "cut", "group", "reference", a.gap(), "within_limit", "used")
	if s == nil {
		return nil
	}
	limits := a.limits()
	low, high := slices.Min(limits), slices.Max(limits)
	rows := map[string][][]any{}
	for _, row := range s.table.Rows {
		id := s.text(row, "group") + "\x00" + s.text(row, "reference")
		rows[id] = append(rows[id], row)
		if x := s.maybe(row, a.gap()); x != nil {
			low, high = min(low, *x), max(high, *x)
		}
	}
	scale := cutScale(a, limits, low, high)
	var out []panel
	for _, id := range a.order {
		m := a.by[id]["flips_of_group"]
		if m.Group == nil || len(out) == mostCutPanels {
			continue
		}
		if list := rows[*m.Group+"\x00"+*m.Reference]; len(list) > 1 {
			out = append(out, k.cutPanel(a, s, m, list, scale))
		}
	}
	return out
}

// cutScale is the axis of the gap, from the limits to the lowest and highest value.
func cutScale(a *robustAim, limits []float64, low, high float64) svg.Scale {
	if a.difference {
		scale := svg.Linear(low, high, 4)
		scale.Ticks = spread(append(slices.Clone(limits), 0, scale.Min, scale.Max), func(x, y float64) float64 { return math.Abs(x-y) / (scale.Max - scale.Min) })
		return scale
	}
	const beyond = 2.5 // as far as the axis goes beyond the limits; what lies further stands at its end
	scale := svg.Logarithmic(max(slices.Min(limits)/beyond, low), min(slices.Max(limits)*beyond, high))
	scale.Ticks = append(slices.Clone(limits), 1)
	for _, t := range []float64{0.5, 2} {
		if !scale.Outside(t) && (t < limits[0]/1.3 || t > 1.3*slices.Max(limits)) {
			scale.Ticks = append(scale.Ticks, t)
		}
	}
	slices.Sort(scale.Ticks)
	scale.Ticks = slices.Compact(scale.Ticks)
	return scale
}

func (k *maker) cutPanel(a *robustAim, s *sheet, m *audit.Measurement, rows [][]any, scale svg.Scale) panel {
	limits := a.limits()
	p := svg.Cuts{ID: k.id(), Class: "c0", Title: groupName(m) + " beside " + referenceName(m) + ": " + a.words(k) + " at each cut", Scale: scale, Format: a.write, Used: -1,
		Zone: [2]float64{limits[0], scale.Max}}
	if len(limits) > 1 {
		p.Zone[1] = limits[1]
	}
	inside, all, used := 0, 0, ""
	for i, row := range rows {
		at, _ := s.number(row, "cut")
		c := svg.Cut{Name: strconv.FormatFloat(at, 'g', 4, 64), Value: s.maybe(row, a.gap()), Within: s.text(row, "within_limit") == "yes"}
		if c.Value != nil {
			all++
			c.Tip = "cut " + c.Name + ": " + a.gap() + " " + a.write(*c.Value)
			if c.Within {
				inside++
			}
		}
		if s.text(row, "used") == "yes" {
			p.Used, used = i, usedCut(strconv.FormatFloat(at, 'g', -1, 64))
		}
		p.Points = append(p.Points, c)
	}
	sub := fmt.Sprintf("Within the limit at %d of %d cuts.", inside, all)
	if used != "" {
		sub += " The cut used is " + used + "."
	}
	p.Desc = sub
	return panel{Name: groupName(m) + " beside " + referenceName(m), Sub: sub, Class: "c0", SVG: template.HTML(p.String())}
}
