package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Bounds of what a trend tells on a terminal.
const (
	mostRestated = 6
	widestCourse = 36
)

// WriteTrend writes the course of the indicators for a terminal.
func (t Text) WriteTrend(w io.Writer, course *audit.Trend) error {
	if t.Width == 0 {
		t.Width = textWidth
	}
	t.Width = max(t.Width, textNarrow)
	told := newTrend(course)
	s := screen{Text: t, r: told.Result, x: newIndex(told.Result)}
	s.trend(told)
	for _, line := range s.lines {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

func (s *screen) trend(t *trend) {
	s.add(s.cut(s.plain(title(s.r)+": "+plural(len(t.list), "indicator", "indicators")+", "+t.span()), s.Width))
	s.add("")
	windows := s.r.Windows
	windows = windows[max(0, len(windows)-max(6, min(widestCourse, s.Width-76))):]
	courses := make([]string, len(t.list))
	widest := 0
	for i, x := range t.list {
		courses[i] = s.brokenCourse(x, windows)
		widest = max(widest, len([]rune(courses[i])))
	}
	for i, x := range t.list {
		s.trendLine(t, x, pad(courses[i], widest))
	}
	s.versions(t.list)
	s.passages(t.list)
	s.trendNotes(t)
}

// brokenCourse draws the values, with a bar where a definition ends and another
// begins: the two are not on one scale.
func (s *screen) brokenCourse(x *kpi, windows []audit.Window) string {
	out, from, definition := "", 0, ""
	for i, w := range windows {
		p := x.at[w.ID]
		if p == nil {
			continue
		}
		if definition != "" && p.Definition != definition {
			out, from = out+s.course(x, windows[from:i])+"|", i
		}
		definition = p.Definition
	}
	return out + s.course(x, windows[from:])
}

func (s *screen) trendLine(t *trend, x *kpi, course string) {
	b := x.state(s.r)
	shape := "  "
	if b != nil {
		shape = s.shape(*b) + " "
	}
	last, _ := x.latest(s.r)
	value := x.write(last)
	if p := t.of[last]; p != nil && p.Provisional {
		value += "*"
	}
	at := len(s.lines)
	line := shape + pad(s.cut(s.plain(clean(x.Title)), 28), 28) + " " + left(s.plain(value), 13) + " " + left(s.plain(t.change(x)), 13) + "  " + course
	if x.Limits != nil {
		line += "  " + s.plain(x.rangeText(x.Limits))
	}
	s.add(s.cut(strings.TrimRight(line, " "), s.Width))
	if b != nil {
		s.paintShape(at, *b)
	}
}

// trendNotes says what the lines do not.
func (s *screen) trendNotes(t *trend) {
	s.alarms(t.list)
	s.add("")
	if list := t.states(); len(list) > 0 {
		s.wrap("To date: ", "  ", strings.Join(list, "; ")+".", 8)
	}
	if slices.ContainsFunc(t.list, func(x *kpi) bool { return x.Limits != nil }) {
		s.wrap("", "  ", "Value: of the latest window with one; change: since the window before it. The mark holds the value to date, of all windows, to the limits, with an interval that holds at every look; of what compares windows or is counted, the last window.", 4)
	} else {
		s.wrap("", "  ", "Value: of the latest window with one; change: since the window before it.", 2)
	}
	for _, x := range t.list {
		if m := x.seriesOf(s.r); m != nil && m.Note != "" {
			s.wrap("Not followed: ", "  ", clean(x.Title)+": "+m.Note+".", 2)
		}
	}
	list := t.restated()
	for i, r := range list {
		if i == mostRestated {
			s.add(s.plain("  … and " + plural(len(list)-i, "more restatement", "more restatements") + " in the html and csv"))
			break
		}
		s.wrap("Restated: ", "  ", fmt.Sprintf("%s, %s: %s as first reported, %s now, %s.", clean(r.Title), windowTick(r.point.Window), r.then(), r.write(&r.point.KPI), r.why()), 2)
	}
	for _, d := range t.redefined() {
		s.wrap("New definition: ", "  ", fmt.Sprintf("%s from %s on; before and after are two series.", clean(d.Title), windowTick(d.window)), 2)
	}
	if list := t.provisional(); len(list) > 0 {
		s.wrap("* Provisional, labels may still come: ", "  ", strings.Join(list, "; ")+".", 3)
	}
	var paired []string
	for _, d := range notMeasured(s.r) {
		if d.Pack == "" || d.Kind == "growth" {
			paired = append(paired, clean(d.Title))
		}
	}
	if len(paired) > 0 {
		s.wrap("Not here: ", "  ", strings.Join(paired, ", ")+". No run that was kept has a number.", 3)
	}
	if s.r.Privacy != nil {
		s.wrap("", "  ", "Small cells are suppressed, and so is what was first reported.", 2)
	}
}
