package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Bounds of the section on indicators.
const (
	kpiGroups  = 8  // panels of one indicator's groups
	kpiFigures = 12 // indicators whose groups are drawn
)

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
	Alarms     *grid
	Versions   *grid
	Passages   string
	Late       *grid
	Missing    *grid
}

// kpis makes the section, or nothing where none is followed.
func (k *maker) kpis() *kpiView {
	list := kpisOf(k.r)
	if len(k.r.KPIDefinitions) == 0 {
		return nil
	}
	return k.kpiSection(list)
}

// kpiSection is the section about some indicators.
func (k *maker) kpiSection(list []*kpi) *kpiView {
	v := &kpiView{Score: k.scorecard(list), Meaning: k.kpiMeaning(list), Missing: k.kpiMissing(), Watched: k.kpiWatched(list), Alarms: k.kpiAlarms(list), Versions: k.versionSteps(list), Passages: passagesNote(k.r, list), Late: k.lateLabels(list)}
	if len(k.r.Windows) > 1 {
		for _, x := range list {
			if len(x.at) > 0 {
				v.Panels = append(v.Panels, k.kpiPanel(x))
			}
		}
		v.Title = k.kpiTitle(list, "To date")
		v.Sub = "Line: its value in each window; band: the interval of that window alone, without allowance for looking often. Dashed: limits; dotted: target. ✕ marks a window in which a change was found." + k.versionNote()
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
		Head: []headCell{label("Indicator"), label("State"), numeric("Latest window"), numeric("Change"), numeric("Whole period"), seasonHead(k.r), label("Limits"), label("Target"), label("Owner")}}
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
		g.Rows = append(g.Rows, []cell{name, state, latest, change, whole, x.seasonCell(last), text(x.rangeText(x.Limits)), text(x.rangeText(x.Target)), named(orDash(clean(x.Owner)))})
	}
	g.drop(onTheYear, onTheSeason)
	if limited {
		g.Note = "Limits judge all windows to date, with an interval that holds at every look: assured, it lies within the limits; breach, outside; not resolved, neither. Of an indicator that compares windows, or was counted or entered by hand, the last window is judged; without windows, the whole period. Single windows are shown, not judged."
	}
	return g
}

// between is a point's interval in words.
func (k *kpi) between(p *audit.KPI) string {
	if p == nil || p.Interval == nil || p.Interval.Low == nil || p.Interval.High == nil {
		return ""
	}
	low, high := k.number(*p.Interval.Low), k.number(*p.Interval.High)
	for _, unit := range []string{thin + "%", " points"} { // once is enough
		if short, ok := strings.CutSuffix(low, unit); ok && strings.HasSuffix(high, unit) {
			low = short
		}
	}
	return low + " to " + high
}

// kpiTitle says how the indicators with limits stand.
func (k *maker) kpiTitle(list []*kpi, when string) string {
	states, limited := map[audit.KPIState]int{}, 0
	for _, x := range list {
		last, _ := x.latest(k.r)
		if last == nil { // no window has enough cases by itself
			last = x.whole
		}
		if x.Limits != nil && last != nil {
			states[last.State]++
			limited++
		}
	}
	if limited == 0 {
		return "Each indicator over time"
	}
	s := fmt.Sprintf("%s %d of %s with limits %s within them", when, states[audit.Assured], plural(limited, "indicator", "indicators"), isAre(states[audit.Assured]))
	if n := states[audit.Breach]; n > 0 {
		s += fmt.Sprintf(", %d outside", n)
	}
	if n := states[audit.NotResolved]; n > 0 {
		s += fmt.Sprintf(", %d too uncertain to tell", n)
	}
	return s
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
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
		Note: "Map the packs’ columns to the log’s with kpis.map to measure more. What no log tells can be entered by hand: kind manual, with the same name, and a file of date, value and source."}
	for _, d := range list {
		name := heading(clean(d.Title))
		if name.Sub = clean(d.Doc); d.Kind == "manual" {
			name.Sub = d.Name
		}
		g.Rows = append(g.Rows, []cell{name, named(orDash(clean(d.Pack))), text(d.NotMeasured)})
	}
	return g
}
