package reports

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// markLetters bounds the name of a version in a picture.
const markLetters = 10

// versionMarks are where the model's version changed, on the axis of time: between the
// window in which it did and the one before.
func (k *maker) versionMarks() []svg.Tick {
	var out []svg.Tick
	places := k.times()
	for i := range k.r.VersionChanges {
		c := &k.r.VersionChanges[i]
		for n, w := range k.r.Windows {
			if w.ID == c.Window && n > 0 {
				out = append(out, svg.Tick{At: (places[n-1] + places[n]) / 2, Text: shorten(clean(c.To), markLetters)})
			}
		}
	}
	return out
}

// versionNote says what the marks are.
func (k *maker) versionNote() string {
	switch n := len(k.r.VersionChanges); n {
	case 0:
		return ""
	case 1:
		return " The upright line is where " + versionText(&k.r.VersionChanges[0]) + "."
	default:
		return fmt.Sprintf(" The %d upright lines are where another version of the model took over.", n)
	}
}

// versionText says which version took over from which, and when.
func versionText(c *audit.VersionChange) string {
	return "version " + clean(c.To) + " of the model took over from " + clean(c.From) + ", " + windowTick(c.Window)
}

// versionSteps are the steps of the indicators where the version changed.
func (k *maker) versionSteps(list []*kpi) *grid {
	g := &grid{Caption: "Where the model’s version changed", Whole: true, Where: "result.json",
		Head: []headCell{label("Change"), label("Indicator"), numeric("Before"), numeric("After"), numeric("Step"), numeric("Scatter"), label("Note")},
		Note: "Before and after: all windows of the old and of the new version together. Step: how much the level moved where the version changed, a steady trend allowed for (segmented regression), with its interval; a window in which both versions decided counts by their shares of its rows. " +
			"Scatter: how many times more the windows vary than their sizes explain; above 1 it widens the interval. Windows are taken as independent. No claim rests on a step, and it does not say that the version is the reason: whatever else changed at the time is in it, too."}
	for i := range k.r.VersionChanges {
		c := &k.r.VersionChanges[i]
		for _, x := range list {
			for n := range c.KPIs {
				if e := &c.KPIs[n]; e.KPI == x.Name && e.Attribute == x.attribute {
					g.Rows = append(g.Rows, x.stepRow(c, e))
				}
			}
		}
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g.drop("Note").drop("Scatter").cut("steps")
}

func (k *kpi) stepRow(c *audit.VersionChange, e *audit.VersionEffect) []cell {
	change := heading(clean(c.From) + " → " + clean(c.To))
	change.Sub = windowName(c.Window)
	if e.Suppressed {
		return []cell{change, named(clean(k.Title)), {Text: withheld, Num: true}, {Text: withheld, Num: true}, {Text: withheld, Num: true}, none(), text(e.Note)}
	}
	side := func(x *float64, windows int) cell {
		out := cell{Text: "–", Num: true, Sub: plural(windows, "window", "windows")}
		if x != nil {
			out.Text, out.Exact = k.number(*x), exact(x)
		}
		return out
	}
	step := cell{Text: undefined, Num: true}
	if e.Step != nil {
		step.Text, step.Exact, step.Sub = k.moves(*e.Step), exact(e.Step), k.stepBetween(e)
	}
	scatter := none()
	if e.Dispersion != nil {
		scatter = cell{Text: plainly(*e.Dispersion), Exact: exact(e.Dispersion), Num: true}
	}
	name := named(clean(k.Title))
	if e.Group != nil && e.Reference != nil {
		name.Sub = shorten(clean(*e.Group), 24) + " less " + shorten(clean(*e.Reference), 24)
	}
	return []cell{change, name, side(e.Before, e.Earlier), side(e.After, e.Later), step, scatter, text(e.Note)}
}

func (k *kpi) stepBetween(e *audit.VersionEffect) string {
	if e.Interval == nil || e.Interval.Low == nil || e.Interval.High == nil {
		return ""
	}
	return k.moves(*e.Interval.Low) + " to " + k.moves(*e.Interval.High)
}

// moves is a difference of two values in words.
func (k *kpi) moves(d float64) string {
	switch {
	case k.scale == share || k.scale == distance || k.Kind == "growth":
		return signedFixed(100*d, 1) + " points"
	case d > 0:
		return "+" + plainly(d)
	}
	return plainly(d)
}

// stepped tells whether a step is more than its interval leaves open.
func stepped(e *audit.VersionEffect) bool {
	i := e.Interval
	return e.Step != nil && i != nil && i.Low != nil && i.High != nil && (*i.Low > 0 || *i.High < 0)
}

// versions says on the first screen what the indicators did where the version changed.
func (s *screen) versions(list []*kpi) {
	for i := range s.r.VersionChanges {
		c := &s.r.VersionChanges[i]
		said, open, told := "", 0, 0
		for _, x := range list {
			for n := range c.KPIs {
				e := &c.KPIs[n]
				switch {
				case e.KPI != x.Name || e.Attribute != x.attribute || e.Suppressed:
				case stepped(e):
					said = join("; ", said, fmt.Sprintf("%s stepped %s (%s)", clean(x.Title), x.moves(*e.Step), x.stepBetween(e)))
				case e.Step == nil:
					open++
				default:
					told++
				}
			}
		}
		switch {
		case len(c.KPIs) == 0: // of a trend, which does not estimate
		case said == "" && told > 0:
			said = "no step beyond its interval"
		}
		if open > 0 {
			said = join("; ", said, "the step of "+plural(open, "indicator", "indicators")+" is undefined")
		}
		s.wrap("  | ", "    ", join(": ", sentenceCase(versionText(c)), said)+".", 3)
	}
}
