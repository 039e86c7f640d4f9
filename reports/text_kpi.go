package reports

import (
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// mostKPIs is the number of indicators in the summary.
const mostKPIs = 14

// kpis writes the indicators: a line each with the latest value, the change, the
// course over the windows, and what it is held to.
func (s *screen) kpis() {
	list := kpisOf(s.r)
	if len(list) == 0 {
		return
	}
	s.add("")
	windows := s.courses()
	head := "Indicators"
	if len(windows) > 1 {
		head += ", latest window and change; course " + windowTick(windows[0].ID) + " – " + windowTick(windows[len(windows)-1].ID)
	}
	if m := s.r.KPIMonitoring; m != nil && m.Since != "" {
		head += "; limits on them judge all windows since " + windowTick(m.Since) + ", other checks the period alone"
	}
	s.wrap("", "  ", head, 2)
	defer s.around(list)
	for i, k := range list {
		if i == mostKPIs {
			s.add(s.plain("  … and " + plural(len(list)-i, "more indicator", "more indicators") + " in the full report"))
			break
		}
		s.kpi(k, windows)
	}
	lacking := slices.DeleteFunc(notMeasured(s.r), func(d audit.KPIDefinition) bool { return d.Kind == "manual" }) // which no log has
	if n := len(lacking); n > 0 {
		s.wrap("  ", "  ", plural(n, "indicator of a pack is", "indicators of packs are")+" not measured, because the log lacks their columns; the full report lists them.", 2)
	}
}

// around says what happened around the indicators.
func (s *screen) around(list []*kpi) {
	s.alarms(list)
	s.versions(list)
	s.passages(list)
	s.late(list)
}

// courses are the windows whose course fits.
func (s *screen) courses() []audit.Window {
	room := max(6, min(24, s.Width-76))
	w := s.r.Windows
	return w[max(0, len(w)-room):]
}

func (s *screen) kpi(k *kpi, windows []audit.Window) {
	shape := "  "
	b := k.state(s.r)
	if b != nil {
		shape = s.shape(*b) + " "
	}
	last, before := k.latest(s.r)
	if last == nil {
		last = k.whole
	}
	const name, value, moved = 28, 12, 13
	at := len(s.lines)
	line := shape + pad(s.cut(s.plain(clean(k.Title)), name), name) + " " + left(s.plain(k.write(last)), value)
	if len(windows) > 1 {
		line += " " + left(s.plain(k.change(last, before)), moved) + "  " + pad(s.course(k, windows), len(windows))
	}
	if k.Limits != nil {
		line += "  " + s.plain(k.rangeText(k.Limits))
	}
	s.add(s.cut(strings.TrimRight(line, " "), s.Width))
	if b != nil {
		s.paintShape(at, *b)
	}
}

// course draws the values as bars of characters, from the lowest to the highest.
func (s *screen) course(k *kpi, windows []audit.Window) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	hole := "·"
	if s.ASCII {
		bars, hole = []rune("_.-=+*#@"), " "
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, w := range windows {
		if p := k.at[w.ID]; p != nil && p.Value != nil {
			low, high = min(low, *p.Value), max(high, *p.Value)
		}
	}
	var out strings.Builder
	for _, w := range windows {
		p := k.at[w.ID]
		switch {
		case p == nil || p.Value == nil:
			out.WriteString(hole)
		case high <= low:
			out.WriteRune(bars[len(bars)/2])
		default:
			out.WriteRune(bars[int(math.Round((*p.Value-low)/(high-low)*float64(len(bars)-1)))])
		}
	}
	return out.String()
}
