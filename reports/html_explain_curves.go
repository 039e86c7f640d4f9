package reports

import (
	"fmt"
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

// course is how the score follows one input.
type course struct {
	input, metric string
	list          []*audit.Explanation
	partial       []*curve // everybody first
	accumulated   []*curve
	names         []string  // places of categories; nil for numbers
	values        []float64 // of numbers, rising
	even          bool      // the values stand at equal distances
}

// curve is one group's.
type curve struct {
	attribute string
	group     *string
	points    []*audit.Explanation
}

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

func coursesOf(list []*audit.Explanation) []*course {
	var out []*course
	at := map[string]*course{}
	for _, e := range list {
		if e.Feature == nil || e.Value == nil || e.Part != audit.PartPoint && e.Part != "accumulated" {
			continue
		}
		c := at[*e.Feature]
		if c == nil {
			c = &course{input: *e.Feature, metric: e.Metric}
			at[*e.Feature], out = c, append(out, c)
		}
		c.list = append(c.list, e)
		if e.Part == audit.PartPoint {
			c.partial = withPoint(c.partial, e)
		} else {
			c.accumulated = withPoint(c.accumulated, e)
		}
	}
	return slices.DeleteFunc(out, func(c *course) bool {
		c.lay()
		return len(c.partial) == 0
	})
}

func withPoint(curves []*curve, e *audit.Explanation) []*curve {
	at := slices.IndexFunc(curves, func(c *curve) bool {
		return (c.group == nil) == (e.Group == nil) && textOr(c.group) == textOr(e.Group)
	})
	if at < 0 {
		at, curves = len(curves), append(curves, &curve{attribute: e.Attribute, group: e.Group})
	}
	curves[at].points = append(curves[at].points, e)
	return curves
}

// lay finds the places of the input's values.
func (c *course) lay() {
	numbers := true
	for _, v := range c.partial {
		for _, e := range v.points {
			switch {
			case e.X == nil && e.Category != nil && *e.Category != "(missing)":
				numbers = false
			case e.X != nil && !slices.Contains(c.values, *e.X):
				c.values = append(c.values, *e.X)
			}
		}
	}
	slices.Sort(c.values)
	if numbers && len(c.values) > fewValues {
		n := len(c.values)
		c.even = c.values[n-1-n/10]-c.values[n/10] < 0.3*(c.values[n-1]-c.values[0])
		return
	}
	for _, v := range c.partial {
		for _, e := range v.points {
			if name := placeName(e); !slices.Contains(c.names, name) {
				c.names = append(c.names, name)
			}
		}
	}
}

// placeName is a value of an input.
func placeName(e *audit.Explanation) string {
	switch {
	case e.X != nil:
		return brief(*e.X)
	case e.Category != nil && *e.Category == "(missing)":
		return *e.Category
	case e.Category != nil:
		return valueName(*e.Category)
	}
	return "–"
}

// at is the place of a point; ok is false for the missing value beside numbers.
func (c *course) at(e *audit.Explanation) (at float64, ok bool) {
	switch {
	case c.names != nil:
		i := slices.Index(c.names, placeName(e))
		return (float64(i) + 0.5) / float64(len(c.names)), i >= 0
	case e.X == nil:
		return 0, false
	}
	return c.place(*e.X), true
}

// place is that of a number.
func (c *course) place(x float64) float64 {
	n := len(c.values)
	if !c.even {
		return svg.Scale{Min: c.values[0], Max: c.values[n-1]}.At(x)
	}
	i, found := slices.BinarySearch(c.values, x)
	switch {
	case found:
		return float64(i) / float64(n-1)
	case i == 0:
		return 0
	case i == n:
		return 1
	}
	between := (x - c.values[i-1]) / (c.values[i] - c.values[i-1])
	return (float64(i-1) + between) / float64(n-1)
}

// everybody is the curve of all rows, else the first.
func (c *course) everybody() *curve {
	for _, v := range c.partial {
		if v.group == nil {
			return v
		}
	}
	return c.partial[0]
}

func (c *course) ends() (low, high *audit.Explanation) {
	for _, e := range c.everybody().points {
		if low == nil || *e.Value < *low.Value {
			low = e
		}
		if high == nil || *e.Value > *high.Value {
			high = e
		}
	}
	return low, high
}

// flat tells whether no curve moves.
func (c *course) flat() bool {
	for _, list := range [][]*curve{c.partial, c.accumulated} {
		for _, v := range list {
			for _, e := range v.points {
				if math.Abs(*e.Value-*v.points[0].Value) > 1e-12 {
					return false
				}
			}
		}
	}
	return true
}

// finding is the title of a course: what the picture says.
func (c *course) finding() string {
	if c.flat() {
		return fmt.Sprintf("%s: the %s does not move with it", clean(c.input), explainedMetric(c.metric))
	}
	low, high := c.ends()
	return fmt.Sprintf("%s: the mean %s is lowest, %s, at %s and highest, %s, at %s", clean(c.input), explainedMetric(c.metric), thousandths(*low.Value), placeName(low), thousandths(*high.Value), placeName(high))
}

func (k *maker) coursePanels(c *course) []panel {
	out := []panel{k.coursePanel(c, "If all had it", c.partial, nil)}
	if c.names == nil && len(c.accumulated) > 0 {
		zero := 0.0
		out = append(out, k.coursePanel(c, "Step by step", c.accumulated, &zero))
	}
	return append(out, k.bandPanels(c)...)
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

// table has the curves' numbers, a row for each value of the input.
func (c *course) table(name string, curves []*curve) *grid {
	g := &grid{Caption: "Numbers: " + clean(c.input) + ", " + name, Folded: true, Screen: true, Where: "explanations.csv", Head: []headCell{numeric("Value of " + clean(c.input))}}
	curves = curves[:min(tabledGroups, len(curves))]
	var places []string
	at := map[string][]*audit.Explanation{}
	for i, v := range curves {
		g.Head = append(g.Head, numeric(partyName(v.attribute, v.group)))
		for _, e := range v.points {
			p := placeName(e)
			if at[p] == nil {
				places, at[p] = append(places, p), make([]*audit.Explanation, len(curves))
			}
			at[p][i] = e
		}
	}
	c.order(places, at)
	for _, p := range places {
		row := []cell{{Text: p, Num: true, Head: true}}
		for _, e := range at[p] {
			row = append(row, explainedCell(e, thousandths))
		}
		g.Rows = append(g.Rows, row)
	}
	return g.cut("values")
}

// order sorts places by their number; names stay as they are, after numbers.
func (c *course) order(places []string, at map[string][]*audit.Explanation) {
	number := func(p string) float64 {
		for _, e := range at[p] {
			if e != nil && e.X != nil {
				return *e.X
			}
		}
		return math.Inf(1)
	}
	slices.SortStableFunc(places, func(a, b string) int {
		switch x, y := number(a), number(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}
