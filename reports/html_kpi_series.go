package reports

import (
	"fmt"
	"html/template"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// mostGrowth is the largest growth on an axis; what is beyond is marked at its end.
const mostGrowth = 3

// kpiPanel draws one indicator over the windows.
func (k *maker) kpiPanel(x *kpi) panel {
	last, _ := x.latest(k.r)
	p := panel{Name: clean(x.Title), Key: x.Name, Class: "cx", Value: x.write(last), Sub: x.caption()}
	s := k.kpiScale(x, []map[string]*audit.KPI{x.at})
	l := svg.Lines{ID: k.id(), Class: "cx", Scale: s, Limits: bounds(x.Limits), Targets: bounds(x.Target), Format: x.axis(), Ticks: k.ticks(), Marks: k.versionMarks(),
		Title: clean(x.Title) + " over time", Desc: k.kpiTold(x, x.at), Points: k.kpiPoints(x, x.at, true)}
	if s.Min < 0 {
		l.Zero = new(float64)
	}
	p.SVG = template.HTML(l.String()) // every text in it was escaped by package svg
	return p
}

// caption says what is counted, how it is made and who answers for it.
func (k *kpi) caption() string {
	unit := "of rows"
	if k.Unit == "subject" {
		unit = "of people"
	}
	switch k.Kind {
	case "rate":
		unit = "share " + unit
	case "gap":
		unit = "points between groups"
		if k.scale == number {
			unit = "between groups"
		}
	case "growth":
		unit = "since the window before"
	case "index", "manual", "ratio":
		unit = k.Kind
	default:
		unit = k.Kind + " " + unit
	}
	if k.Owner != "" {
		unit += " · " + clean(k.Owner)
	}
	return unit
}

func (k *kpi) axis() func(float64) string {
	switch {
	case k.scale == share, k.Kind == "growth":
		return tickPercent
	case k.scale == distance:
		return func(x float64) string { return fixed(100*x, 0) }
	}
	return func(x float64) string {
		if size := math.Abs(x); size >= 1e6 {
			return strconv.FormatFloat(x/1e6, 'g', 4, 64) + "M"
		} else if size >= 1e4 {
			return strconv.FormatFloat(x/1e3, 'g', 4, 64) + "k"
		}
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
}

// kpiScale covers the points, the limits and the target, and intervals as far as
// they do not press the points together.
func (k *maker) kpiScale(x *kpi, series []map[string]*audit.KPI) svg.Scale {
	points, wide := newReach(), newReach()
	for _, at := range series {
		for _, p := range at {
			if p.Value == nil {
				continue
			}
			points.see(p.Value)
			if p.Interval != nil {
				wide.see(p.Interval.Low)
				wide.see(p.Interval.High)
			}
		}
	}
	for _, v := range append(bounds(x.Limits), bounds(x.Target)...) {
		points.see(&v)
	}
	if points.low > points.high {
		points = reach{0, 1}
	}
	low, high := points.low, points.high
	room := high - low
	low, high = min(low-room*0.15, max(wide.low, low-room)), max(high+room*0.15, min(wide.high, high+room))
	if points.low >= 0 && points.low < 0.7*points.high || low < 0 && points.low >= 0 {
		low = 0 // a line of no amount belongs to amounts
	}
	if !(high > low) { // one number is no axis
		low, high = min(0, low*1.25), max(0, high*1.25)
	}
	switch {
	case x.scale == share, x.scale == distance && low >= 0:
		low, high = max(0, low), min(1, high)
	case x.Kind == "growth": // one window after a near standstill would flatten all others
		low, high = max(-1, low), min(mostGrowth, high)
	}
	return svg.Linear(low, high, 4)
}

// reach is from where to where numbers reach.
type reach struct{ low, high float64 }

func newReach() reach { return reach{math.Inf(1), math.Inf(-1)} }

func (e *reach) see(x *float64) {
	if x != nil {
		e.low, e.high = min(e.low, *x), max(e.high, *x)
	}
}

func (k *maker) kpiPoints(x *kpi, at map[string]*audit.KPI, limits bool) []svg.Point {
	var out []svg.Point
	places := k.times()
	definition := ""
	for i, w := range k.r.Windows {
		s := svg.Point{At: places[i], Break: i > 0 && k.r.Windows[i-1].End != w.Start}
		if p := at[w.ID]; p != nil && p.Value != nil {
			s.Value = p.Value
			if p.Interval != nil {
				s.Low, s.High = p.Interval.Low, p.Interval.High
			}
			s.Breach = limits && p.Alarm != ""
			s.Break = s.Break || definition != "" && definition != p.Definition
			definition = p.Definition
		}
		out = append(out, s)
	}
	return out
}

// kpiTold describes a picture to whoever does not see it.
func (k *maker) kpiTold(x *kpi, at map[string]*audit.KPI) string {
	n := 0
	var low, high *audit.KPI
	for _, w := range k.r.Windows {
		p := at[w.ID]
		if p == nil || p.Value == nil {
			continue
		}
		n++
		if low == nil || *p.Value < *low.Value {
			low = p
		}
		if high == nil || *p.Value > *high.Value {
			high = p
		}
	}
	if n == 0 {
		return "No window has a value."
	}
	return fmt.Sprintf("%s with a value; lowest %s in %s, highest %s in %s.", plural(n, "window", "windows"), x.write(low), windowName(low.Window), x.write(high), windowName(high.Window))
}

// kpiByGroup draws the groups of an indicator, a picture per attribute.
func (k *maker) kpiByGroup(x *kpi) []*seriesView {
	var out []*seriesView
	for _, attribute := range x.attributes() {
		v := &seriesView{Title: clean(x.Title) + " by " + attributeName(attribute), Sub: sentenceCase(x.caption()) + ", in each window, with interval. The same axis in every panel."}
		var shown []*kpiCohort
		var series []map[string]*audit.KPI
		all := 0
		for _, c := range x.cohorts {
			if c.attribute != attribute || len(c.at) == 0 {
				continue
			}
			if all++; len(shown) < kpiGroups {
				shown, series = append(shown, c), append(series, c.at)
			}
		}
		if all > len(shown) {
			v.Note = fmt.Sprintf("The first %d of %d groups are drawn; the others are in kpis.csv.", len(shown), all)
		}
		s := k.kpiScale(&kpi{KPIDefinition: &audit.KPIDefinition{}, scale: x.scale}, series)
		for _, c := range shown {
			p := panel{Name: groupName(c.group), Key: groupKey(c.group), Class: k.color(attribute, c.group), Value: x.write(c.whole)}
			l := svg.Lines{ID: k.id(), Class: p.Class, Scale: s, Format: x.axis(), Ticks: k.ticks(), Marks: k.versionMarks(), Title: clean(x.Title) + " of " + p.Name + " over time",
				Desc: k.kpiTold(x, c.at), Points: k.kpiPoints(x, c.at, false)}
			p.SVG = template.HTML(l.String()) // every text in it was escaped by package svg
			v.Panels = append(v.Panels, p)
		}
		if c := x.gaps[attribute]; c != nil && len(v.Panels) > 1 {
			v.Panels = append(v.Panels, k.gapPanel(x, c))
			v.Sub += " Last: the gap between the highest and the lowest group, on its own axis."
		}
		if len(v.Panels) > 0 {
			v.Title = x.spread(attribute)
			v.Table = x.groupTable(attribute)
			out = append(out, v)
		}
	}
	return out
}

// gapPanel draws the gap between an indicator's groups.
func (k *maker) gapPanel(x *kpi, c *kpiCohort) panel {
	as := &kpi{KPIDefinition: &audit.KPIDefinition{Title: x.Title}, scale: x.scale}
	if x.scale == share {
		as.scale = distance
	}
	p := panel{Name: "widest gap", Class: "cx", Value: as.write(c.whole)}
	l := svg.Lines{ID: k.id(), Class: p.Class, Scale: k.kpiScale(as, []map[string]*audit.KPI{c.at}), Format: as.axis(), Ticks: k.ticks(), Marks: k.versionMarks(),
		Title: clean(x.Title) + ": gap between groups over time", Desc: k.kpiTold(as, c.at), Points: k.kpiPoints(as, c.at, false)}
	p.SVG = template.HTML(l.String()) // every text in it was escaped by package svg
	return p
}

// spread says who has the lowest and who the highest value over the whole period.
func (k *kpi) spread(attribute string) string {
	title := clean(k.Title) + " by " + attributeName(attribute)
	var low, high *kpiCohort
	for _, c := range k.cohorts {
		if c.attribute != attribute || c.whole == nil || c.whole.Value == nil || c.group.Group == nil {
			continue
		}
		if low == nil || *c.whole.Value < *low.whole.Value {
			low = c
		}
		if high == nil || *c.whole.Value > *high.whole.Value {
			high = c
		}
	}
	if low == nil || low == high {
		return title
	}
	return fmt.Sprintf("%s: from %s (%s) to %s (%s)", title, k.write(low.whole), shortName(low.group), k.write(high.whole), shortName(high.group))
}

// groupTable are the groups' numbers over the whole period.
func (k *kpi) groupTable(attribute string) *grid {
	g := &grid{Caption: clean(k.Title) + " by " + attributeName(attribute) + ", whole period", Folded: true, Screen: true, Where: "kpis.csv",
		Head: []headCell{label("Group"), numeric("Value"), numeric("Interval"), numeric("Numerator"), numeric("Denominator"), numeric("n"), label("Note")}}
	for _, c := range k.cohorts {
		if p := c.whole; c.attribute == attribute && p != nil {
			g.Rows = append(g.Rows, []cell{group(c.group), {Text: k.write(p), Exact: exact(p.Value), Num: true}, {Text: orDash(k.between(p)), Num: true},
				amountCell(p, p.Numerator), amountCell(p, p.Denominator), integer(p.N), text(p.Note)})
		}
	}
	return g.cut("groups")
}

// attributes lists those that the indicator's groups are of.
func (k *kpi) attributes() []string {
	var out []string
	for _, c := range k.cohorts {
		if len(out) == 0 || out[len(out)-1] != c.attribute {
			out = append(out, c.attribute)
		}
	}
	return out
}
