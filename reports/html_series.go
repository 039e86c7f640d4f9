package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// seriesView is a set of small multiples, one panel per group.
type seriesView struct {
	Title, Sub, Note string
	Few, Screen      bool // a few panels, or none, are printed
	Panels           []panel
	Table            *grid
}

// paperPanels is the number of panels per picture that are printed when there
// are many pictures; the style sheet knows it too.
const paperPanels = 3

// PaperNote says what of the picture is not printed.
func (v *seriesView) PaperNote() string {
	if !v.Few {
		return ""
	}
	return fmt.Sprintf("The first %d of %d panels are printed; all are in report.html, and their numbers in measurements.csv.", paperPanels, len(v.Panels))
}

type panel struct {
	Name, Key, Value, Class string
	Sub                     string // under the name
	SVG                     template.HTML
}

// track is one group over time.
type track struct {
	group *audit.Measurement // any of its measurements, for the name and color
	whole *audit.Measurement // over the whole period
	at    map[string]*audit.Measurement
}

// limitsOf turns a threshold into the lines to draw, the lowest first.
func limitsOf(t audit.Threshold) []float64 {
	v, err := strconv.ParseFloat(t.Value, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	switch {
	case t.Key == "min_ratio" && t.Side != "low" && v > 0:
		return []float64{min(v, 1/v), max(v, 1/v)}
	case t.Key == "max_difference":
		return []float64{-math.Abs(v), math.Abs(v)}
	}
	return []float64{v}
}

// series draws a family's gap over the windows: the judged gap, else the
// ratio, else the difference, else the rate itself.
func (k *maker) series(f family, attribute string) *seriesView {
	metric, tracks := k.tracks(f, attribute)
	if len(tracks) == 0 || len(k.r.Windows) < 2 {
		return nil
	}
	d := define(metric)
	t := gate(k.at(f.detector, metric, attribute))
	var limits []float64
	if t != nil {
		limits = limitsOf(*t)
	}
	v := &seriesView{Sub: sentenceCase(d.label) + " in each window, with interval. The same axis in every panel."}
	if t != nil {
		v.Sub += " Dashed: the limit (" + limitText(*t, d.scale) + "). ✕ marks a window whose whole interval lies beyond it. Single windows are shown, not judged."
	}
	slices.SortStableFunc(tracks, func(a, b track) int { return compareFar(a.whole, b.whole) })
	all := len(tracks)
	if all > k.panels {
		tracks = tracks[:k.panels]
		v.Note = fmt.Sprintf("The %d of %d groups that failed or have the widest gaps over the whole period are drawn; the others are in the CSV export.", k.panels, all)
	}
	k.drawn(f.detector, metric, attribute, tracks)
	scale := seriesScale(tracks, d.scale, limits)
	for _, tr := range tracks {
		v.Panels = append(v.Panels, k.panel(tr, attribute, d, scale, limits, t))
	}
	v.Title = k.seriesTitle(tracks[0], d, limits, t)
	v.Table = k.seriesTable(tracks, d)
	many := k.panels < mostPanels // pictures
	v.Few, v.Screen = many && len(v.Panels) > paperPanels, many && crossed(attribute)
	return v
}

// tracks picks the metric to draw and collects its windows by group.
func (k *maker) tracks(f family, attribute string) (string, []track) {
	order := []string{f.ratio(), f.difference(), f.base}
	if gate(k.at(f.detector, f.ratio(), attribute)) == nil && gate(k.at(f.detector, f.difference(), attribute)) != nil {
		order = []string{f.difference(), f.ratio(), f.base}
	}
	for _, metric := range order {
		if tracks := k.tracksOf(f.detector, metric, attribute); len(tracks) > 0 {
			return metric, tracks
		}
	}
	return "", nil
}

func (k *maker) tracksOf(detector, metric, attribute string) []track {
	var out []track
	where := map[string]int{}
	pick := func(window string) []*audit.Measurement {
		var ms []*audit.Measurement
		for _, i := range k.x.at[place{detector, metric, attribute, window}] {
			ms = append(ms, &k.r.Measurements[i])
		}
		if k.x.familyOf(detector, metric).base == metric {
			groups, _ := rates(ms)
			return groups
		}
		return k.against(attribute, pairs(ms))
	}
	for _, w := range k.r.Windows {
		for _, m := range pick(w.ID) {
			id := key(m.GroupKind, m.Group)
			i, ok := where[id]
			if !ok {
				i = len(out)
				where[id] = i
				out = append(out, track{group: m, at: map[string]*audit.Measurement{}})
			}
			out[i].at[w.ID] = m
		}
	}
	for _, m := range pick(audit.AllWindows) {
		if i, ok := where[key(m.GroupKind, m.Group)]; ok {
			out[i].whole = m
		}
	}
	return slices.DeleteFunc(out, func(t track) bool {
		for _, m := range t.at {
			if m.Value != nil {
				return false
			}
		}
		return true
	})
}

// drawn marks what the panels and their table show.
func (k *maker) drawn(detector, metric, attribute string, tracks []track) {
	for _, w := range k.r.Windows {
		for _, i := range k.x.at[place{detector, metric, attribute, w.ID}] {
			m := &k.r.Measurements[i]
			for _, t := range tracks {
				if t.at[w.ID] == m {
					k.x.shown[i] = true
				}
			}
		}
	}
}

// against keeps the pairs with the chosen reference, or with everybody else.
// Where every group is compared with every other there is no one line to draw.
func (k *maker) against(attribute string, ms []*audit.Measurement) []*audit.Measurement {
	want := restGroup
	if a := k.x.attribute(attribute); a.Chosen != nil {
		want = *a.Chosen
	}
	return slices.DeleteFunc(ms, func(m *audit.Measurement) bool { return *m.Reference != want })
}

// compareFar puts failed comparisons first, then the widest gaps.
func compareFar(a, b *audit.Measurement) int {
	far := func(m *audit.Measurement) float64 {
		switch {
		case m == nil:
			return -2
		case m.Verdict == audit.Fail:
			return 1e9 + farness(m)
		}
		return farness(m)
	}
	x, y := far(a), far(b)
	switch {
	case x > y:
		return -1
	case x < y:
		return 1
	}
	return 0
}

// seriesScale covers the points and the limits, and intervals as far as they
// do not press the points together.
func seriesScale(tracks []track, s scale, limits []float64) svg.Scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	see := func(x float64) { lo, hi = min(lo, x), max(hi, x) }
	for _, t := range tracks {
		for _, m := range t.at {
			if m.Value != nil && (s != quotient || *m.Value > 0) {
				see(*m.Value)
			}
		}
	}
	for _, x := range limits {
		see(x)
	}
	switch s {
	case quotient:
		see(1)
		return svg.Logarithmic(max(0.02, lo*0.85), min(50, hi*1.18))
	case share:
		see(0)
		return svg.Linear(0, min(1, hi*1.15), 3)
	}
	see(0)
	room := (hi - lo) * 0.15
	return svg.Linear(lo-room*sign(-lo), hi+room*sign(hi), 4)
}

func sign(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

func (k *maker) panel(t track, attribute string, d definition, s svg.Scale, limits []float64, th *audit.Threshold) panel {
	name := groupName(t.group)
	p := panel{Name: name, Key: groupKey(t.group), Class: k.color(attribute, t.group), Value: "–"}
	if t.whole != nil && t.whole.Value != nil {
		p.Value = d.scale.write(*t.whole.Value) + d.scale.unitWord()
		if th != nil && d.scale == quotient {
			p.Value = beside(*t.whole.Value, th.Value, d.scale.write)
		}
	}
	l := svg.Lines{ID: k.id(), Class: p.Class, Scale: s, Limits: limits, Format: axisFormat(d.scale), Ticks: k.ticks(),
		Title: d.label + " of " + name + " over time", Desc: k.told(t, d, limits, th)}
	if d.scale == quotient {
		l.Zero = new(float64)
		*l.Zero = 1
	} else if d.scale != share {
		l.Zero = new(float64)
	}
	l.Points = k.points(t, limits, th)
	p.SVG = template.HTML(l.String()) // every text in it was escaped by package svg
	return p
}

// points places the windows on the time axis.
func (k *maker) points(t track, limits []float64, th *audit.Threshold) []svg.Point {
	var out []svg.Point
	places := k.times()
	for i, w := range k.r.Windows {
		m := t.at[w.ID]
		p := svg.Point{At: places[i], Break: i > 0 && k.r.Windows[i-1].End != w.Start}
		if m != nil && m.Value != nil {
			p.Value = m.Value
			if m.Interval != nil {
				p.Low, p.High = m.Interval.Low, m.Interval.High
			}
			p.Breach = beyond(m, limits, th)
		}
		out = append(out, p)
	}
	return out
}

// times places the windows between 0 and 1: by their dates, or evenly.
func (k *maker) times() []float64 {
	ws := k.r.Windows
	out := make([]float64, len(ws))
	first, err1 := time.Parse(time.RFC3339, ws[0].Start)
	last, err2 := time.Parse(time.RFC3339, ws[len(ws)-1].Start)
	for i, w := range ws {
		t, err := time.Parse(time.RFC3339, w.Start)
		if err1 != nil || err2 != nil || err != nil || !last.After(first) {
			out[i] = float64(i) / float64(max(1, len(ws)-1))
			continue
		}
		out[i] = min(1, max(0, float64(t.Sub(first))/float64(last.Sub(first))))
	}
	return out
}

// ticks labels the first, the middle and the last window.
func (k *maker) ticks() []svg.Tick {
	ws, at := k.r.Windows, k.times()
	out := []svg.Tick{{At: at[0], Text: windowTick(ws[0].ID)}}
	mid := 0
	for i := range at {
		if math.Abs(at[i]-0.5) < math.Abs(at[mid]-0.5) {
			mid = i
		}
	}
	if at[mid] > 0.3 && at[mid] < 0.7 {
		out = append(out, svg.Tick{At: at[mid], Text: windowTick(ws[mid].ID)})
	}
	return append(out, svg.Tick{At: at[len(at)-1], Text: windowTick(ws[len(ws)-1].ID)})
}

func axisFormat(s scale) func(float64) string {
	switch s {
	case share:
		return tickPercent
	case gap, distance:
		return func(x float64) string { return fixed(100*x, 0) }
	case quotient:
		return func(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
	}
	return plain
}
