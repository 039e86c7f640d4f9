package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// course is how the score follows one input.
type course struct {
	input, metric string
	list          []*audit.Explanation
	partial       []*curve // everybody first
	accumulated   []*curve
	individual    []*curve  // of single rows
	names         []string  // places of categories; nil for numbers
	values        []float64 // of numbers, rising
	even          bool      // the values stand at equal distances
}

// curve is one group's.
type curve struct {
	attribute string
	group     *string
	member    int // of a single row's curve
	points    []*audit.Explanation
}

func coursesOf(list []*audit.Explanation) []*course {
	var out []*course
	at := map[string]*course{}
	for _, e := range list {
		if e.Feature == nil || e.Value == nil || e.Part != audit.PartPoint && e.Part != "accumulated" && e.Part != audit.PartIndividual {
			continue
		}
		c := at[*e.Feature]
		if c == nil {
			c = &course{input: *e.Feature, metric: e.Metric}
			at[*e.Feature], out = c, append(out, c)
		}
		c.list = append(c.list, e)
		switch e.Part {
		case audit.PartPoint:
			c.partial = withPoint(c.partial, e)
		case audit.PartIndividual:
			c.individual = withPoint(c.individual, e)
		default:
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
		return c.member == e.Member && (c.group == nil) == (e.Group == nil) && textOr(c.group) == textOr(e.Group)
	})
	if at < 0 {
		at, curves = len(curves), append(curves, &curve{attribute: e.Attribute, group: e.Group, member: e.Member})
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
