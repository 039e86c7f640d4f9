package reports

import (
	"fmt"
	"html/template"
	"math"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// Bounds of the section on indicators.
const (
	kpiGroups  = 8  // panels of one indicator's groups
	kpiFigures = 12 // indicators whose groups are drawn
)

// mostGrowth is the largest growth on an axis; what is beyond is marked at its end.
const mostGrowth = 3

// kpiView is the section about indicators.
type kpiView struct {
	Score      *grid
	Title, Sub string
	Panels     []panel
	ByGroup    []*seriesView
	GroupNote  string
	Meaning    *grid
	Numbers    *grid
	Watched    *grid
	Missing    *grid
}

// kpis makes the section, or nothing where none is followed.
func (k *maker) kpis() *kpiView {
	list := kpisOf(k.r)
	if len(k.r.KPIDefinitions) == 0 {
		return nil
	}
	v := &kpiView{Score: k.scorecard(list), Meaning: k.kpiMeaning(list), Missing: k.kpiMissing(), Watched: k.kpiWatched(list)}
	if len(k.r.Windows) > 1 {
		for _, x := range list {
			if len(x.at) > 0 {
				v.Panels = append(v.Panels, k.kpiPanel(x))
			}
		}
		v.Title = "Each indicator over time"
		v.Sub = "Line: its value in each window; band: the interval of that window alone, without allowance for looking often. Dashed: limits; dotted: target. ✕ marks a window in which a change was found."
		drawn := 0
		for _, x := range list {
			for _, f := range k.kpiByGroup(x) {
				if drawn++; drawn <= kpiFigures {
					v.ByGroup = append(v.ByGroup, f)
				}
			}
		}
		if drawn > kpiFigures {
			v.GroupNote = fmt.Sprintf("%d of %d pictures of groups are drawn; the numbers of all are in kpis.csv.", kpiFigures, drawn)
		}
		v.Numbers = k.kpiNumbers(list)
	}
	for i := range k.r.Measurements { // what limits were judged by stands in the scorecard
		if k.r.Measurements[i].Detector == kpiDetector {
			k.x.shown[i] = true
		}
	}
	return v
}

// kpiDetector is what limits on indicators are called among the checks.
const kpiDetector = "kpis"

// scorecard is a line per indicator.
func (k *maker) scorecard(list []*kpi) *grid {
	g := &grid{Caption: "Scorecard", Whole: true, Where: "kpis.csv",
		Head: []headCell{label("Indicator"), numeric("Latest window"), numeric("Change"), numeric("Whole period"), label("Target"), label("Limits"), label("State"), label("Owner")}}
	limited := false
	for _, x := range list {
		last, before := x.latest(k.r)
		latest := cell{Text: x.write(last), Num: true}
		if last != nil {
			latest.Sub, latest.Exact = windowName(last.Window), exact(last.Value)
		}
		whole := cell{Text: x.write(x.whole), Num: true}
		if x.whole != nil {
			whole.Sub, whole.Exact = x.between(x.whole), exact(x.whole.Value)
		}
		name := heading(clean(x.Title))
		state := cell{Text: "–"}
		if b := x.state(k.r); b != nil {
			state = judged(*b)
			state.Sub = x.stateText(k.r)
			limited = true
		}
		change := cell{Text: x.change(last, before), Num: true}
		if before != nil {
			change.Sub = "since " + windowTick(before.Window)
		}
		g.Rows = append(g.Rows, []cell{name, latest, change, whole, text(x.rangeText(x.Target)), text(x.rangeText(x.Limits)), state, named(orDash(clean(x.Owner)))})
	}
	if limited {
		g.Note = "Limits judge all windows to date, with an interval that holds at every look: assured, it lies within the limits; breach, outside; not resolved, neither. Of an indicator that compares windows, or was counted or entered by hand, the last window or the whole period is judged. Single windows are shown, not judged."
	}
	return g
}

// between is a point's interval in words.
func (k *kpi) between(p *audit.KPI) string {
	if p == nil || p.Interval == nil || p.Interval.Low == nil || p.Interval.High == nil {
		return ""
	}
	return k.number(*p.Interval.Low) + " to " + k.number(*p.Interval.High)
}

// kpiPanel draws one indicator over the windows.
func (k *maker) kpiPanel(x *kpi) panel {
	last, _ := x.latest(k.r)
	p := panel{Name: clean(x.Title), Key: x.Name, Class: "cx", Value: x.write(last), Sub: x.caption()}
	s := k.kpiScale(x, []map[string]*audit.KPI{x.at})
	l := svg.Lines{ID: k.id(), Class: "cx", Scale: s, Limits: bounds(x.Limits), Targets: bounds(x.Target), Format: x.axis(), Ticks: k.ticks(),
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
	switch {
	case x.scale == share:
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
			l := svg.Lines{ID: k.id(), Class: p.Class, Scale: s, Format: x.axis(), Ticks: k.ticks(), Title: clean(x.Title) + " of " + p.Name + " over time",
				Desc: k.kpiTold(x, c.at), Points: k.kpiPoints(x, c.at, false)}
			p.SVG = template.HTML(l.String()) // every text in it was escaped by package svg
			v.Panels = append(v.Panels, p)
		}
		if len(v.Panels) > 0 {
			out = append(out, v)
		}
	}
	return out
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

// kpiMeaning is how every indicator is made, with its counts.
func (k *maker) kpiMeaning(list []*kpi) *grid {
	g := &grid{Caption: "How each indicator is made", Folded: true, Whole: true, Where: "kpis.csv",
		Head: []headCell{label("Indicator"), label("Formula"), numeric("Numerator"), numeric("Denominator"), numeric("Not known"), label("Definition"), label("Pack")},
		Note: "Numerator and denominator over the whole period; not known are rows on which the number depends on a missing value. A definition is the digest of what is counted: a series of another digest is another series."}
	for _, x := range list {
		row := []cell{heading(clean(x.Title)), {Text: clean(x.Formula), Code: true}, none(), none(), none(), code(x.Definition), named(orDash(clean(x.Pack)))}
		row[0].Sub = join(": ", x.Name, clean(x.Doc))
		p := x.whole
		if p == nil {
			p, _ = x.latest(k.r)
		}
		if p != nil {
			if p.Interval != nil {
				row[1].Sub = "interval: " + words(p.Interval.Method)
			}
			row[2], row[3] = amountCell(p, p.Numerator), amountCell(p, p.Denominator)
			if p.Unknown > 0 {
				row[4] = integer(p.Unknown)
			}
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func amountCell(p *audit.KPI, x *float64) cell {
	switch {
	case p.Suppressed:
		return cell{Text: withheld, Num: true}
	case x == nil:
		return none()
	}
	return cell{Text: plainly(*x), Exact: exact(x), Num: true}
}

// kpiNumbers are the points of everybody.
func (k *maker) kpiNumbers(list []*kpi) *grid {
	g := &grid{Caption: "Numbers of each window", Folded: true, Screen: true, Where: "kpis.csv",
		Head: []headCell{label("Indicator"), label("Window"), numeric("Value"), numeric("Interval"), numeric("Numerator"), numeric("Denominator"), label("Note")}}
	for _, x := range list {
		for _, w := range k.r.Windows {
			p := x.at[w.ID]
			if p == nil {
				continue
			}
			g.Rows = append(g.Rows, []cell{heading(clean(x.Title)), named(windowName(w.ID)), {Text: x.write(p), Exact: exact(p.Value), Num: true},
				{Text: orDash(x.between(p)), Num: true}, amountCell(p, p.Numerator), amountCell(p, p.Denominator), text(join("; ", p.Source, p.Note))})
		}
	}
	return g.cut("numbers")
}

// kpiMissing are indicators without a number.
func (k *maker) kpiMissing() *grid {
	list := notMeasured(k.r)
	if len(list) == 0 {
		return nil
	}
	g := &grid{Caption: "Indicators of packs that are not measured", Folded: true, Screen: true, Head: []headCell{label("Indicator"), label("Pack"), label("Why")},
		Note: "Map the packs’ columns to the log’s with kpis.map to measure more."}
	for _, d := range list {
		name := heading(clean(d.Title))
		name.Sub = clean(d.Doc)
		g.Rows = append(g.Rows, []cell{name, named(orDash(clean(d.Pack))), text(d.NotMeasured)})
	}
	return g
}
