package reports

import (
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

const (
	drawnCurves = 7 // groups of a picture
	drawnBands  = 3 // groups whose rows have a band
	fewValues   = 4 // of a number that has as few, each is a place of its own

	leastRows = 20 // of a group that is drawn
)

// readCurves says how to read the panels of an input.
const readCurves = "“If all had it” is the mean score if every row had that value of the input. “Step by step” adds up what changes when rows move to the next value from the one they have, so that nobody gets a value far from their own; its mean is 0. " +
	"“Rows apart” shows how different single rows are: the band reaches from the mean of the lowest tenth of the rows (or a larger part of few) to that of the highest, the line is the mean of all. Bands around other lines are intervals; ticks at the foot are where rows are."

// dependences draw, for each input, the mean score of groups over its values,
// the accumulated effects, and how far single rows lie apart.
func (k *maker) dependences(list []*audit.Explanation) []explainFigure {
	var out []explainFigure
	told := false
	for _, c := range coursesOf(list) {
		f := explainFigure{Title: c.finding(), Sub: howMade(k.r, c.list)}
		if len(out) < drawnQuestions && !c.flat() {
			if f.Panels = k.coursePanels(c); !told {
				f.Read, told = readCurves, true
				if len(c.individual) > 0 {
					f.Read += " “Single rows” are some of the rows one by one."
				}
			}
			if n := len(c.partial) - len(drawn(c.partial)); n > 1 {
				f.Read += " All rows together, and groups of fewer than 20 sampled rows, are in the tables."
			}
			f.Read = strings.TrimSpace(f.Read)
			if c.even {
				f.Sub = "The values of the input stand at equal distances, because they lie too far apart for a scale. " + f.Sub
			}
		}
		f.Tables = append(f.Tables, c.table("if all had it", c.partial))
		if len(c.accumulated) > 0 {
			f.Tables = append(f.Tables, c.table("step by step", c.accumulated))
		}
		out = append(out, f)
	}
	return out
}

func (k *maker) coursePanels(c *course) []panel {
	out := []panel{k.coursePanel(c, "If all had it", c.partial, nil)}
	if c.names == nil && len(c.accumulated) > 0 {
		zero := 0.0
		out = append(out, k.coursePanel(c, "Step by step", c.accumulated, &zero))
	}
	return append(append(out, k.bandPanels(c)...), k.individualPanels(c)...)
}

// drawn are the curves of a picture: those of groups with enough rows where
// there are any.
func drawn(curves []*curve) []*curve {
	var groups []*curve
	for _, v := range curves {
		if v.group != nil && v.points[0].N >= leastRows && len(groups) < drawnCurves {
			groups = append(groups, v)
		}
	}
	if len(groups) == 0 {
		return curves[:1]
	}
	return groups
}

func (k *maker) coursePanel(c *course, name string, curves []*curve, zero *float64) panel {
	o := svg.Overlay{ID: k.id(), Title: clean(c.input) + ", " + lowerFirst(name), Desc: "The " + explainedMetric(c.metric) + " over the values of " + clean(c.input) + ", a curve for each group; the numbers are in the table below.", Zero: zero, Format: tidy, Apart: c.names != nil}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range drawn(curves) {
		s := svg.Strand{Name: shorten(partyName(v.attribute, v.group), 13), Class: k.curveColor(v)}
		for _, e := range v.points {
			at, ok := c.at(e)
			if !ok {
				continue
			}
			l, h := ends(e)
			if low, high = min(low, *e.Value), max(high, *e.Value); l != nil && h != nil {
				low, high = min(low, *l), max(high, *h)
			}
			s.Points = append(s.Points, svg.Stop{At: at, Value: *e.Value, Low: l, High: h, Tip: partyName(v.attribute, v.group) + ", " + placeName(e) + ": " + thousandths(*e.Value)})
		}
		if len(s.Points) > 0 {
			o.Curves = append(o.Curves, s)
		}
	}
	k.axis(&o, c, low, high)
	return panel{Name: name, Class: "cx", SVG: template.HTML(o.String())}
}

// bandPanels show how far rows lie apart, on one scale: those of the groups with
// the most rows.
func (k *maker) bandPanels(c *course) []panel {
	low, high := math.Inf(1), math.Inf(-1)
	list := slices.DeleteFunc(slices.Clone(drawn(c.partial)), func(v *curve) bool { return len(v.points[0].Spread) < 2 })
	slices.SortStableFunc(list, func(a, b *curve) int { return int(b.points[0].N - a.points[0].N) })
	list = list[:min(drawnBands, len(list))]
	for _, v := range list {
		for _, e := range v.points {
			if n := len(e.Spread); n > 0 {
				low, high = min(low, e.Spread[0]), max(high, e.Spread[n-1])
			}
		}
	}
	var out []panel
	for _, v := range list {
		o := svg.Overlay{ID: k.id(), Title: clean(c.input) + ", rows of " + partyName(v.attribute, v.group), Format: tidy, Apart: c.names != nil,
			Desc: "The " + explainedMetric(c.metric) + " of the lowest and the highest part of the rows, and the mean, over the values of " + clean(c.input) + "."}
		s := svg.Strand{Class: k.curveColor(v)}
		for _, e := range v.points {
			if at, ok := c.at(e); ok && len(e.Spread) > 1 {
				s.Points = append(s.Points, svg.Stop{At: at, Value: *e.Value, Low: &e.Spread[0], High: &e.Spread[len(e.Spread)-1]})
			}
		}
		o.Curves = []svg.Strand{s}
		k.axis(&o, c, low, high)
		out = append(out, panel{Name: "Rows apart: " + partyName(v.attribute, v.group), Value: "n " + count(v.points[0].N), Class: k.curveColor(v), SVG: template.HTML(o.String())})
	}
	return out
}

// individualPanels draw the curves of single rows, on one scale, a panel for each
// of the groups.
func (k *maker) individualPanels(c *course) []panel {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range c.individual {
		for _, e := range v.points {
			low, high = min(low, *e.Value), max(high, *e.Value)
		}
	}
	var out []panel
	for _, v := range drawn(c.partial) {
		o := svg.Overlay{ID: k.id(), Title: clean(c.input) + ", single rows of " + partyName(v.attribute, v.group), Format: tidy, Apart: c.names != nil,
			Desc: "The " + explainedMetric(c.metric) + " of single sampled rows over the values of " + clean(c.input) + ", a curve for each row."}
		for _, one := range c.individual {
			if textOr(one.group) != textOr(v.group) || (one.group == nil) != (v.group == nil) {
				continue
			}
			s := svg.Strand{Class: k.curveColor(v) + " alone"}
			for _, e := range one.points {
				if at, ok := c.at(e); ok {
					s.Points = append(s.Points, svg.Stop{At: at, Value: *e.Value})
				}
			}
			o.Curves = append(o.Curves, s)
		}
		if len(o.Curves) > 0 && len(out) < drawnBands {
			k.axis(&o, c, low, high)
			out = append(out, panel{Name: "Single rows: " + partyName(v.attribute, v.group), Value: count(int64(len(o.Curves))) + " rows", Class: k.curveColor(v), SVG: template.HTML(o.String())})
		}
	}
	return out
}

func (k *maker) curveColor(v *curve) string {
	if v.group == nil {
		return "c5"
	}
	return k.groupColor(v.attribute, v.group)
}

// axis makes the scale, and labels the values of the input.
func (k *maker) axis(o *svg.Overlay, c *course, low, high float64) {
	o.Y = svg.Linear(low, high, 4)
	switch n := len(c.values); {
	case c.names != nil:
		every := (len(c.names) + fewValues) / (fewValues + 1)
		for i := 0; i < len(c.names); i += every {
			o.Ticks = append(o.Ticks, svg.Tick{At: (float64(i) + 0.5) / float64(len(c.names)), Text: shorten(c.names[i], max(6, 34/min(len(c.names), fewValues+1)))})
		}
	case c.even:
		for _, i := range []int{0, n / 2, n - 1} {
			o.Ticks = append(o.Ticks, svg.Tick{At: c.place(c.values[i]), Text: brief(c.values[i])})
		}
	default:
		for _, t := range svg.Linear(c.values[0], c.values[n-1], 4).Ticks {
			if t >= c.values[0] && t <= c.values[n-1] {
				o.Ticks = append(o.Ticks, svg.Tick{At: c.place(t), Text: brief(t)})
			}
		}
	}
	if c.names == nil && !c.even {
		for _, x := range c.values {
			o.Rug = append(o.Rug, c.place(x))
		}
	}
}
