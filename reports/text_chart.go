package reports

import (
	"math"
	"slices"
	"strings"

	runewidth "github.com/mattn/go-runewidth"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// leastDrawn is how many groups of a failed check are drawn where few lines are left.
const leastDrawn = 6

// charts draws rates as dots and intervals in characters while lines and
// columns allow, the attributes of failed checks first: the first of them in any
// case, and none of the others in place of one that failed.
func (s *screen) charts() {
	if s.Width < 72 {
		return
	}
	drawn := false
	for _, f := range chartOrder(s.r, s.x) {
		groups, _ := rates(s.x.take(place{f.detector, f.base, f.attribute, audit.AllWindows}))
		groups = present(groups)
		byRate(groups)
		rows := min(len(groups), s.left()-2)
		if rows < len(groups) {
			rows = min(rows, s.left()-3)
		}
		if f.failed && !drawn && rows < min(len(groups), leastDrawn) {
			rows = min(len(groups), leastDrawn)
			groups = s.failedFirst(f, groups, rows)
		}
		switch {
		case len(groups) == 0 || groups[0].Value == nil:
		case rows >= min(len(groups), 5) && rows > 0:
			s.add("")
			s.chart(f, groups, rows)
			drawn = true
		case f.failed:
			return
		}
	}
}

// failedFirst moves groups that failed, and the reference, among the first few, which
// stay in order of their rates.
func (s *screen) failedFirst(f pictured, groups []*audit.Measurement, few int) []*audit.Measurement {
	failed := map[string]bool{}
	for _, c := range s.r.Gates.Checks {
		if c.Attribute != f.attribute || s.x.familyOf(c.Detector, c.Metric) != f.family {
			continue
		}
		for _, at := range c.Measurements {
			if m := &s.r.Measurements[at]; badgeOf(m.Verdict).Class == "fail" {
				failed[key(m.GroupKind, m.Group)] = true
				if m.Reference != nil {
					failed[key(audit.KindValue, m.Reference)] = true
				}
			}
		}
	}
	rank := func(m *audit.Measurement) int {
		if failed[key(m.GroupKind, m.Group)] {
			return 0
		}
		return 1
	}
	out := slices.Clone(groups)
	slices.SortStableFunc(out, func(a, b *audit.Measurement) int { return rank(a) - rank(b) })
	byRate(out[:few])
	return out
}

// chartOrder lists the rate families to draw: judged attributes by severity,
// then the first family of the others.
func chartOrder(r *audit.Result, x *index) []pictured {
	var out []pictured
	add := func(p pictured) {
		if !slices.ContainsFunc(out, func(o pictured) bool { return o.attribute == p.attribute }) {
			out = append(out, p)
		}
	}
	for _, v := range []audit.Verdict{audit.Fail, audit.Inconclusive, audit.Warn, audit.Pass} {
		for _, c := range r.Gates.Checks {
			if c.Verdict == v && c.Attribute != "" {
				add(pictured{x.familyOf(c.Detector, c.Metric), c.Attribute, v == audit.Fail})
			}
		}
	}
	for _, a := range x.attributes() {
		for _, f := range x.families(a) {
			if define(f.base).scale == share {
				add(pictured{f, a, false})
				break
			}
		}
	}
	return out
}

// pictured is a family drawn for an attribute.
type pictured struct {
	family
	attribute string
	failed    bool
}

// byRate sorts groups from the highest rate to the lowest, undefined ones last.
func byRate(groups []*audit.Measurement) { slices.SortStableFunc(groups, higherRate) }

// higherRate puts the higher of two rates first, an undefined one last.
func higherRate(a, b *audit.Measurement) int {
	switch {
	case a.Value == nil && b.Value == nil:
		return 0
	case a.Value == nil:
		return 1
	case b.Value == nil || *a.Value > *b.Value:
		return -1
	case *a.Value < *b.Value:
		return 1
	}
	return 0
}

func (s *screen) chart(f pictured, groups []*audit.Measurement, rows int) {
	top := 0.0
	names := 0
	for _, m := range groups[:rows] {
		names = max(names, runewidth.StringWidth(s.plain(groupName(m))))
		if m.Interval != nil && m.Interval.High != nil && m.Value != nil {
			top = max(top, *m.Interval.High)
		} else if m.Value != nil {
			top = max(top, *m.Value)
		}
	}
	names = min(names, 30)
	axis := svg.Linear(0, top, 3)
	track := s.Width - names - 28
	scale := strings.TrimSpace(s.plain(define(f.base).scale.write(axis.Max)))
	about := attributeName(f.attribute)
	if groups[0].Provenance != "" {
		about += " (" + groups[0].Provenance + ")"
	}
	head := s.cut(s.plain(about+": "+define(f.base).label), s.Width)
	zero := s.plain(define(f.base).scale.write(0))
	zero, scale = roundly(zero), roundly(scale)
	gapWidth := max(1, track-runewidth.StringWidth(zero)-runewidth.StringWidth(scale))
	if runewidth.StringWidth(head) > names+24 { // on a line of its own
		s.add(head)
		head = ""
	}
	s.add(pad(head, names+26) + zero + strings.Repeat(" ", gapWidth) + scale)
	for _, m := range groups[:rows] {
		name := pad(s.cut(s.plain(groupName(m)), names), names)
		if m.Value == nil {
			s.add("  " + name + s.cut(s.plain("  "+lacking(m)+reason(m)), s.Width-names-2))
			continue
		}
		value := left(s.plain(define(f.base).scale.write(*m.Value)), 9)
		s.add("  " + name + value + left("n "+count(cases(m)), 13) + "  " + s.track(m, axis, track))
	}
	if rows < len(groups) {
		low := ", with lower or undefined rates"
		if !slices.IsSortedFunc(groups, higherRate) {
			low = ", not drawn"
		}
		if slices.ContainsFunc(groups[rows:], func(m *audit.Measurement) bool { return m.Suppressed }) {
			low = ", with lower, undefined or suppressed rates"
		}
		s.add(s.plain("  … and " + plural(len(groups)-rows, "group more", "groups more") + low))
	}
}

// roundly leaves out decimals that are all zeros: 60.0 % is 60 %, and 4.00 is 4.
func roundly(text string) string {
	whole, rest, _ := strings.Cut(text, ".")
	rest = strings.TrimLeft(rest, "0")
	if rest != "" && rest[0] >= '1' && rest[0] <= '9' {
		return text
	}
	return whole + rest
}

// reason is why a number is undefined, in parentheses.
func reason(m *audit.Measurement) string {
	why := strings.TrimPrefix(strings.TrimPrefix(clean(m.Note), withheld+": "), undefined+": ")
	if why == "" {
		why = "n = " + count(cases(m))
	}
	return " (" + why + ")"
}

// track draws ├──●──┤ on a line of the given width.
func (s *screen) track(m *audit.Measurement, axis svg.Scale, width int) string {
	cells := []rune(strings.Repeat(" ", width))
	at := func(v float64) int { return int(math.Round(axis.At(v) * float64(width-1))) }
	marks := []rune("├─┤●")
	if s.ASCII {
		marks = []rune("|-|o")
	}
	if iv := m.Interval; iv != nil && iv.Low != nil && iv.High != nil {
		a, b := at(*iv.Low), at(*iv.High)
		for i := a; i <= b; i++ {
			cells[i] = marks[1]
		}
		cells[a], cells[b] = marks[0], marks[2]
	}
	cells[at(*m.Value)] = marks[3]
	return strings.TrimRight(string(cells), " ")
}

// pad fills a text with spaces on the right, left on the left, to a width in columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-runewidth.StringWidth(s)))
}

func left(s string, width int) string {
	return strings.Repeat(" ", max(0, width-runewidth.StringWidth(s))) + s
}
