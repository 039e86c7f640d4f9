package reports

import (
	"fmt"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// lateLabels says of indicators that rest on labels how many of those are not final, and
// how far they may still move the number: in the latest window, and over the whole
// period.
func (k *maker) lateLabels(list []*kpi) *grid {
	g := &grid{Caption: "Labels that are not known yet", Whole: true, Where: "kpis.csv",
		Head: []headCell{label("Indicator"), label("Window"), numeric("Value"), numeric("Not final"), numeric("Not known"), numeric("Lowest"), numeric("Highest")},
		Note: "Not final: rows younger than the label takes to mature (label.matures_after), with what stands in the log today. Not known: rows left out because the value is missing. The history keeps what was first reported beside what is known now: plumbline trend."}
	bounds := false
	for _, x := range list {
		last, _ := x.latest(k.r)
		for _, p := range []*audit.KPI{last, x.whole} {
			if p == nil || p.Immature == 0 && p.LabelBounds == nil {
				continue
			}
			name := named(windowName(p.Window))
			if p.Window == audit.AllWindows {
				name = named("whole period")
			}
			row := []cell{heading(clean(x.Title)), name, {Text: x.write(p), Exact: exact(p.Value), Num: true}, someOf(p, p.Immature), someOf(p, p.Unknown), none(), none()}
			if b := p.LabelBounds; b != nil {
				bounds = true
				row[5], row[6] = cell{Text: x.number(b.Low), Exact: exact(&b.Low), Num: true}, cell{Text: x.number(b.High), Exact: exact(&b.High), Num: true}
			}
			g.Rows = append(g.Rows, row)
		}
	}
	if bounds {
		g.Note += " Lowest and highest: over all that those labels may turn out to be, each way that suits the number least and most. These are bounds, not an interval: they allow for no chance, and hold whyever a label is missing."
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g.drop("Not final").drop("Not known").drop("Lowest").drop("Highest")
}

// someOf is some of the rows of a point, with their share.
func someOf(p *audit.KPI, n int64) cell {
	if n == 0 {
		return none()
	}
	c := integer(n)
	if all := p.N + p.Unknown; all > 0 && n > 0 {
		c.Sub = percent(float64(n) / float64(all))
	}
	return c
}

// late says on the first screen how much of the latest window is not final.
func (s *screen) late(list []*kpi) {
	for _, x := range list {
		p, _ := x.latest(s.r)
		if p == nil || p.Immature == 0 && p.LabelBounds == nil {
			continue
		}
		text := clean(x.Title)
		if all := p.N + p.Unknown; p.Immature > 0 && all > 0 {
			text += fmt.Sprintf(": %s of the labels of %s are not final", percent(float64(p.Immature)/float64(all)), windowTick(p.Window))
		} else {
			text += fmt.Sprintf(": not all labels of %s are known", windowTick(p.Window))
		}
		if b := p.LabelBounds; b != nil {
			text += fmt.Sprintf("; whatever they turn out to be, it lies between %s and %s", x.number(b.Low), x.number(b.High))
		}
		s.wrap("  | ", "    ", text, 2)
	}
}

// The names of that column.
const onTheYear, onTheSeason = "On the year", "On the season"

// seasonHead is the scorecard's column of the change since the season before.
func seasonHead(r *audit.Result) headCell {
	for i := range r.KPIs {
		p := &r.KPIs[i]
		if x := p.Season; x != nil && r.Audit.WindowEvery == "month" && len(x.Window) == len("2008-05") && strings.HasSuffix(p.Window, x.Window[4:]) {
			return numeric(onTheYear)
		}
	}
	return numeric(onTheSeason)
}

// seasonCell is the change of the latest window since the season before.
func (k *kpi) seasonCell(p *audit.KPI) cell {
	if p == nil || p.Season == nil {
		return none()
	}
	c := cell{Text: k.moves(p.Season.Change), Exact: exact(&p.Season.Change), Num: true, Sub: "since " + windowTick(p.Season.Window)}
	if i := p.Season.Interval; i != nil && i.Low != nil && i.High != nil {
		c.Sub = k.moves(*i.Low) + " to " + k.moves(*i.High)
	}
	return c
}
