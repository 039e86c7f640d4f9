package reports

import (
	"html/template"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// mark is a number with a dot and a line from low to high.
type mark struct {
	name, text, class string
	value             float64
	low, high         *float64
}

// scaleOfMarks is an axis from 0 that has all marks.
func scaleOfMarks(lists ...[]mark) svg.Scale {
	low, high := 0.0, 0.0
	for _, m := range slices.Concat(lists...) {
		low, high = math.Min(low, m.value), math.Max(high, m.value)
		if m.low != nil && m.high != nil {
			low, high = math.Min(low, *m.low), math.Max(high, *m.high)
		}
	}
	if low == high {
		high = 0.01
	}
	return svg.Linear(low, high, 4)
}

// marks draws numbers under each other, and a line that they are compared with.
// Long names have two lines.
func (k *maker) marks(title string, list []mark, scale svg.Scale, line *float64, tick func(float64) string) *dotsView {
	if len(list) == 0 {
		return nil
	}
	v := &dotsView{Class: "strip", N: len(list)}
	if slices.ContainsFunc(list, func(m mark) bool { return utf8.RuneCountInString(m.name) > 24 }) {
		v.Class = "wide"
	}
	p := svg.Dots{ID: k.id(), Class: v.Class, Title: title, Desc: title, Scale: scale, Format: tick, Line: line}
	for _, m := range list {
		v.Rows = append(v.Rows, dotsRow{Name: m.name, Value: m.text})
		p.Rows = append(p.Rows, svg.Dot{Value: &m.value, Low: m.low, High: m.high, Class: m.class, Tip: m.name + ": " + m.text})
		p.Desc += "; " + m.name + " " + m.text
	}
	v.SVG = template.HTML(p.String())
	return v
}
